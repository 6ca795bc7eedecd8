import {
  clearImmediate,
  clearTimeout,
  setImmediate,
  setTimeout,
} from "node:timers";
import type { Connection, SqliteFile } from "./file.ts";
import type { Statements } from "./schema.ts";

/** How long one process waits while another one writes. */
const LOCKED_MILLISECONDS = 1000;
/** The longest pause between two tries. Random, so that processes take turns. */
const LOCKED_PAUSE_MILLISECONDS = 5;

/** The most writes that share a transaction: about a millisecond of the event loop. */
const GROUP_WRITES = 100;

interface Write {
  readonly run: (statements: Statements) => unknown;
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
  readonly #file: SqliteFile;
  #waiting: Write[] = [];
  #immediate: ReturnType<typeof setImmediate> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(file: SqliteFile) {
    this.#file = file;
  }

  /** The answer of `run`, once it is on disk. It may run more than once. */
  add<R>(run: (statements: Statements) => R): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.#waiting.push({ run, resolve, reject } as Write);
      if (this.#timer === undefined) this.#soon();
    });
  }

  /** Writes what waits. Writes that another process blocks fail. */
  close(): void {
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    if (this.#waiting.length === 0) return;
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

  /** Writes all of them or none. Returns the writes that another process blocks. */
  #transaction(writes: Write[]): Write[] {
    let connection;
    try {
      connection = this.#file.open();
    } catch (error) {
      if (isLocked(error)) return writes;
      for (const { reject } of writes) reject(error);
      return [];
    }
    return this.#writeTo(connection, writes);
  }

  #writeTo(connection: Connection, writes: Write[]): Write[] {
    const { database, statements } = connection;
    const answers: unknown[] = [];
    const isGroup = writes.length > 1; // a single statement is a transaction already
    try {
      if (isGroup) database.exec("BEGIN IMMEDIATE");
      for (const { run } of writes) answers.push(run(statements));
      if (isGroup) database.exec("COMMIT");
    } catch (error) {
      if (isGroup) rollBack(connection);
      if (isLocked(error)) return writes;
      // One of them cannot be written, or the disk is full: each gets its own answer.
      if (isGroup) {
        return writes.flatMap((write) => this.#writeTo(connection, [write]));
      }
      writes[0]?.reject(error);
      return [];
    }
    for (const [i, { resolve }] of writes.entries()) resolve(answers[i]);
    return [];
  }
}

function rollBack({ database }: Connection): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // It never began, or SQLite has rolled it back.
  }
}

/** The answer of `attempt`. While another process blocks it, tries again without blocking the event loop. */
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

/** Recognizes SQLITE_BUSY and SQLITE_LOCKED. Deno gives only their message. */
export function isLocked(error: unknown): boolean {
  return error instanceof Error &&
    /^database (?:table |schema )?is locked/.test(error.message);
}
