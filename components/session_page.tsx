import type { Child } from "hono/jsx";
import { Anatomy, type AnatomyProps } from "./anatomy.tsx";
import { Fold } from "./card.tsx";
import { Exchanges, type ExchangesProps } from "./exchange.tsx";
import { formatsOf, type Lifetime, lifetimeText } from "./format.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Keeping, Mode } from "./mode.ts";
import { Notice } from "./notice.tsx";
import { type Page, PAGES } from "../pages.ts";
import { Questions } from "./questions.tsx";
import { Storage } from "./storage.tsx";
import { Stored, type StoredProps } from "./stored.tsx";
import { Timeline, type Times } from "./timeline.tsx";

export interface SessionPageProps {
  readonly language: Language;
  readonly keeping: Keeping;
  /** The language that the visitor chose, if any. */
  readonly chosen: string | undefined;
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
  readonly cookie: Omit<AnatomyProps, "language" | "mode">;
  /** The cookie leads to an address, and the address to the record; null where the cookie is the record. */
  readonly way: {
    /** Each shortened, so that it is of no use. */
    readonly cookie: string;
    readonly address: string;
    /** The beginning of the record. */
    readonly record: string;
  } | null;
  readonly times: Times;
  readonly trail: readonly Page[];
  readonly exchanges: Omit<ExchangesProps, "language">;
}

/** The inspector. */
export function SessionPage(
  { language, keeping, chosen, lifetime, refused, isRenewed, session }:
    SessionPageProps,
) {
  const t = locales[language].session;
  const ends = session && Math.min(session.times.idle, session.times.absolute);
  const storage = (
    <Storage
      language={language}
      store={keeping.store}
      lifetime={lifetime}
      chosen={chosen}
      hasCookie={session !== null || refused !== undefined}
      endsAt={ends}
    />
  );
  return (
    <Layout
      language={language}
      title={t.title}
      page="session"
      next={session === null ? undefined : "lab"}
      knownAs={session?.name ?? null}
    >
      {session === null
        ? (
          <>
            <div class="intro">
              <h1>{t.title}</h1>
              <p class="lead">{refused === undefined ? t.none : t.refused}</p>
            </div>
            {refused !== undefined && <Notice isBad>{refused}</Notice>}
            <p class="actions">
              <a class="button" href="/">{t.begin}</a>
            </p>
            {storage}
          </>
        )
        : (
          <Inspector
            language={language}
            mode={keeping.mode}
            isRenewed={isRenewed}
            idle={lifetimeText(language, lifetime).idle}
            storage={storage}
            {...session}
          />
        )}
    </Layout>
  );
}

interface InspectorProps extends SessionFacts {
  readonly language: Language;
  readonly mode: Mode;
  readonly isRenewed: boolean;
  readonly idle: string;
  readonly storage: Child;
}

function Inspector(
  { language, mode, isRenewed, times, trail, cookie, way, ...facts }:
    InspectorProps,
) {
  const t = locales[language].session;
  const end = times.idle < times.absolute ? "idle" : "absolute";
  const left = formatsOf(language).duration(times[end] - times.now);
  const { tabs, closing, ...more } = t.try;
  return (
    <>
      <div class="intro">
        <h1>{t.title}</h1>
        <p class="lead">{t.left[end](left)}</p>
      </div>
      {isRenewed && <Notice>{t.renewed[mode]}</Notice>}
      {facts.storage}
      <div class="columns">
        <Stored language={language} mode={mode} {...facts} />
        <div class="stack">
          <Questions
            id="try"
            title={more.title}
            questions={[
              tabs,
              more.private,
              {
                question: closing.question,
                answer: closing.answer(facts.idle),
              },
            ]}
          />
          <form class="card" method="post" action="/session/renew">
            <input type="hidden" name="back" value="/session" />
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
        <Anatomy language={language} mode={mode} {...cookie} />
        {way !== null && (
          <ol class="way" aria-label={t.way.title}>
            <li class="seal">
              {t.way.cookie} <code dir="ltr">{way.cookie}</code>
            </li>
            <li class="payload">
              {t.way.address} <code dir="ltr">{way.address}</code>
            </li>
            <li class="version">
              {t.way.record} <code dir="auto">{way.record}</code>
            </li>
          </ol>
        )}
        <p>{t.ports(facts.exchanges.cookieName)}</p>
      </Fold>
      <Fold title={t.time}>
        <Timeline language={language} times={times} />
      </Fold>
      <Exchanges language={language} {...facts.exchanges} />
      <Fold title={t.trail}>
        <ol class="way" dir="ltr">
          {trail.map((page) => (
            <li>
              <code>{PAGES[page]}</code>
            </li>
          ))}
        </ol>
        <p class="soft small">{t.trailMeaning}</p>
      </Fold>
    </>
  );
}
