import { withinLimit } from "./time_limit.ts";

/**
 * At most so many questions are asked at once, so that none waits in a driver's
 * own queue, which would ask it when it has been given up long ago.
 */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  readonly #writes = new Map<string, Promise<unknown>>();

  constructor(size: number) {
    this.#free = size;
  }

  /** It has a second, but keeps its turn until the driver has answered. */
  async run<R>(ask: () => Promise<R>): Promise<R> {
    let isGivenUp = false;
    const answer = async () => {
      if (this.#free > 0) this.#free--;
      else await new Promise<void>((start) => this.#waiting.push(start));
      try {
        if (isGivenUp) throw new Error("given up before it was asked");
        return await ask();
      } finally {
        const start = this.#waiting.shift();
        if (start === undefined) this.#free++;
        else start();
      }
    };
    try {
      return await withinLimit(answer);
    } finally {
      isGivenUp = true;
    }
  }

  /**
   * Writes to one key wait for each other here and not in the database: a row
   * that somebody else has locked takes one turn, not all. They fail together,
   * too.
   */
  async write<R>(key: string, write: () => Promise<R>): Promise<R> {
    const written = this.#writes.get(key)?.then(write) ?? write();
    this.#writes.set(key, written);
    try {
      return await written;
    } finally {
      if (this.#writes.get(key) === written) this.#writes.delete(key);
    }
  }
}
