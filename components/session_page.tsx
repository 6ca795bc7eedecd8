import { Anatomy, type AnatomyProps } from "./anatomy.tsx";
import { Fold } from "./card.tsx";
import { formatsOf, type Lifetime } from "./format.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { Notice } from "./notice.tsx";
import { Questions } from "./questions.tsx";
import { Storage } from "./storage.tsx";
import { Stored, type StoredProps } from "./stored.tsx";
import { Timeline, type Times } from "./timeline.tsx";

export interface SessionPageProps {
  readonly language: Language;
  readonly mode: Mode;
  /** Why the cookie that came opened nothing, in sentences. */
  readonly refused: string | undefined;
  readonly lifetime: Lifetime;
  /** Whether the session was given another id just now. */
  readonly isRenewed: boolean;
  /** null: there is no session. */
  readonly session: SessionFacts | null;
}

export interface SessionFacts extends Omit<StoredProps, "language" | "mode"> {
  readonly name: string | undefined;
  readonly seal: AnatomyProps["seal"];
  readonly cookie: AnatomyProps["parts"];
  readonly cookieName: string;
  readonly times: Times;
}

/** The inspector. */
export function SessionPage(
  { language, mode, lifetime, refused, isRenewed, session }: SessionPageProps,
) {
  const t = locales[language].session;
  const none = refused === undefined ? t.none : t.refused;
  return (
    <Layout
      language={language}
      title={t.title}
      page="session"
      next={session === null ? undefined : "lab"}
      knownAs={session?.name ?? null}
    >
      <div class="intro">
        <h1>{t.title}</h1>
        <p class="lead">
          {session === null ? none : left(language, session.times)}
        </p>
      </div>
      {refused !== undefined && <Notice isBad>{refused}</Notice>}
      {session && isRenewed && <Notice>{t.renewed}</Notice>}
      {session === null && (
        <p class="actions">
          <a class="button" href="/">{t.begin}</a>
        </p>
      )}
      <Storage language={language} lifetime={lifetime} />
      {session && <Inspector language={language} mode={mode} {...session} />}
    </Layout>
  );
}

/** How long the session lasts if it is left alone. */
function left(language: Language, times: Times): string {
  const end = times.idle < times.absolute ? "idle" : "absolute";
  const time = formatsOf(language).duration(times[end] - times.now);
  return locales[language].session.left[end](time);
}

interface InspectorProps extends SessionFacts {
  readonly language: Language;
  readonly mode: Mode;
}

/** The session's data, and the place where it is kept. */
function Inspector(
  { language, mode, times, seal, cookie, cookieName, ...facts }: InspectorProps,
) {
  const t = locales[language].session;
  return (
    <>
      <div class="columns">
        <Stored language={language} mode={mode} {...facts} />
        <div class="stack">
          <Questions
            id="try"
            title={t.try.title}
            questions={[t.try.tabs, t.try.private]}
          />
          <form class="card" method="post" action="/session/renew">
            <p class="actions">
              <button class="quiet" type="submit" aria-describedby="renew">
                {t.renew}
              </button>
            </p>
            <p class="soft small" id="renew">{t.renewHint[mode]}</p>
          </form>
        </div>
      </div>
      <Fold title={t.anatomy.title}>
        <p class="soft small">{t.anatomy.shortened}</p>
        <Anatomy language={language} mode={mode} seal={seal} parts={cookie} />
        <p>{t.ports(cookieName)}</p>
      </Fold>
      <Fold title={t.time}>
        <Timeline language={language} times={times} />
      </Fold>
    </>
  );
}
