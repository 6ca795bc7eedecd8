import assert from "node:assert/strict";
import {
  ConfigError,
  type Environment,
  type Platform,
  readConfig,
} from "../config.ts";

const NOW = 1_800_000_000;
const secret = "0123456789abcdef0123456789abcdef";

function read(environment: Environment, platform: Platform = "machine") {
  return readConfig(environment, platform, NOW);
}

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
    seal: "sign",
    lifetime: { idle: 1800, absolute: 28800 },
    trustProxy: false,
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
    SESSION_SEAL: "encrypt",
    SESSION_IDLE: "60",
    SESSION_LIFETIME: "600",
    TRUST_PROXY: "1",
  });
  assert.deepEqual(config, {
    port: 8080,
    host: "0.0.0.0",
    secrets: [secret, `${secret}2`],
    store: { kind: "sqlite", path: ".data/sessions.db" },
    seal: "encrypt",
    lifetime: { idle: 60, absolute: 600 },
    trustProxy: true,
  });
});

Deno.test("SESSION_STORE names a store and where it is", () => {
  const store = (text: string, platform?: Platform) =>
    read({ SESSION_STORE: text, SESSION_SECRET: secret }, platform).store;
  assert.deepEqual(store("denokv"), { kind: "denokv", path: undefined });
  assert.deepEqual(store("denokv:/tmp/a.db"), {
    kind: "denokv",
    path: "/tmp/a.db",
  });
  assert.deepEqual(store("rediss://me:pw@host:1/0"), {
    kind: "redis",
    url: "rediss://me:pw@host:1/0",
  });
  assert.deepEqual(store("denokv", "deploy"), {
    kind: "denokv",
    path: undefined,
  });
  assert.deepEqual(store("durable_object", "workers"), {
    kind: "durable_object",
  });
});

Deno.test("SESSION_LIFETIME may be a moment in the future", () => {
  const { absolute } =
    read({ SESSION_LIFETIME: "2030-01-31T18:00:00+01:00" }).lifetime;
  assert.deepEqual(absolute, new Date("2030-01-31T17:00:00Z"));
});

Deno.test("all bad values are listed at once, each with what was given and what is accepted", () => {
  const lines = complaint({
    PORT: "http",
    SESSION_SECRET: "short",
    SESSION_STORE: "mysql://root:hunter2@db/x",
    SESSION_SEAL: "both",
    SESSION_IDLE: "0",
    SESSION_LIFETIME: "2020-01-01T00:00:00Z",
    TRUST_PROXY: "yes",
  }).split("\n").slice(1);
  assert.equal(lines.length, 7);
  for (
    const name of [
      "PORT",
      "SESSION_SECRET",
      "SESSION_STORE",
      "SESSION_SEAL",
      "SESSION_IDLE",
      "SESSION_LIFETIME",
      "TRUST_PROXY",
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
    { SESSION_LIFETIME: "0" },
    { SESSION_LIFETIME: "2030-01-31" },
    { SESSION_LIFETIME: "2030-01-31T18:00:00" },
    { SESSION_STORE: "sqlite:" },
    { SESSION_STORE: "sqlite" },
    { SESSION_STORE: "redis:" },
    { SESSION_STORE: "durable_object" },
    { SESSION_SECRET: `${secret},` },
    { TRUST_PROXY: "true" },
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
    /SESSION_STORE is "sqlite:a.db": give cookie, denokv, redis/,
  );
  assert.match(
    complaint(environment, "workers"),
    /give cookie or durable_object/,
  );
});
