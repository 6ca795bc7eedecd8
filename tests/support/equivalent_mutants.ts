// Random mutants that no test can notice, because they change nothing that anybody could see.

export interface EquivalentMutant {
  /** In `middleware/session/`. */
  readonly file: string;
  /** The whole line that was broken, without its indentation. */
  readonly line: string;
  /** What its part became. */
  readonly broken: string;
  readonly because: string;
}

export const EQUIVALENT: readonly EquivalentMutant[] = [
  {
    file: "mount.ts",
    line: "if (mounted.includes(settings)) return false;",
    broken: "true",
    because:
      "nobody can open this second time, so there is nothing to save after it either",
  },
  {
    file: "seal.ts",
    line:
      'const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });',
    broken: "false",
    because: "what has our seal is UTF-8, and no token begins with a BOM",
  },
  {
    file: "base64url.ts",
    line:
      'const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });',
    broken: "false",
    because: "what has our seal is UTF-8, and no token begins with a BOM",
  },
  {
    file: "base64url.ts",
    line:
      "for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);",
    broken: "<=",
    because: "a Uint8Array ignores what is written behind its end",
  },
  {
    file: "remembering.ts",
    line: "for (let i = value.length - 8; i < value.length; i++) {",
    broken: "<=",
    because: "the same for every value: NaN changes no bit of the fingerprint",
  },
  {
    file: "remembering.ts",
    line:
      "if (older !== undefined || isMarked(marks, value)) add(value, opened);",
    broken: "if (false &&",
    because: "a value of the old generation has left its mark",
  },
  {
    file: "cookie.ts",
    line:
      "if (value !== undefined && header.includes(`${name}=${value}`)) return value;",
    broken: "===",
    because: "slower: the loop below finds the same pair",
  },
  {
    file: "response.ts",
    line: 'return value?.startsWith("v1.") ?? false;',
    broken: "true",
    because: "only a value that came can be malformed",
  },
  {
    file: "save.ts",
    line:
      "return await ask(store, (store) => store.save(record, base, ttl, whose));",
    broken: "",
    because: "an async function that returns a promise returns what it becomes",
  },
  {
    file: "stores/server_store.ts",
    line: "if (at > 0) await new Promise((resolve) => setTimeout(resolve));",
    broken: "if (true ||",
    because: "one pause more, before the first sessions",
  },
  {
    file: "stores/server_store.ts",
    line: "if (key === undefined || generation === undefined) return null;",
    broken: "if (false &&",
    because: "a token has both parts or neither",
  },
  {
    file: "stores/server_store.ts",
    line: "if (key === undefined || generation === undefined) return null;",
    broken: "&&",
    because: "a token has both parts or neither",
  },
  {
    file: "seal.ts",
    line: "if (text.length > scratch.length) return encoder.encode(text);",
    broken: ">=",
    because: "what just fits is encoded into memory of its own instead",
  },
  {
    file: "cookie.ts",
    line: "if (at >= 0 && pair.slice(0, at).trim() === name) {",
    broken: ">",
    because: "no cookie of ours has an empty name",
  },
  {
    file: "schema.ts",
    line: 'if (typeof value !== "object" || value === null) return false;',
    broken: "if (false &&",
    because: "the prototype of a number or a text is no plain object's either",
  },
  {
    file: "schema.ts",
    line: 'if (typeof value === "object" && value !== null) {',
    broken: "||",
    because: "to freeze what cannot be changed does nothing",
  },
  {
    file: "owned.ts",
    line: "for (let round = 0; round < ROUNDS; round++) {",
    broken: "<=",
    because: "one round more, after rounds in which something was left",
  },
];
