import type { Child } from "hono/jsx";
import { type Lifetime, lifetimeText } from "./format.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { Notice } from "./notice.tsx";

export interface EndPageProps {
  readonly language: Language;
  readonly mode: Mode;
  /** A session's ends, as in the session's options, in seconds. */
  readonly lifetime: Lifetime;
  /** null: there is no session. */
  readonly session: { readonly name: string | undefined } | null;
  /** Whether it was ended just now. */
  readonly isEnded: boolean;
  /** Why the cookie that came opened nothing: as sentences. */
  readonly refused: string | undefined;
  /** The code that did it. */
  readonly code: Child;
}

/** Step 5: how a session ends, and a button that does it. */
export function EndPage(
  { language, mode, lifetime, session, isEnded, refused, code }: EndPageProps,
) {
  const { end: t, session: { refused: none, begin } } = locales[language];
  return (
    <Layout
      language={language}
      title={t.title}
      page="end"
      next="check"
      knownAs={session?.name ?? null}
    >
      <div class="intro">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </div>
      {refused !== undefined
        ? <Notice isBad>{refused}</Notice>
        : isEnded && <Notice>{t.done}</Notice>}
      <div class="columns">
        <div class="stack">
          <p>{t.here(lifetimeText(language, lifetime))}</p>
          <p>{t.closing}</p>
        </div>
        <section class="card">
          <p>{t.meaning[mode]}</p>
          {session === null
            ? (
              <p>
                {none} <a href="/">{begin}</a>
              </p>
            )
            : (
              <form method="post" action="/session/end">
                <button type="submit">{t.button}</button>
              </form>
            )}
          <p>
            <a href="/lab?kind=copy">{t.tryIt}</a>
          </p>
        </section>
      </div>
      {code}
    </Layout>
  );
}
