// Small mistakes at random places of the session's code, as a tired programmer makes them.

/** One change to a file: `line` is what stands there now, at `at` characters from its beginning. */
export interface Mutant {
  readonly file: string;
  readonly at: number;
  readonly line: string;
  readonly broken: string;
}

type Mutation = readonly [pattern: RegExp, broken: (found: string) => string];

const swap = (pattern: RegExp, pairs: Record<string, string>): Mutation => [
  pattern,
  (found) => {
    const operator = found.trim();
    return found.replace(operator, () => pairs[operator] ?? operator);
  },
];

/** What is looked for, and what it becomes. Formatted code has a space on both sides of an operator. */
const MUTATIONS: readonly Mutation[] = [
  swap(/ (?:===|!==) /g, { "===": "!==", "!==": "===" }),
  swap(/ (?:<=|>=) /g, { "<=": "<", ">=": ">" }),
  swap(/(?<=\w) [<>] (?=[\w(])/g, { "<": "<=", ">": ">=" }),
  swap(/ (?:&&|\|\|)\s/g, { "&&": "||", "||": "&&" }),
  swap(/(?<=[\w)\]]) [+*-] (?=[\w(])/g, { "+": "-", "-": "+", "*": "+" }),
  swap(/\bMath\.(?:min|max)\b/g, {
    "Math.min": "Math.max",
    "Math.max": "Math.min",
  }),
  swap(/\bMath\.(?:ceil|floor)\b/g, {
    "Math.ceil": "Math.floor",
    "Math.floor": "Math.ceil",
  }),
  swap(/(?<=[=:(?,] |return )(?:true|false)\b/g, {
    true: "false",
    false: "true",
  }),
  [/\bif \((?=\w|!|\()/g, () => "if (true || "],
  [/\bif \((?=\w|!|\()/g, () => "if (false && "],
  [/\bawait (?=[\w(])/g, () => ""],
  [/(?<=^ +)(?:[\w.#]+\([^()\n]*\);)$/gm, () => ";"],
  [/(?<== )\d[\d_]*(?=;| )/g, (found) => `(${found} + 1)`],
  [/ \?\? /g, () => " && "],
];

/** Comments, strings, types and imports are no code that a test could notice. */
function isCode(source: string, at: number): boolean {
  const start = source.lastIndexOf("\n", at) + 1;
  const line = source.slice(start, source.indexOf("\n", at));
  if (/^\s*(?:\*|\/\/|\/\*|import|export type|type|readonly)/.test(line)) {
    return false;
  }
  const before = source.slice(start, at).replace(/\\./g, "");
  const isQuoted = (before.match(/["`]/g) ?? []).length % 2 === 1;
  return !isQuoted && !before.includes("//") && !isInType(source, at);
}

/** Inside an interface or a type, whose fields are only for the compiler. */
function isInType(source: string, at: number): boolean {
  const opened = source.slice(0, at).search(
    /(?:^|\n)(?:export )?(?:interface|type|declare)\b(?![\s\S]*\n[};])/,
  );
  return opened >= 0;
}

/** Every change that can be made to a file. */
export function mutantsOf(file: string, source: string): Mutant[] {
  return MUTATIONS.flatMap(([pattern, broken]) =>
    [...source.matchAll(pattern)].map(({ 0: line, index }) => ({
      file,
      at: index,
      line,
      broken: broken(line),
    }))
  ).filter(({ line, broken, at }) =>
    line !== broken && isCode(source, at + line.search(/\S/))
  );
}

/** Some of them, each once; the same for the same seed. */
export function sample<T>(all: readonly T[], count: number, seed: number): T[] {
  const left = [...all];
  let state = seed >>> 0;
  const random = (): number => { // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let hash = Math.imul(state ^ (state >>> 15), state | 1);
    hash ^= hash + Math.imul(hash ^ (hash >>> 7), hash | 61);
    return ((hash ^ (hash >>> 14)) >>> 0) / 2 ** 32;
  };
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const [taken] = left.splice(Math.floor(random() * left.length), 1);
    return taken as T;
  });
}
