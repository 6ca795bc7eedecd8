import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";

export interface SessionPageProps {
  readonly language: Language;
  /** null: there is no session. */
  readonly session: SessionFacts | null;
}

export interface SessionFacts {
  /** What is stored, as JSON would write it. */
  readonly stored: readonly (readonly [key: string, value: string])[];
  readonly store: string;
  readonly seal: "sign" | "encrypt";
  readonly bytes: number;
  readonly limit: number;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly endsAt: { readonly idle: number; readonly absolute: number };
}

/** The inspector. */
export function SessionPage({ language, session }: SessionPageProps) {
  const t = locales[language].session;
  return (
    <Layout language={language} title={t.title} page="session">
      <h1>{t.title}</h1>
      {session === null
        ? (
          <>
            <p class="lead">{t.none}</p>
            <p class="actions">
              <a class="button" href="/">{t.begin}</a>
            </p>
          </>
        )
        : <Inspector language={language} {...session} />}
    </Layout>
  );
}

function Inspector(
  { language, stored, store, seal, ...facts }:
    & { readonly language: Language }
    & SessionFacts,
) {
  const t = locales[language].session;
  const numbers = new Intl.NumberFormat(language);
  return (
    <>
      <section class="card" aria-labelledby="stored">
        <h2 id="stored">{t.stored}</h2>
        <dl class="facts">
          {stored.map(([key, value]) => (
            <Fact name={key}>
              <code>{value}</code>
            </Fact>
          ))}
        </dl>
      </section>
      <section class="card" aria-labelledby="facts">
        <h2 id="facts">{t.facts}</h2>
        <dl class="facts">
          <Fact name={t.place}>
            {store === "cookie" ? t.places.cookie : t.places.server(store)}
          </Fact>
          <Fact name={t.seal}>{t.seals[seal]}</Fact>
          <Fact name={t.size}>
            {t.bytes(numbers.format(facts.bytes), numbers.format(facts.limit))}
          </Fact>
          <Fact name={t.began}>
            <Moment language={language} seconds={facts.createdAt} />
          </Fact>
          <Fact name={t.idle}>
            <Moment language={language} seconds={facts.endsAt.idle} />
          </Fact>
          <Fact name={t.absolute}>
            <Moment language={language} seconds={facts.endsAt.absolute} />
          </Fact>
        </dl>
      </section>
      <section class="choices">
        <form method="post" action="/session/renew">
          <button type="submit">{t.renew}</button>
          <p class="soft small">{t.renewHint}</p>
        </form>
        <form method="post" action="/session/end">
          <button class="quiet" type="submit">{t.end}</button>
          <p class="soft small">{t.endHint}</p>
        </form>
      </section>
    </>
  );
}

function Fact(
  { name, children }: { readonly name: string; readonly children: unknown },
) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A moment in UTC: the server does not know the visitor's time zone, and says so. */
function Moment(
  { language, seconds }: {
    readonly language: Language;
    readonly seconds: number;
  },
) {
  const date = new Date(seconds * 1000);
  const text = new Intl.DateTimeFormat(language, {
    dateStyle: "medium",
    timeStyle: "long",
    timeZone: "UTC",
  }).format(date);
  return <time datetime={date.toISOString()}>{text}</time>;
}
