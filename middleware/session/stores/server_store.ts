import { randomId } from "../cookie/base64url.ts";
import { SessionTooLargeError } from "../errors.ts";
import {
  decodeRecord,
  encodeRecord,
  ownerKey,
  RECORD_LIMIT_BYTES,
} from "./record.ts";
import { withinLimit } from "./time_limit.ts";
import { Writability } from "./writability.ts";
import type { Backend, Loaded, SessionStore } from "./store.ts";

const TOKEN = /^([\w-]{22})\.([\w-]{22})$/;

/** So many of an owner's sessions are read at once; others come in between. */
const OWNED_AT_ONCE = 20;

/**
 * Sessions in a database: the cookie carries only the key and the generation.
 * Whatever the backend does, each question ends within a second: an answer, or
 * an error. Its `ping` reads a key as a session does, and writes one at most
 * every ten seconds, when no session was written meanwhile.
 *
 * ```ts
 * import { type Backend, serverStore } from "@baton/session";
 *
 * // In a Map: each swap is atomic, because nothing is awaited in it.
 * const entries = new Map<
 *   string,
 *   { value: Uint8Array; version: string; endsAt: number }
 * >();
 * const find = (key: string) => {
 *   const entry = entries.get(key);
 *   return entry !== undefined && entry.endsAt > Date.now() ? entry : null;
 * };
 * export const backend: Backend = {
 *   kind: "map",
 *   get: (key) => Promise.resolve(find(key)),
 *   swap(key, value, expected, ttlSeconds) {
 *     const isCurrent = (find(key)?.version ?? null) === expected;
 *     if (isCurrent) {
 *       const endsAt = Date.now() + ttlSeconds * 1000;
 *       entries.set(key, { value, version: crypto.randomUUID(), endsAt });
 *     }
 *     return Promise.resolve(isCurrent);
 *   },
 *   remove: (key) => Promise.resolve(void entries.delete(key)),
 *   ping: () => Promise.resolve(),
 * };
 * export const store = serverStore(backend);
 * // A real one also deletes what has ended, now and then.
 * ```
 */
export function serverStore(
  backend: Backend,
): SessionStore & AsyncDisposable {
  const writability = new Writability(backend);

  async function loadKey(key: string): Promise<Loaded | null> {
    const found = await withinLimit(() => backend.get(key));
    if (found === null) return null;
    const record = decodeRecord(key, found.value);
    return record && { record, version: found.version };
  }

  return {
    kind: backend.kind,

    async load(token) {
      const [, key, generation] = TOKEN.exec(token) ?? [];
      if (key === undefined || generation === undefined) return null;
      const loaded = await loadKey(key);
      return loaded?.record.generation === generation ? loaded : null;
    },

    async save(next, base, ttlSeconds, owner) {
      const value = encodeRecord(next);
      if (value.byteLength > RECORD_LIMIT_BYTES) {
        throw new SessionTooLargeError(
          value.byteLength,
          RECORD_LIMIT_BYTES,
          "Keep large things in a database, and their id in the session.",
        );
      }
      const written = await writability.swap(
        next.key,
        value,
        base?.version ?? null,
        ttlSeconds,
        ...(owner === undefined ? [] : [ownerKey(owner)]),
      );
      return written ? `${next.key}.${next.generation}` : null;
    },

    delete: (key) => writability.remove(key),

    ...(backend.owned && {
      async *owned(owner: string) {
        const keys = await withinLimit(async () =>
          await backend.owned?.(ownerKey(owner)) ?? []
        );
        for (let at = 0; at < keys.length; at += OWNED_AT_ONCE) {
          if (at > 0) await new Promise((resolve) => setTimeout(resolve));
          const some = keys.slice(at, at + OWNED_AT_ONCE);
          for (const loaded of await Promise.all(some.map(loadKey))) {
            if (loaded !== null) yield loaded;
          }
        }
      },
    }),

    async ping() {
      await withinLimit(() => backend.ping());
      await withinLimit(() => backend.get(randomId()));
      await writability.check();
    },

    async [Symbol.asyncDispose]() {
      await backend[Symbol.asyncDispose]?.();
    },
  };
}
