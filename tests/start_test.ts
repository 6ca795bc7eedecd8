// `deno task start` on a machine: the secret that it keeps, the settings that it refuses, and its end.
import assert from "node:assert/strict";
import settings from "../deno.json" with { type: "json" };
import { listeningOn } from "../server/addresses.ts";
import { loadOrCreateSecrets } from "../server/session_secret.ts";
import { ask, isKnown, shell, signIn } from "./support/operations.ts";
import { eventually } from "./support/eventually.ts";
import { testWhere } from "./support/missing.ts";
import { cannotStart, runServer, startServer } from "./support/server.ts";

const test = (name: string, fn: () => Promise<void>) =>
  testWhere(cannotStart, name, fn);

const KEPT = "k3Zt0pXw9aQe7rTyUiOpAsDfGhJkLzXcVbNm1234567";
const PATH = ".data/session_secret";

/** Where a start keeps its secret, with this in it. */
function keptSecret(text: string): string {
  const cwd = Deno.makeTempDirSync();
  Deno.mkdirSync(`${cwd}/.data`, { mode: 0o700 });
  Deno.writeTextFileSync(`${cwd}/${PATH}`, text, { mode: 0o600 });
  return cwd;
}

test("a first start makes a secret, and says so; a restart takes what an operator made of it, newest first; one that others may read is warned of", async () => {
  const cwd = Deno.makeTempDirSync();
  const file = `${cwd}/${PATH}`;
  let cookie: string;
  {
    await using server = await startServer({ cwd });
    assert.match(
      server.output(),
      /^Made a session secret: \.data\/session_secret$/m,
    );
    assert.equal((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);
    cookie = await signIn(server.url);
    await server.prints(/^Got Post Info$/m);
  }
  {
    await using server = await startServer({ cwd });
    assert(await isKnown(server.url, cookie));
    assert.doesNotMatch(server.output(), /secret/);
  }
  const kept = Deno.readTextFileSync(file).trim();
  Deno.writeTextFileSync(file, `${KEPT},${kept}\n`);
  Deno.chmodSync(file, 0o644);
  await using server = await startServer({ cwd });
  assert(await isKnown(server.url, cookie));
  assert.match(server.output(), /^.*session_secret has mode 0644; .*chmod 600/);
});

test("ten first starts at the same moment end up with the same secret", async () => {
  const folder = Deno.makeTempDirSync();
  const said: string[] = [];
  const log = (line: string) => said.push(line);
  const starts = Array.from(
    { length: 10 },
    () => loadOrCreateSecrets(folder, log),
  );
  const secrets = new Set((await Promise.all(starts)).flat());
  assert.equal(secrets.size, 1);
  assert.deepEqual(said, [`Made a session secret: ${folder}/session_secret`]);
});

test("SESSION_SECRET_FILE holds what SESSION_SECRET would; with either, no secret is made", async () => {
  const cwd = keptSecret(KEPT);
  Deno.renameSync(`${cwd}/${PATH}`, `${cwd}/.data/mine`);
  Deno.chmodSync(`${cwd}/.data/mine`, 0o440);
  const start = (environment: Record<string, string>) =>
    startServer({ cwd, environment });
  await using byFile = await start({ SESSION_SECRET_FILE: ".data/mine" });
  await using byValue = await start({ SESSION_SECRET: KEPT });
  assert(await isKnown(byValue.url, await signIn(byFile.url)));
  assert.match(byFile.output(), /^\.data\/mine has mode 0440; .*chmod 600/);
  const names = [...Deno.readDirSync(`${cwd}/.data`)].map(({ name }) => name);
  assert.deepEqual(names, ["mine"]);
});

const CANNOT = "The session secret in \\.data/session_secret cannot be used: ";

/** Starts that fail: the kept secret, the environment, and all that is printed. */
const REFUSED: Record<
  string,
  [kept: string, environment: Record<string, string>, prints: string]
> = {
  "a kept secret that is empty": ["", {}, `${CANNOT}it has 0 bytes; give .*`],
  "a kept secret that is cut off": [
    `${KEPT},${KEPT.slice(0, -1)}`,
    {},
    `${CANNOT}secret 2 of 2 has 42 bytes; give at least 43 .*`,
  ],
  "a kept secret that is none": [
    "0".repeat(64),
    {},
    `${CANNOT}it has 1 different characters; .*`,
  ],
  "bad settings, all at once": [
    KEPT,
    { SESSION_SECRET: "short", SESSION_IDLE: "x", HSTS: "?" },
    ".+\n {2}SESSION_SECRET.+\n {2}SESSION_IDLE.+\n {2}HSTS.+",
  ],
  "a SQLite file that is none": [
    KEPT,
    { SESSION_STORE: `sqlite:${PATH}` },
    "SESSION_STORE: the sqlite store cannot be opened \\(.*\\)",
  ],
  "a Deno KV file that is none": [
    KEPT,
    { SESSION_STORE: `denokv:${PATH}` },
    "SESSION_STORE: the denokv store cannot be opened \\(.*\\)",
  ],
};

for (const [name, [kept, environment, prints]] of Object.entries(REFUSED)) {
  test(`a start is refused in clear lines, with exit code 1: ${name}`, async () => {
    const cwd = keptSecret(kept);
    const { code, text } = await runServer({ cwd, environment });
    assert.equal(code, 1);
    assert.match(text, RegExp(`^${prints}\n$`));
    assert(!text.includes(KEPT.slice(0, 8)));
    assert.equal(Deno.readTextFileSync(`${cwd}/${PATH}`), kept);
  });
}

test("a .data that cannot be used, and a port that is taken, are one clear line", async () => {
  const cwd = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${cwd}/.data`, "a file where a folder should be");
  const noFolder = await runServer({ cwd });
  assert.match(
    noFolder.text,
    /^The session secret cannot be kept in \.data \(.*\): make it writable, or set SESSION_SECRET\n$/,
  );
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const PORT = String(listener.addr.port);
  const taken = await runServer({
    environment: { PORT, SESSION_SECRET: KEPT },
  });
  assert.equal(
    taken.text,
    `Port ${PORT} is taken: stop what listens there, or set PORT to another\n`,
  );
  assert.deepEqual([noFolder.code, taken.code], [1, 1]);
});

test("a file outside of what may be read is one clear line that says what to do, and doing it helps", async () => {
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/secret`, KEPT);
  const SESSION_SECRET_FILE = `${folder}/secret`;
  const files = [
    { SESSION_SECRET_FILE },
    { SESSION_STORE: `denokv:${folder}/a.kv`, SESSION_SECRET: KEPT },
    { SESSION_STORE: `sqlite:${folder}/a.db`, SESSION_SECRET: KEPT },
  ];
  const advice = new Set<string>();
  for (const environment of files) {
    const { code, text } = await runServer({ environment });
    assert.equal(code, 1);
    assert.doesNotMatch(text, /run again/);
    const [, FLAGS = ""] =
      /put it into \.data, or allow the folder with FLAGS="(.*)" deno task start/
        .exec(text) ?? [];
    advice.add(FLAGS);
  }
  const [FLAGS = "", ...others] = advice;
  assert.deepEqual(others, []);
  const { SESSION_STORE = "" } = files.at(-1) ?? {};
  await using server = await startServer({
    environment: { SESSION_SECRET_FILE, SESSION_STORE, FLAGS },
  });
  await signIn(server.url);
});

test("the start says in two lines what runs here, and with HOST=0.0.0.0 the address for others on the network; IPv6 stands in brackets", async () => {
  await using server = await startServer({
    environment: {
      ...{ HOST: "0.0.0.0", SESSION_SECRET: KEPT },
      ...{ SESSION_SEAL: "encrypt", TRUST_PROXY: "1" },
    },
  });
  assert.equal(
    await server.prints(/^Baton .*$/m),
    `Baton ${settings.version}: store cookie (answers), seal encrypt, X-Forwarded-Proto trusted`,
  );
  assert.equal(server.output().trim().split("\n").length, 2);
  const { port } = new URL(server.url);
  const addresses = Deno.networkInterfaces().flatMap(({ family, address }) =>
    family === "IPv4" && !address.startsWith("127.") ? [address] : []
  );
  const others = addresses.map((address) =>
    `, for others on this network http://${address}:${port}`
  );
  const [, rest = ""] = /^Listening on http:\/\/localhost:\d+(.*)$/m.exec(
    server.output(),
  ) ?? [];
  assert((others.length === 0 ? [""] : others).includes(rest), rest);
  const ipv6 = { transport: "tcp", hostname: "::1", port: 5000 } as const;
  assert.equal(listeningOn(ipv6), "Listening on http://[::1]:5000");
});

test("a SESSION_LIFETIME that has passed is no reason not to start: ready, one line, a page that says so", async () => {
  await using server = await startServer({
    environment: { SESSION_LIFETIME: "2020-01-01T00:00:00Z" },
  });
  await server.prints(/^Baton /m);
  const page = await fetch(server.url);
  assert.equal(page.status, 503);
  assert.match(await page.text(), /All sessions here have ended/);
  const health = await fetch(`${server.url}/healthz`);
  assert.deepEqual(await health.json(), { status: "ok", store: "cookie" });
  await server.stop("SIGTERM");
  const said = server.output().match(/^.*SESSION_LIFETIME.*$/mg);
  assert.deepEqual(said, [
    "The end of all sessions has passed: set SESSION_LIFETIME to a later moment",
  ]);
});

test("a disk that Deno KV cannot write to is no reason not to start, and it recovers by itself; its files are their owner's alone", async () => {
  const cwd = Deno.makeTempDirSync();
  await using server = await startServer({
    cwd,
    // Files may not grow, and the process is told so instead of killed.
    limits: ['trap "" XFSZ', "ulimit -S -f 0", "umask 000"],
    environment: {
      SESSION_SECRET: KEPT,
      SESSION_STORE: "denokv:.data/kv/sessions",
    },
  });
  const status = async () => (await ask(`${server.url}/healthz`)).status;
  assert.match(
    await server.prints(/^Baton .*$/m),
    /store denokv \(does not answer: .*I\/O error\)/,
  );
  assert.equal(await status(), 503);
  await server.prints(/^The session store does not answer: .*I\/O error$/m);
  await shell(`prlimit --fsize=unlimited --pid ${server.pid}`);
  await eventually(async () => assert.equal(await status(), 200));
  await signIn(server.url);
  const modes = (folder: string): number[] =>
    [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
      const path = `${folder}/${name}`;
      const mode = (Deno.statSync(path).mode ?? 0) & 0o777;
      assert.equal(mode, isDirectory ? 0o700 : 0o600, path);
      return [mode, ...(isDirectory ? modes(path) : [])];
    });
  assert(modes(cwd).length >= 4, "the folders, the file, its WAL");
});

test("as on Deno Deploy, with no disk to write to, it needs a secret and says so, and serves with Deno KV", async () => {
  const deploy = (environment: Record<string, string>) => ({
    environment: { DENO_DEPLOY: "true", ...environment },
    mayUseDisk: false,
  });
  const refused = await runServer(deploy({}));
  assert.equal(refused.code, 1);
  assert.match(
    refused.text,
    /^Baton cannot start.*\n {2}SESSION_SECRET: it must be set here; make one with: openssl rand -base64 32\n$/,
  );
  await using server = await startServer(
    deploy({ SESSION_SECRET: KEPT, SESSION_STORE: "denokv" }),
  );
  assert(await isKnown(server.url, await signIn(server.url)));
});
