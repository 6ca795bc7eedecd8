import type { DeepReadonly } from "./data/schema.ts";
import { type Ends, endsAt, secondsLeft } from "./lifetime.ts";
import { ownerHash, type Settings } from "./options.ts";
import type { SessionRecord } from "./stores/record.ts";

/** One of an owner's sessions, as it is stored. */
export interface OwnedSession<T> {
  /** As `session.info.id` in a request of that browser. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** The last use, in seconds since the epoch. While the session is only read, up to a tenth of `lifetime.idle` late. */
  readonly usedAt: number;
  /** Seconds since the epoch; the session ends at whichever comes first. */
  readonly endsAt: Ends;
  /** Its data; frozen at every depth. */
  readonly data: DeepReadonly<T>;
}

/**
 * All sessions of one owner.
 *
 * ```ts ignore
 * app.post("/sign-out-elsewhere", async (c) => {
 *   const { data, info } = await c.var.session();
 *   if (data.userId === undefined) return c.text("Sign in first", 401);
 *   await sessions.of(data.userId).destroyAll({ except: info.id });
 *   return c.redirect("/", 303);
 * });
 * ```
 *
 * A request that saves after its session was destroyed gets a
 * SessionConflictError. A sign-in that is still under way begins a session that
 * lives on. So whoever changes a password also raises an epoch in the user's
 * record, and a sign-in stores the epoch that it read together with the
 * password's hash.
 *
 * Every method rejects with a SessionStoreError when the store does not answer.
 *
 * OWASP ASVS 5.0, 7.4.2, 7.4.3, 7.4.5 and 7.5.2.
 */
export interface OwnedSessions<T> {
  /** The live ones, the one used last first. */
  list(): Promise<readonly OwnedSession<T>[]>;
  /** Ends the session with this id, as `destroy()` would; false: there is none. */
  destroy(id: string): Promise<boolean>;
  /**
   * Ends every session that began before this call, and those that replace one
   * of them meanwhile; returns their number. When the store fails, some may have
   * ended: try again.
   *
   * @param options `except`: the id of the session that stays, for "sign out my
   * other browsers". Read `session.info.id` before `regenerate()`: the new id is
   * stored after the route
   */
  destroyAll(options?: { readonly except?: string }): Promise<number>;
}

/** @throws {TypeError} without the option `owner`, or for an empty owner */
export function ownedSessions<T>(
  settings: Settings<T>,
  owner: string,
): OwnedSessions<T> {
  const { records, schema } = settings;
  if (!settings.hasOwner || records.owned === undefined) {
    throw new TypeError(
      "of(): give session() the option `owner`, a function that returns the owner of a session",
    );
  }
  if (typeof owner !== "string" || owner === "") {
    throw new TypeError("of(): pass the owner's id, a text that is not empty");
  }
  const hash = ownerHash(settings.cookieName, owner);
  const isLive = (record: SessionRecord) =>
    secondsLeft(record, settings.lifetime, settings.now()) > 0;

  return {
    async list() {
      const owned: OwnedSession<T>[] = [];
      for await (const records of recordsOf(settings, hash, new Set())) {
        for (const record of records.filter(isLive)) {
          const data = schema.read(record.data);
          if (data !== null) {
            owned.push(ownedSession<T>(record, data, settings));
          }
        }
      }
      return owned.sort((a, b) =>
        b.usedAt - a.usedAt || b.createdAt - a.createdAt
      );
    },

    async destroy(id) {
      for await (const records of recordsOf(settings, hash, new Set())) {
        const found = records.find((record) => record.id === id);
        if (found === undefined) continue;
        await settings.records.remove(found.key);
        return isLive(found);
      }
      return false;
    },

    async destroyAll({ except } = {}) {
      let destroyed = 0;
      let exceptKey: string | undefined; // the id may change meanwhile, the key does not
      // A request that restarts a session stores the new one before it retires
      // the old one: once a round lists no new key, nothing replaced one.
      const seen = new Set<string>();
      for (let round = 0; round < ROUNDS; round++) {
        const before = seen.size;
        for await (const records of recordsOf(settings, hash, seen)) {
          exceptKey ??= records.find(({ id }) => id === except)?.key;
          const others = records.filter(({ key }) => key !== exceptKey);
          await settings.records.remove(...others.map(({ key }) => key));
          destroyed += others.filter(isLive).length;
        }
        if (seen.size === before) break;
      }
      return destroyed;
    },
  };
}

/** One round is enough unless the owner signs in meanwhile. A client that signs in without a pause must not keep this going for ever. */
const ROUNDS = 10;

/**
 * This owner's sessions, in batches, without those seen before. The store's list
 * may be too long, so each is believed only when its record carries the owner's
 * hash. Some have ended by this server's clock, but may not have by another's.
 */
async function* recordsOf<T>(
  { records }: Settings<T>,
  hash: string,
  seen: Set<string>,
): AsyncGenerator<readonly SessionRecord[], void> {
  for await (const batch of records.owned?.(hash) ?? []) {
    yield batch.flatMap(([key, loaded]) => {
      const isNew = !seen.has(key);
      seen.add(key);
      const isTheirs = loaded?.record.terms?.owner === hash;
      return isNew && isTheirs ? [loaded.record] : [];
    });
  }
}

function ownedSession<T>(
  record: SessionRecord,
  data: DeepReadonly<T>,
  { lifetime }: Settings<T>,
): OwnedSession<T> {
  const { id, createdAt, usedAt } = record;
  const ends = Object.freeze(endsAt(record, lifetime));
  return Object.freeze({ id, createdAt, usedAt, endsAt: ends, data });
}
