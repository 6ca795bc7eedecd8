import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import { template } from "./template.ts";

type Described = keyof typeof locales.en.problems & number;

export interface ProblemProps {
  readonly language: Language;
  readonly status: number;
  readonly requestId: string;
}

/** The page of an error answer. */
export function Problem({ language, status, requestId }: ProblemProps) {
  const known = status in locales[language].problems
    ? status as Described
    : status < 500
    ? 404
    : 500;
  return (
    <Described
      language={language}
      described={`${known}`}
      status={status}
      requestId={requestId}
    />
  );
}

interface DescribedProps extends ProblemProps {
  readonly described: `${Described}`;
}

const Described = template(["language", "described"], (
  { language, described, status, requestId }: DescribedProps,
) => {
  const { problems } = locales[language];
  const { title, detail } = problems[described];
  return (
    <Layout language={language} title={problems.error(`${status}`, title)}>
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
});
