import type { Child } from "hono/jsx";
import { type Lifetime, lifetimeText } from "./lifetime_text.ts";
import { type Language, locales } from "./locales/mod.ts";
import { Moment } from "./moment.tsx";
import { template } from "./template.ts";

export interface StorageProps {
  readonly language: Language;
  /** The store's kind. */
  readonly store: string;
  readonly lifetime: Lifetime;
  /** When the session ends if it is left alone, in seconds since the epoch; null: there is none. */
  readonly endsAt: number | null;
  /** The language that the visitor chose, if any. */
  readonly chosen: string | undefined;
  /** Whether the browser brought a session cookie. */
  readonly hasCookie: boolean;
}

/** The three places where a web app can remember something, with what each holds here and now. */
export function Storage(
  { language, store, lifetime, endsAt, chosen, hasCookie }: StorageProps,
) {
  return (
    <Places
      language={language}
      place={placeOf(store)}
      hasCookie={hasCookie}
      hasSession={endsAt !== null}
      hasChosen={chosen !== undefined}
      store={store}
      tomorrow={tomorrow(language, lifetime)}
      ends={endsAt !== null && <Moment language={language} seconds={endsAt} />}
      chosen={chosen ?? ""}
    />
  );
}

/** Where the sessions are. */
type Place = keyof typeof locales.en.session.storage.database.here;

function placeOf(store: string): Place {
  return store === "cookie" || store === "memory" ? store : "database";
}

const DAY_SECONDS = 24 * 60 * 60;

/** Whether a session is there after a day on which it was not used, and why. */
function tomorrow(language: Language, lifetime: Lifetime): string {
  const t = locales[language].session.storage.session.tomorrow;
  const { idle, latest } = lifetimeText(language, lifetime);
  if (lifetime.idle < DAY_SECONDS) return t.no(idle);
  const { absolute } = lifetime;
  return typeof absolute === "number" && absolute >= DAY_SECONDS
    ? t.yes(idle)
    : t.late(latest);
}

interface PlacesProps {
  readonly language: Language;
  readonly place: Place;
  readonly hasCookie: boolean;
  readonly hasSession: boolean;
  readonly hasChosen: boolean;
  readonly store: string;
  readonly tomorrow: string;
  readonly ends: Child;
  readonly chosen: string;
}

const Places = template([
  "language",
  "place",
  "hasCookie",
  "hasSession",
  "hasChosen",
], (
  { language, place, hasCookie, hasSession, hasChosen, ...rest }: PlacesProps,
) => {
  const t = locales[language].session.storage;
  const { database, session, cookie } = t;
  const row = (
    { name, examples }: { readonly name: string; readonly examples: string },
    [closed, tomorrow]: readonly [string, string],
    here: Child,
  ) => (
    <tr>
      <th scope="row">
        {name} <small>{examples}</small>
      </th>
      <td data-label={t.tab}>{t.yes}</td>
      <td data-label={t.closed}>{closed}</td>
      <td data-label={t.tomorrow}>{tomorrow}</td>
      <td data-label={t.here}>{here}</td>
    </tr>
  );
  return (
    <section class="card" aria-labelledby="storage">
      <h2 id="storage">{t.title}</h2>
      <table class="stacked">
        <thead>
          <tr>
            <th scope="col">{t.kind}</th>
            <th scope="col">{t.tab}</th>
            <th scope="col">{t.closed}</th>
            <th scope="col">{t.tomorrow}</th>
            <th scope="col">{t.here}</th>
          </tr>
        </thead>
        <tbody>
          {row(
            cookie,
            [cookie.closed, cookie.tomorrow],
            <>
              {hasCookie && <p>{cookie.session}</p>}
              {hasChosen && <p>{cookie.chosen(rest.chosen)}</p>}
              {!hasCookie && !hasChosen && cookie.none}
            </>,
          )}
          {row(
            session,
            [session.closed, rest.tomorrow],
            hasSession
              ? (
                <p>
                  {session.yours} {rest.ends}
                </p>
              )
              : session.none,
          )}
          {row(
            database,
            [t.yes, database.tomorrow],
            place === "database"
              ? database.here.database(rest.store)
              : database.here[place],
          )}
        </tbody>
      </table>
    </section>
  );
});
