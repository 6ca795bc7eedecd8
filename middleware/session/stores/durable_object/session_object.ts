// For Cloudflare Workers alone: nothing else has `cloudflare:workers`.
// @ts-types="./cloudflare_workers.d.ts"
import { DurableObject } from "cloudflare:workers";

type Entry = NonNullable<Awaited<ReturnType<SessionObject["read"]>>>;

/**
 * A session is written right after the note for its owner, or not at all. So a
 * note that is older than this and has no session is dropped.
 */
export const GRACE_MILLISECONDS = 60_000;

const SESSION = "session";
const OWNED = "owned:";

/** One of an owner's sessions. Times in milliseconds since the epoch. */
interface Note {
  readonly addedAt: number;
  readonly endsAt: number;
}

/**
 * One session, or the keys of one owner's sessions. An object takes one event
 * at a time, also while it waits for its storage, so each method is atomic.
 * Workers hold an answer back until its writes are on disk.
 *
 * An alarm removes ended sessions. Setting it costs as much as a write, so a
 * write does not move it: it rings at an earlier end, and then sets itself anew.
 * If Cloudflare gave it up (after six failures), the next read or write sets it.
 */
export class SessionObject extends DurableObject {
  /** The session; null when there is none, or when it has ended. `endsAt`: milliseconds since the epoch. */
  async read(): Promise<
    | {
      readonly value: Uint8Array;
      readonly version: string;
      readonly endsAt: number;
    }
    | null
  > {
    const entry = this.#entry();
    if (entry === undefined) return null;
    await this.#wakeBy(entry.endsAt);
    return isAlive(entry) ? entry : null;
  }

  /**
   * Writes only if the version is `expected`, and tells whether it wrote. Asked
   * twice with the same new `version`, it writes once.
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
    await this.#wakeBy(endsAt); // first, so that no session is ever without an alarm
    this.ctx.storage.kv.put(SESSION, { value, version, endsAt });
    return true;
  }

  /** Removes the session; a missing one is no error. */
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
    const { kv } = this.ctx.storage;
    const known = isNew ? undefined : kv.get<Note>(OWNED + key);
    await this.#wakeBy(endsAt);
    if (known && known.endsAt >= endsAt) return;
    const addedAt = known?.addedAt ?? now;
    // Half as long again as the session, so that most saves write nothing here.
    kv.put(OWNED + key, { addedAt, endsAt: endsAt + ttlSeconds * 500 });
  }

  /** The owner's sessions that have not ended, the oldest note first; its time in milliseconds since the epoch. */
  listOwned(): Promise<{ readonly key: string; readonly addedAt: number }[]> {
    const owned = [...this.#notes()].filter(([, note]) => isAlive(note))
      .map(([name, { addedAt }]) => ({
        key: name.slice(OWNED.length),
        addedAt,
      }))
      .sort((a, b) => a.addedAt - b.addedAt);
    return Promise.resolve(owned);
  }

  /** Drops the notes of these sessions of the owner, but not those written just now. */
  dropOwned(keys: readonly string[]): Promise<void> {
    const { kv } = this.ctx.storage;
    for (const name of keys.map((key) => OWNED + key)) {
      const { addedAt } = kv.get<Note>(name) ?? { addedAt: 0 };
      if (Date.now() - addedAt > GRACE_MILLISECONDS) kv.delete(name);
    }
    return Promise.resolve();
  }

  /** Removes what has ended, and sets the alarm for the rest. */
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

  /** Reads the alarm first: that is free, and setting it is a write. */
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
