import type { Child } from "hono/jsx";
import { type Facts, TOPICS } from "./facts.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { Terms } from "./terms.tsx";

export interface SummaryPageProps {
  readonly language: Language;
  readonly mode: Mode;
  readonly facts: Facts;
  readonly knownAs: string | null;
  /** Programs to take home. */
  readonly build: Child;
}

/** The facts and the programs to take home: it prints on one sheet. */
export function SummaryPage(
  { language, mode, facts, knownAs, build }: SummaryPageProps,
) {
  const { topic, summary } = locales[language].check;
  return (
    <Layout
      language={language}
      title={summary.title}
      page="summary"
      knownAs={knownAs}
    >
      <div class="intro">
        <h1>{summary.title}</h1>
        <p class="lead">{summary.mode[mode]}</p>
      </div>
      <Terms
        class="card"
        rows={TOPICS.map((name) => [topic[name], facts[name]])}
      />
      <p class="soft small screen">{summary.print}</p>
      {build}
    </Layout>
  );
}
