import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";

type Described = keyof typeof locales.en.problems & number;

export interface ProblemProps {
  readonly language: Language;
  readonly status: number;
  readonly requestId: string;
}

/** The page of an error answer. */
export function Problem({ language, status, requestId }: ProblemProps) {
  const { problems } = locales[language];
  const known = status in problems
    ? status as Described
    : status < 500
    ? 404
    : 500;
  const { title, detail } = problems[known];
  return (
    <Layout language={language} title={title}>
      <div class="intro">
        <p class="soft">{status}</p>
        <h1>{title}</h1>
        <p class="lead">{detail}</p>
      </div>
      <p class="actions">
        <a class="button" href="/">{problems.home}</a>
      </p>
      <p class="soft small">
        {problems.requestId} <code>{requestId}</code>
      </p>
    </Layout>
  );
}
