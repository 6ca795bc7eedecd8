import type { Child } from "hono/jsx";
import { factsOf, TOPICS } from "./facts.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { Terms } from "./terms.tsx";

export interface SummaryPageProps {
  readonly language: Language;
  readonly mode: Mode;
  readonly knownAs: string | null;
  /** Programs to take home. */
  readonly build: Child;
}

/** The facts and the programs to take home: it prints on one sheet. */
export function SummaryPage(
  { language, mode, knownAs, build }: SummaryPageProps,
) {
  const { question, summary } = locales[language].check;
  const facts = factsOf(language, mode);
  return (
    <Layout
      language={language}
      title={summary.title}
      page="summary"
      knownAs={knownAs}
    >
      <div class="intro">
        <h1>{summary.title}</h1>
        <p class="lead screen">{summary.print}</p>
      </div>
      <Terms
        class="card"
        rows={TOPICS.map((name) => [question[name].text, facts[name]])}
      />
      {build}
    </Layout>
  );
}
