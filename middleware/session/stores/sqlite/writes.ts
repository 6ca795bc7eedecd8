import { setImmediate } from "node:timers";
import { isLocked, unlessLocked } from "../locked.ts";
import type { SqliteFile } from "./file.ts";
import { type Statements, transaction } from "./schema.ts";

/** The most writes that share a transaction: about a millisecond of the event loop. */
const GROUP_WRITES = 100;

interface Write {
  readonly run: (statements: Statements) => unknown;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes that arrive together share one transaction and its fsync, and each is
 * answered once it is on disk. While another process writes they wait without
 * blocking the event loop, which SQLite's own `busy_timeout` would do.
 */
export class SqliteWrites {
  readonly #file: SqliteFile;
  #waiting: Write[] = [];
  #work: Promise<void> | undefined;

  constructor(file: SqliteFile) {
    this.#file = file;
  }

  /** The answer of `run`, once it is on disk. It may run more than once. */
  add<R>(run: (statements: Statements) => R): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.#waiting.push({ run, resolve, reject } as Write);
      this.#work ??= this.#writeAll();
    });
  }

  /** Resolves when no write waits any more. */
  async done(): Promise<void> {
    await this.#work;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      await this.#write(this.#waiting.splice(0, GROUP_WRITES));
    }
    this.#work = undefined;
  }

  async #write(group: readonly Write[]): Promise<void> {
    try {
      const answers = await unlessLocked(() => {
        const { database, statements } = this.#file.open();
        const runAll = () => group.map(({ run }) => run(statements));
        // A single statement is a transaction already.
        return group.length === 1 ? runAll() : transaction(database, runAll);
      });
      for (const [i, { resolve }] of group.entries()) resolve(answers[i]);
    } catch (error) {
      if (isLocked(error)) {
        // The others would wait for as long again.
        const all = [...group, ...this.#waiting.splice(0)];
        for (const { reject } of all) reject(error);
      } else if (group.length > 1) {
        // One of them cannot be written, or the disk is full: each gets its own answer.
        for (const write of group) await this.#write([write]);
      } else group[0]?.reject(error);
    }
  }
}
