// The operator's log: each line arrives, in either format.
import { memoryStore } from "../middleware/session/mod.ts";
import assert from "node:assert/strict";
import { createApp } from "../app.ts";
import { lineFormat } from "../middleware/log.ts";
import { LogWriter } from "../server/log_writer.ts";
import { testWhere } from "./support/missing.ts";
import { freePort } from "./support/redis_server.ts";
import { cannotStart, startProgram, startServer } from "./support/server.ts";
import { SECRET } from "./support/test_app.ts";

const test = Deno.test;

const testWithProcess = (name: string, fn: () => Promise<void>) =>
  testWhere(cannotStart, name, fn);

test("LOG_FORMAT=json is an object a line, whatever was asked for", async () => {
  const lines: string[] = [];
  const format = lineFormat("json");
  const app = createApp({
    secrets: [SECRET],
    store: {
      ...memoryStore(),
      swap: () => Promise.reject(new Error("no\nsuch\nstore")),
    },
    log: (line, fields) => lines.push(format(line, fields)),
  });
  const headers = { "X-Request-Id": "trace-1", cookie: "session=v1.a.b" };
  await app.request("/?name=Jay", { headers });
  await app.request('/"%0a\u0007', { headers });
  const body = new URLSearchParams({ name: "Jay", email: "jay@example.com" });
  await app.request("/users", { method: "POST", headers, body });

  assert(lines.every((line) => !line.includes("\n")));
  const entries = lines.map((line) => JSON.parse(line));
  for (const { time, level, message } of entries) {
    assert.equal(new Date(time).toISOString(), time);
    assert.match(level, /^(?:info|warn|error)$/);
    assert.equal(typeof message, "string");
  }
  const about = (wanted: string) =>
    entries.filter(({ event }) => event === wanted);
  const [home, odd, users] = about("request");
  const { time: _time, message, ms, ...rest } = home;
  assert.deepEqual(rest, {
    level: "info",
    event: "request",
    method: "GET",
    path: "/",
    status: 200,
    requestId: "trace-1",
  });
  assert(ms > 0);
  assert.match(message, /^GET \/ 200 \d+\.\d ms trace-1$/);
  assert.equal(odd.status, 404);
  assert.equal(users.status, 503);
  assert.equal(users.level, "error");
  assert.equal(about("post").length, 1);
  assert.equal(about("session rejected")[0].level, "warn");
  const [outage] = about("outage");
  assert.equal(outage.level, "error");
  assert.match(outage.message, /no.+such/s);
});

/** A place to write to, as a pipe or a file is: it takes some bytes at once, stalls, or fails. */
function sink() {
  const decoder = new TextDecoder();
  let text = "";
  const place = {
    room: Infinity,
    stalled: undefined as PromiseWithResolvers<void> | undefined,
    failure: undefined as Error | undefined,
    text: () => text,
    async write(bytes: Uint8Array): Promise<number> {
      await place.stalled?.promise;
      const some = bytes.subarray(0, place.room);
      if (place.failure !== undefined && some.length === 0) throw place.failure;
      text += decoder.decode(some, { stream: true });
      place.room -= some.length;
      return some.length;
    },
  };
  return place;
}

const describeLost = (lines: number) => `lost: ${lines}`;

test("lines are written in order, those of one turn of the event loop together", async () => {
  const place = sink();
  const writes: number[] = [];
  const writer = new LogWriter({
    write: (bytes) => (writes.push(bytes.length), place.write(bytes)),
  }, describeLost);
  writer.write("one");
  await Promise.resolve();
  writer.write("zwei €");
  assert.deepEqual(writes, []);
  await writer.end();
  writer.write("three");
  await writer.end();
  assert.equal(place.text(), "one\nzwei €\nthree\n");
  assert.deepEqual(writes, [13, 6]);
});

test("a reader that stalls holds nothing up; what is over a mebibyte is dropped, and counted once it reads again", async () => {
  const place = sink();
  const writer = new LogWriter(place, describeLost);
  place.stalled = Promise.withResolvers();
  const line = "x".repeat(1023);
  for (let i = 0; i < 1500; i++) {
    writer.write(line);
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  place.stalled.resolve();
  await writer.end();
  const lines = place.text().trimEnd().split("\n");
  assert.deepEqual(lines.slice(-2), [line, "lost: 476"]);
  assert.equal(lines.length, 1025);
});

test("lines that cannot be written are counted, and the first line after them says how many", async () => {
  const place = sink();
  const writer = new LogWriter(place, describeLost);
  place.failure = new Error("No space left on device");
  place.room = 6;
  for (const lines of [["one", "two", "three"], ["four"], ["five"]]) {
    for (const line of lines) writer.write(line);
    await writer.end();
  }
  assert.equal(place.text(), "one\ntw");
  place.room = Infinity;
  writer.write("six");
  await writer.end();
  assert.equal(place.text(), "one\ntw\nsix\nlost: 4\n");
});

for (const how of ["throw", "reject"]) {
  testWithProcess(
    `no line is lost when the process dies of an error (${how})`,
    async () => {
      const script = new URL("support/log_process.ts", import.meta.url).href;
      const ended = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-q", script, how],
      }).output();
      const decoder = new TextDecoder();
      assert.equal(decoder.decode(ended.stdout), "line 1\nline 2\nline 3\n");
      assert.match(decoder.decode(ended.stderr), /nobody catches this/);
      assert.equal(ended.code, 1);
    },
  );
}

const root = new URL("../", import.meta.url).pathname;
const START = ["run", "-A", "--config", `${root}deno.json`, `${root}main.ts`];

testWithProcess(
  "a log that nobody reads any more ends no server",
  async () => {
    await using server = await startProgram("bash", {
      args: [
        ...["-c", 'exec "$0" "$@" > >(head -n 1)'],
        ...[Deno.execPath(), ...START],
      ],
      cwd: Deno.makeTempDirSync(),
      env: { PORT: "0", SESSION_SECRET: SECRET },
    });
    for (let i = 0; i < 50; i++) {
      const response = await fetch(server.url);
      assert.equal(response.status, 200);
      await response.body?.cancel();
    }
    assert.match(server.output(), /^Listening on \S+\n$/);
    assert.equal(await server.stop("SIGTERM"), 0);
  },
);

testWithProcess(
  "a log whose reader stalls stops neither the server nor its end; its lines carry the time",
  async () => {
    const port = freePort();
    const child = new Deno.Command(Deno.execPath(), {
      args: START,
      cwd: Deno.makeTempDirSync(),
      env: { PORT: String(port), SESSION_SECRET: SECRET },
      stdout: "piped", // and not read
      stderr: "null",
    }).spawn();
    const ask = (path: string) =>
      fetch(`http://127.0.0.1:${port}${path}`).then(async (response) => {
        await response.body?.cancel();
        return response.status;
      });
    while (await ask("/livez").catch(() => 0) !== 200);
    for (let i = 0; i < 2000; i++) { // four times what a pipe holds
      assert.equal(await ask(`/nowhere/${"x".repeat(80)}`), 404);
    }
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 0);
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    assert.match(
      new TextDecoder().decode(value),
      /^\d{4}-\d\d-\d\dT[\d:.]+Z Listening on /,
    );
  },
);

for (const LOG_FORMAT of ["text", "json"]) {
  testWithProcess(
    `on SIGTERM under load every answered request has its line (${LOG_FORMAT})`,
    async () => {
      const environment = { SESSION_SECRET: SECRET, LOG_FORMAT };
      await using server = await startServer({ environment });
      const answered: string[] = [];
      let stopping: Promise<number> | undefined;
      await Promise.all(
        Array.from({ length: 32 }, async (_, visitor) => {
          for (let i = 0; i < 1000; i++) {
            const id = `${visitor}-${i}`;
            const response = await fetch(server.url, {
              headers: { "X-Request-Id": id },
            }).catch(() => null);
            if (response === null) return; // it has stopped
            await response.text().catch(() => {});
            answered.push(id);
            if (answered.length === 500) stopping = server.stop("SIGTERM");
          }
        }),
      );
      assert.equal(await stopping, 0);
      assert(answered.length >= 500);
      const logged = new Set<string>();
      for (const line of server.output().trim().split("\n")) {
        const [, id] = LOG_FORMAT === "json"
          ? ["", JSON.parse(line).requestId]
          : / ms (\S+)$/.exec(line) ?? [];
        logged.add(id);
      }
      const lost = answered.filter((id) => !logged.has(id));
      assert.deepEqual(lost, []);
    },
  );
}
