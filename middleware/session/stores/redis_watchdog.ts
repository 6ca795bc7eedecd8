/** A timer that comes later than this was held up by this process itself. */
const LAG_MILLISECONDS = 50;

/** How often in a row that excuses what is late. */
const EXCUSES = 3;

interface Question<C> {
  readonly client: C;
  readonly reject: (error: Error) => void;
  /** Milliseconds, of a clock that only moves forwards. */
  readonly since: number;
}

/**
 * One timer for all questions that wait for an answer, however many: they all
 * have the same time, so the oldest is the first to be late.
 */
export class Watchdog<C> {
  readonly #timeout: number;
  readonly #onLate: (client: C) => void;
  readonly #waiting = new Set<Question<C>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = 0;
  #excuses = 0;

  /**
   * @param timeout in milliseconds
   * @param onLate told for each question that was not answered in time
   */
  constructor(timeout: number, onLate: (client: C) => void) {
    this.#timeout = timeout;
    this.#onLate = onLate;
  }

  /** The answer, or an error when it takes too long. */
  watch<R>(client: C, answer: Promise<R>): Promise<R> {
    return new Promise((resolve, reject) => {
      const question = { client, reject, since: performance.now() };
      this.#waiting.add(question);
      if (this.#timer === undefined) this.#lookIn(this.#timeout);
      answer.then((value) => {
        this.#waiting.delete(question);
        resolve(value);
      }, (error) => {
        this.#waiting.delete(question);
        reject(error);
      });
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #lookIn(milliseconds: number): void {
    this.#due = performance.now() + milliseconds;
    this.#timer = setTimeout(() => this.#look(), milliseconds);
  }

  #look(): void {
    this.#timer = undefined;
    const now = performance.now();
    // When this process was busy itself, what has arrived meanwhile is read first.
    if (now - this.#due > LAG_MILLISECONDS && ++this.#excuses <= EXCUSES) {
      return this.#lookIn(LAG_MILLISECONDS);
    }
    this.#excuses = 0;
    for (const question of this.#waiting) {
      const left = question.since + this.#timeout - now;
      if (left > 0) return this.#lookIn(left);
      this.#waiting.delete(question);
      this.#onLate(question.client);
      question.reject(new Error(`Redis took longer than ${this.#timeout} ms`));
    }
  }
}
