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
import { timeLimit, type Within, withinLimit } from "./time_limit.ts";

const TOKEN = /^([\w-]{22})\.([\w-]{22})$/;

/** Sessions of one owner that are read, or removed, in one step. */
const READ_AT_ONCE = 50;

/** Writes that are undone side by side. */
const UNDONE_AT_ONCE = 10;

/** The most writes to undo that are remembered while the store is away. */
const LEFTOVERS_LIMIT = 10_000;

/** A ping writes when the last write is as old. */
const PROBE_MILLISECONDS = 10_000;

/** The probe ends by itself if the process ends before it is removed. */
const PROBE_TTL_SECONDS = 10;

/** For the list of an owner's keys, where a store asks for it in several questions. */
const withinAMinute = timeLimit(60_000);

/**
 * Sessions in a database: the cookie carries only the key and the id. Each
 * question ends within a second, with an answer or a `SessionStoreError`.
 * `ping` reads one key. If no session was saved in the last ten seconds, or a
 * question failed since, it also writes one: with a full disk or a read-only
 * replica reads still succeed, but no visitor can sign in.
 *
 * @param now milliseconds, on a monotonic clock
 */
export function serverRecords(
  store: SessionStore,
  now: () => number = () => performance.now(),
): Records {
  const { kind } = store;

  /** The time of the last write; -Infinity when a question has failed since. */
  let writtenAt = -Infinity;

  const leftovers: (() => Promise<unknown>)[] = [];
  let cleaning: Promise<void> | undefined;

  /** Asks, and returns the answer as `read` reads it. A store that fails is an outage, not a logout. */
  async function asked<A, R>(
    question: () => Promise<A>,
    read: (answer: A) => R,
    within: Within = withinLimit,
  ): Promise<R> {
    try {
      return read(await within(question));
    } catch (cause) {
      writtenAt = -Infinity;
      throw new SessionStoreError(kind, cause);
    }
  }

  function loadKey(key: string, id?: string): Promise<Loaded | null> {
    return asked(() => store.get(key), (found) => {
      const entry = entryOf(found);
      const record = entry && decodeRecord(key, entry.value);
      const isFound = record !== null && (id === undefined || record.id === id);
      if (!entry || !isFound) return null;
      const { version, value } = entry;
      return { record, version, bytes: value.byteLength };
    });
  }

  function swap(...args: Parameters<SessionStore["swap"]>): Promise<boolean> {
    return asked(() => store.swap(...args), (isWritten) => {
      if (typeof isWritten !== "boolean") {
        throw new TypeError("swap() returned neither true nor false");
      }
      if (isWritten) writtenAt = now();
      if (leftovers.length > 0) void cleanUp();
      return isWritten;
    });
  }

  /** Removes up to 1,000 keys; each question has the time limit. */
  async function remove(...keys: string[]): Promise<void> {
    const questions = keys.length > 1 && store.removeAll !== undefined
      ? [async () => await store.removeAll?.(keys)]
      : keys.map((key) => () => store.remove(key));
    await Promise.all(questions.map((ask) => asked(ask, () => {})));
  }

  async function takeBack(undo: () => Promise<unknown>): Promise<void> {
    try {
      await undo();
    } catch {
      if (leftovers.length < LEFTOVERS_LIMIT) leftovers.push(undo);
    }
  }

  /** The store has written: now it may do what it could not do before. */
  function cleanUp(): Promise<void> {
    return cleaning ??= undoLeftovers().finally(() => cleaning = undefined);
  }

  /** A few at a time, until none of them succeeds. */
  async function undoLeftovers(): Promise<void> {
    let before = Infinity;
    while (leftovers.length > 0 && leftovers.length < before) {
      before = leftovers.length;
      await Promise.all(leftovers.splice(-UNDONE_AT_ONCE).map(takeBack));
    }
  }

  async function checkWrites(): Promise<void> {
    if (now() - writtenAt < PROBE_MILLISECONDS) return;
    const key = randomId();
    await swap(key, new Uint8Array(1), null, PROBE_TTL_SECONDS);
    await remove(key);
  }

  return {
    kind,
    isStateless: false,

    load(token) {
      const [, key, id] = TOKEN.exec(token) ?? [];
      return key === undefined ? Promise.resolve(null) : loadKey(key, id);
    },

    async save(next, base, ttlSeconds) {
      const { terms, ...own } = next;
      const value = encodeRecord(next);
      // Terms of ours, as a restart adds them, are no reason to refuse it.
      const isTooLarge = value.byteLength > RECORD_LIMIT_BYTES &&
        encodeRecord(own).byteLength > RECORD_LIMIT_BYTES;
      if (isTooLarge) {
        throw new SessionTooLargeError(
          value.byteLength,
          RECORD_LIMIT_BYTES,
          "Keep large things in a database, and their id in the session.",
        );
      }
      const expected = base?.version ?? null;
      const isWritten = await swap(
        ...[next.key, value, expected, ttlSeconds, terms?.owner] as const,
      );
      return isWritten ? `${next.key}.${next.id}` : null;
    },

    takeBack,
    remove,

    ...(store.owned && {
      async *owned(owner: string) {
        await cleanUp(); // a session that was never answered is not listed
        const keys = await asked(
          async () => await store.owned?.(owner),
          keysOf,
          store.ownedInSteps ? withinAMinute : withinLimit,
        );
        for (let at = 0; at < keys.length; at += READ_AT_ONCE) {
          const began = performance.now();
          const some = keys.slice(at, at + READ_AT_ONCE);
          yield await Promise.all(
            some.map(async (key) => [key, await loadKey(key)] as const),
          );
          if (at + READ_AT_ONCE >= keys.length) return;
          // A pause as long as this step: half of the time is for others.
          const took = performance.now() - began;
          await new Promise((resolve) => setTimeout(resolve, took));
        }
      },
    }),

    async ping() {
      await asked(() => store.ping(), () => {});
      await asked(() => store.get(randomId()), entryOf);
      await checkWrites();
    },
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
