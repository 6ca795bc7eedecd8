import type { z } from "zod";
import type { DeepReadonly } from "./data/change.ts";
import { SessionStoreError } from "./errors.ts";
import { type Ends, endsAt, secondsLeft } from "./lifetime.ts";
import { ask } from "./request/load.ts";
import {
  resolveOptions,
  type SessionOptions,
  type Settings,
} from "./options.ts";
import type { Loaded, SessionRecord } from "./stores/store.ts";

/** One of an owner's sessions, as it is stored. */
export interface OwnedSession<T> {
  /** What `session.info.id` is in a request of that browser. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** When it was last written, in seconds since the epoch; while it is only read, up to a tenth of `lifetime.idle` late. */
  readonly usedAt: number;
  /** Seconds since the epoch; the session ends at whichever comes first. */
  readonly endsAt: Ends;
  /** What it holds; frozen at every depth. */
  readonly data: DeepReadonly<T>;
}

/** What {@linkcode sessionsOf} gives. */
export interface OwnedSessions<T> {
  /**
   * Those that are alive, the one used last first.
   *
   * @throws {SessionStoreError} when the store does not answer
   */
  list(): Promise<readonly OwnedSession<T>[]>;
  /**
   * Ends this owner's session with this id, as `destroy()` would; false when
   * there is none.
   *
   * @throws {SessionStoreError} when the store does not answer
   */
  end(id: string): Promise<boolean>;
  /**
   * Ends every session that began before this call, and those that take the
   * place of one meanwhile (`regenerate()`); how many they were.
   *
   * @throws {SessionStoreError} when the store does not answer; some may have ended
   */
  endAll(options?: EndAllOptions): Promise<number>;
}

/** Options for `endAll()`. */
export interface EndAllOptions {
  /**
   * The id of the session that stays: `session.info.id`, for "sign out my other
   * browsers". Read it before `regenerate()`: the new id is stored after the route.
   */
  readonly except?: string;
}

/**
 * All sessions of one owner: to list them, to end one or all of them.
 *
 * ```ts
 * import { session, sessionsOf } from "@baton/session";
 * import { sqliteStore } from "@baton/session/sqlite";
 * import { Hono } from "hono";
 * import { z } from "zod";
 *
 * const options = {
 *   schema: z.object({ userId: z.string().optional() }),
 *   secrets: ["32 bytes or more, from `openssl rand -base64 32`"],
 *   store: sqliteStore(".data/sessions.db"),
 *   owner: ({ userId }: { readonly userId?: string | undefined }) => userId,
 * };
 * const app = new Hono().use(session(options));
 *
 * app.post("/sign-out-elsewhere", async (c) => {
 *   const { data, info } = await c.var.session();
 *   if (data.userId === undefined) return c.text("Sign in first", 401);
 *   await sessionsOf(options, data.userId).endAll({ except: info.id });
 *   return c.redirect("/", 303);
 * });
 * ```
 *
 * A request that saves after its session was ended gets a SessionConflictError.
 * A sign-in that is still under way begins a session that lives on, so whoever
 * changes a password also raises an epoch in the user's record.
 *
 * OWASP ASVS 5.0, 7.4.2, 7.4.3, 7.4.5 and 7.5.2.
 *
 * @param options those given to `session()`, the same object every time: it is checked once
 * @param owner as the option `owner` returns it
 * @throws {TypeError} when the options are wrong, lack `owner`, or have a store that cannot list sessions
 */
export function sessionsOf<S extends z.ZodObject>(
  options: SessionOptions<S, string>,
  owner: string,
): OwnedSessions<z.output<S>> {
  type T = z.output<S>;
  const settings = settingsOf(options);
  if (settings.owner === undefined) {
    throw new TypeError(
      "sessionsOf(): the options lack `owner`, which tells whose a session is",
    );
  }
  if (typeof owner !== "string" || owner === "") {
    throw new TypeError(
      "sessionsOf(): the owner is missing; nobody's sessions cannot be listed",
    );
  }

  return {
    async list() {
      const owned: OwnedSession<T>[] = [];
      for await (const { record, data } of entries(settings, owner)) {
        if (data !== null) owned.push(ownedSession(record, data, settings));
      }
      return owned.sort((a, b) =>
        b.usedAt - a.usedAt || b.createdAt - a.createdAt
      );
    },

    async end(id) {
      for await (const { record, data } of entries(settings, owner)) {
        if (data === null || record.generation !== id) continue;
        await removeAll([record.key], settings);
        return true;
      }
      return false;
    },

    async endAll({ except } = {}) {
      let ended = 0;
      let exceptKey: string | undefined; // its id may change meanwhile
      // A request that restarts a session stores the new one before it retires
      // the old one: once a round finds nothing, nothing took anybody's place.
      for (let round = 0; round < ROUNDS; round++) {
        const keys: string[] = [];
        for await (const { record } of entries(settings, owner)) {
          if (record.generation === except) exceptKey = record.key;
          if (record.key !== exceptKey) keys.push(record.key);
        }
        if (keys.length === 0) break;
        await removeAll(keys, settings);
        ended += keys.length;
      }
      return ended;
    },
  };
}

/** One is enough unless somebody signs in; a client that never stops signing in must not hold this up for ever. */
const ROUNDS = 10;

/** So many are removed at once; requests of others come in between. */
const REMOVALS_AT_ONCE = 20;

/** Routes ask at each request: the options are checked, and their keys derived, once. */
const resolved = new WeakMap<object, unknown>();

function settingsOf<S extends z.ZodObject>(
  options: SessionOptions<S, string>,
): Settings<z.output<S>> {
  const known = resolved.get(options);
  if (known !== undefined) return known as Settings<z.output<S>>;
  const settings = resolveOptions(options);
  resolved.set(options, settings);
  return settings;
}

/** A live session that the store noted for an owner; data that no longer fits the schema is null. */
interface Entry<T> {
  readonly record: SessionRecord;
  readonly data: DeepReadonly<T> | null;
}

/**
 * This owner's sessions. The index may name too many, so each is believed only
 * after it was loaded, has not ended, and says that it is theirs. What no longer
 * fits the schema cannot say so; there the index is believed.
 */
async function* entries<T>(
  settings: Settings<T>,
  owner: string,
): AsyncGenerator<Entry<T>, void> {
  const { lifetime, schema } = settings;
  const now = Math.floor(settings.now());
  const seen = new Set<string>();
  for await (const { record } of stored(settings, owner)) {
    const isRetired = record.data === null; // by `regenerate({ restart: true })`
    const isOver = secondsLeft(record, lifetime, now) <= 0;
    if (isRetired || isOver || seen.has(record.key)) continue;
    seen.add(record.key);
    const data = schema.read(record.data);
    if (data === null || settings.owner?.(data) === owner) {
      yield { record, data };
    }
  }
}

/** A store that fails is an outage. */
async function* stored<T>(
  { store }: Settings<T>,
  owner: string,
): AsyncGenerator<Loaded, void> {
  try {
    yield* store.owned?.(owner) ?? [];
  } catch (cause) {
    throw new SessionStoreError(store.kind, cause);
  }
}

async function removeAll<T>(
  keys: readonly string[],
  { store }: Settings<T>,
): Promise<void> {
  for (let at = 0; at < keys.length; at += REMOVALS_AT_ONCE) {
    const some = keys.slice(at, at + REMOVALS_AT_ONCE);
    await Promise.all(
      some.map((key) => ask(store, (store) => store.delete(key))),
    );
  }
}

function ownedSession<T>(
  record: SessionRecord,
  data: DeepReadonly<T>,
  { lifetime }: Settings<T>,
): OwnedSession<T> {
  const { generation: id, createdAt, usedAt } = record;
  const ends = Object.freeze(endsAt(record, lifetime));
  return Object.freeze({ id, createdAt, usedAt, endsAt: ends, data });
}
