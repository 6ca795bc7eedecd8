import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { Fold } from "./card.tsx";
import { type Language, locales } from "./locales/mod.ts";
import { template } from "./template.ts";

/** Lines of a file that runs here. */
export interface Excerpt {
  readonly file: string;
  readonly lines: string;
}

/** A whole program for another server. */
export interface Program {
  readonly framework: string;
  readonly source: string;
}

/** Code in a fold, made once for each language. */
export type CodeFold = (props: { readonly language: Language }) => Child;

/** The lines that did it. */
export function excerptFold(excerpts: readonly Excerpt[]): CodeFold {
  return template(["language"], ({ language }) => {
    const t = locales[language].code;
    return (
      <Fold title={t.title}>
        {excerpts.map(({ file, lines }) => (
          <figure class="stack">
            <figcaption class="soft small">{t.own(file)}</figcaption>
            <Lines>{lines}</Lines>
          </figure>
        ))}
      </Fold>
    );
  });
}

/** Whole programs that do the same. */
export function programFold(programs: readonly Program[]): CodeFold {
  return template(["language"], ({ language }) => {
    const t = locales[language].code;
    return (
      <Fold id="build" title={t.build} class="screen">
        <p>{t.lead}</p>
        {programs.map(({ framework, source }) => (
          <details>
            <summary>{framework}</summary>
            <Lines>{source}</Lines>
          </details>
        ))}
      </Fold>
    );
  });
}

/** Quotes stay as they are, so that one can read the source, and a fifth is saved. */
function Lines({ children }: { readonly children: string }) {
  const html = children.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
  return <pre dir="ltr"><code>{raw(html)}</code></pre>;
}
