import type { DatabaseSync } from "node:sqlite";
import {
  clearImmediate,
  clearTimeout,
  setImmediate,
  setTimeout,
} from "node:timers";

/** How long one process waits for another one that is writing. */
const LOCKED_MILLISECONDS = 1000;
/** The longest pause between two tries. Random, so that processes take turns. */
const LOCKED_PAUSE_MILLISECONDS = 5;

/** The most writes that share a transaction: about a millisecond of the event loop. */
const GROUP_WRITES = 100;

interface Write {
  readonly run: () => unknown;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** When it first found the database locked, in milliseconds. */
  lockedAt?: number;
}

/**
 * Writes that arrive together share one transaction and its fsync, and each is
 * answered once it is on disk. While another process writes they wait without
 * blocking the event loop, which SQLite's own `busy_timeout` would do.
 */
export class SqliteWrites {
  readonly #database: DatabaseSync;
  #waiting: Write[] = [];
  #immediate: ReturnType<typeof setImmediate> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Its `busy_timeout` must be 0. */
  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** What `run` returns, once it is on disk. It may run more than once. */
  add<R>(run: () => R): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.#waiting.push({ run, resolve, reject } as Write);
      if (this.#timer === undefined) this.#soon();
    });
  }

  /** Writes what waits; what another process is in the way of fails. */
  close(): void {
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    for (const { reject } of this.#transaction(this.#waiting)) {
      reject(new Error("the store was closed while it waited"));
    }
    this.#waiting = [];
  }

  #soon(): void {
    this.#immediate ??= setImmediate(() => this.#write());
  }

  #write(): void {
    this.#immediate = this.#timer = undefined;
    const left = this.#transaction(this.#waiting.splice(0, GROUP_WRITES));
    const now = performance.now();
    this.#waiting.unshift(...left.filter((write) => {
      write.lockedAt ??= now;
      const isLate = now - write.lockedAt > LOCKED_MILLISECONDS;
      if (isLate) write.reject(new Error("the database is locked"));
      return !isLate;
    }));
    if (this.#waiting.length === 0) return;
    if (left.length === 0) return this.#soon();
    const pause = Math.random() * LOCKED_PAUSE_MILLISECONDS;
    this.#timer = setTimeout(() => this.#write(), pause);
  }

  /** All of them or none; the ones that another process is in the way of. */
  #transaction(writes: Write[]): Write[] {
    const answers: unknown[] = [];
    const isGroup = writes.length > 1; // a single statement is a transaction already
    try {
      if (isGroup) this.#database.exec("BEGIN IMMEDIATE");
      for (const { run } of writes) answers.push(run());
      if (isGroup) this.#database.exec("COMMIT");
    } catch (error) {
      if (isGroup) this.#rollBack();
      if (isLocked(error)) return writes;
      // One of them cannot be written, or the disk is full: each is told for itself.
      if (isGroup) {
        return writes.flatMap((write) => this.#transaction([write]));
      }
      writes[0]?.reject(error);
      return [];
    }
    for (const [i, { resolve }] of writes.entries()) resolve(answers[i]);
    return [];
  }

  #rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // It never began, or SQLite has done it.
    }
  }
}

/** What `attempt` returns, tried again without blocking while another process is in the way. */
export async function unlessLocked<R>(attempt: () => R): Promise<R> {
  const start = performance.now();
  while (true) {
    try {
      return attempt();
    } catch (error) {
      const isLate = performance.now() - start > LOCKED_MILLISECONDS;
      if (!isLocked(error) || isLate) throw error;
    }
    const pause = Math.random() * LOCKED_PAUSE_MILLISECONDS;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** SQLITE_BUSY and SQLITE_LOCKED, which Deno tells by the message alone. */
export function isLocked(error: unknown): boolean {
  return error instanceof Error && /\b(?:locked|busy)\b/.test(error.message);
}
