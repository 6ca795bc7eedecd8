import { randomId } from "../cookie/base64url.ts";
import { SessionStoreError, SessionTooLargeError } from "../errors.ts";
import {
  decodeRecord,
  encodeRecord,
  type Loaded,
  RECORD_LIMIT_BYTES,
} from "./record.ts";
import type { Records } from "./records.ts";
import type { SessionStore } from "./store.ts";
import { timeLimit, withinLimit } from "./time_limit.ts";
import { Writability } from "./writability.ts";

const TOKEN = /^([\w-]{22})\.([\w-]{22})$/;

/** Sessions of one owner that are read, or removed, in one step. */
const READ_AT_ONCE = 50;

/** Writes that are undone side by side. */
const UNDONE_AT_ONCE = 10;

/** The most writes to undo that are remembered while the store is away. */
const LEFTOVERS_LIMIT = 10_000;

/** For the list of an owner's keys, where a store asks for it in several questions. */
const withinAMinute = timeLimit(60_000);

/**
 * Sessions in a database: the cookie carries only the key and the id. Each
 * question ends within a second, with an answer or a `SessionStoreError`.
 * `ping` reads one key. If no session was saved in the last ten seconds, it
 * also writes one.
 */
export function serverRecords(store: SessionStore): Records {
  const { kind } = store;
  const writability = new Writability(store);
  const within = store.ownedInSteps ? withinAMinute : withinLimit;

  const leftovers: (() => Promise<unknown>)[] = [];
  let cleaning: Promise<unknown> | undefined;

  async function takeBack(undo: () => Promise<unknown>): Promise<void> {
    try {
      await undo();
    } catch {
      if (leftovers.length < LEFTOVERS_LIMIT) leftovers.push(undo);
    }
  }

  /** The store has written: now it may do what it could not do before. A few at a time, until one fails. */
  async function cleanUp(): Promise<void> {
    if (cleaning === undefined && leftovers.length > 0) {
      const workers = Array.from({ length: UNDONE_AT_ONCE }, workOff);
      cleaning = Promise.all(workers).finally(() => cleaning = undefined);
    }
    await cleaning;
  }

  async function workOff(): Promise<void> {
    for (let undo = leftovers.pop(); undo; undo = leftovers.pop()) {
      try {
        await undo();
      } catch {
        leftovers.push(undo);
        return;
      }
    }
  }

  /** A write, and what it makes possible. */
  async function written<R>(write: () => Promise<R>): Promise<R> {
    const answer = await asked(write);
    void cleanUp();
    return answer;
  }

  async function loadKey(key: string): Promise<Loaded | null> {
    const found = await asked(async () =>
      entryOf(await withinLimit(() => store.get(key)))
    );
    if (found === null) return null;
    const record = decodeRecord(key, found.value);
    return record && { record, version: found.version };
  }

  /** A store that fails is an outage, not a logout. */
  async function asked<R>(question: () => Promise<R>): Promise<R> {
    try {
      return await question();
    } catch (cause) {
      throw new SessionStoreError(kind, cause);
    }
  }

  return {
    kind,
    isStateless: false,

    async load(token) {
      const [, key, id] = TOKEN.exec(token) ?? [];
      if (key === undefined || id === undefined) return null;
      const loaded = await loadKey(key);
      return loaded?.record.id === id ? loaded : null;
    },

    async save(next, base, ttlSeconds) {
      const value = encodeRecord(next);
      // Terms of ours, as a restart adds them, are no reason to refuse it.
      const { terms: _, ...own } = next;
      const isTooLarge = value.byteLength > RECORD_LIMIT_BYTES &&
        encodeRecord(own).byteLength > RECORD_LIMIT_BYTES;
      if (isTooLarge) {
        throw new SessionTooLargeError(
          value.byteLength,
          RECORD_LIMIT_BYTES,
          "Keep large things in a database, and their id in the session.",
        );
      }
      const { key, id, terms } = next;
      const whose = terms?.owner === undefined ? [] : [terms.owner] as const;
      const expected = base?.version ?? null;
      const isWritten = await written(async () =>
        answerOf(
          await writability.swap(key, value, expected, ttlSeconds, ...whose),
        )
      );
      return isWritten ? `${key}.${id}` : null;
    },

    takeBack,

    remove: (...keys) => written(() => writability.remove(keys)),

    ...(store.owned && {
      async *owned(owner: string) {
        await cleanUp(); // a session that was never answered is not listed
        const keys = await asked(async () =>
          keysOf(await within(async () => await store.owned?.(owner)))
        );
        let began = performance.now();
        for (let at = 0; at < keys.length; at += READ_AT_ONCE) {
          if (at > 0) {
            // A pause as long as the last step: half of the time is for others.
            const took = performance.now() - began;
            await new Promise((resolve) => setTimeout(resolve, took));
            began = performance.now();
          }
          const some = keys.slice(at, at + READ_AT_ONCE);
          yield await Promise.all(
            some.map(async (key) => [key, await loadKey(key)] as const),
          );
        }
      },
    }),

    ping: () =>
      asked(async () => {
        await withinLimit(() => store.ping());
        await withinLimit(() => store.get(randomId()));
        await writability.check();
        void cleanUp();
      }),
  };
}

type Entry = Awaited<ReturnType<SessionStore["get"]>>;

/** The answer of `get()`. Anything but an entry or nothing at all is a fault of the store, and no visitor is logged out for it. */
function entryOf(found: Entry | undefined): Entry {
  if (found === undefined || found === null) return null;
  if (ArrayBuffer.isView(found.value) && typeof found.version === "string") {
    return found;
  }
  throw new TypeError("get() returned no value with a version, and not null");
}

/** The answer of `owned()`: without a list, "sign out everywhere" would end nothing and say so. */
function keysOf(keys: unknown): readonly string[] {
  const isList = Array.isArray(keys) &&
    keys.every((key) => typeof key === "string");
  if (isList) return keys;
  throw new TypeError("owned() returned no list of keys");
}

/** The answer of `swap()`. */
function answerOf(written: boolean): boolean {
  if (typeof written === "boolean") return written;
  throw new TypeError("swap() returned neither true nor false");
}
