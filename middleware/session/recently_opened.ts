import type { Opened } from "./seal.ts";
import type { DeepReadonly } from "./session.ts";
import type { Loaded } from "./stores/store.ts";

/** What a cookie opened. Where the cookie itself is the store, what it holds as well: that never changes. */
export type Recent<T> = Opened | Held<T>;

/** A cookie's session as it is stored. */
export interface Held<T> extends Opened {
  readonly loaded: Loaded;
  /** null: the stored data no longer fits the schema. */
  readonly data: DeepReadonly<T> | null;
}

/** A million characters, twice: about 4,000 visitors with small sessions. */
export const RECENT_LIMIT_CHARACTERS: number = 1 << 20;

/** A few thousand: who comes back after so many others is as good as new. */
const SEEN_ONCE = 4096;

/**
 * What was opened lately, so that a visitor's next request costs no
 * cryptography. Only values whose seal was verified come in here, under all of
 * their characters, so nothing opens that would not open without it; whether
 * the session has ended is asked every time. Two generations of at most
 * {@linkcode RECENT_LIMIT_CHARACTERS} each: when the young one is full, it
 * becomes the old one, and what was old and not asked for again is forgotten.
 */
export class RecentlyOpened<T> {
  readonly #limit: number;
  readonly #seenOnce = new Uint32Array(SEEN_ONCE);
  #young = new Map<string, Recent<T>>();
  #old = new Map<string, Recent<T>>();
  #characters = 0;

  constructor(limit: number = RECENT_LIMIT_CHARACTERS) {
    this.#limit = limit;
  }

  /** Remembers it when it comes for the second time: who comes only once would push others out. */
  meet(value: string, opened: Recent<T>): void {
    const mark = fingerprint(value);
    const at = mark % SEEN_ONCE;
    if (this.#seenOnce[at] === mark) this.add(value, opened);
    // By chance, so that of two who come by turns neither hides the other for ever.
    else if (Math.random() < 0.5) this.#seenOnce[at] = mark;
  }

  get(value: string): Recent<T> | undefined {
    const young = this.#young.get(value);
    if (young !== undefined) return young;
    const old = this.#old.get(value);
    return old === undefined ? undefined : this.add(value, old);
  }

  add(value: string, opened: Recent<T>): Recent<T> {
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

/** 32 bits of the seal, which is as good as random (FNV-1a). A mistake remembers too early, and no more. */
function fingerprint(value: string): number {
  let hash = 0x811c9dc5;
  for (let i = value.length - 8; i < value.length; i++) {
    hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A slice of the Cookie header would keep all of the header alive. */
function copy(value: string): string {
  return decoder.decode(encoder.encode(value));
}
