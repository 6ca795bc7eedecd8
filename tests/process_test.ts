// The started process: what stops it, what does not. `deno task prove process` does some of it
// more often.
import assert from "node:assert/strict";
import settings from "../deno.json" with { type: "json" };
import { mayDoAll, missing, testWhere } from "./support/missing.ts";
import { ask, fuzzRequests, stopUnderLoad } from "./support/proofs_process.ts";
import {
  address,
  postUsers,
  readAnswer,
  send,
  writeAll,
} from "./support/raw_http.ts";
import { figures, SCALE } from "./support/scale.ts";
import { cannotStart, startServer } from "./support/server.ts";

const test = (name: string, fn: () => Promise<void>) =>
  testWhere(cannotStart, name, fn);

test("on SIGTERM, 8 clients that post without a pause lose nothing but refused connections", async () => {
  let all = 0;
  for (let i = 0; i < SCALE; i++) {
    const { answered, ...rest } = await stopUnderLoad(i % 2 === 0 ? 8 : 32);
    assert.deepEqual(rest, { statuses: [303], lost: 0, code: 0 });
    all += answered;
  }
  figures(`Stopped ${SCALE} times under 8 or 32 clients, answered`, all);
});

for (const signal of ["SIGINT", "SIGHUP"] as const) {
  test(`a second ${signal} within a second is the first one again: deno task forwards it`, async () => {
    const { lost, code } = await stopUnderLoad(4, async (server) => {
      Deno.kill(server.pid, signal);
      await server.prints(/^Stopping$/m);
      return await server.stop(signal);
    });
    assert.deepEqual({ lost, code }, { lost: 0, code: 0 });
  });
}

test("while it stops, it is not ready, and answers close their connections", async () => {
  await using server = await startServer();
  const connection = await send(server.url, postUsers("Jay"));
  const closes = /^connection: close$/im;
  assert.doesNotMatch((await readAnswer(connection))?.head ?? "", closes);
  const ended = server.stop();
  await server.prints(/^Stopping$/m);
  const health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const answer = await ask(connection, health);
  connection.close();
  assert.equal(answer?.status, 503);
  assert.match(answer?.head ?? "", closes);
  assert.equal(await ended, 0);
});

const FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
const HOST = "Host: localhost\r\n";

/** Requests whose rest never comes. */
const UNFINISHED = [
  "GET / HTTP/1.1\r\nHos",
  `GET / HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\na`,
  `PUT /nowhere HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`,
  `POST /users HTTP/1.1\r\n${HOST}${FORM}Content-Length: 100\r\n\r\na`,
];

test("clients that never finish do not keep the process alive, and others are served until its end", async () => {
  await using server = await startServer();
  const connections = await Promise.all(
    UNFINISHED.map((text) => send(server.url, text)),
  );
  await (await fetch(`${server.url}/healthz`)).body?.cancel(); // they were read before this
  const ended = server.stop();
  await server.prints(/^Stopping$/m);
  const others = await fetch(server.url);
  await others.body?.cancel();
  assert.equal(others.status, 200);
  assert.equal(await ended, 0);
  for (const connection of connections) connection.close();
});

test("when descriptors are used up it serves who is connected, says so once, and recovers", async () => {
  await using server = await startServer({ limits: ["ulimit -n 64"] });
  const open = await Deno.connect(address(server.url));
  const held: Deno.Conn[] = [];
  let isSaid = false;
  const said = server.prints(/No new connection can be accepted/)
    .then(() => isSaid = true);
  while (!isSaid && held.length < 64) {
    const next = await send(server.url, UNFINISHED[0]!).catch(() => null);
    if (next === null) break; // nobody listens any more
    held.push(next);
  }
  await said;
  assert.equal((await ask(open, postUsers("Jay")))?.status, 303);
  for (const connection of [open, ...held]) connection.close();
  await server.prints(/New connections are accepted again/);
  const again = await fetch(server.url);
  await again.body?.cancel();
  assert.equal(again.status, 200);
  assert.equal(await server.stop(), 0);
  const lines = server.output().split("\n");
  assert.deepEqual(lines.filter((line) => line.includes("onnection")), [
    "No new connection can be accepted (Error: Too many open files (os error 24)); trying again",
    "New connections are accepted again",
  ]);
});

test("random and malformed requests break nothing, and log nothing long or private", async () => {
  const found = await fuzzRequests(500 * SCALE, 1);
  assert.deepEqual(found.broken, []);
  assert(found.isAlive);
  assert.equal(found.linesWithQuery, 0);
  assert(found.longestLineBytes <= 300);
  figures("Random and malformed requests, by status", found.statuses);
});

test("ten refused forms in a row are answered rightly, on one connection each", async () => {
  await using server = await startServer();
  const large = "a".repeat(100_000);
  const post = (path: string, headers: string, body: string) =>
    `POST ${path} HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
  const short = "Content-Length: 3\r\n";
  const foreign = "Origin: http://other.example\r\n";
  const refused: [status: number, request: string][] = [
    [415, post("/users", `Content-Type: text/plain\r\n${short}`, "a=b")],
    [403, post("/users", `${FORM}${foreign}${short}`, "a=b")],
    [413, post("/users", `${FORM}Content-Length: 100000\r\n`, large)],
    [
      413,
      post(
        "/users",
        `${FORM}Transfer-Encoding: chunked\r\n`,
        `186a0\r\n${large}\r\n0\r\n\r\n`,
      ),
    ],
    [405, post("/show", `${FORM}${short}`, "a=b")],
    [404, post("/nowhere", `${FORM}${short}`, "a=b")],
  ];
  for (const [status, request] of refused) {
    const connection = await Deno.connect(address(server.url));
    for (let i = 0; i < 10; i++) {
      await writeAll(connection, request);
      assert.equal((await readAnswer(connection))?.status, status);
    }
    connection.close();
  }
});

test("a POST without a body prints no warning of the runtime's", async () => {
  await using server = await startServer({
    environment: { SESSION_SECRET: "0123456789abcdefghijklmnopqrstuvwxyz" },
  });
  for (const length of ["", "Content-Length: 0\r\n"]) {
    const request = `POST /session/end HTTP/1.1\r\n${HOST}${length}\r\n`;
    const connection = await send(server.url, request);
    assert.equal((await readAnswer(connection))?.status, 303);
    connection.close();
  }
  assert.equal(await server.stop(), 0);
  for (const line of server.output().trim().split("\n")) {
    assert.match(line, /^(Listening|Baton|POST|Stopping)/);
  }
});

test("one line at the start says version, store, seal, proxy, and whether the store answers", async () => {
  {
    await using server = await startServer({
      environment: { SESSION_SEAL: "encrypt", TRUST_PROXY: "1" },
    });
    assert.equal(
      await server.prints(/^Baton .*$/m),
      `Baton ${settings.version}: store cookie (answers), seal encrypt, X-Forwarded-Proto trusted`,
    );
  }
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = silent.addr as Deno.NetAddr;
  await using server = await startServer({
    environment: { SESSION_STORE: `redis://127.0.0.1:${port}` },
  });
  assert.match(
    await server.prints(/^Baton .*$/m),
    /store redis \(does not answer: .*\), seal sign, X-Forwarded-Proto not trusted$/,
  );
});

testWhere(
  noIpv6(),
  "the address of an IPv6 host stands in brackets",
  async () => {
    await using server = await startServer({ environment: { HOST: "::1" } });
    assert.match(server.url, /^http:\/\/\[::1\]:\d+$/);
  },
);

function noIpv6(): string | null {
  if (!mayDoAll) return missing("IPv6");
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return null;
  } catch {
    return "needs IPv6"; // many containers have none, on CI too
  }
}
