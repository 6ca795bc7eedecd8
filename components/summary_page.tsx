import type { Child } from "hono/jsx";
import { type Facts, TOPICS } from "./facts.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";

export interface SummaryPageProps {
  readonly language: Language;
  readonly facts: Facts;
  readonly knownAs: string | null;
  /** Programs to take home. */
  readonly build: Child;
}

/** The facts and the programs to take home: it prints on one sheet. */
export function SummaryPage(
  { language, facts, knownAs, build }: SummaryPageProps,
) {
  const { question, summary } = locales[language].check;
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
      <dl class="summary">
        {TOPICS.map((name) => (
          <div>
            <dt>{question[name].text}</dt>
            <dd>{facts[name]}</dd>
          </div>
        ))}
      </dl>
      {build}
    </Layout>
  );
}
