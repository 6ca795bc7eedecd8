// Breaks the lines that security rests on, one at a time, in a copy of the
// project, and runs the tests: a mutant that survives is a hole in the tests.
//
//     deno task mutants [text]    only those whose file or line has the text

interface Mutant {
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly line: string;
  readonly broken: string;
}

function mutants(file: string, lines: [line: string, broken: string][]) {
  return lines.map(([line, broken]): Mutant => ({
    file: `middleware/session/${file}`,
    line,
    broken,
  }));
}

const MUTANTS: Mutant[] = [
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
    ["isStale: key !== newest", "isStale: false"],
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
  ...mutants("recently_opened.ts", [
    [
      "this.#young.set(copy(value), opened)",
      "this.#young.set(value.slice(0, 40), opened)",
    ],
    ["this.#characters + characters > this.#limit", "false"],
    [
      "return old === undefined ? undefined : this.add(value, old)",
      "return undefined",
    ],
  ]),
  ...mutants("base64url.ts", [
    ["AEIMQUYcgkosw048", "\\\\w-"],
    ["[AQgw]", "[\\\\w-]"],
    ["`^v1\\\\.(", "`^v\\\\d\\\\.("],
    ["})$`", "})`"],
    ["new Uint8Array(16)", "new Uint8Array(8)"],
  ]),
  ...mutants("lifetime.ts", [
    ["Math.min(idle, absolute)", "Math.max(idle, absolute)"],
    ["Math.min(idle, absolute)", "idle"],
    ["Math.min(idle, absolute)", "absolute"],
    ["usedAt + idle", "createdAt + idle"],
    ["createdAt + absolute", "usedAt + absolute"],
    [">= idle / 10", "> idle / 10"],
    [">= idle / 10", ">= 0"],
    ["Math.floor(absolute.getTime() / 1000)", "absolute.getTime()"],
  ]),
  ...mutants("cookie.ts", [
    ['return header.includes(`${name}=${value}`) ? value : ""', "return value"],
    ['hasCookie(header, name) ? "" : undefined', "undefined"],
    ["return https ? `__Host-${name}` : name", "return name"],
    ["httpOnly: true", "httpOnly: false"],
    ['sameSite: "Lax"', 'sameSite: "None"'],
    ['secure: name.startsWith("__Host-")', "secure: false"],
    ["Math.ceil(maxAgeSeconds)", "Math.floor(maxAgeSeconds)"],
    [
      'trustProxy ? c.req.header("X-Forwarded-Proto") : undefined',
      'c.req.header("X-Forwarded-Proto")',
    ],
  ]),
  ...mutants("session.ts", [
    [
      "return !isSameJson(this.#data, this.#base);",
      "return this.#writes.length > 0;",
    ],
    ['write.onConflict === "throw"', "true"],
    ['return this.#outcome !== "keep" ||', "return"],
    ['if (this.#outcome === "destroy") return;', ""],
    ["this.#data = this.#schema.empty();", ""],
    [
      "if (!isSameJson((data as Record<keyof T, unknown>)[key], taken)) {",
      "if (false) {",
    ],
    [": this.#schema.copy(change);", ": change;"],
    ["this.#isClosed = true;", ""],
    ['if (this.#outcome === "destroy") {', "if (false) {"],
    ['if (this.#outcome !== "restart") {', "{"],
  ]),
  ...mutants("schema.ts", [
    ["if (!isLoose && !Object.hasOwn(schema.shape, key)) {", "if (false) {"],
    [
      "return parsed.success ? freeze(parsed.data as T) : null;",
      "return freeze((parsed.data ?? stored) as T);",
    ],
    ["for (const key in value) freeze(value[key]);", ""],
    ["if (Number.isFinite(value)) return value;", "return value;"],
  ]),
  ...mutants("stores/cookie.ts", [
    ['typeof generation !== "string" ||', ""],
    ["|| !Number.isInteger(usedAt)", ""],
  ]),
  ...mutants("stores/store.ts", [
    [
      "if (record?.generation !== generation) return null;",
      "if (record === null) return null;",
    ],
    [
      "value.byteLength > RECORD_LIMIT_BYTES",
      "value.byteLength >= RECORD_LIMIT_BYTES",
    ],
    ["value.byteLength > RECORD_LIMIT_BYTES", "false"],
    ["base?.version ?? null", "null"],
    ["return written ?", "return true ?"],
  ]),
  ...mutants("middleware.ts", [
    ['if (c.get("session") !== undefined) {', "if (false) {"],
    ["if (this.#isCommitted) {", "if (false) {"],
    [
      "this.#cookie = isHttps(this.#c, trustProxy) ? https : http;",
      "this.#cookie = http;",
    ],
    ["name.length + value.length > COOKIE_LIMIT_BYTES", "false"],
    [
      'if (loaded === null) return "unknown";',
      "if (loaded === null) return undefined;",
    ],
    [
      'if (left <= 0) return "expired";',
      "",
    ],
    [
      'if (left <= 0) return "expired";',
      'if (left < 0) return "expired";',
    ],
    ['return held.data === null ? "schema" : undefined;', "return undefined;"],
    [
      "const opened = known ?? this.#cookie.sealer.open(value);",
      "const opened = known ?? { token: atob(value.split('.')[1] ?? ''), isStale: false };",
    ],
    ["if (isHolder) recent.meet", "recent.meet"],
    ["this.#session.close();", ""],
    ["return session.isUntouched && !isCleared", "return !isCleared"],
    ["!isCleared(this.#rejected) &&", ""],
    ["!base.isStale &&", ""],
    ["(base.data === null || !this.#isDue(base.loaded))", "true"],
    ["      session.close();\n", ""],
    ["discardResponse(c);\n        throw error;", "throw error;"],
    ["    markPrivate(c);\n", ""],
    ["markPrivate(this.#c);", ""],
    ["if (this.#c.error !== undefined) return UNCHANGED;", ""],
    [
      'await this.#remove();\n        return { kind: "ended" };',
      'return { kind: "ended" };',
    ],
    [
      "if (!mustSave && !isDue) return UNCHANGED;",
      "if (!mustSave) return UNCHANGED;",
    ],
    ["...(isRenewed && { generation: randomId() }),", ""],
    ["usedAt: Math.max(this.#now, loaded.record.usedAt)", "usedAt: this.#now"],
    ["if (!session.mustBeSaved) return UNCHANGED;", ""],
    ["if (!session.mustBeSaved) return UNCHANGED;", "return UNCHANGED;"],
    ["data = session.replay(base);", ""],
    ["if (!mustSave) return UNCHANGED; // a mere", "// a mere"],
    [
      'await this.#remove();\n    return { kind: "saved", token, record };',
      'return { kind: "saved", token, record };',
    ],
    [
      "if (!session.isChanged && (this.#base?.data ?? null) === null) {",
      "if (false) {",
    ],
    [
      "if (secondsLeft(record, this.#settings.lifetime, this.#now) <= 0) {",
      "if (false) {",
    ],
    ["return isOver ? null : latest;", "return latest;"],
    ["throw new SessionStoreError(store.kind, cause);", "throw cause;"],
    [
      "saved.token === base?.token && !base.isStale",
      "saved.token === base?.token",
    ],
    ["if (base?.isStale) {", "if (false) {"],
    [
      'return this.#cookieValue === undefined\n          ? undefined\n          : setCookieLine(name, "", 0);',
      "return undefined;",
    ],
    ["if (bytes > COOKIE_LIMIT_BYTES) {", "if (bytes >= COOKIE_LIMIT_BYTES) {"],
    [
      "if (bytes > COOKIE_LIMIT_BYTES) {",
      "if (value.length > COOKIE_LIMIT_BYTES) {",
    ],
    [
      'case "bad-seal":\n    case "expired":\n      return true;',
      'case "bad-seal":\n      return true;\n    case "expired":\n      return false;',
    ],
    [
      'case "unknown":\n    case "schema":\n    case undefined:',
      'case "unknown":\n      return true;\n    case "schema":\n    case undefined:',
    ],
    ['headers.append("Vary", "Cookie");', ""],
    ["c.res = undefined;", ""],
    [".absolute - this.#now,", ".idle - this.#now,"],
  ]),
];

const TESTS = [
  "tests/rules_response_test.ts",
  "tests/rules_session_test.ts",
  "tests/rules_cookie_test.ts",
  "tests/rules_data_test.ts",
  "tests/rules_outage_test.ts",
  "tests/options_test.ts",
  "tests/remembering_test.ts",
  "tests/seal_test.ts",
  "tests/lifetime_test.ts",
  "tests/rotation_test.ts",
  "tests/types_test.ts",
  "tests/races_test.ts",
  "tests/app_test.ts",
  "tests/properties_test.ts",
];

const root = new URL("../", import.meta.url).pathname;

async function copyProject(): Promise<string> {
  const copy = await Deno.makeTempDir({ prefix: "mutants-" });
  const listed = new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: root,
  });
  const { stdout } = await listed.output();
  for (const path of new TextDecoder().decode(stdout).split("\0")) {
    if (path === "") continue;
    const folder = `${copy}/${path}`.replace(/\/[^/]*$/, "");
    await Deno.mkdir(folder, { recursive: true });
    await Deno.copyFile(root + path, `${copy}/${path}`);
  }
  return copy;
}

/** The name of the first test that fails; null: none does. */
async function firstFailure(folder: string): Promise<string | null> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-check", "--fail-fast", ...TESTS],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000), // a mutant may loop for ever
  }).output();
  if (success) return null;
  const text = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  return /^(.+?) \.\.\. .*FAILED/m.exec(text)?.[1] ?? "does not run";
}

const [wanted = ""] = Deno.args;
const chosen = MUTANTS.filter(({ file, line }) =>
  file.includes(wanted) || line.includes(wanted)
);
const folder = await copyProject();
const survivors: Mutant[] = [];
try {
  const failure = await firstFailure(folder);
  if (failure !== null) throw new Error(`Fails unbroken: ${failure}`);
  for (const { file, line } of chosen) {
    const source = await Deno.readTextFile(`${folder}/${file}`);
    if (source.split(line).length !== 2) {
      throw new Error(`Not once in ${file}: ${line}`);
    }
  }
  for (const [i, mutant] of chosen.entries()) {
    const path = `${folder}/${mutant.file}`;
    const source = await Deno.readTextFile(path);
    await Deno.writeTextFile(
      path,
      source.replace(mutant.line, () => mutant.broken),
    );
    const failure = await firstFailure(folder);
    await Deno.writeTextFile(path, source);
    if (failure === null) survivors.push(mutant);
    const file = mutant.file.replace("middleware/session/", "");
    const [before, after] = [mutant.line, mutant.broken].map((code) =>
      code.replace(/\s+/g, " ").trim()
    );
    console.log(
      `${i + 1}. ${file}: ${before} → ${after || "(nothing)"}: ${
        failure === null ? "SURVIVED" : `caught by "${failure}"`
      }`,
    );
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
console.log(`${chosen.length - survivors.length} of ${chosen.length} caught`);
if (survivors.length > 0) Deno.exit(1);
