import type { Opened, Sealer } from "./seal.ts";

/** The cost of an entry besides its texts: a table row and two objects. */
const ENTRY_BYTES = 320;

/**
 * A sealer that remembers the values it opened lately, so that the next request
 * of a visitor costs no cryptography. A value gets in only after its seal was
 * verified, and is found only by all of its characters, so nothing opens that
 * would not open without it. When the limit is reached, all of it is forgotten:
 * the price is one verification for each visitor.
 *
 * @param limitBytes enough for some thousand visitors with small sessions
 */
export function rememberingSealer(
  sealer: Sealer,
  limitBytes: number = 8 << 20,
): Sealer {
  const remembered = new Map<string, Opened>();
  let bytes = 0;
  return {
    seal: (token) => sealer.seal(token),
    open(value) {
      const known = remembered.get(value);
      if (known !== undefined) return known;
      const opened = sealer.open(value);
      if (typeof opened === "string") return opened;
      bytes += ENTRY_BYTES + value.length + 4 * opened.token.length;
      if (bytes > limitBytes) {
        remembered.clear();
        bytes = 0;
      }
      remembered.set(value, opened);
      return opened;
    },
  };
}
