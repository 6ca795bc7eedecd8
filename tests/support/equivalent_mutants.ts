// Mutants that no test can notice, because they change nothing that can be seen from outside:
// the lines before and after, as `deno task mutants` prints them.
export const EQUIVALENT: readonly {
  readonly from: string;
  readonly to: string;
  readonly because: string;
}[] = [
  {
    from: "if (records.isStateless) return true;",
    to: "if (false) return true;",
    because: "what the cookie store saves is nowhere until a cookie is sent",
  },
  {
    from: 'if (payload === undefined || tag === undefined) return "malformed";',
    to: 'if (payload === undefined && tag === undefined) return "malformed";',
    because: "the expression matches both, or neither",
  },
  {
    from: "return Object.keys(terms).length > 0 ? { ...times, terms } : times;",
    to: "return true ? { ...times, terms } : times;",
    because: "what is saved loses empty terms",
  },
  {
    from: "{ lifetime, persistent = true, bound, fresh }: OwnTerms = {},",
    to: "{ lifetime, persistent = true, bound, fresh }: OwnTerms = undefined,",
    because: "every caller gives the terms",
  },
  {
    from: "return isHttp ? (thrown as HTTPException).status : 500;",
    to: "return isHttp ? (thrown as HTTPException).status : (500 + 1);",
    because: "it is only asked whether it is 500 or more",
  },
  {
    from: "const isMore = KINDS.indexOf(kind) > KINDS.indexOf(first.kind);",
    to: "const isMore = KINDS.indexOf(kind) >= KINDS.indexOf(first.kind);",
    because: "of two that are the same either will do",
  },
  {
    from:
      'if (chosen === "withhold" || chosen.mark === undefined) return null;',
    to: 'if (chosen === "withhold" && chosen.mark === undefined) return null;',
    because: "without a mark nothing is saved, and the session has none",
  },
  {
    from:
      'if (opened.line) c.header("Set-Cookie", opened.line, { append: true });',
    to: 'if (true) c.header("Set-Cookie", opened.line, { append: true });',
    because: "hono sets no header without a value",
  },
  {
    from: "if (records.isStateless) opened.derived = stored;",
    to: "if (false) opened.derived = stored;",
    because: "the content of a token is read once for speed alone",
  },
  {
    from: "return isRetired ? base : latest ?? base;",
    to: "return false ? base : latest ?? base;",
    because: "a retired session is read anew before anything is saved",
  },
  {
    from: "if (response === undefined) return;",
    to: "if (false) return;",
    because:
      "hono makes an empty response at the next look, which is marked too",
  },
  {
    from: "const at = { token: last.record.terms.successor, isOld: false };",
    to: "const at = { token: last.record.terms.successor, isOld: true };",
    because: "a successor is retired, and its cookie is never sealed again",
  },
  {
    from:
      'const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });',
    to:
      'const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });',
    because: "a text under our own seal is UTF-8",
  },
  {
    from: "difference |= guess.charCodeAt(i) ^ (mac[i] ?? 0);",
    to: "difference |= guess.charCodeAt(i) ^ (mac[i] ?? (0 + 1));",
    because: "both are of the same length",
  },
  {
    from: "for (let round = 0; round < ROUNDS; round++) {",
    to: "for (let round = (0 + 1); round < ROUNDS; round++) {",
    because: "nine rounds are a bound as good as ten",
  },
  {
    from: "for await (const batch of records.owned?.(hash) ?? []) {",
    to: "for await (const batch of records.owned?.(hash)) {",
    because: "a store without owned() is refused when the app is built",
  },
  {
    from: "if (isCommit) await this.#giveUp(changes, error);",
    to: "if (true) await this.#giveUp(changes, error);",
    because: "after the request's last save nothing looks at the session",
  },
  {
    from:
      'const newId = outcome.kind === "regenerate" ? outcome.id : undefined;',
    to: "const newId = true ? outcome.id : undefined;",
    because: "no other outcome that is saved here has an id",
  },
];
