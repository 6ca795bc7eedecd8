/**
 * All that a database must do to keep sessions. Keys are 22 characters of
 * base64url, values opaque bytes (at most 60,000), versions any text that
 * changes with each write. Every operation concerns one key. An answer that takes
 * longer than a second is a `SessionStoreError`.
 *
 * ```ts
 * import type { SessionStore } from "@baton/session";
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
 * export const store: SessionStore = {
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
 * // A real one also deletes what has ended, now and then.
 * ```
 */
export interface SessionStore extends Partial<AsyncDisposable> {
  /** The name that `/healthz` and `session.info.store` show, such as "redis". */
  readonly kind: string;
  /** The value of a key and its version; null when there is none, or when it has ended. */
  get(
    key: string,
  ): Promise<{ readonly value: Uint8Array; readonly version: string } | null>;
  /**
   * Writes only if the current version is `expected` (null: the key is absent),
   * and tells whether it wrote. The value may be removed once `ttlSeconds` have
   * passed. With an `owner` (43 characters of base64url) the key is found by
   * {@linkcode SessionStore.owned} from then on; without one it is not.
   */
  swap(
    key: string,
    value: Uint8Array,
    expected: string | null,
    ttlSeconds: number,
    owner?: string,
  ): Promise<boolean>;
  /** Removes the key; a missing one is no error. */
  remove(key: string): Promise<void>;
  /** Removes up to 1,000 keys in one question. Default: `remove` for each. */
  removeAll?(keys: readonly string[]): Promise<void>;
  /**
   * The keys that were last written with this `owner`. May list keys that are
   * gone, but must never miss one: if you keep a separate index, write it before
   * the session. Without this method the option `owner` is refused.
   */
  owned?(owner: string): Promise<readonly string[]>;
  /**
   * true: `owned()` asks several questions, each with a time limit of its own, and
   * may take a minute. Default: a second.
   */
  readonly ownedInSteps?: boolean;
  /** Resolves when the database can serve, rejects when it cannot. */
  ping(): Promise<void>;
}
