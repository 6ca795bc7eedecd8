// The started process: what stops it, what does not. `deno task prove process` does some of it
// more often.
import assert from "node:assert/strict";
import { testWhere } from "./support/missing.ts";
import {
  ask,
  connect,
  postUsers,
  readAnswer,
  send,
  writeAll,
} from "./support/raw_http.ts";
import { fuzzRequests } from "./support/request_fuzz.ts";
import { figures, SCALE } from "./support/scale.ts";
import { cannotStart, type Server, startServer } from "./support/server.ts";

const FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
const HOST = "Host: localhost\r\n";
const CLOSES = /^connection: close$/im;

/** Requests whose rest never comes. */
const UNFINISHED = [
  "GET / HTTP/1.1\r\nHos",
  `GET / HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\na`,
  `PUT /nowhere HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`,
  `POST /users HTTP/1.1\r\n${HOST}${FORM}Content-Length: 100\r\n\r\na`,
];

/**
 * Clients that post without a pause, each on one connection for as long as it lasts, until they
 * are refused one: each request is answered, and has its line in the log.
 */
async function stopUnderLoad(
  clients: number,
  stop = (server: Server) => server.stop(),
): Promise<number> {
  await using server = await startServer();
  let answered = 0;
  const warm = Promise.withResolvers<void>();
  const lanes = Array.from({ length: clients }, async () => {
    while (true) {
      using connection = await connect(server.url).catch((error) => {
        assert(error instanceof Deno.errors.ConnectionRefused);
        return null;
      });
      if (connection === null) return;
      let isOpen = true;
      while (isOpen) {
        const answer = await ask(connection, postUsers("Jay"));
        assert.equal(answer?.status, 303);
        if (++answered === 10 * clients) warm.resolve();
        isOpen = !CLOSES.test(answer.head);
      }
    }
  });
  const all = Promise.all(lanes);
  await Promise.race([warm.promise, all]);
  assert.equal(await stop(server), 0);
  await all;
  const lines = server.output().match(/^POST \/users 303 /mg);
  assert.equal(lines?.length, answered);
  return answered;
}

/** A second signal within a second is the first one again: deno task forwards it. */
function stopTwice(signal: Deno.Signal) {
  return async () => {
    await stopUnderLoad(4, async (server) => {
      server.signal(signal);
      await server.prints(/^Stopping$/m);
      return await server.stop(signal);
    });
  };
}

const TESTS = {
  // First: it waits for ten seconds, beside all others.
  async "clients that never finish do not keep the process alive, and others are served until its end"() {
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
  },

  async "on SIGTERM, 8 clients that post without a pause lose nothing but refused connections, and each answer has its line in the log"() {
    let answered = 0;
    for (let i = 0; i < SCALE; i++) {
      answered += await stopUnderLoad(i % 2 === 0 ? 8 : 32);
    }
    figures(`Stopped ${SCALE} times under 8 or 32 clients, answered`, answered);
  },

  "a second SIGINT within a second is the first one again": stopTwice("SIGINT"),
  "a second SIGHUP within a second is the first one again": stopTwice("SIGHUP"),

  async "while it stops, a form that arrives slowly is answered; it is not ready, and answers close their connections"() {
    await using server = await startServer();
    const connection = await send(server.url, postUsers("Jay"));
    assert.doesNotMatch((await readAnswer(connection))?.head ?? "", CLOSES);
    const form = postUsers("Kay");
    const slow = await send(server.url, form.slice(0, -15));
    const health = `GET /healthz HTTP/1.1\r\n${HOST}\r\n`;
    await ask(connection, health); // answered after the form's beginning was received
    const ended = server.stop();
    await server.prints(/^Stopping$/m);
    const answer = await ask(connection, health);
    assert.equal(answer?.status, 503);
    assert.match(answer?.head ?? "", CLOSES);
    // For longer than the server says that it stops.
    for (const letter of form.slice(-15)) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await writeAll(slow, letter);
    }
    assert.equal((await readAnswer(slow))?.status, 303);
    assert.equal(await ended, 0);
    for (const open of [connection, slow]) open.close();
  },

  async "when descriptors are used up it serves who is connected, says so once, and recovers"() {
    await using server = await startServer({ limits: ["ulimit -n 64"] });
    const open = await connect(server.url);
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
  },

  async "random and malformed requests break nothing, and log nothing long or private"() {
    const statuses = await fuzzRequests(500 * SCALE, 1);
    figures("Random and malformed requests, by status", statuses);
  },
} satisfies Record<string, () => Promise<void>>;

testWhere(cannotStart, "the started process", async (t) => {
  const isBeside = { sanitizeOps: false, sanitizeResources: false };
  const [first, ...others] = Object.entries(TESTS).map(([name, fn]) => () =>
    t.step({ name, fn, ...isBeside, sanitizeExit: false })
  );
  const beside = first?.();
  for (const run of others) await run();
  await beside;
}, { sanitizeOps: false, sanitizeResources: false });
