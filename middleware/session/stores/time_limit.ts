/** The most milliseconds that a question to a store may take. */
export const LIMIT_MILLISECONDS = 1000;

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

/** Asks a question: its answer, or an error once the limit is over; a later answer is dropped. */
export type Within = <R>(ask: () => Promise<R>) => Promise<R>;

interface Question {
  /** By the limit's own clock. */
  readonly asked: number;
  readonly reject: (error: Error) => void;
  /** Its place among those that wait. */
  at: number;
}

/** In a Worker a timer belongs to the request that set it, and ends with it. */
const isWorker =
  (globalThis as { navigator?: { userAgent?: string } }).navigator
    ?.userAgent === "Cloudflare-Workers";

/** Limits the time of questions, in milliseconds. The error is a {@linkcode TimeLimitError}. */
export function timeLimit(limit: number): Within {
  return isWorker ? (ask) => sharedLimit(limit)(ask) : sharedLimit(limit);
}

/**
 * One timer watches all questions, and only while one waits: a timer and an
 * `AbortSignal` for each would cost more than many questions.
 *
 * It counts ticks instead of looking at the clock. If this process itself was
 * blocked for ten seconds, that time does not count against the store: a late
 * tick counts as a few. A question ends one tick after its time is over, so that
 * answers which have arrived meanwhile are read first.
 */
function sharedLimit(limit: number): Within {
  const tick = limit / TICKS;
  const waiting: Question[] = []; // a Set would add a quarter to a question to Redis
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWatching = false;
  let clock = 0;
  let countedAt = 0;

  function watch(): void {
    isWatching = waiting.length > 0;
    if (!isWatching) return;
    countedAt = performance.now();
    timer = setTimeout(count, tick);
  }

  function count(): void {
    const over = clock - limit + tick;
    for (const question of waiting.filter(({ asked }) => asked <= over)) {
      forget(question);
      question.reject(new TimeLimitError(`no answer within ${limit} ms`));
    }
    const passed = performance.now() - countedAt;
    clock += Math.min(passed, LATE_TICKS * tick);
    timer = undefined;
    watch();
  }

  function forget(question: Question): void {
    const last = waiting.at(-1);
    if (last === undefined || waiting[question.at] !== question) return;
    last.at = question.at; // the last takes its place
    waiting[question.at] = last;
    waiting.pop();
    if (waiting.length > 0 || timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    isWatching = false;
  }

  return (ask) =>
    new Promise((resolve, reject) => {
      const answer = ask();
      const question = { asked: clock, reject, at: waiting.length };
      waiting.push(question);
      answer.then((value) => {
        forget(question);
        resolve(value);
      }, (error) => {
        forget(question);
        reject(error);
      });
      if (isWatching) return;
      isWatching = true;
      soon(watch); // an answer at once needs no timer
    });
}

/** The answer to a question to a store, or an error after a second without one. */
export const withinLimit: Within = timeLimit(LIMIT_MILLISECONDS);
