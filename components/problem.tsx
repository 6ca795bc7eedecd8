import type { Child } from "hono/jsx";
import { type Page, PAGES } from "../pages.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import { template } from "./template.ts";

/** The keys of the texts: a status, or what only some answers with that status say. */
type Described = `${Exclude<keyof typeof locales.en.problems, Words>}`;
type Words = "error" | "requestId" | "home" | "wrongMethod";

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
    method,
    allowed,
    next = "home",
    described = describedBy(status),
  }: ProblemProps,
) {
  const { problems } = locales[language];
  const title = problems.error(`${status}`, problems[described].title);
  return (
    <Layout
      language={language}
      title={title}
      {...(knownAs !== undefined && { knownAs })}
    >
      <Described
        language={language}
        described={described}
        status={status}
        requestId={requestId}
        next={next}
        more={method && allowed && (
          <p>{problems.wrongMethod(method, allowed)}</p>
        )}
      />
    </Layout>
  );
}

function describedBy(status: number): Described {
  if (status in locales.en.problems) return `${status}` as Described;
  return status < 500 ? "404" : "500";
}

interface DescribedProps {
  readonly language: Language;
  readonly described: Described;
  readonly status: number;
  readonly requestId: string;
  readonly next: Page;
  readonly more: Child;
}

const Described = template(["language", "described", "next"], (
  { language, described, status, requestId, next, more }: DescribedProps,
) => {
  const { problems, layout } = locales[language];
  const { title, detail } = problems[described];
  return (
    <>
      <div class="intro">
        <p class="soft">{status}</p>
        <h1>{title}</h1>
        <p class="lead">{detail}</p>
        {more}
      </div>
      <p class="actions">
        <a class="button" href={PAGES[next]}>
          {next === "home" ? problems.home : layout.pages[next]}
        </a>
      </p>
      <p class="soft small">
        {problems.requestId} <code>{requestId}</code>
      </p>
    </>
  );
});
