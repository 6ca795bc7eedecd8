// For Cloudflare Workers alone: nothing else has `cloudflare:workers`.
// @ts-types="./cloudflare_workers.d.ts"
import { DurableObject } from "cloudflare:workers";

/** What one object holds. */
export interface Entry {
  /** A session's record. */
  readonly value: Uint8Array;
  /** Random, so that none fits again. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

/** One of an owner's sessions. */
export interface Owned {
  /** The session's. */
  readonly key: string;
  /** When it was noted first, in milliseconds since the epoch. */
  readonly addedAt: number;
}

/**
 * A session is written right after it was noted for its owner, or not at all:
 * what is older than this and has no session is dropped. In milliseconds.
 */
export const GRACE = 60_000;

const SESSION = "session";
const OWNED = "owned:";

/** Kept of an owner's session. Times in milliseconds since the epoch. */
interface Note {
  readonly addedAt: number;
  readonly endsAt: number;
}

/**
 * One session, or the keys of one owner's sessions. An object takes one event
 * at a time, also while its storage is awaited, so each method is atomic; what
 * it answered is on disk, because Workers hold an answer back until then.
 *
 * An alarm removes what has ended. It costs as much as a write, so it is not
 * moved with each: it rings at an end that was, and then sets itself anew. One
 * that rang too early does the same, and one that Cloudflare gave up (after it
 * failed six times) is set when somebody reads or writes.
 */
export class SessionObject extends DurableObject {
  /** What it holds; null when nothing, or when it has ended. */
  async read(): Promise<Entry | null> {
    const entry = this.#entry();
    if (entry === undefined) return null;
    await this.#wakeBy(entry.endsAt);
    return isAlive(entry) ? entry : null;
  }

  /**
   * Writes only if the version is `expected`; whether it did. Asked twice with
   * the same new `version`, it writes once.
   */
  async swap(
    value: Uint8Array,
    expected: string | null,
    ttlSeconds: number,
    version: string,
  ): Promise<boolean> {
    const entry = this.#entry();
    const current = entry && isAlive(entry) ? entry.version : null;
    if (current === version) return true;
    if (current !== expected) return false;
    const endsAt = Date.now() + ttlSeconds * 1000;
    await this.#wakeBy(endsAt); // first, so that nothing is ever without
    this.ctx.storage.kv.put(SESSION, { value, version, endsAt });
    return true;
  }

  /** Forgets it; a missing one is no error. */
  async remove(): Promise<void> {
    if (this.#entry() !== undefined) await this.#forget();
  }

  /** Notes one of the owner's sessions, until it ends or longer. */
  async addOwned(
    key: string,
    ttlSeconds: number,
    isNew: boolean,
  ): Promise<void> {
    const now = Date.now();
    const endsAt = now + ttlSeconds * 1000;
    const known = this.ctx.storage.kv.get<Note>(OWNED + key);
    await this.#wakeBy(endsAt);
    if (!isNew && known && known.endsAt >= endsAt) return;
    // For half as long again, so that most saves of a session write nothing here.
    const note = {
      addedAt: isNew ? now : known?.addedAt ?? now,
      endsAt: endsAt + ttlSeconds * 500,
    };
    this.ctx.storage.kv.put(OWNED + key, note);
  }

  /** The owner's sessions that have not ended, the one noted first in front. */
  listOwned(): Owned[] {
    return [...this.#notes()].filter(([, note]) => isAlive(note))
      .map(([name, { addedAt }]) => ({
        key: name.slice(OWNED.length),
        addedAt,
      }))
      .sort((a, b) => a.addedAt - b.addedAt);
  }

  /** Forgets these of the owner's sessions, but for those noted just now. */
  dropOwned(keys: readonly string[]): void {
    const { kv } = this.ctx.storage;
    for (const name of keys.map((key) => OWNED + key)) {
      const { addedAt } = kv.get<Note>(name) ?? { addedAt: 0 };
      if (Date.now() - addedAt > GRACE) kv.delete(name);
    }
  }

  /** What has ended is removed; the rest is woken for again. */
  override async alarm(): Promise<void> {
    const entry = this.#entry();
    const ends = entry && isAlive(entry) ? [entry.endsAt] : [];
    for (const [name, note] of [...this.#notes()]) {
      if (isAlive(note)) ends.push(note.endsAt);
      else this.ctx.storage.kv.delete(name);
    }
    if (ends.length === 0) await this.#forget();
    else await this.#wakeBy(Math.min(...ends));
  }

  #entry(): Entry | undefined {
    return this.ctx.storage.kv.get<Entry>(SESSION);
  }

  #notes(): Iterable<[string, Note]> {
    return this.ctx.storage.kv.list<Note>({ prefix: OWNED });
  }

  /** Asking for the alarm is free, setting it is a write. */
  async #wakeBy(moment: number): Promise<void> {
    const alarm = await this.ctx.storage.getAlarm();
    if (alarm === null || alarm > moment) {
      await this.ctx.storage.setAlarm(moment);
    }
  }

  async #forget(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }
}

function isAlive({ endsAt }: { readonly endsAt: number }): boolean {
  return endsAt > Date.now();
}
