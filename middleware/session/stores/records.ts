import { randomId } from "../cookie/base64url.ts";
import type { Loaded, SessionRecord } from "./record.ts";

/** A key of an owner, and its record; null: it is gone, or was replaced a moment ago. */
export type OwnedEntry = readonly [key: string, loaded: Loaded | null];

/**
 * The place where the middleware keeps records: in the cookie itself
 * (`cookie.ts`), or in a `SessionStore` (`server_store.ts`). The middleware
 * seals the token that `save` returns into the cookie, and gives it back to
 * `load` at the next request.
 *
 * Every method rejects with a `SessionStoreError` when the store fails.
 */
export interface Records {
  /** The store's kind. */
  readonly kind: string;
  /** true when the token itself holds the session, so that no database is asked. */
  readonly isStateless: boolean;
  /** The session of this token, ended or not; null when the token is unknown or malformed. */
  load(token: string): Promise<Loaded | null>;
  /**
   * Replaces `base` (null: nothing may be there) by `next`, atomically. Returns
   * the new token, or null when `base` is out of date or gone.
   *
   * @throws {SessionTooLargeError} for more than 60,000 bytes
   */
  save(
    next: SessionRecord,
    base: Loaded | null,
    ttlSeconds: number,
  ): Promise<string | null>;
  /** Removes these sessions; a missing one is no error. */
  remove(...keys: string[]): Promise<void>;
  /** Undoes a write of a failed request: now, or once the store answers again. Never rejects. */
  takeBack(undo: () => Promise<unknown>): Promise<void>;
  /** The keys last saved with this owner's hash, in batches, each with its present record. */
  owned?(ownerHash: string): AsyncIterable<readonly OwnedEntry[]>;
  /** Resolves when sessions can be read and written. */
  ping(): Promise<void>;
}

/** How long after its question a write can still arrive at the database, in seconds. */
const LATE_SECONDS = 3600;

/** Takes the key of a write without an answer, so that it cannot arrive any more; what has arrived is removed. */
export async function withdraw(key: string, records: Records): Promise<void> {
  const nothing = { key, id: randomId(), createdAt: 0, usedAt: 0, data: null };
  const taken = await records.save(nothing, null, LATE_SECONDS);
  if (taken === null) await records.remove(key);
}
