import { fnv1a } from "./fnv1a.ts";
import type { Opened, Sealer } from "./seal.ts";

/** So much memory it takes at most, in bytes: some thousand visitors with small sessions. */
export const REMEMBERED_LIMIT_BYTES: number = 8 << 20;

/** An entry's own cost: four table rows and two objects. */
const ENTRY_BYTES = 320;

/** A value that comes for the first time is only marked in one of so many places. */
const MARKS = 4096;

/** `["` and 22 characters of an id, or a key and its dot: what names a session at the head of a token. */
const SESSION_CHARACTERS = 24;

/**
 * A sealer that remembers which values it opened lately, so that a visitor's
 * next request costs no cryptography. A value gets in only after its seal was
 * verified, and is found only by all of its characters, so nothing opens that
 * would not open without it.
 *
 * The memory has two generations. When the young one is full it becomes the old
 * one; what was in the old one and was not used again is forgotten. Nobody
 * pushes others out: a value is remembered when it comes for the second time,
 * and a session has one value in the young generation.
 */
export function remembering(
  sealer: Sealer,
  limitBytes: number = REMEMBERED_LIMIT_BYTES,
): Sealer & { readonly bytes: number } {
  const marks = new Uint32Array(MARKS);
  let young = new Generation();
  let old = new Generation();

  function add(value: string, opened: Opened): void {
    const session = opened.token.slice(0, SESSION_CHARACTERS);
    young.forget(session);
    const bytes = ENTRY_BYTES + value.length + 4 * opened.token.length;
    if (young.bytes + bytes > limitBytes / 2) {
      old = young;
      young = new Generation();
    }
    young.add(copy(value), opened, session, bytes);
  }

  return {
    seal: (token) => sealer.seal(token),
    open(value) {
      const known = young.get(value);
      if (known !== undefined) return known;
      const older = old.get(value);
      const opened = older ?? sealer.open(value);
      if (typeof opened === "string") return opened;
      if (older !== undefined || isMarked(marks, value)) add(value, opened);
      return opened;
    },
    get bytes() {
      return young.bytes + old.bytes;
    },
  };
}

class Generation {
  readonly #opened = new Map<string, Opened>();
  readonly #values = new Map<string, { value: string; bytes: number }>();
  bytes = 0;

  get(value: string): Opened | undefined {
    return this.#opened.get(value);
  }

  add(value: string, opened: Opened, session: string, bytes: number): void {
    this.#opened.set(value, opened);
    this.#values.set(session, { value, bytes });
    this.bytes += bytes;
  }

  forget(session: string): void {
    const known = this.#values.get(session);
    if (known === undefined) return;
    this.#opened.delete(known.value);
    this.#values.delete(session);
    this.bytes -= known.bytes;
  }
}

/** Whether the value was here before; marks it otherwise. A chance hit remembers too early, and no more. */
function isMarked(marks: Uint32Array, value: string): boolean {
  const mark = fnv1a(value, value.length - 8); // the seal's end is as good as random
  const at = mark % MARKS;
  if (marks[at] === mark) return true;
  // By chance, so that of two that come by turns neither hides the other for ever.
  if (Math.random() < 0.5) marks[at] = mark;
  return false;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A slice of the Cookie header would keep all of the header alive. */
function copy(value: string): string {
  return decoder.decode(encoder.encode(value));
}
