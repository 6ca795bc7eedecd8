import type { Opened } from "./seal.ts";

/** A million characters, twice: about 4,000 visitors with small sessions. */
export const RECENT_LIMIT_CHARACTERS = 1 << 20;

/**
 * What was opened lately, so that a visitor's next request costs no
 * cryptography. Only values whose seal was verified come in here, under all of
 * their characters, so nothing opens that would not open without it; whether
 * the session has ended is asked every time. Two generations of at most
 * {@linkcode RECENT_LIMIT_CHARACTERS} each: when the young one is full, it
 * becomes the old one, and what was old and not asked for again is forgotten.
 */
export class RecentlyOpened {
  readonly #limit: number;
  #young = new Map<string, Opened>();
  #old = new Map<string, Opened>();
  #characters = 0;

  constructor(limit: number = RECENT_LIMIT_CHARACTERS) {
    this.#limit = limit;
  }

  get(value: string): Opened | undefined {
    const young = this.#young.get(value);
    if (young !== undefined) return young;
    const old = this.#old.get(value);
    return old === undefined ? undefined : this.add(value, old);
  }

  add(value: string, opened: Opened): Opened {
    const characters = value.length + opened.token.length;
    if (this.#characters + characters > this.#limit) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#characters = 0;
    }
    this.#characters += characters;
    this.#young.set(copy(value), opened);
    return opened;
  }

  /** Characters held now, in both generations. */
  get characters(): number {
    let sum = 0;
    for (const generation of [this.#young, this.#old]) {
      for (const [value, { token }] of generation) {
        sum += value.length + token.length;
      }
    }
    return sum;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A slice of the Cookie header would keep all of the header alive. */
function copy(value: string): string {
  return decoder.decode(encoder.encode(value));
}
