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

/** As a Worker finds it in its bindings. */
const SESSIONS = { getByName: () => ({}) };

/** The line that a bad value gets. */
function complaint(
  environment: Environment,
  platform: Platform = "machine",
): string {
  try {
    read(environment, platform);
  } catch (error) {
    assert(error instanceof ConfigError);
    return error.message;
  }
  return assert.fail("it was accepted");
}

Deno.test("with nothing set, everything has its default", () => {
  assert.deepEqual(read({}), {
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
  });
});

Deno.test("an empty variable is as good as none", () => {
  assert.deepEqual(
    read({ PORT: "", SESSION_SECRET: " ", SESSION_STORE: "" }),
    read({}),
  );
});

Deno.test("every variable is read", () => {
  const config = read({
    PORT: "8080",
    HOST: "0.0.0.0",
    SESSION_SECRET: `${secret}, ${secret}2`,
    SESSION_STORE: "sqlite:.data/sessions.db",
    SESSION_COOKIE: "other",
    SESSION_SEAL: "encrypt",
    SESSION_IDLE: "60",
    SESSION_LIFETIME: "600",
    TRUST_PROXY: "1",
    HSTS: "max-age=63072000; includeSubDomains; preload",
    LOG_FORMAT: "json",
    OTEL_DENO: "true",
  });
  assert.deepEqual(config, {
    port: 8080,
    host: "0.0.0.0",
    secrets: [secret, `${secret}2`],
    store: { kind: "sqlite", path: ".data/sessions.db" },
    cookieName: "other",
    seal: "encrypt",
    lifetime: { idle: 60, absolute: 600 },
    trustProxy: true,
    hsts: "max-age=63072000; includeSubDomains; preload",
    logFormat: "json",
    isTraced: true,
  });
});

Deno.test("SESSION_STORE names a store and where it is", () => {
  const store = (text: string, platform?: Platform) =>
    read({ SESSION_STORE: text, SESSION_SECRET: secret, SESSIONS }, platform)
      .store;
  assert.deepEqual(store("denokv"), { kind: "denokv", path: undefined });
  assert.deepEqual(store("denokv:/tmp/a.db"), {
    kind: "denokv",
    path: "/tmp/a.db",
  });
  for (
    const url of [
      ...["rediss://me:pw@host:1/0", "valkey://host", "valkeys://host"],
      ...["redis-cluster://a,b", "rediss-cluster://a", "valkeys-cluster://a"],
      ...["rediss-sentinel://a,b:1/name", "valkey-sentinel://a/name"],
    ]
  ) assert.deepEqual(store(url), { kind: "redis", url });
  assert.deepEqual(store("memory"), { kind: "memory" });
  for (const scheme of ["postgres", "postgresql"]) {
    const url = `${scheme}://me:pa%2Fss@host:5432/db?sslmode=require`;
    assert.deepEqual(store(url), { kind: "postgres", url });
    assert.deepEqual(store(url, "deploy"), { kind: "postgres", url });
  }
  assert.deepEqual(store("denokv", "deploy"), {
    kind: "denokv",
    path: undefined,
  });
  assert.deepEqual(store("durable_object", "workers"), {
    kind: "durable_object",
  });
});

Deno.test("SESSION_LIFETIME may be a moment, one that has passed too", () => {
  for (const year of [2030, 2020]) {
    const { absolute } =
      read({ SESSION_LIFETIME: `${year}-01-31T18:00:00+01:00` }).lifetime;
    assert.deepEqual(absolute, new Date(`${year}-01-31T17:00:00Z`));
  }
});

Deno.test("SESSION_IDLE is at most SESSION_LIFETIME, and both at most 400 days", () => {
  const most = String(400 * 86_400);
  const both = { SESSION_IDLE: most, SESSION_LIFETIME: most };
  assert.deepEqual(read(both).lifetime, {
    idle: Number(most),
    absolute: Number(most),
  });
  assert.match(
    complaint({ SESSION_IDLE: "28801" }),
    /SESSION_IDLE is "28801": give at most SESSION_LIFETIME, which is 28800$/,
  );
});

Deno.test("all bad values are listed at once, each with what was given and what is accepted", () => {
  const lines = complaint({
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
  }).split("\n").slice(1);
  assert.equal(lines.length, 10);
  for (
    const name of [
      "PORT",
      "SESSION_SECRET",
      "SESSION_STORE",
      "SESSION_COOKIE",
      "SESSION_SEAL",
      "SESSION_IDLE",
      "SESSION_LIFETIME",
      "TRUST_PROXY",
      "HSTS",
      "LOG_FORMAT",
    ]
  ) {
    const line = lines.find((line) => line.startsWith(`  ${name}`));
    assert(line !== undefined, `${name} is not named`);
    assert.match(line, /give/);
  }
  assert.match(lines[0] ?? "", /"http".*0 to 65535/);
});

Deno.test("no secret and no password is shown", () => {
  const shown = complaint({
    SESSION_SECRET: `${secret},tooshort-but-secret`,
    SESSION_STORE: "mysql://root:hunter2@db/x",
  });
  assert.doesNotMatch(shown, /tooshort|hunter2|root|0123456789abcdef/);
  assert.match(shown, /secret 2 of 2 has 19 bytes/);
  assert.match(shown, /mysql:\/\/…@db/);
});

Deno.test("values that are almost right are refused", () => {
  const bad: Environment[] = [
    { PORT: "65536" },
    { PORT: "80.5" },
    { PORT: "-1" },
    { SESSION_IDLE: "1e3" },
    { SESSION_IDLE: "34560001", SESSION_LIFETIME: "2030-01-31T18:00:00Z" },
    { SESSION_LIFETIME: "0" },
    { SESSION_LIFETIME: "34560001" },
    { SESSION_SECRET: "abcdefg".repeat(8) },
    { SESSION_LIFETIME: "2030-01-31" },
    { SESSION_LIFETIME: "2030-01-31T18:00:00" },
    { SESSION_STORE: "sqlite:" },
    { SESSION_STORE: "sqlite" },
    { SESSION_STORE: "redis:" },
    { SESSION_STORE: "durable_object" },
    { SESSION_SECRET: `${secret},` },
    { SESSION_COOKIE: "__Host-session" },
    { SESSION_COOKIE: "__secure-session" },
    { SESSION_COOKIE: "session=1" },
    { SESSION_COOKIE: "language" },
    { SESSION_COOKIE: "s".repeat(101) },
    { TRUST_PROXY: "true" },
    { HSTS: "max-age=1\r\nX-Evil: 1" },
    { HSTS: "includeSubDomains" },
  ];
  for (const environment of bad) {
    const [name = ""] = Object.keys(environment);
    assert.match(complaint(environment), new RegExp(`^  ${name}`, "m"));
  }
});

Deno.test("where no secret can be kept, one must be given", () => {
  assert.match(complaint({}, "deploy"), /SESSION_SECRET: .*openssl rand/);
  assert.match(complaint({}, "workers"), /SESSION_SECRET: .*openssl rand/);
});

Deno.test("a platform without a disk takes no store that needs one", () => {
  const environment = { SESSION_STORE: "sqlite:a.db", SESSION_SECRET: secret };
  assert.match(
    complaint(environment, "deploy"),
    /SESSION_STORE is "sqlite:a.db": give cookie, .*redis/,
  );
  assert.match(
    complaint(environment, "workers"),
    /give cookie or durable_object/,
  );
});

Deno.test("SESSION_SECRET_FILE names a file that holds what SESSION_SECRET would", () => {
  assert.deepEqual(
    read({ SESSION_SECRET_FILE: "/run/secrets/two" }).secrets,
    [`${secret}1`, `${secret}2`],
  );
});

Deno.test("a secret file that cannot be used is refused, and nothing of it is shown", () => {
  const why = (name: string) =>
    complaint({ SESSION_SECRET_FILE: `/run/secrets/${name}` }).split("\n")[1];
  const line = '  SESSION_SECRET_FILE is "/run/secrets';
  assert.equal(why("none"), `${line}/none": it cannot be read (No such file)`);
  assert.match(why("empty") ?? "", /it has 0 bytes; give at least 32/);
  assert.match(why("short") ?? "", /it has 5 bytes/);
  assert.match(why("bytes") ?? "", /it is not plain text/);
});

Deno.test("SESSION_SECRET and SESSION_SECRET_FILE together are refused, even when one is bad", () => {
  for (const SESSION_SECRET of [secret, "short"]) {
    for (const file of ["two", "none"]) {
      assert.match(
        complaint({
          SESSION_SECRET,
          SESSION_SECRET_FILE: `/run/secrets/${file}`,
        }),
        /SESSION_SECRET_FILE is ".*": give it or SESSION_SECRET, not both/,
      );
    }
  }
});

Deno.test("where there is no disk, a secret file is refused", () => {
  for (const platform of ["deploy", "workers"] as const) {
    const text = complaint(
      { SESSION_SECRET_FILE: "/run/secrets/two" },
      platform,
    );
    assert.match(text, /SESSION_SECRET_FILE .*: no file is read here/);
  }
});

Deno.test("a secret that is not plain text is refused", () => {
  assert.match(
    complaint({ SESSION_SECRET: "\0".repeat(64) }),
    /SESSION_SECRET: it is not plain text/,
  );
});

Deno.test("a Redis URL with a password that is not percent-encoded is told so", () => {
  for (
    const url of [
      "redis://:pa/ss@host:6379",
      "redis://me:12/34@host",
      "redis://me:1#2@host",
      "redis://me:1?2@host",
      "rediss://me:50%@host",
      "redis://host/one@two",
    ]
  ) {
    assert.match(
      complaint({ SESSION_STORE: url }),
      /SESSION_STORE is "rediss?:\/\/…@\w+[^"]*": give .*percent-encode each/,
    );
  }
  for (
    const url of [
      "redis://me:pa%2Fss@host:6379",
      "redis://host/0",
      "redis://[::1]:1/",
    ]
  ) {
    assert.deepEqual(read({ SESSION_STORE: url }).store, {
      kind: "redis",
      url,
    });
  }
});

Deno.test("a Postgres URL without a host, or with a password that is not percent-encoded, is refused", () => {
  for (
    const url of [
      "postgres://",
      "postgres:///db",
      "postgres://me:pa/ss@host/db",
      "postgres://me:12/34@host/db",
      "postgres://me:1#2@host/db",
      "postgres://me:50%@host/db",
    ]
  ) {
    const text = complaint({ SESSION_STORE: url });
    assert.match(text, /SESSION_STORE is ".*": give .*postgres:\/\//);
    assert.doesNotMatch(text, /pa.ss|12.34|1#2|50%/);
    if (url.includes("@")) assert.match(text, /percent-encode/);
  }
  assert.match(
    complaint({ SESSION_STORE: "memory", SESSION_SECRET: secret }, "deploy"),
    /SESSION_STORE is "memory"/,
  );
});

Deno.test("a number or a boolean, as a Worker's vars may be, counts as its text", () => {
  const config = read({
    SESSION_SECRET: secret,
    SESSION_IDLE: 60,
    SESSION_LIFETIME: 3600,
    TRUST_PROXY: 1,
    SESSION_COOKIE: true,
  }, "workers");
  assert.deepEqual(config.lifetime, { idle: 60, absolute: 3600 });
  assert.equal(config.trustProxy, true);
  assert.equal(config.cookieName, "true");
  assert.match(
    complaint({ TRUST_PROXY: true }),
    /TRUST_PROXY is "true": give 0 or 1/,
  );
});

Deno.test("anything else under one of our names is refused by name", () => {
  for (const value of [null, {}, [3600], () => {}, Symbol("a"), 1n]) {
    const text = complaint({
      SESSION_SECRET: value,
      SESSION_STORE: value,
      SESSION_LIFETIME: value,
      TRUST_PROXY: value,
    }, "workers");
    for (
      const name of [
        "SESSION_SECRET",
        "SESSION_STORE",
        "SESSION_LIFETIME",
        "TRUST_PROXY",
      ]
    ) {
      assert.match(text, new RegExp(`^  ${name}: give `, "m"));
    }
  }
});

Deno.test("durable_object without its binding is refused, naming SESSIONS", () => {
  const environment = {
    SESSION_STORE: "durable_object",
    SESSION_SECRET: secret,
  };
  for (const binding of [undefined, "SESSIONS", {}, null]) {
    assert.match(
      complaint({ ...environment, SESSIONS: binding }, "workers"),
      /SESSION_STORE is "durable_object": it needs the Durable Object binding SESSIONS/,
    );
  }
  assert.doesNotThrow(() => read({ ...environment, SESSIONS }, "workers"));
});
