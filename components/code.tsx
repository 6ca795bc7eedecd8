import { type Language, locales } from "./locales/mod.ts";
import { ELSEWHERE, SOURCES } from "./sources.ts";
import { template } from "./template.ts";

export interface CodeProps {
  readonly language: Language;
  readonly page: keyof typeof SOURCES;
}

const FRAMEWORKS = [
  { key: "flask", name: "Flask" },
  { key: "express", name: "Express" },
] as const;

/** The lines that did it, and how they read elsewhere. */
export const Code = template(["language", "page"], (
  { language, page }: CodeProps,
) => {
  const t = locales[language].code;
  return (
    <details class="card">
      <summary>
        <h2>{t.title}</h2>
      </summary>
      {SOURCES[page].map(({ file, lines }) => (
        <figure class="stack">
          <figcaption class="soft small">{t.own(file)}</figcaption>
          <pre class="code" dir="ltr"><code>{lines}</code></pre>
        </figure>
      ))}
      {FRAMEWORKS.map(({ key, name }) => (
        <details>
          <summary>{t.same(name)}</summary>
          <p class="soft small">{t.sameNote[key]}</p>
          <pre class="code" dir="ltr"><code>{ELSEWHERE[page][key]}</code></pre>
        </details>
      ))}
    </details>
  );
});
