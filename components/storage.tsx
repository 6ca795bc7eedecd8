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
}

/** The three places where a web app can remember something, with what each holds here and now. */
export function Storage({ language, store, endsAt, chosen }: StorageProps) {
  return (
    <Places
      language={language}
      isInCookie={store === "cookie"}
      hasSession={endsAt !== null}
      hasChosen={chosen !== undefined}
      store={store}
      ends={endsAt !== null && <Moment language={language} seconds={endsAt} />}
      chosen={chosen ?? ""}
    />
  );
}

interface PlacesProps {
  readonly language: Language;
  readonly isInCookie: boolean;
  readonly hasSession: boolean;
  readonly hasChosen: boolean;
  readonly store: string;
  readonly ends: Child;
  readonly chosen: string;
}

const Places = template([
  "language",
  "isInCookie",
  "hasSession",
  "hasChosen",
], (
  { language, isInCookie, hasSession, hasChosen, ...here }: PlacesProps,
) => {
  const t = locales[language].session.storage;
  const { database, session, cookie } = t;
  return (
    <section class="card" aria-labelledby="storage">
      <h2 id="storage">{t.title}</h2>
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
              {isInCookie ? database.cookie : database.server(here.store)}
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
              {hasChosen ? cookie.chosen(here.chosen) : cookie.none}
            </td>
          </tr>
        </tbody>
      </table>
    </section>
  );
});
