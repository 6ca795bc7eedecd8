import type { Child } from "hono/jsx";
import { Anatomy, type AnatomyProps } from "./anatomy.tsx";
import { Exchanges, type ExchangesProps } from "./exchange.tsx";
import { formatsOf } from "./format.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Keeping, Mode } from "./mode.ts";
import { Notice } from "./notice.tsx";
import { type Page, PAGES } from "../pages.ts";
import { Storage } from "./storage.tsx";
import { Stored, type StoredProps } from "./stored.tsx";
import { template } from "./template.ts";
import { Timeline, type Times } from "./timeline.tsx";
import { Way, type WayProps } from "./way.tsx";

export interface SessionPageProps {
  readonly language: Language;
  readonly keeping: Keeping;
  /** The language that the visitor chose, if any. */
  readonly chosen: string | undefined;
  /** Why the cookie that came opened nothing, in sentences. */
  readonly refused: string | undefined;
  /** Whether the id was renewed just now. */
  readonly isRenewed: boolean;
  /** null: there is no session. */
  readonly session: SessionFacts | null;
}

export interface SessionFacts extends Omit<StoredProps, "language" | "mode"> {
  readonly name: string | undefined;
  readonly cookie: Omit<AnatomyProps, "language" | "mode">;
  /** From the cookie to the record; null where the cookie is the record. */
  readonly way: Omit<WayProps, "language"> | null;
  readonly times: Times;
  readonly trail: readonly Page[];
  readonly exchanges: Omit<ExchangesProps, "language">;
}

/** The inspector. */
export function SessionPage(
  { language, keeping, chosen, refused, isRenewed, session }: SessionPageProps,
) {
  const { title } = locales[language].session;
  const ends = session && Math.min(session.times.idle, session.times.absolute);
  const storage = (
    <Storage
      language={language}
      store={keeping.store}
      chosen={chosen}
      hasCookie={session !== null}
      endsAt={ends}
    />
  );
  return (
    <Layout
      language={language}
      title={title}
      page="session"
      next={session === null ? undefined : "lab"}
      knownAs={session?.name ?? null}
    >
      {session === null
        ? <Nobody language={language} refused={refused} storage={storage} />
        : (
          <Inspector
            language={language}
            mode={keeping.mode}
            isRenewed={isRenewed}
            storage={storage}
            {...session}
          />
        )}
    </Layout>
  );
}

interface NobodyProps {
  readonly language: Language;
  readonly refused: string | undefined;
  readonly storage: Child;
}

function Nobody({ language, refused, storage }: NobodyProps) {
  const t = locales[language].session;
  return (
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
  );
}

interface InspectorProps extends SessionFacts {
  readonly language: Language;
  readonly mode: Mode;
  readonly isRenewed: boolean;
  readonly storage: Child;
}

function Inspector(
  { language, mode, isRenewed, times, trail, cookie, way, ...facts }:
    InspectorProps,
) {
  const left = Math.min(times.idle, times.absolute) - times.now;
  return (
    <Facts
      language={language}
      mode={mode}
      isRenewed={isRenewed}
      left={formatsOf(language).duration(left)}
      anatomy={<Anatomy language={language} mode={mode} {...cookie} />}
      way={way !== null && <Way language={language} {...way} />}
      stored={<Stored language={language} mode={mode} {...facts} />}
      timeline={<Timeline language={language} times={times} />}
      storage={facts.storage}
      exchanges={<Exchanges language={language} {...facts.exchanges} />}
      trail={trail.map((page) => <Visited key={page} page={page} />)}
    />
  );
}

const Visited = template(["page"], ({ page }: { readonly page: Page }) => (
  <li>
    <code>{PAGES[page]}</code>
  </li>
));

interface FactsProps {
  readonly language: Language;
  readonly mode: Mode;
  readonly isRenewed: boolean;
  /** Such as "29 minutes". */
  readonly left: string;
  readonly anatomy: Child;
  readonly way: Child;
  readonly stored: Child;
  readonly timeline: Child;
  readonly exchanges: Child;
  readonly storage: Child;
  readonly trail: Child;
}

const Facts = template(["language", "mode", "isRenewed"], (
  { language, mode, isRenewed, left, ...facts }: FactsProps,
) => {
  const t = locales[language].session;
  return (
    <>
      <div class="intro beside">
        <h1>{t.title}</h1>
        <p class="lead left">{t.left(left)}</p>
      </div>
      {isRenewed && <Notice>{t.renewed[mode]}</Notice>}
      <section class="card" aria-labelledby="cookie">
        <div class="beside">
          <h2 id="cookie">{t.anatomy.title}</h2>
          <p class="soft small">{t.anatomy.shortened}</p>
        </div>
        {facts.anatomy}
        {facts.way}
      </section>
      <div class="columns">
        {facts.stored}
        <section class="card" aria-labelledby="time">
          <h2 id="time">{t.time}</h2>
          {facts.timeline}
          <form class="renew" method="post" action="/session/renew">
            <input type="hidden" name="back" value="/session" />
            <button class="quiet" type="submit" aria-describedby="renew">
              {t.renew}
            </button>
            <p class="soft small" id="renew">{t.renewHint[mode]}</p>
          </form>
        </section>
      </div>
      <div class="folds">
        {facts.exchanges}
        <details class="card">
          <summary>
            <h2>{t.trail}</h2>
          </summary>
          <ol class="trail" dir="ltr">{facts.trail}</ol>
          <p class="soft small">{t.trailMeaning}</p>
        </details>
        {facts.storage}
      </div>
    </>
  );
});
