// Mutants that no test can notice, because they change nothing that can be seen from outside:
// the lines before, the lines after, as `deno task mutants` prints them, and the reason.
export const EQUIVALENT: Readonly<Record<string, Record<string, string>>> = {
  'if (!Object.hasOwn(c, "res")) {': {
    "if (true) {": "the same accessor is defined once more",
  },
  "if (records.isStateless) return true;": {
    "if (false) return true;":
      "what the cookie store saves is nowhere until a cookie is sent",
  },
  'if (payload === undefined || tag === undefined) return "malformed";': {
    'if (payload === undefined && tag === undefined) return "malformed";':
      "the expression matches both, or neither",
  },
  "return Object.keys(terms).length > 0 ? { ...times, terms } : times;": {
    "return true ? { ...times, terms } : times;":
      "what is saved loses empty terms",
  },
  "{ lifetime, persistent = true, bound, fresh }: OwnTerms = {},": {
    "{ lifetime, persistent = true, bound, fresh }: OwnTerms = undefined,":
      "every caller gives the terms",
  },
  "return isHttp ? (thrown as HTTPException).status : 500;": {
    "return isHttp ? (thrown as HTTPException).status : (500 + 1);":
      "it is only asked whether it is 500 or more",
  },
  "const isMore = KINDS.indexOf(kind) > KINDS.indexOf(first.kind);": {
    "const isMore = KINDS.indexOf(kind) >= KINDS.indexOf(first.kind);":
      "of two that are the same either will do",
  },
  'if (chosen === "withhold" || chosen.mark === undefined) return null;': {
    "if (false) return null;":
      "without a mark nothing is saved but a touch, and the session has none",
    'if (chosen === "withhold" && chosen.mark === undefined) return null;':
      "without a mark nothing is saved, and the session has none",
  },
  'if (opened.line) c.header("Set-Cookie", opened.line, { append: true });': {
    'if (true) c.header("Set-Cookie", opened.line, { append: true });':
      "hono sets no header without a value",
  },
  "if (records.isStateless) opened.derived = stored;": {
    "if (false) opened.derived = stored;":
      "the content of a token is read once for speed alone",
  },
  "return isRetired ? base : latest ?? base;": {
    "return false ? base : latest ?? base;":
      "a retired session is read anew before anything is saved",
  },
  "if (response === undefined) return;": {
    "if (false) return;":
      "hono makes an empty response at the next look, which is marked too",
  },
  "const at = { token: last.record.terms.successor, isOld: false };": {
    "const at = { token: last.record.terms.successor, isOld: true };":
      "a successor is retired, and its cookie is never sealed again",
  },
  'const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });':
    {
      'const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });':
        "a text under our own seal is UTF-8",
    },
  "difference |= guess.charCodeAt(i) ^ (mac[i] ?? 0);": {
    "difference |= guess.charCodeAt(i) ^ (mac[i] ?? (0 + 1));":
      "both are of the same length",
  },
  "for (let round = 0; round < ROUNDS; round++) {": {
    "for (let round = (0 + 1); round < ROUNDS; round++) {":
      "nine rounds are a bound as good as ten",
  },
  "for await (const batch of records.owned?.(hash) ?? []) {": {
    "for await (const batch of records.owned?.(hash)) {":
      "a store without owned() is refused when the app is built",
  },
  "if (isCommit) await this.#giveUp(changes, error);": {
    "if (true) await this.#giveUp(changes, error);":
      "after the request's last save nothing looks at the session",
  },
  'const newId = outcome.kind === "regenerate" ? outcome.id : undefined;': {
    "const newId = true ? outcome.id : undefined;":
      "no other outcome that is saved here has an id",
  },
  'const id = base?.record.id ?? "";': {
    "const id = base?.record.id;": "what was saved has an id",
  },
  "if (text.length > scratch.length) return encoder.encode(text);": {
    "if (text.length >= scratch.length) return encoder.encode(text);":
      "both ways give the same bytes",
    "if (true) return encoder.encode(text);":
      "the shared buffer is for speed alone",
  },
  'if (at < 0 || pair.slice(0, at).replace(AROUND, "") !== name) continue;': {
    'if (at <= 0 || pair.slice(0, at).replace(AROUND, "") !== name) continue;':
      "no cookie's name is empty",
    'if (at < (0 + 1) || pair.slice(0, at).replace(AROUND, "") !== name) continue;':
      "no cookie's name is empty",
  },
  "for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);": {
    "for (let i = 0; i <= binary.length; i++) bytes[i] = binary.charCodeAt(i);":
      "what is written behind an array's end is dropped",
  },
  "if (mounted.includes(settings)) return false;": {
    "if (mounted.includes(settings)) return true;":
      "the first one's variable stays, so the second one is never opened",
  },
  ": { record, version: null, token, isOld: false, data };": {
    ": { record, version: null, token, isOld: true, data };":
      "only the cookie that the request brought is asked whether it is old",
  },
};
