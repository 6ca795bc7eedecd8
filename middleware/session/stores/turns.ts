import { withinLimit } from "./time_limit.ts";

/**
 * At most so many questions are asked at once, so that none waits in a driver's
 * own queue, which would ask it when it has been given up long ago.
 */
export class Turns {
  #free: number;
  readonly #waiting = new Set<() => void>();
  readonly #writes = new Map<string, Promise<unknown>>();

  constructor(size: number) {
    this.#free = size;
  }

  /** Each has the time limit, once to get its turn and once to be answered. */
  async run<R>(ask: () => Promise<R>): Promise<R> {
    if (this.#free > 0) this.#free--;
    else await this.#turn();
    try {
      return await withinLimit(ask);
    } finally {
      this.#next();
    }
  }

  /**
   * Writes to one key wait for each other here and not in the database: a row
   * that somebody else has locked takes one turn, not all. They fail together,
   * too.
   */
  async write<R>(key: string, write: () => Promise<R>): Promise<R> {
    const before = this.#writes.get(key);
    const written = before === undefined ? write() : before.then(write);
    this.#writes.set(key, written);
    try {
      return await written;
    } finally {
      if (this.#writes.get(key) === written) this.#writes.delete(key);
    }
  }

  async #turn(): Promise<void> {
    let start = () => {};
    const turn = new Promise<void>((resolve) => start = resolve);
    this.#waiting.add(start);
    try {
      await withinLimit(() => turn);
    } catch (error) {
      // Its turn may have come in the same moment.
      if (!this.#waiting.delete(start)) this.#next();
      throw error;
    }
  }

  #next(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free++;
    else {
      this.#waiting.delete(next);
      next();
    }
  }
}
