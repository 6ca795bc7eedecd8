import assert from "node:assert/strict";
import { type Platform, readConfig } from "../config.ts";
import { ConfigError } from "../server/reason.ts";

type Environment = Readonly<Record<string, unknown>>;

const secret = "0123456789abcdef0123456789abcdef";

/** The files that SESSION_SECRET_FILE may name here. */
const FILES: Record<string, string> = {
  "/run/secrets/two": `${secret}1, ${secret}2\n`,
  "/run/secrets/empty": "\n",
  "/run/secrets/short": "short\n",
  "/run/secrets/bytes": new TextDecoder().decode(new Uint8Array(40).fill(200)),
};

function read(environment: Environment, platform: Platform = "machine") {
  return readConfig((name) => environment[name], platform, (path) => {
    const text = FILES[path];
    if (text === undefined) throw new Error("No such file");
    return text;
  });
}

/** The lines for bad values. */
function complaint(environment: Environment, platform?: Platform): string {
  try {
    read(environment, platform);
  } catch (error) {
    assert(error instanceof ConfigError);
    return error.message;
  }
  return assert.fail(`it was accepted: ${JSON.stringify(environment)}`);
}

const DEFAULTS = {
  port: 5000,
  host: "127.0.0.1",
  secrets: undefined,
  secretFile: undefined,
  store: { kind: "cookie" },
  cookieName: "baton",
  seal: "sign",
  lifetime: { idle: 1800, absolute: 28800 },
  trustProxy: false,
  hsts: "max-age=15552000",
  logFormat: "text",
  isTraced: false,
};

Deno.test("a variable that is not set, or is empty, has its default", () => {
  assert.deepEqual(read({}), DEFAULTS);
  const empty = { PORT: "", SESSION_SECRET: " ", SESSION_STORE: "" };
  assert.deepEqual(read(empty), DEFAULTS);
});

Deno.test("every variable is read; a number or a boolean counts as its text", () => {
  const hsts = "max-age=63072000; includeSubDomains; preload";
  const all = {
    ...{ PORT: "8080", HOST: "0.0.0.0", HSTS: hsts, TRUST_PROXY: "1" },
    ...{ SESSION_COOKIE: "other", SESSION_SEAL: "encrypt" },
    ...{ SESSION_IDLE: "60", SESSION_LIFETIME: "600" },
    ...{ SESSION_SECRET: `${secret}, ${secret}2` },
    ...{ LOG_FORMAT: "json", OTEL_DENO: "true" },
  };
  assert.deepEqual(read(all), {
    ...{ port: 8080, host: "0.0.0.0", hsts, trustProxy: true },
    ...{ cookieName: "other", seal: "encrypt", store: { kind: "cookie" } },
    ...{ lifetime: { idle: 60, absolute: 600 } },
    ...{ secrets: [secret, `${secret}2`], secretFile: undefined },
    ...{ logFormat: "json", isTraced: true },
  });
  const asVars = { // of a Worker
    ...{ SESSION_SECRET: secret, SESSION_IDLE: 60, SESSION_LIFETIME: 600 },
    ...{ TRUST_PROXY: 1, SESSION_COOKIE: true },
  };
  assert.deepEqual(read(asVars, "workers"), {
    ...{ ...DEFAULTS, secrets: [secret], trustProxy: true },
    ...{ lifetime: { idle: 60, absolute: 600 }, cookieName: "true" },
  });
  const { secrets } = read({ SESSION_SECRET_FILE: "/run/secrets/two" });
  assert.deepEqual(secrets, [`${secret}1`, `${secret}2`]);
  const longest = "34560000";
  const { lifetime } = read({
    ...{ SESSION_IDLE: longest, SESSION_LIFETIME: longest },
  });
  assert.deepEqual(lifetime, { idle: 34_560_000, absolute: 34_560_000 });
  const passed = read({ SESSION_LIFETIME: "2020-01-31T18:00:00+01:00" });
  const { absolute } = passed.lifetime;
  assert.deepEqual(absolute, new Date("2020-01-31T17:00:00Z"));
});

Deno.test("SESSION_STORE names a store and where it is", () => {
  const SESSIONS = { getByName: () => ({}) }; // as a Worker finds it in its bindings
  const store = (text: string, platform?: Platform) =>
    read({ SESSION_STORE: text, SESSION_SECRET: secret, SESSIONS }, platform)
      .store;
  const path = ".data/sessions.db";
  assert.deepEqual(store(`sqlite:${path}`), { kind: "sqlite", path });
  assert.deepEqual(store(`denokv:${path}`), { kind: "denokv", path });
  for (const platform of ["machine", "deploy"] as const) {
    const kept = store("denokv", platform);
    assert.deepEqual(kept, { kind: "denokv", path: undefined });
    for (const scheme of ["postgres", "postgresql"]) {
      const url = `${scheme}://me:pa%2Fss@host:5432/db?sslmode=require`;
      assert.deepEqual(store(url, platform), { kind: "postgres", url });
    }
  }
  const urls = [
    ...["redis://me:pa%2Fss@host:6379", "redis://host/0", "redis://[::1]:1/"],
    ...["rediss://me:pw@host:1/0", "valkey://host", "valkeys://host"],
    ...["redis-cluster://a,b", "rediss-cluster://a", "valkeys-cluster://a"],
    ...["rediss-sentinel://a,b:1/name", "valkey-sentinel://a/name"],
  ];
  for (const url of urls) assert.deepEqual(store(url), { kind: "redis", url });
  assert.deepEqual(store("memory"), { kind: "memory" });
  const objects = store("durable_object", "workers");
  assert.deepEqual(objects, { kind: "durable_object" });
});

const file = (name: string) => ({
  SESSION_SECRET_FILE: `/run/secrets/${name}`,
});
const BOTH = /SESSION_SECRET_FILE is ".*": give it or SESSION_SECRET, not both/;
const keptIn = (SESSION_STORE: string) => ({
  SESSION_STORE,
  SESSION_SECRET: secret,
});

/** An environment, what is said of it, and where; on a machine if it says nothing else. */
const TOLD: [environment: Environment, why: RegExp, ...on: Platform[]][] = [
  [{ SESSION_IDLE: "28801" }, /give at most SESSION_LIFETIME, which is 28800/],
  [
    { SESSION_IDLE: "34560001", SESSION_LIFETIME: "2030-01-31T18:00:00Z" },
    /SESSION_IDLE is/,
  ],
  [{ TRUST_PROXY: true }, /TRUST_PROXY is "true": give 0 or 1/, "workers"],
  [{ SESSION_SECRET: "\0".repeat(64) }, /SESSION_SECRET: it is not plain text/],
  [file("none"), /FILE is "\/run\/.*": it cannot be read \(No such file\)/],
  [file("empty"), /it has 0 bytes; give at least 32/],
  [file("short"), /it has 5 bytes/],
  [file("bytes"), /it is not plain text/],
  [{ ...file("two"), SESSION_SECRET: secret }, BOTH],
  [{ ...file("none"), SESSION_SECRET: "short" }, BOTH],
  [file("two"), /SECRET_FILE .*: no file is read here/, "deploy", "workers"],
  [{}, /SESSION_SECRET: .*openssl rand/, "deploy", "workers"],
  [keptIn("memory"), /is "memory": give/, "deploy"],
  [keptIn("sqlite:a"), /"sqlite:a": give cookie, .*redis/, "deploy"],
  [
    keptIn("sqlite:a"),
    /give cookie or durable_object/,
    "workers",
  ],
  ...[undefined, "SESSIONS", {}, null].map((SESSIONS): typeof TOLD[0] => [
    { ...keptIn("durable_object"), SESSIONS },
    /it needs the Durable Object binding SESSIONS/,
    "workers",
  ]),
];

Deno.test("a value that cannot be used is told why", () => {
  for (const [environment, why, ...platforms] of TOLD) {
    for (const platform of platforms.length > 0 ? platforms : [undefined]) {
      assert.match(complaint(environment, platform), why);
    }
  }
});

Deno.test("bad values are all listed at once, each with what was given and what is accepted", () => {
  const bad: Record<string, unknown[]> = {
    PORT: ["http", "65536", "80.5", "-1"],
    SESSION_SECRET: ["short", "abcdefg".repeat(8), `${secret},`],
    SESSION_STORE: ["mysql", "sqlite:", "sqlite", "redis:", "durable_object"],
    SESSION_COOKIE: [
      ...["my session", "__Host-session", "__secure-session", "session=1"],
      ...["language", "s".repeat(101)],
    ],
    SESSION_SEAL: ["both"],
    SESSION_IDLE: ["0", "1e3", "34560001"],
    SESSION_LIFETIME: ["0", "34560001", "2030-01-31", "2030-01-31T18:00:00"],
    TRUST_PROXY: ["yes", "true"],
    HSTS: ["a year", "max-age=1\r\nX-Evil: 1", "includeSubDomains"],
    LOG_FORMAT: ["xml"],
  };
  // As a Worker's bindings may be.
  for (const values of Object.values(bad)) values.push({}, [3600], Symbol("a"));
  for (let i = 0; i < 9; i++) {
    const given = Object.entries(bad).map(([name, values]) =>
      [name, values[i % values.length]] as const
    );
    const [, ...lines] = complaint(Object.fromEntries(given)).split("\n");
    const names = lines.map((line) => line.trim().split(/\W/)[0]);
    assert.deepEqual(names.sort(), Object.keys(bad).sort());
    for (const line of i > 0 ? [] : lines) assert.match(line, /give/);
  }
  assert.match(complaint({ PORT: "http" }), /"http".*0 to 65535/);
});

Deno.test("a database's URL without a host, or with a password that is not percent-encoded, is refused; no password and no secret is shown", () => {
  const bad = [
    ...[
      "redis://me:hunter2/@host",
      "redis://me:hunter2#@host",
      "me:hunter2@db",
    ],
    ...["postgres://me:hunter2/@host/db", "postgres://me:hunter2%@host/db"],
    ...["redis:me:hunter2@db", "redis:/me:hunter2@db", "postgres://me:hunter2"],
    ...["hunter2@db", "redis://h?password=hunter2", "postgres:///hunter2"],
    ...["postgres://me:a@hunter2#@host/db", "postgres://me:a@hunter2/@host/db"],
    "mysql://hunter2:root@db/x",
  ];
  for (const url of bad) {
    const text = complaint({ SESSION_STORE: url });
    assert.match(text, /SESSION_STORE is "(?:\w+:(?:\/\/)?)?…": give /);
    assert.doesNotMatch(text, /hunter2|root/);
    if (/^(?:redis|postgres).*@/.test(url)) {
      assert.match(text, /percent-encode/);
    }
  }
  const SESSION_SECRET = `${secret},tooshort-but-secret`;
  const shown = complaint({ SESSION_SECRET });
  assert.doesNotMatch(shown, /tooshort|0123456789abcdef/);
  assert.doesNotMatch(complaint({ SESSION_SECRET_FILE: secret }), /0123456789/);
  assert.match(shown, /secret 2 of 2 has 19 bytes/);
});
