import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import { template } from "./template.ts";

/** A status, or `over`: a 503 because every session has ended. */
type Described = (keyof typeof locales.en.problems & number) | "over";

export interface ProblemProps {
  readonly language: Language;
  readonly status: number;
  readonly requestId: string;
  /** Whether the moment has passed at which every session ends. */
  readonly isOver?: boolean;
}

/** The page of an error answer. */
export function Problem({ language, status, requestId, isOver }: ProblemProps) {
  const known = isOver
    ? "over"
    : status in locales[language].problems
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
