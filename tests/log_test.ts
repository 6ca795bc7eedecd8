// The operator's log: each line arrives, in either format.
import { memoryStore } from "../middleware/session/mod.ts";
import assert from "node:assert/strict";
import { createApp } from "../app.ts";
import { formatLog, writeTogether } from "../log.ts";
import { testWhere } from "./support/missing.ts";
import { cannotStart, startProgram, startServer } from "./support/server.ts";
import { SECRET } from "./support/test_app.ts";

const test = Deno.test;

const testWithProcess = (name: string, fn: () => Promise<void>) =>
  testWhere(cannotStart, name, fn);

test("LOG_FORMAT=json is an object a line, whatever was asked for", async () => {
  const lines: string[] = [];
  const app = createApp({
    secrets: [SECRET],
    store: {
      ...memoryStore(),
      swap: () => Promise.reject(new Error("no\nsuch\nstore")),
    },
    log: formatLog("json", (line) => lines.push(line)),
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
  const [error] = about("error");
  assert.equal(error.level, "error");
  assert.equal(error.requestId, "trace-1");
  assert.match(error.message, /no.+such/s);
});

test("lines of one turn of the event loop are written together, in order", async () => {
  const written: string[] = [];
  const log = writeTogether((lines) => written.push(lines));
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  log("one");
  await Promise.resolve();
  log("two");
  assert.deepEqual(written, []);
  await turn();
  log("three");
  await turn();
  await turn();
  assert.deepEqual(written, ["one\ntwo", "three"]);
});

for (const [how, code] of [["exit", 0], ["throw", 1], ["reject", 1]] as const) {
  testWithProcess(
    `no line is lost when the process ends (${how})`,
    async () => {
      const script = new URL("support/log_process.ts", import.meta.url).href;
      const ended = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-q", script, how],
      }).output();
      assert.equal(
        new TextDecoder().decode(ended.stdout),
        "line 1\nline 2\nline 3\n",
      );
      assert.equal(ended.code, code);
    },
  );
}

testWithProcess(
  "a log that nobody reads any more ends no server",
  async () => {
    const root = new URL("../", import.meta.url).pathname;
    const command = [Deno.execPath(), "run", "-A", "--config"];
    await using server = await startProgram("bash", {
      args: [
        ...["-c", 'exec "$0" "$@" > >(head -n 1)'],
        ...[...command, `${root}deno.json`, `${root}main.ts`],
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
