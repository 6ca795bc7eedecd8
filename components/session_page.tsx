import type { Child } from "hono/jsx";
import { Anatomy, type AnatomyProps } from "./anatomy.tsx";
import { formatsOf } from "./format.ts";
import type { Page } from "../pages.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import { Storage } from "./storage.tsx";
import { template } from "./template.ts";
import { Timeline, type Times } from "./timeline.tsx";

export interface SessionPageProps {
  readonly language: Language;
  /** The store's kind. */
  readonly store: string;
  /** The language that the visitor chose, if any. */
  readonly chosen: string | undefined;
  /** null: there is no session. */
  readonly session: SessionFacts | null;
}

export interface StoredValue {
  readonly key: string;
  /** As JSON writes it. */
  readonly json: string;
  readonly type: keyof typeof locales.en.session.types;
  readonly bytes: number;
}

export interface SessionFacts {
  readonly name: string | undefined;
  readonly stored: readonly StoredValue[];
  readonly cookie: Omit<AnatomyProps, "language"> | null;
  readonly bytes: number;
  readonly limit: number;
  readonly times: Times;
  readonly trail: readonly Page[];
}

/** The inspector. */
export function SessionPage(
  { language, store, chosen, session }: SessionPageProps,
) {
  const t = locales[language].session;
  const storage = (
    <Storage
      language={language}
      store={store}
      chosen={chosen}
      endsAt={session === null
        ? null
        : Math.min(session.times.idle, session.times.absolute)}
    />
  );
  return (
    <Layout
      language={language}
      title={t.title}
      page="session"
      knownAs={session?.name ?? null}
    >
      <div class="intro">
        <h1>{t.title}</h1>
        <p class="lead">{session === null ? t.none : t.lead}</p>
      </div>
      {session === null
        ? (
          <p class="actions">
            <a class="button" href="/">{t.begin}</a>
          </p>
        )
        : <Inspector language={language} store={store} {...session} />}
      {storage}
    </Layout>
  );
}

type InspectorProps =
  & { readonly language: Language; readonly store: string }
  & SessionFacts;

function Inspector(
  { language, store, stored, cookie, times, trail, ...size }: InspectorProps,
) {
  const { layout } = locales[language];
  const { number } = formatsOf(language);
  return (
    <Facts
      language={language}
      isInCookie={store === "cookie"}
      hasCookie={cookie !== null}
      hasTrail={trail.length > 0}
      stored={stored.map(({ key, json, type, bytes }) => (
        <Row
          language={language}
          name={key}
          json={json}
          type={type}
          bytes={number.format(bytes)}
        />
      ))}
      anatomy={cookie !== null && <Anatomy language={language} {...cookie} />}
      meter={<Meter language={language} {...size} />}
      timeline={<Timeline language={language} times={times} />}
      trail={trail.map((page, i) => <li key={i}>{layout[page]}</li>)}
    />
  );
}

interface FactsProps {
  readonly language: Language;
  readonly isInCookie: boolean;
  readonly hasCookie: boolean;
  readonly hasTrail: boolean;
  readonly stored: Child;
  readonly anatomy: Child;
  readonly meter: Child;
  readonly timeline: Child;
  readonly trail: Child;
}

const Facts = template([
  "language",
  "isInCookie",
  "hasCookie",
  "hasTrail",
], (
  { language, isInCookie, hasCookie, hasTrail, ...facts }: FactsProps,
) => {
  const t = locales[language].session;
  return (
    <>
      <section class="card" aria-labelledby="stored">
        <h2 id="stored">{t.stored}</h2>
        <table class="stacked">
          <thead>
            <tr>
              <th scope="col">{t.key}</th>
              <th scope="col">{t.value}</th>
              <th scope="col">{t.type}</th>
              <th scope="col" class="number">{t.bytes}</th>
            </tr>
          </thead>
          <tbody>{facts.stored}</tbody>
        </table>
      </section>
      {hasCookie && (
        <section class="card" aria-labelledby="cookie">
          <h2 id="cookie">{t.anatomy.title}</h2>
          {facts.anatomy}
          <p class="soft small">{t.anatomy.shortened}</p>
        </section>
      )}
      <section class="card" aria-labelledby="size">
        <h2 id="size">{t.size}</h2>
        {facts.meter}
        <p class="soft small">
          {isInCookie ? t.sizeMeaning.cookie : t.sizeMeaning.server}
        </p>
      </section>
      <section class="card" aria-labelledby="time">
        <h2 id="time">{t.time}</h2>
        {facts.timeline}
      </section>
      {hasTrail && (
        <section class="card" aria-labelledby="trail">
          <h2 id="trail">{t.trail}</h2>
          <ol class="trail">{facts.trail}</ol>
          <p class="soft small">{t.trailMeaning}</p>
        </section>
      )}
      <section class="choices" aria-label={t.title}>
        <form method="post" action="/session/renew">
          <button type="submit" aria-describedby="renew">{t.renew}</button>
          <p class="soft small" id="renew">{t.renewHint}</p>
        </form>
        <form method="post" action="/session/end">
          <button class="quiet" type="submit" aria-describedby="end">
            {t.end}
          </button>
          <p class="soft small" id="end">{t.endHint}</p>
        </form>
      </section>
    </>
  );
});

interface RowProps extends Omit<StoredValue, "key" | "bytes"> {
  readonly language: Language;
  readonly name: string;
  readonly bytes: string;
}

const Row = template(["language", "type"], (
  { language, name, json, type, bytes }: RowProps,
) => {
  const t = locales[language].session;
  return (
    <tr>
      <th scope="row">
        <code dir="ltr">{name}</code>
      </th>
      <td data-label={t.value}>
        <code dir="auto">{json}</code>
      </td>
      <td data-label={t.type}>{t.types[type]}</td>
      <td data-label={t.bytes} class="number">{bytes}</td>
    </tr>
  );
});

interface MeterProps {
  readonly language: Language;
  readonly bytes: number;
  readonly limit: number;
}

function Meter({ language, bytes, limit }: MeterProps) {
  const { number } = formatsOf(language);
  const text = locales[language].session.sizeOf(
    number.format(bytes),
    number.format(limit),
  );
  const percent = Math.max(1, 100 * bytes / limit).toFixed(1);
  return <Bar text={text} width={`${percent}%`} />;
}

interface BarProps {
  readonly text: string;
  readonly width: string;
}

const Bar = template([], ({ text, width }: BarProps) => (
  <div class="meter">
    <p class="big">{text}</p>
    <svg width="100%" height="12" aria-hidden="true" focusable="false">
      <rect class="track" width="100%" height="12" rx="6" />
      <rect
        class="fill"
        width={width}
        height="12"
        rx="6"
      />
    </svg>
  </div>
));
