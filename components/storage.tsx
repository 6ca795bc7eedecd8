import { Card } from "./card.tsx";
import { type Lifetime, lifetimeText } from "./format.ts";
import { type Language, locales } from "./locales/mod.ts";
import { Table } from "./table.tsx";

export interface StorageProps {
  readonly language: Language;
  readonly lifetime: Lifetime;
}

/** The three places where a web app can remember something, and how long each remembers. */
export function Storage({ language, lifetime }: StorageProps) {
  const t = locales[language].session.storage;
  const { cookie, session, database } = t;
  const name = (what: { readonly name: string; readonly examples: string }) => (
    <>
      {what.name} <small>{what.examples}</small>
    </>
  );
  return (
    <Card id="storage" title={t.title}>
      <Table
        columns={[t.kind, t.tab, t.closed, t.tomorrow]}
        rows={[
          [name(cookie), t.yes, cookie.closed, cookie.tomorrow],
          [name(session), t.yes, session.closed, tomorrow(language, lifetime)],
          [name(database), t.yes, t.yes, database.tomorrow],
        ]}
      />
    </Card>
  );
}

const DAY_SECONDS = 24 * 60 * 60;

/** Whether a session is there after a day on which it was not used, and when it ends. */
function tomorrow(language: Language, lifetime: Lifetime): string {
  const isThere = lifetime.idle >= DAY_SECONDS &&
    typeof lifetime.absolute === "number" && lifetime.absolute >= DAY_SECONDS;
  return `${isThere ? "✓" : "✗"} ${lifetimeText(language, lifetime)}`;
}
