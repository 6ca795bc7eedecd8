/** The most milliseconds that a question to a store may take. */
const LIMIT_MILLISECONDS = 1000;

/** Looks for late questions in one limit. */
const TICKS = 20;

/** The most ticks that one late look counts. */
const LATE_TICKS = 5;

/** The answer did not come in time. */
export class TimeLimitError extends Error {
  /** The class's own name, for logs. */
  override readonly name = "TimeLimitError";
}

/** After what has arrived by now, where there is such a queue. Workers have none. */
export const soon: (run: () => void) => void = globalThis.setImmediate ??
  queueMicrotask;

interface Question {
  /** By {@linkcode TimeLimit}'s own clock. */
  readonly asked: number;
  readonly reject: (error: Error) => void;
}

/**
 * Ends questions that are not answered. One timer watches all of them, and only
 * while one waits: a timer and an `AbortSignal` for each would cost more than
 * many questions.
 *
 * It counts ticks instead of looking at the clock. If this process itself was
 * blocked for ten seconds, that time does not count against the store: a late
 * tick counts as a few. A question ends one tick after its time is over, so that
 * answers which have arrived meanwhile are read first.
 */
export class TimeLimit {
  readonly #limit: number;
  readonly #tick: number;
  readonly #waiting = new Set<Question>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWatching = false;
  /** The counted milliseconds, and the time of the last count. */
  #clock = 0;
  #countedAt = 0;

  /** The limit is in milliseconds. */
  constructor(limit: number = LIMIT_MILLISECONDS) {
    this.#limit = limit;
    this.#tick = limit / TICKS;
  }

  /** The answer, or an error once the limit is over; a later answer is dropped. */
  within<R>(ask: () => Promise<R>): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const answer = ask();
      const question: Question = { asked: this.#clock, reject };
      this.#waiting.add(question);
      answer.then((value) => {
        this.#forget(question);
        resolve(value);
      }, (error) => {
        this.#forget(question);
        reject(error);
      });
      if (this.#isWatching) return;
      this.#isWatching = true;
      soon(() => this.#watch()); // an answer at once needs no timer
    });
  }

  #watch(): void {
    this.#isWatching = this.#waiting.size > 0;
    if (!this.#isWatching) return;
    this.#countedAt = performance.now();
    this.#timer = setTimeout(() => this.#count(), this.#tick);
  }

  #forget(question: Question): void {
    this.#waiting.delete(question);
    if (this.#waiting.size > 0 || this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isWatching = false;
  }

  #count(): void {
    const over = this.#clock - this.#limit + this.#tick;
    for (const question of this.#waiting) {
      if (question.asked > over) continue;
      this.#waiting.delete(question);
      question.reject(
        new TimeLimitError(`no answer within ${this.#limit} ms`),
      );
    }
    const passed = performance.now() - this.#countedAt;
    this.#clock += Math.min(passed, LATE_TICKS * this.#tick);
    this.#timer = undefined;
    this.#watch();
  }
}

/** In a Worker a timer belongs to the request that set it, and ends with it. */
const isWorker =
  (globalThis as { navigator?: { userAgent?: string } }).navigator
    ?.userAgent === "Cloudflare-Workers";

/** Limits the time of work: its result, or a {@linkcode TimeLimitError}. */
export function timeLimit(
  milliseconds: number,
): <R>(work: () => Promise<R>) => Promise<R> {
  const shared = new TimeLimit(milliseconds);
  return (work) =>
    (isWorker ? new TimeLimit(milliseconds) : shared).within(work);
}

/** The answer to a question to a store, or an error after a second without one. */
export const withinLimit: <R>(ask: () => Promise<R>) => Promise<R> = timeLimit(
  LIMIT_MILLISECONDS,
);
