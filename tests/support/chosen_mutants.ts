// The lines that security rests on, and how each is broken.
export interface ChosenMutant {
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly line: string;
  readonly broken: string;
}

function mutants(
  file: string,
  lines: [line: string, broken: string][],
): ChosenMutant[] {
  return lines.map(([line, broken]): ChosenMutant => ({
    file: `middleware/session/${file}`,
    line,
    broken,
  }));
}

export const CHOSEN: readonly ChosenMutant[] = [
  ...mutants("seal.ts", [
    [
      "equalInConstantTime(decodeBinary(tag), sign(payload))\n        ? decodeText(payload)\n        : null",
      "decodeText(payload)",
    ],
    ["if (guess.length !== mac.length) return false;", ""],
    ["return difference === 0;", "return true;"],
    ["difference |= guess", "difference &= guess"],
    ["`v1\\0${purpose}\\0${cookieName}\\0`", "`v1\\0${purpose}\\0`"],
    ["`v1\\0${purpose}\\0${cookieName}\\0`", "`v1\\0${cookieName}\\0`"],
    ["`v1\\0${purpose}\\0${cookieName}\\0`", "`v1\\0${purpose}${cookieName}`"],
    ["`baton v1 ${purpose} ${seal}`", "`baton v1 ${purpose}`"],
    ["`baton v1 ${purpose} ${seal}`", "`baton v1 ${seal}`"],
    ["hmac.create(sha256, key).update(context)", "hmac.create(sha256, key)"],
    [
      "seal: (token) => newest.seal(token)",
      "seal: (token) => keys.at(-1)!.seal(token)",
    ],
    ["isOld: key !== newest", "isOld: false"],
    ["for (const key of keys) {", "for (const key of keys.slice(0, 1)) {"],
    ["|| seal.length !== TAG_BYTES", ""],
    ["bytes.length < NONCE_BYTES ||", ""],
    [
      "crypto.getRandomValues(new Uint8Array(NONCE_BYTES))",
      "new Uint8Array(NONCE_BYTES)",
    ],
    [
      "xchacha20poly1305(key, nonce, context).decrypt(sealed)",
      "xchacha20poly1305(key, nonce, context).decrypt(xchacha20poly1305(key, nonce, context).encrypt(new Uint8Array()))",
    ],
    ["return null; // the tag does not fit", "throw new Error();"],
  ]),
  ...mutants("base64url.ts", [
    ["AEIMQUYcgkosw048", "\\\\w-"],
    ["[AQgw]", "[\\\\w-]"],
    ["`^v1\\\\.(", "`^v\\\\d\\\\.("],
    ["})$`", "})`"],
    ["new Uint8Array(16)", "new Uint8Array(8)"],
  ]),
  ...mutants("remembering.ts", [
    [
      "young.add(copy(value), opened, session, bytes);",
      "young.add(copy(value).slice(0, 40), opened, session, bytes);",
    ],
    ["if (young.bytes + bytes > limitBytes / 2) {", "if (false) {"],
    [
      "if (older !== undefined || isMarked(marks, value)) add(value, opened);",
      "add(value, opened);",
    ],
    ['if (typeof opened === "string") return opened;', ""],
    ["    young.forget(session);\n", ""],
    ["this.bytes -= known.bytes;", ""],
    ["const older = old.get(value);", "const older = undefined;"],
  ]),
  ...mutants("lifetime.ts", [
    ["Math.min(idle, absolute)", "Math.max(idle, absolute)"],
    ["Math.min(idle, absolute)", "idle"],
    ["Math.min(idle, absolute)", "absolute"],
    ["usedAt + (terms?.idle ?? idle)", "createdAt + (terms?.idle ?? idle)"],
    ["usedAt + (terms?.idle ?? idle)", "usedAt + idle"],
    [
      "terms?.until ?? absoluteEnd(createdAt, absolute)",
      "absoluteEnd(createdAt, absolute)",
    ],
    ["createdAt + absolute", "createdAt - absolute"],
    [
      "now - usedAt >= (terms?.idle ?? idle) * TOUCH_SHARE",
      "now - usedAt > (terms?.idle ?? idle) * TOUCH_SHARE",
    ],
    ["now - usedAt >= (terms?.idle ?? idle) * TOUCH_SHARE", "true"],
    [
      "now - usedAt >= (terms?.idle ?? idle) * TOUCH_SHARE",
      "now - usedAt >= idle * TOUCH_SHARE",
    ],
    ["Math.floor(absolute.getTime() / 1000)", "absolute.getTime()"],
    ["...(!persistent && { persistent }),", ""],
  ]),
  ...mutants("cookie.ts", [
    [
      "if (value !== undefined && header.includes(`${name}=${value}`)) return value;",
      "if (value !== undefined) return value;",
    ],
    ["return pair.slice(at + 1).trim();", "return undefined;"],
    ['given.replace(NOT_HTTP_SPACE, "?")', "given"],
    ["return https ? `__Host-${name}` : name", "return name"],
    ["httpOnly: true", "httpOnly: false"],
    ["secure: isSecure,", "secure: false,"],
    [
      'const isEmbedded = sameSite === "none" && isSecure;',
      'const isEmbedded = sameSite === "none";',
    ],
    ['isEmbedded ? "None"', 'isEmbedded ? "Lax"'],
    ["...(isEmbedded && { partitioned: true }),", ""],
    ["Math.ceil(maxAgeSeconds)", "Math.floor(maxAgeSeconds)"],
    [
      'trustProxy ? c.req.header("X-Forwarded-Proto") : undefined',
      'c.req.header("X-Forwarded-Proto")',
    ],
  ]),
  ...mutants("session.ts", [
    [
      "return !isSameJson(this.#data, this.#base.data);",
      "return this.#writes.length > 0;",
    ],
    ['write.onConflict === "throw"', "true"],
    ["return this.#outcome !== KEEP ||", "return"],
    ['if (this.#outcome.kind === "destroy") return;', ""],
    ["this.#data = this.#base.schema.empty();", ""],
    [
      "if (!isSameJson((data as Record<keyof T, unknown>)[key], taken)) {",
      "if (false) {",
    ],
    [": this.#base.schema.copy(change);", ": change;"],
    ["this.#isClosed = true;", ""],
    ['if (this.#outcome.kind === "destroy") {', "if (false) {"],
    ['if (this.#outcome.kind === "restart") return;', ""],
    ["    this.#info = undefined;\n", ""],
    ["if (keep !== undefined) this.#write", "if (false) this.#write"],
    ["if (faults.length > 0) {", "if (false) {"],
  ]),
  ...mutants("schema.ts", [
    ["if (!isLoose && !Object.hasOwn(schema.shape, key)) {", "if (false) {"],
    [
      "return parsed.success ? freeze(parsed.data as T) : null;",
      "return freeze((parsed.data ?? stored) as T);",
    ],
    ["for (const key in value) freeze(value[key], seen);", ""],
    [
      "if (!Object.isFrozen(value)) Object.freeze(value);",
      "if (Object.isFrozen(value)) return value as DeepReadonly<T>;\n    if (!Object.isFrozen(value)) Object.freeze(value);",
    ],
    ["if (Number.isFinite(value)) return value;", "return value;"],
  ]),
  ...mutants("stores/cookie.ts", [
    [
      "if (!isRecord({ generation, createdAt, usedAt, terms })) return null;",
      "",
    ],
    ["holdsSession: true,", ""],
    ["record: terms ? { ...record, terms } : record,", "record,"],
  ]),
  ...mutants("stores/record.ts", [
    [
      'typeof generation === "string" && Number.isSafeInteger(createdAt) &&',
      "",
    ],
    ["(persistent === undefined || persistent === false) &&", ""],
  ]),
  ...mutants("load.ts", [
    ["isHttps(c, trustProxy) ? https : http", "http"],
    ["cookie.name.length + value.length > COOKIE_LIMIT_BYTES", "false"],
    [
      'if (loaded === null) return withoutSession(request, "unknown");',
      "if (loaded === null) return withoutSession(request);",
    ],
    ["if (secondsLeft(record, lifetime, request.now) <= 0) {", "if (false) {"],
    [
      "if (secondsLeft(record, lifetime, request.now) <= 0) {",
      "if (secondsLeft(record, lifetime, request.now) < 0) {",
    ],
    [
      'const rejected = data === null ? "schema" : undefined;',
      "const rejected = undefined;",
    ],
    [
      "if (settings.store.holdsSession) opened.derived = stored;",
      "opened.derived = stored;",
    ],
    [
      "if (secondsLeft(loaded.record, settings.lifetime, now) <= 0) return null;",
      "",
    ],
    ["throw new SessionStoreError(store.kind, cause);", "throw cause;"],
  ]),
  ...mutants("mount.ts", [
    ["if (mounted.includes(settings)) return false;", ""],
    ["if (other.variable === variable) {", "if (false) {"],
    ["if (other.cookieName === cookieName) {", "if (false) {"],
    ["if (c.get(variable) !== undefined) {", "if (false) {"],
  ]),
  ...mutants("middleware.ts", [
    ["if (isCommitted) {", "if (false) {"],
    ["opened?.session.close();", ""],
    ["return session.isUntouched &&", "return"],
    ['decide(UNCHANGED, visit).kind === "nothing" &&', ""],
    ["!isTouchDue(visit.base, visit, settings)", "true"],
    ["    discardResponse(c);\n", ""],
    ['isFailure(c) && session.outcome.kind !== "destroy"', "isFailure(c)"],
    ['isFailure(c) && session.outcome.kind !== "destroy"', "false"],
    [
      "if (error === undefined) return c.res.status >= 500;",
      "if (error === undefined) return false;",
    ],
    [
      "return !isHttpException(error) || error.status >= 500 ||",
      "return !isHttpException(error) ||",
    ],
    [
      "return !isHttpException(error) || error.status >= 500 ||",
      "return true ||",
    ],
    ["  finish(c, line);\n", ""],
  ]),
  ...mutants("save.ts", [
    [
      'await remove(visit, settings);\n      return { kind: "ended" };',
      'return { kind: "ended" };',
    ],
    [
      "if (!mustSave && !isTouchDue(base, visit, settings)) return UNCHANGED;",
      "if (!mustSave) return UNCHANGED;",
    ],
    ["...(isRenewed && { generation: newId }),", ""],
    ["usedAt: Math.max(now, base.record.usedAt),", "usedAt: now,"],
    [
      "if (base === null) {\n      if (!session.mustBeSaved) return;",
      "if (base === null) {",
    ],
    ["const data = session.replay(latest);", "const data = session.data;"],
    ["if (!mustSave) return UNCHANGED; // a mere", "// a mere"],
    [
      "if (!session.isChanged && (visit.base?.data ?? null) === null) {",
      "if (false) {",
    ],
    [
      "if (secondsLeft(record, lifetime, now) <= 0) throw new SessionLifetimeError();",
      "",
    ],
    ["await remove(visit, settings); // nothing was taken from it", ""],
    [
      "if (base === null || keep?.length === 0 || settings.store.holdsSession) {",
      "if (base === null || settings.store.holdsSession) {",
    ],
    [
      "if (base === null || keep?.length === 0 || settings.store.holdsSession) {",
      "if (true) {",
    ],
    ["return token !== null;", "return true;"],
    ["    await removeKey(record.key, settings);\n  }", "  }"],
    ["await removeKey(record.key, settings).catch(() => {});", ""],
    ["generation: randomId(), data: null", "data: null"],
    [
      "const rounds = session.mustBeSaved ? ATTEMPTS : SKIP_ATTEMPTS;",
      "const rounds = ATTEMPTS;",
    ],
  ]),
  ...mutants("response.ts", [
    ["const copy = plainCopy(c.res);", "const copy = c.res;"],
    ["token === base?.token && !base.isOld", "token === base?.token"],
    ["if (base?.isOld) {", "if (false) {"],
    [
      'case "ended":\n      return value === undefined ? NOTHING : CLEAR;',
      'case "ended":\n      return NOTHING;',
    ],
    ["if (bytes > COOKIE_LIMIT_BYTES) {", "if (bytes >= COOKIE_LIMIT_BYTES) {"],
    [
      "if (bytes > COOKIE_LIMIT_BYTES) {",
      "if (value.length > COOKIE_LIMIT_BYTES) {",
    ],
    ['return value?.startsWith("v1.") ?? false;', "return true;"],
    ['return value?.startsWith("v1.") ?? false;', "return false;"],
    [
      'case "bad-seal":\n    case "expired":\n      return true;',
      'case "bad-seal":\n      return true;\n    case "expired":\n      return false;',
    ],
    [
      'case "unknown":\n    case "schema":\n    case "unproven":',
      'case "unknown":\n      return true;\n    case "schema":\n    case "unproven":',
    ],
    [
      'case "schema":\n    case "unproven":\n    case undefined:',
      'case "schema":\n    case undefined:\n      return false;\n    case "unproven":\n      return true;',
    ],
    ['headers.append("Vary", "Cookie");', ""],
    ["c.res = undefined;", ""],
    [".absolute - now;", ".idle - now;"],
    ["isPersistent ? seconds : undefined", "seconds"],
    [
      'if (!isPrivate(headers.get("Cache-Control"))) {',
      'if (headers.get("Cache-Control") === null) {',
    ],
    ['if (!isPrivate(headers.get("Cache-Control"))) {', "{"],
    ["c.res = new Response(c.res.body, c.res);", ""],
  ]),
  ...mutants("info.ts", [
    ['"id" in outcome ? outcome.id : id', "id"],
    ["isNew: (base?.data ?? null) === null", "isNew: base === null"],
  ]),
  ...mutants("owned.ts", [
    ['typeof owner !== "string" || owner === ""', "false"],
    ["if (settings.owner === undefined) {", "if (false) {"],
    ["record.generation !== id) continue;", "false) continue;"],
    ["round < ROUNDS", "round < 1"],
    ["record.key !== exceptKey", "record.generation !== except"],
    ["const isRetired = record.data === null;", "const isRetired = false;"],
    ["secondsLeft(record, lifetime, now) <= 0", "false"],
    [" || seen.has(record.key)", ""],
    ["data === null || settings.owner?.(data) === owner", "true"],
    ["data === null || settings.owner?.(data) === owner", "data !== null"],
    ["throw new SessionStoreError(store.kind, cause);", "throw cause;"],
    ["b.usedAt - a.usedAt", "a.usedAt - b.usedAt"],
  ]),
  ...mutants("save.ts", [
    ["owner?.(record.data as DeepReadonly<T>) || undefined", "undefined"],
  ]),
  ...mutants("save.ts", [
    ["if (visit.unproven !== undefined) return keepUnproven(session);", ""],
    ["if (mustBeSaved) throw new SessionUnprovenError();", ""],
    ["bound: settings.binding && bound };", "bound: undefined };"],
    ["bound: settings.binding && bound };", "bound };"],
    ["const ended = base ?? unproven;", "const ended = base;"],
    [
      "bindTo !== undefined && terms?.bound === undefined;",
      "bindTo !== undefined;",
    ],
  ]),
  ...mutants("bound.ts", [
    ["proof?.key === key || now - since", "true || now - since"],
    ["proof?.key === key || now - since", "proof || now - since"],
    ["now - since < this.#graceSeconds", "false"],
    ["now - since < this.#graceSeconds", "true"],
    ["store.holdsSession\n      ? 0", "!store.holdsSession\n      ? 0"],
    ["if (proof?.session !== generation)", "if (proof === undefined)"],
    ['if (kind !== "restarted") return;', "return;"],
    ["      isRenewalDue(base.record, lifetime, now)", "      false"],
    ["      isRenewalDue(base.record, lifetime, now)", "      true"],
    ["this.#cookies.clear(c);", ""],
    ["this.#cookies.clearProof(c);", ""],
  ]),
  ...mutants("bound_cookies.ts", [
    ["end && end > now", "end"],
    ["challengedAt + this.#refreshSeconds, until", "until"],
    [
      "challengedAt + this.#refreshSeconds, until",
      "now + this.#refreshSeconds, until",
    ],
    [
      "Math.min(challengedAt + this.#refreshSeconds, until)",
      "challengedAt + this.#refreshSeconds",
    ],
    ["return until > now", "return until"],
    ["whose === session && at", "at"],
    ["return now < at +", "return 0 < at +"],
    ['sealer("bound challenge"', 'sealer("bound offer"'],
  ]),
  ...mutants("bound_endpoints.ts", [
    ["offer === undefined || !await proof.isSignedBy(key)", "!offer"],
    ["at === undefined || !await proof?.isSignedBy(held.key)", "!at"],
    ["if (visit.bindTo === undefined) return false;", ""],
    ["thumbprint(held.key) !== name", "false"],
    ["if (bound !== undefined) return bondOf(bound).key === key;", ""],
    ["return false; // another request was faster", "return true;"],
    ["if (held.isOld) cookies.setKey(c, held, now);", ""],
    [
      'return refuse(c, 403, "Sign the challenge");',
      "return refuse(c, 400, '');",
    ],
  ]),
  ...mutants("bound_proof.ts", [
    ['typ !== "dbsc+jwt" ||', ""],
    ['alg !== "ES256" ||', ""],
    ['crv === "P-256" &&', ""],
    [
      "return await subtle.verify(ES256, imported, signature, signed);",
      "return true;",
    ],
  ]),
];
