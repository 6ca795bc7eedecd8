import assert from "node:assert/strict";
import { testWhere } from "./support/missing.ts";
import { shell } from "./support/operations.ts";
import { cannotStart, runServer, startServer } from "./support/server.ts";

const test = (name: string, fn: () => Promise<void>) =>
  testWhere(cannotStart, name, fn);

const form = new URLSearchParams({
  name: "Jay",
  email: "kpatel@codingdojo.com",
});

/** Posts the form as curl does, and returns the cookie. */
async function post(url: string): Promise<string> {
  const response = await fetch(`${url}/users`, {
    method: "POST",
    body: form,
    redirect: "manual",
  });
  await response.body?.cancel();
  assert.equal(response.status, 303);
  return response.headers.getSetCookie()[0]?.split(";")[0] ??
    assert.fail("no cookie");
}

async function page(url: string, cookie: string): Promise<string> {
  return await (await fetch(`${url}/show`, { headers: { cookie } })).text();
}

test("a first start makes its own secret, says so, and a restart keeps the sessions alive", async () => {
  const cwd = Deno.makeTempDirSync();
  let cookie: string;
  {
    await using server = await startServer({ cwd });
    assert.match(
      server.output(),
      /Made a session secret: \.data\/session_secret/,
    );
    const { mode } = Deno.statSync(`${cwd}/.data/session_secret`);
    assert.equal((mode ?? 0) & 0o777, 0o600);
    cookie = await post(server.url);
    await server.prints(/^Got Post Info$/m);
    assert.equal(await server.stop("SIGTERM"), 0);
  }
  await using server = await startServer({ cwd });
  assert.doesNotMatch(server.output(), /Made a session secret/);
  assert.match(await page(server.url, cookie), /<h3[^>]*>Jay<\/h3>/);
});

test("two first starts at the same moment end up with the same secret", async () => {
  const cwd = Deno.makeTempDirSync();
  const servers = await Promise.all([1, 2, 3].map(() => startServer({ cwd })));
  try {
    const [first, ...others] = servers.map(({ url }) => url);
    const cookie = await post(first ?? "");
    for (const url of others) {
      assert.match(await page(url, cookie), /<h3[^>]*>Jay<\/h3>/);
    }
    const made = servers.filter((server) =>
      server.output().includes("Made a session secret")
    );
    assert.equal(made.length, 1);
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]();
  }
});

/** Where a start keeps its secret, with this in it; its mode as an operator's editor leaves it. */
function keptSecret(text: string, mode = 0o600): string {
  const cwd = Deno.makeTempDirSync();
  Deno.mkdirSync(`${cwd}/.data`, { mode: 0o700 });
  Deno.writeTextFileSync(`${cwd}/.data/session_secret`, text);
  Deno.chmodSync(`${cwd}/.data/session_secret`, mode);
  return cwd;
}

const KEPT = "k3Zt0pXw9aQe7rTyUiOpAsDfGhJkLzXcVbNm1234567";

test("a kept secret that is empty, cut off or no secret is refused, never overwritten, and never shown", async () => {
  const bad: Record<string, RegExp> = {
    "": /it has 0 bytes; give at least 43/,
    [KEPT.slice(0, -1)]: /it has 42 bytes; give at least 43/,
    [`${KEPT},${KEPT.slice(0, 20)}`]: /secret 2 of 2 has 20 bytes/,
    ["\0".repeat(64)]: /it is not plain text/,
    ["0".repeat(64)]: /it has 1 different characters; give at least 8/,
  };
  for (const [text, why] of Object.entries(bad)) {
    const cwd = keptSecret(text);
    const { code, text: printed } = await runServer({ cwd });
    assert.equal(code, 1);
    assert.match(
      printed,
      /^The session secret in \.data\/session_secret cannot be used: .*\n$/,
    );
    assert.match(printed, why);
    assert(!printed.includes(KEPT.slice(0, 8)));
    assert.equal(
      Deno.readTextFileSync(`${cwd}/.data/session_secret`),
      text,
    );
  }
});

test("a kept secret that others may read is warned of in one line; 0600 and 0400 are fine", async () => {
  for (
    const [mode, warnings] of [[0o644, 1], [0o600, 0], [0o400, 0]] as const
  ) {
    await using server = await startServer({ cwd: keptSecret(KEPT, mode) });
    const lines = server.output().match(/^.*session_secret.*$/gm) ?? [];
    assert.equal(lines.length, warnings);
    if (warnings === 1) {
      assert.match(lines[0] ?? "", /has mode 0644; .*chmod 600/);
    }
  }
});

test("an operator may change the kept secret as any other: newest first", async () => {
  const cwd = keptSecret(KEPT);
  let cookie: string;
  {
    await using server = await startServer({ cwd });
    cookie = await post(server.url);
  }
  Deno.writeTextFileSync(`${cwd}/.data/session_secret`, `${KEPT}2,${KEPT}\n`);
  await using server = await startServer({ cwd });
  assert.match(await page(server.url, cookie), /<h3[^>]*>Jay<\/h3>/);
});

test("SESSION_SECRET_FILE holds the secret, and no other is made", async () => {
  const cwd = keptSecret(KEPT);
  Deno.renameSync(`${cwd}/.data/session_secret`, `${cwd}/.data/mine`);
  const start = (environment: Record<string, string>) =>
    startServer({ cwd, environment });
  await using byFile = await start({ SESSION_SECRET_FILE: ".data/mine" });
  await using byValue = await start({ SESSION_SECRET: KEPT });
  const cookie = await post(byFile.url);
  assert.match(await page(byValue.url, cookie), /<h3[^>]*>Jay<\/h3>/);
  const names = [...Deno.readDirSync(`${cwd}/.data`)].map(({ name }) => name);
  assert.deepEqual(names, ["mine"]);
});

test("a file outside of what may be read is one clear line that says what to do, and doing it helps", async () => {
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/secret`, KEPT);
  const settings = [
    { SESSION_SECRET_FILE: `${folder}/secret` },
    { SESSION_STORE: `sqlite:${folder}/a.db`, SESSION_SECRET: KEPT },
    { SESSION_STORE: `denokv:${folder}/a.kv`, SESSION_SECRET: KEPT },
  ];
  for (const environment of settings) {
    const { code, text } = await runServer({ environment });
    assert.equal(code, 1);
    assert.doesNotMatch(text, /run again/);
    const [, FLAGS = ""] =
      /put it into \.data, or allow the folder with FLAGS="(.*)" deno task start/
        .exec(text) ?? [];
    await using server = await startServer({
      environment: { ...environment, FLAGS },
    });
    await post(server.url);
  }
});

test("with HOST=0.0.0.0 the start names the address for others on the network", async () => {
  await using server = await startServer({ environment: { HOST: "0.0.0.0" } });
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
});

test("a SESSION_LIFETIME that has passed is no reason not to start: ready, one line, a page that says so", async () => {
  await using server = await startServer({
    environment: { SESSION_LIFETIME: "2020-01-01T00:00:00Z" },
  });
  await server.prints(/^Baton /m);
  const { status, body } = await fetch(server.url);
  assert.equal(status, 503);
  assert.match(await new Response(body).text(), /All sessions here have ended/);
  const health = await fetch(`${server.url}/healthz`);
  assert.deepEqual(await health.json(), { status: "ok", store: "cookie" });
  const said = server.output().match(/^.*SESSION_LIFETIME.*$/mg);
  assert.deepEqual(said, [
    "The end of all sessions has passed: set SESSION_LIFETIME to a later moment",
  ]);
});

test("a disk that Deno KV cannot write to is no reason not to start, and it recovers by itself", async () => {
  await using server = await startServer({
    // Files may not grow, and the process is told so instead of killed.
    limits: ['trap "" XFSZ', "ulimit -S -f 0"],
    environment: { SESSION_SECRET: KEPT, SESSION_STORE: "denokv:.data/kv" },
  });
  const status = async () => {
    const response = await fetch(`${server.url}/healthz`);
    await response.body?.cancel();
    return response.status;
  };
  assert.match(
    await server.prints(/^Baton .*$/m),
    /store denokv \(does not answer: .*I\/O error\)/,
  );
  assert.equal(await status(), 503);
  await server.prints(/^The session store does not answer: .*I\/O error$/m);
  await shell(`prlimit --fsize=unlimited --pid ${server.pid}`);
  while (await status() !== 200);
  await post(server.url);
});

test("Deno KV's files are their owner's alone, whatever the umask", async () => {
  const cwd = Deno.makeTempDirSync();
  await using server = await startServer({
    cwd,
    limits: ["umask 000"],
    environment: {
      SESSION_SECRET: KEPT,
      SESSION_STORE: "denokv:.data/kv/sessions",
    },
  });
  await post(server.url);
  const modes = (folder: string): [string, number][] =>
    [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
      const path = `${folder}/${name}`;
      const mode = (Deno.statSync(path).mode ?? 0) & 0o777;
      return [[path, mode], ...(isDirectory ? modes(path) : [])];
    });
  const found = modes(cwd);
  assert(found.length >= 4, "the folder, the file, its WAL and its index");
  for (const [path, mode] of found) {
    const isFolder = Deno.statSync(path).isDirectory;
    assert.equal(mode, isFolder ? 0o700 : 0o600, path);
  }
});

test("SESSION_COOKIE names the cookie, and the inspector finds it", async () => {
  await using server = await startServer({
    environment: { SESSION_COOKIE: "baton" },
  });
  const cookie = await post(server.url);
  assert.match(cookie, /^baton=v1\./);
  const inspector = await fetch(`${server.url}/session`, {
    headers: { cookie },
  });
  assert((await inspector.text()).includes(`${cookie.slice(9, 15)}…`));
});

test("with SESSION_SECRET set, nothing is written to disk", async () => {
  const cwd = Deno.makeTempDirSync();
  await using _server = await startServer({
    cwd,
    environment: { SESSION_SECRET: KEPT },
  });
  assert.deepEqual([...Deno.readDirSync(cwd)], []);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`on ${signal} a request in flight is answered, then the server exits with 0`, async () => {
    await using server = await startServer();
    const { hostname, port } = new URL(server.url);
    using connection = await Deno.connect({ hostname, port: Number(port) });
    const [head, tail] = ["name=Jay&", "email=kpatel%40codingdojo.com"];
    await write(
      connection,
      `POST /users HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
        `Content-Length: ${head.length + tail.length}\r\n\r\n${head}`,
    );
    await fetchHealth(server.url); // answered after ours was received: ours is being read
    const stopped = server.stop(signal);
    await server.prints(/Stopping/);
    await write(connection, tail);
    assert.match(
      await new Response(connection.readable).text(),
      /^HTTP\/1.1 303/,
    );
    assert.equal(await stopped, 0);
  });
}

async function write(connection: Deno.Conn, text: string): Promise<void> {
  const writer = connection.writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
  writer.releaseLock();
}

async function fetchHealth(url: string): Promise<void> {
  await (await fetch(`${url}/healthz`)).body?.cancel();
}

test("a port that is taken gets one clear line and exit code 1", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const { code, text } = await runServer({
    environment: { PORT: String(port) },
  });
  assert.equal(code, 1);
  const lines = text.trim().split("\n").filter((line) =>
    !line.startsWith("Made a session secret")
  );
  assert.deepEqual(lines, [
    `Port ${port} is taken: stop what listens there, or set PORT to another`,
  ]);
});

test("bad settings are all listed at once, with exit code 1", async () => {
  const environment = {
    SESSION_SECRET: "short",
    SESSION_IDLE: "soon",
    TRUST_PROXY: "2",
  };
  const { code, text } = await runServer({ environment });
  assert.equal(code, 1);
  assert.equal(text.trim().split("\n").length, 4);
  for (const name of Object.keys(environment)) {
    assert.match(text, new RegExp(`^  ${name}`, "m"));
  }
  assert.doesNotMatch(text, /"short"/);
});

test("a .data that cannot be used is one clear message, with exit code 1", async () => {
  const cwd = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${cwd}/.data`, "a file where a folder should be");
  const { code, text } = await runServer({ cwd });
  assert.equal(code, 1);
  assert.match(
    text,
    /^The session secret cannot be kept in \.data \(.*\): make it writable, or set SESSION_SECRET\n$/,
  );
});

test("a store that cannot be opened is one clear line, with exit code 1", async () => {
  const cwd = Deno.makeTempDirSync();
  Deno.mkdirSync(`${cwd}/.data`);
  Deno.writeTextFileSync(
    `${cwd}/.data/text`,
    "no database, but a good deal of text",
  );
  for (const kind of ["sqlite", "denokv"]) {
    const store = `${kind}:.data/text`;
    const { code, text } = await runServer({
      cwd,
      environment: { SESSION_STORE: store, SESSION_SECRET: KEPT },
    });
    assert.equal(code, 1);
    assert.match(
      text,
      new RegExp(
        `^SESSION_STORE: the ${kind} store cannot be opened \\(.*\\)\n$`,
      ),
    );
  }
});

test("as on Deno Deploy, with no disk to write to, it needs a secret and says so", async () => {
  const environment = { DENO_DEPLOY: "true", DENO_DEPLOYMENT_ID: "abc" };
  const refused = await runServer({ environment, mayUseDisk: false });
  assert.equal(refused.code, 1);
  assert.match(
    refused.text,
    /^Baton cannot start.*\n {2}SESSION_SECRET: it must be set here; make one with: openssl rand -base64 32\n$/,
  );
  const sqlite = await runServer({
    environment: {
      ...environment,
      SESSION_SECRET: KEPT,
      SESSION_STORE: "sqlite:a.db",
    },
    mayUseDisk: false,
  });
  assert.equal(sqlite.code, 1);
  assert.match(
    sqlite.text,
    /SESSION_STORE is "sqlite:a\.db": give cookie, .*redis/,
  );
});

for (const store of ["cookie", "denokv"]) {
  test(`as on Deno Deploy, with no disk to write to, it serves (${store})`, async () => {
    await using server = await startServer({
      environment: {
        DENO_DEPLOY: "true",
        SESSION_SECRET: KEPT,
        SESSION_STORE: store,
      },
      mayUseDisk: false,
    });
    assert.match(await page(server.url, await post(server.url)), />Jay<\/h3>/);
  });
}
