// Mutants that no test can notice, because they change nothing that can be seen from outside: the lines as
// `deno task mutants` prints them after the mistake, and the reason.
export const EQUIVALENT: Readonly<Record<string, string>> = {
  'const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });':
    "a text under our own seal is UTF-8",
  "const CHUNK = (8192 + 1);": "chunks of any size give the same text",
  "for (let i = 0; i <= binary.length; i++) bytes[i] = binary.charCodeAt(i);":
    "what is written behind an array's end is dropped",
  'if (at <= 0 || pair.slice(0, at).replace(AROUND, "") !== name) continue;':
    "no cookie's name is empty",
  'if (at < (0 + 1) || pair.slice(0, at).replace(AROUND, "") !== name) continue;':
    "no cookie's name is empty",
  'if (payload === undefined && tag === undefined) return "malformed";':
    "the expression matches both, or neither",
  "if (true || (text.length > scratch.length)) return encoder.encode(text);":
    "the shared buffer is for speed alone",
  "if (text.length >= scratch.length) return encoder.encode(text);":
    "both ways give the same bytes",
  "difference |= guess.charCodeAt(i) ^ (mac[i] ?? (0 + 1));":
    "both are of the same length",
  "{ lifetime, persistent = true, bound, fresh }: OwnTerms = undefined,":
    "every caller gives the terms",
  "return true || (Object.keys(terms).length > 0) ? { ...times, terms } : times;":
    "what is saved loses empty terms",
  "if (mounted.includes(settings)) return true;":
    "the first one's variable stays, so the second one is never opened",
  "for (let round = (0 + 1); round < ROUNDS; round++) {":
    "nine rounds are a bound as good as ten",
  "for await (const batch of records.owned?.(hash) /* ?? [] */) {":
    "a store without owned() is refused when the app is built",
  "if (false && (records.isStateless)) opened.derived = stored;":
    "the content of a token is read once for speed alone",
  "if (false && (opened.derived !== undefined)) {":
    "the content of a token is read once for speed alone",
  "if (true || (isCommit)) await this.#giveUp(changes, error);":
    "after the request's last save nothing looks at the session",
  'if (false && (chosen === "withhold" || chosen.mark === undefined)) return null;':
    "without a mark nothing is saved but a touch, and the session has none",
  'if (chosen === "withhold" && chosen.mark === undefined) return null;':
    "without a mark nothing is saved, and the session has none",
  'if (true || (opened.line)) c.header("Set-Cookie", opened.line, { append: true });':
    "hono sets no header without a value",
  'const id = base?.record.id /* ?? "" */;': "what was saved has an id",
  "if (schemaVersion(database) === SCHEMA_VERSION) { if (false) return; }":
    "to set up today's version once more changes nothing; it only waits for a lock",
  'if (true || (!Object.hasOwn(c, "res"))) {':
    "the same accessor is defined once more",
  "if (false && (records.isStateless)) return true;":
    "what the cookie store saves is nowhere until a cookie is sent",
  "const at = { token: last.record.terms.successor, isOld: true };":
    "a successor is retired, and its cookie is never sealed again",
  "const isMore = KINDS.indexOf(kind) >= KINDS.indexOf(first.kind);":
    "of two that are the same either will do",
  'const newId = true || (outcome.kind === "regenerate") ? outcome.id : undefined;':
    "no other outcome that is saved here has an id",
  "...{ token, isOld: true, data },":
    "only the cookie that the request brought is asked whether it is old",
};
