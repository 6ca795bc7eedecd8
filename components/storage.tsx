import type { Child } from "hono/jsx";
import { type Language, locales } from "./locales/mod.ts";
import { Moment } from "./moment.tsx";
import { template } from "./template.ts";

export interface StorageProps {
  readonly language: Language;
  /** The store's kind. */
  readonly store: string;
  /** When the session ends if it is left alone, in seconds since the epoch; null: there is none. */
  readonly endsAt: number | null;
  /** The language that the visitor chose, if any. */
  readonly chosen: string | undefined;
  /** Whether the browser brought a session cookie. */
  readonly hasCookie: boolean;
}

/** The three places where a web app can remember something, with what each holds here and now. */
export function Storage(
  { language, store, endsAt, chosen, hasCookie }: StorageProps,
) {
  return (
    <Places
      language={language}
      place={placeOf(store)}
      hasCookie={hasCookie}
      hasSession={endsAt !== null}
      hasChosen={chosen !== undefined}
      store={store}
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

interface PlacesProps {
  readonly language: Language;
  readonly place: Place;
  readonly hasCookie: boolean;
  readonly hasSession: boolean;
  readonly hasChosen: boolean;
  readonly store: string;
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
  { language, place, hasCookie, hasSession, hasChosen, ...here }: PlacesProps,
) => {
  const t = locales[language].session.storage;
  const { database, session, cookie } = t;
  return (
    <details class="card">
      <summary>
        <h2>{t.title}</h2>
      </summary>
      <table class="stacked">
        <thead>
          <tr>
            <th scope="col">{t.kind}</th>
            <th scope="col">{t.lifespan}</th>
            <th scope="col">{t.examples}</th>
            <th scope="col">{t.here}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{database.name}</th>
            <td data-label={t.lifespan}>{database.lifespan}</td>
            <td data-label={t.examples}>{database.examples}</td>
            <td data-label={t.here}>
              {place === "database"
                ? database.here.database(here.store)
                : database.here[place]}
            </td>
          </tr>
          <tr>
            <th scope="row">{session.name}</th>
            <td data-label={t.lifespan}>{session.lifespan}</td>
            <td data-label={t.examples}>{session.examples}</td>
            <td data-label={t.here}>
              {hasSession
                ? (
                  <span>
                    {session.yours} {here.ends}
                  </span>
                )
                : session.none}
            </td>
          </tr>
          <tr>
            <th scope="row">{cookie.name}</th>
            <td data-label={t.lifespan}>{cookie.lifespan}</td>
            <td data-label={t.examples}>{cookie.examples}</td>
            <td data-label={t.here}>
              {hasCookie && <p>{cookie.session}</p>}
              {hasChosen && <p>{cookie.chosen(here.chosen)}</p>}
              {!hasCookie && !hasChosen && cookie.none}
            </td>
          </tr>
        </tbody>
      </table>
    </details>
  );
});
