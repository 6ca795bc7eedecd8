import assert from "node:assert/strict";
import {
  ConfigError,
  type Environment,
  type Platform,
  readConfig,
} from "../config.ts";

const secret = "0123456789abcdef0123456789abcdef";

/** The files that SESSION_SECRET_FILE may name here. */
const FILES: Record<string, string> = {
  "/run/secrets/two": `${secret}1, ${secret}2\n`,
  "/run/secrets/empty": "\n",
  "/run/secrets/short": "short\n",
  "/run/secrets/bytes": new TextDecoder().decode(new Uint8Array(40).fill(200)),
};

function read(environment: Environment, platform: Platform = "machine") {
  return readConfig(environment, platform, (path) => {
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

Deno.test("every variable is read", () => {
  const hsts = "max-age=63072000; includeSubDomains; preload";
  const given: [
    Environment,
    Partial<Record<keyof typeof DEFAULTS, unknown>>,
  ][] = [
    [{ PORT: "8080" }, { port: 8080 }],
    [{ HOST: "0.0.0.0" }, { host: "0.0.0.0" }],
    [{ SESSION_SECRET: `${secret}, ${secret}2` }, {
      secrets: [secret, `${secret}2`],
    }],
    [{ SESSION_SECRET_FILE: "/run/secrets/two" }, {
      secrets: [`${secret}1`, `${secret}2`],
    }],
    [{ SESSION_COOKIE: "other" }, { cookieName: "other" }],
    [{ SESSION_SEAL: "encrypt" }, { seal: "encrypt" }],
    [{ SESSION_IDLE: "60", SESSION_LIFETIME: "600" }, {
      lifetime: { idle: 60, absolute: 600 },
    }],
    [{ SESSION_IDLE: "34560000", SESSION_LIFETIME: "34560000" }, {
      lifetime: { idle: 34_560_000, absolute: 34_560_000 },
    }],
    // One that has passed too.
    [{ SESSION_LIFETIME: "2020-01-31T18:00:00+01:00" }, {
      lifetime: { idle: 1800, absolute: new Date("2020-01-31T17:00:00Z") },
    }],
    [{ TRUST_PROXY: "1" }, { trustProxy: true }],
    [{ HSTS: hsts }, { hsts }],
    [{ LOG_FORMAT: "json" }, { logFormat: "json" }],
    [{ OTEL_DENO: "true" }, { isTraced: true }],
  ];
  for (const [environment, expected] of given) {
    assert.deepEqual(read(environment), { ...DEFAULTS, ...expected });
  }
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

Deno.test("all bad values are listed at once, each with what was given and what is accepted", () => {
  const bad = {
    PORT: "http",
    SESSION_SECRET: "short",
    SESSION_STORE: "mysql://root:hunter2@db/x",
    SESSION_COOKIE: "my session",
    SESSION_SEAL: "both",
    SESSION_IDLE: "0",
    SESSION_LIFETIME: "2020-01-01",
    TRUST_PROXY: "yes",
    HSTS: "a year",
    LOG_FORMAT: "xml",
  };
  const [, ...lines] = complaint(bad).split("\n");
  assert.equal(lines.length, 10);
  for (const name of Object.keys(bad)) {
    const line = lines.find((line) => line.startsWith(`  ${name}`));
    assert.match(line ?? name, /give/);
  }
  assert.match(lines[0] ?? "", /"http".*0 to 65535/);
});

Deno.test("no secret and no password is shown", () => {
  const shown = complaint({
    SESSION_SECRET: `${secret},tooshort-but-secret`,
    SESSION_STORE: "mysql://root:hunter2@db/x",
  });
  for (
    const SESSION_STORE of [
      ...["redis:me:hunter2@db", "redis:/me:hunter2@db", "me:hunter2@db"],
      ...["postgres://me:hunter2", "hunter2@db", "redis://h?password=hunter2"],
    ]
  ) assert.doesNotMatch(complaint({ SESSION_STORE }), /hunter2/);
  assert.doesNotMatch(shown, /tooshort|hunter2|root|0123456789abcdef/);
  assert.match(shown, /secret 2 of 2 has 19 bytes/);
  assert.match(shown, /is "mysql:\/\/…"/);
});

Deno.test("values that are almost right are refused", () => {
  const bad: Record<string, string[]> = {
    PORT: ["65536", "80.5", "-1"],
    SESSION_IDLE: ["1e3", "34560001"],
    SESSION_LIFETIME: ["0", "34560001", "2030-01-31", "2030-01-31T18:00:00"],
    SESSION_SECRET: ["abcdefg".repeat(8), `${secret},`],
    SESSION_STORE: ["sqlite:", "sqlite", "redis:", "durable_object"],
    SESSION_COOKIE: [
      ...["__Host-session", "__secure-session", "session=1", "language"],
      "s".repeat(101),
    ],
    TRUST_PROXY: ["true"],
    HSTS: ["max-age=1\r\nX-Evil: 1", "includeSubDomains"],
  };
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values) {
      assert.match(complaint({ [name]: value }), RegExp(`^  ${name}`, "m"));
    }
  }
  const SESSION_LIFETIME = "2030-01-31T18:00:00Z";
  const idle = { SESSION_IDLE: "34560001", SESSION_LIFETIME };
  assert.match(complaint(idle), /SESSION_IDLE is/);
});

Deno.test("a value that cannot be used is told why", () => {
  const file = (name: string) => ({
    SESSION_SECRET_FILE: `/run/secrets/${name}`,
  });
  const SESSION_SECRET = secret;
  const both =
    /SESSION_SECRET_FILE is ".*": give it or SESSION_SECRET, not both/;
  const told: [environment: Environment, why: RegExp, ...on: Platform[]][] = [
    [
      { SESSION_IDLE: "28801" },
      /give at most SESSION_LIFETIME, which is 28800/,
    ],
    [{}, /SESSION_SECRET: .*openssl rand/, "deploy", "workers"],
    [
      { SESSION_STORE: "sqlite:a.db", SESSION_SECRET },
      /SESSION_STORE is "sqlite:a.db": give cookie, .*redis/,
      "deploy",
    ],
    [
      { SESSION_STORE: "memory", SESSION_SECRET },
      /is "memory": give/,
      "deploy",
    ],
    [
      { SESSION_STORE: "sqlite:a.db", SESSION_SECRET },
      /give cookie or durable_object/,
      "workers",
    ],
    [file("none"), /FILE is "\/run\/.*": it cannot be read \(No such file\)/],
    [file("empty"), /it has 0 bytes; give at least 32/],
    [file("short"), /it has 5 bytes/],
    [file("bytes"), /it is not plain text/],
    [
      { SESSION_SECRET: "\0".repeat(64) },
      /SESSION_SECRET: it is not plain text/,
    ],
    [{ ...file("two"), SESSION_SECRET }, both],
    [{ ...file("none"), SESSION_SECRET: "short" }, both],
    ...[undefined, "SESSIONS", {}, null].map((SESSIONS): typeof told[0] => [
      { SESSION_STORE: "durable_object", SESSION_SECRET, SESSIONS },
      /it needs the Durable Object binding SESSIONS/,
      "workers",
    ]),
    [file("two"), /SECRET_FILE .*: no file is read here/, "deploy", "workers"],
  ];
  for (const [environment, why, ...platforms] of told) {
    for (const platform of platforms.length > 0 ? platforms : [undefined]) {
      assert.match(complaint(environment, platform), why);
    }
  }
});

Deno.test("a database's URL without a host, or with a password that is not percent-encoded, is refused", () => {
  const bad = [
    ...["redis://:pa/ss@host:6379", "redis://me:12/34@host"],
    ...["redis://me:1#2@host", "redis://me:1?2@host", "rediss://me:50%@host"],
    ...["redis://host/one@two", "postgres://", "postgres:///db"],
    ...["postgres://me:pa/ss@host/db", "postgres://me:12/34@host/db"],
    ...["postgres://me:1#2@host/db", "postgres://me:50%@host/db"],
  ];
  for (const url of bad) {
    const text = complaint({ SESSION_STORE: url });
    assert.match(
      text,
      /SESSION_STORE is "(?:rediss?|postgres):(?:\/\/)?…": give /,
    );
    assert.doesNotMatch(text, /pa.ss|12.34|1#2|50%/);
    if (url.includes("@")) assert.match(text, /percent-encode/);
  }
});

Deno.test("a number or a boolean, as a Worker's vars may be, counts as its text", () => {
  const { lifetime, trustProxy, cookieName } = read({
    ...{ SESSION_SECRET: secret, SESSION_IDLE: 60, SESSION_LIFETIME: 3600 },
    ...{ TRUST_PROXY: 1, SESSION_COOKIE: true },
  }, "workers");
  assert.deepEqual(lifetime, { idle: 60, absolute: 3600 });
  assert.equal(trustProxy, true);
  assert.equal(cookieName, "true");
  const bad = complaint({ TRUST_PROXY: true });
  assert.match(bad, /TRUST_PROXY is "true": give 0 or 1/);
});

Deno.test("anything else under one of our names is refused by name", () => {
  const names = [
    ...["SESSION_SECRET", "SESSION_STORE", "SESSION_LIFETIME", "TRUST_PROXY"],
  ];
  for (const value of [null, {}, [3600], () => {}, Symbol("a"), 1n]) {
    const given = Object.fromEntries(names.map((name) => [name, value]));
    const text = complaint(given, "workers");
    for (const name of names) {
      assert.match(text, RegExp(`^  ${name}: give `, "m"));
    }
  }
});
