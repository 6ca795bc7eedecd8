/** Questions that were asked of one client at about the same time. */
export interface Slice<C> {
  readonly client: C;
  /** When the first was asked, in milliseconds of a clock that only moves forwards. */
  readonly since: number;
  /** How many have no answer yet: whoever gets one takes 1 away. */
  waiting: number;
}

/** Of the time that an answer may take: how precisely it is kept. */
const SLICES = 4;

/** A timer that comes later than this was held up by this process itself. In milliseconds. */
const LAG = 50;

/** How often in a row that excuses what is late. */
const EXCUSES = 3;

/**
 * Notices a client that does not answer. It counts questions instead of
 * remembering them, with one timer for all, so that a question costs nothing:
 * whoever asks has a time limit of its own.
 */
export class Watchdog<C> {
  readonly #timeout: number;
  readonly #slice: number;
  readonly #onLate: (client: C) => void;
  /** The oldest first. */
  #slices: Slice<C>[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = 0;
  #excuses = 0;

  /**
   * @param timeout in milliseconds
   * @param onLate told when a question has waited for so long, or a quarter more or less
   */
  constructor(timeout: number, onLate: (client: C) => void) {
    this.#timeout = timeout;
    this.#slice = timeout / SLICES;
    this.#onLate = onLate;
  }

  /** A question is asked now. */
  ask(client: C): Slice<C> {
    let slice = this.#slices.at(-1);
    const now = performance.now();
    if (slice?.client !== client || now - slice.since > this.#slice) {
      slice = { client, since: now, waiting: 0 };
      this.#slices.push(slice);
      if (this.#timer === undefined) this.#lookIn(this.#slice);
    }
    slice.waiting++;
    return slice;
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
    if (now - this.#due > LAG && ++this.#excuses <= EXCUSES) {
      return this.#lookIn(LAG);
    }
    this.#excuses = 0;
    const late = (slice: Slice<C>) => slice.since + this.#timeout <= now;
    const waiting = this.#slices.filter(({ waiting }) => waiting > 0);
    this.#slices = waiting.filter((slice) => !late(slice));
    if (this.#slices.length > 0) this.#lookIn(this.#slice);
    for (const { client } of waiting.filter(late)) this.#onLate(client);
  }
}
