import { type Language, locales } from "./locales/mod.ts";
import { Moment } from "./moment.tsx";

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
              {store === "cookie" ? database.cookie : database.server(store)}
            </td>
          </tr>
          <tr>
            <th scope="row">{session.name}</th>
            <td data-label={t.lifespan}>{session.lifespan}</td>
            <td data-label={t.examples}>{session.examples}</td>
            <td data-label={t.here}>
              {endsAt === null ? session.none : (
                <span>
                  {session.yours}{" "}
                  <Moment language={language} seconds={endsAt} />
                </span>
              )}
            </td>
          </tr>
          <tr>
            <th scope="row">{cookie.name}</th>
            <td data-label={t.lifespan}>{cookie.lifespan}</td>
            <td data-label={t.examples}>{cookie.examples}</td>
            <td data-label={t.here}>
              {chosen === undefined ? cookie.none : cookie.chosen(chosen)}
            </td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}
