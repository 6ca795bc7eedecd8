import { Card } from "./card.tsx";
import { type Lifetime, lifetimeText } from "./format.ts";
import { type Language, locales } from "./locales/mod.ts";
import { Moment } from "./moment.tsx";
import { Table } from "./table.tsx";

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
  const t = locales[language].session.storage;
  const { cookie, session, database } = t;
  const name = (what: { readonly name: string; readonly examples: string }) => (
    <>
      {what.name} <small>{what.examples}</small>
    </>
  );
  const cookies = [
    hasCookie && cookie.session,
    chosen !== undefined && cookie.chosen(chosen),
  ].filter((one) => one !== false);
  const yours = endsAt === null ? session.none : (
    <>
      {session.yours} <Moment language={language} seconds={endsAt} />
    </>
  );
  const sessions = store === "cookie" || store === "memory"
    ? database.here[store]
    : database.here.database(store);
  return (
    <Card id="storage" title={t.title}>
      <Table
        columns={[t.kind, t.tab, t.closed, t.tomorrow, t.here]}
        rows={[
          [
            name(cookie),
            t.yes,
            cookie.closed,
            cookie.tomorrow,
            cookies.join(" · ") || cookie.none,
          ],
          [
            ...[name(session), t.yes, session.closed],
            ...[tomorrow(language, lifetime), yours],
          ],
          [name(database), t.yes, t.yes, database.tomorrow, sessions],
        ]}
      />
    </Card>
  );
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
