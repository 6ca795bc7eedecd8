// The started process: what stops it, what does not.
import assert from "node:assert/strict";
import settings from "../deno.json" with { type: "json" };
import { mayDoAll, missing, testWhere } from "./support/missing.ts";
import {
  fuzzRequests,
  stopUnderLoad,
  stopWithSlowClients,
  UNFINISHED,
  withoutDescriptors,
} from "./support/proofs_process.ts";
import { postUsers, readAnswer, send, writeAll } from "./support/raw_http.ts";
import { cannotStart, startServer } from "./support/server.ts";

const test = (name: string, fn: () => Promise<void>) =>
  testWhere(cannotStart, name, fn);

test("on SIGTERM, 8 clients that post without a pause lose nothing but refused connections", async () => {
  const { statuses, lost, code } = await stopUnderLoad({
    clients: 8,
    warmUp: 100,
  });
  assert.deepEqual({ statuses, lost, code }, {
    ...{ statuses: [303], lost: 0, code: 0 },
  });
});

for (const signal of ["SIGINT", "SIGHUP"] as const) {
  test(`a second ${signal} within a second is the first one again: deno task forwards it`, async () => {
    const { lost, code } = await stopUnderLoad(
      { clients: 4, warmUp: 50 },
      async (server) => {
        Deno.kill(server.pid, signal);
        await server.prints(/^Stopping$/m);
        return await server.stop(signal);
      },
    );
    assert.deepEqual({ lost, code }, { lost: 0, code: 0 });
  });
}

test("while it stops, it is not ready, and answers close their connections", async () => {
  await using server = await startServer();
  const connection = await send(server.url, postUsers("Jay"));
  assert.doesNotMatch(
    (await readAnswer(connection))?.head ?? "",
    /^connection:/im,
  );
  const ended = server.stop();
  await server.prints(/^Stopping$/m);
  await writeAll(
    connection,
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
  );
  const answer = await readAnswer(connection);
  connection.close();
  assert.equal(answer?.status, 503);
  assert.match(answer?.head ?? "", /^connection: close$/im);
  assert.equal(await ended, 0);
});

test("clients that never finish do not keep the process alive, and others are served until its end", async () => {
  const kinds = Object.keys(UNFINISHED) as (keyof typeof UNFINISHED)[];
  const { code, othersStatus } = await stopWithSlowClients(kinds);
  assert.equal(code, 0);
  assert.equal(othersStatus, 200);
});

test("when descriptors are used up it serves who is connected, says so once, and recovers", async () => {
  const { openStatus, lines, code } = await withoutDescriptors(64);
  assert.equal(openStatus, 303);
  assert.deepEqual(lines, [
    "No new connection can be accepted (Error: Too many open files (os error 24)); trying again",
    "New connections are accepted again",
  ]);
  assert.equal(code, 0);
});

test("random and malformed requests break nothing, and log nothing long or private", async () => {
  const figures = await fuzzRequests(500, 1);
  assert.deepEqual(figures.broken, []);
  assert(figures.isAlive);
  assert.equal(figures.linesWithQuery, 0);
  assert(figures.longestLineBytes <= 300);
});

test("ten refused forms in a row are answered rightly, on one connection each", async () => {
  await using server = await startServer();
  const head = (path: string, type: string, extra: string) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\n${extra}`;
  const form = "application/x-www-form-urlencoded";
  const large = "a".repeat(100_000);
  const refused: Record<string, [status: number, request: string]> = {
    type: [
      415,
      `${head("/users", "text/plain", "Content-Length: 3\r\n\r\n")}a=b`,
    ],
    origin: [
      403,
      `${
        head(
          "/users",
          form,
          "Origin: http://other.example\r\nContent-Length: 3\r\n\r\n",
        )
      }a=b`,
    ],
    size: [
      413,
      `${head("/users", form, "Content-Length: 100000\r\n\r\n")}${large}`,
    ],
    chunks: [
      413,
      `${
        head("/users", form, "Transfer-Encoding: chunked\r\n\r\n")
      }186a0\r\n${large}\r\n0\r\n\r\n`,
    ],
    method: [405, `${head("/show", form, "Content-Length: 3\r\n\r\n")}a=b`],
    path: [404, `${head("/nowhere", form, "Content-Length: 3\r\n\r\n")}a=b`],
  };
  for (const [name, [status, request]] of Object.entries(refused)) {
    const connection = await send(server.url, request);
    for (let i = 0; i < 10; i++) {
      assert.equal((await readAnswer(connection))?.status, status, name);
      if (i < 9) await writeAll(connection, request);
    }
    connection.close();
  }
});

test("a POST without a body prints no warning of the runtime's", async () => {
  await using server = await startServer({
    environment: { SESSION_SECRET: "0123456789abcdefghijklmnopqrstuvwxyz" },
  });
  for (const length of ["", "Content-Length: 0\r\n"]) {
    const connection = await send(
      server.url,
      `POST /session/end HTTP/1.1\r\nHost: localhost\r\n${length}\r\n`,
    );
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
