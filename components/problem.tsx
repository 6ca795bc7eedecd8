import { type Page, PAGES } from "../pages.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";

/** The keys of the texts: a status, or what only some answers with that status say. */
type Described = `${Exclude<keyof typeof locales.en.problems, Words>}`;
type Words = "error" | "requestId" | "home";

export interface ProblemProps {
  readonly language: Language;
  readonly status: number;
  readonly requestId: string;
  /** The name in the session; null: there is none. Left out where the session was not asked. */
  readonly knownAs?: string | null | undefined;
  /** A 405's: the method that was used. */
  readonly method?: string;
  /** A 405's: the methods that the address takes. */
  readonly allowed?: string;
  /** The page to go on with. Default: the form. */
  readonly next?: Page;
  /** Default: the text of the status. */
  readonly described?: Described;
}

/** The page of an error answer. */
export function Problem(
  {
    language,
    status,
    requestId,
    knownAs,
    method = "",
    allowed = "",
    next = "home",
    described = describedBy(status),
  }: ProblemProps,
) {
  const { problems, layout } = locales[language];
  const { title, detail } = problems[described];
  return (
    <Layout
      language={language}
      title={problems.error(`${status}`, title)}
      {...(knownAs !== undefined && { knownAs })}
    >
      <div class="intro">
        <p class="soft">{status}</p>
        <h1>{title}</h1>
        <p class="lead">
          {typeof detail === "string" ? detail : detail(method, allowed)}
        </p>
      </div>
      <p class="actions">
        <a class="button" href={PAGES[next]}>
          {next === "home" ? problems.home : layout.pages[next]}
        </a>
      </p>
      <p class="soft small">
        {problems.requestId} <code>{requestId}</code>
      </p>
    </Layout>
  );
}

function describedBy(status: number): Described {
  if (status in locales.en.problems) return `${status}` as Described;
  return status < 500 ? "400" : "500";
}
