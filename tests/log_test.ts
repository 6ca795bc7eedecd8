// The operator's log: what is in a line, and that each line arrives.
import assert from "node:assert/strict";
import { createApp } from "../app.ts";
import { lineFormat } from "../middleware/log.ts";
import { LogWriter } from "../server/log_writer.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { testWhere } from "./support/missing.ts";
import { JAY, openApp } from "./support/open_app.ts";
import { cannotStart } from "./support/server.ts";
import { Clock, SECRET } from "./support/test_app.ts";

const test = Deno.test;

const testWithProcess = (name: string, fn: () => Promise<void>) =>
  testWhere(cannotStart, name, fn);

test("a request is one log line: method, path, status, milliseconds, request id", async () => {
  const { visitor, lines } = openApp();
  await visitor.get("/?why=none&secret=hunter2");
  await visitor.get("/nowhere/\u001b[31m%0aForged line");
  await visitor.get(`/${"x".repeat(500)}`);
  const [home, odd, long, ...more] = lines;
  assert.match(home ?? "", /^GET \/ 200 \d+\.\d ms [\w-]{36}$/);
  assert.match(odd ?? "", /^GET \/nowhere\/%1B\[31m%0aForged%20line 404 /i);
  assert.match(long ?? "", /^GET \/x{99}… 404 /);
  assert.deepEqual(more, []);
});

test("POST /users says Got Post Info, and nothing of what was posted", async () => {
  const { visitor, lines } = openApp();
  await visitor.post("/users", JAY);
  await visitor.get("/show");
  await visitor.post("/users", { ...JAY, name: "" });
  assert.equal(lines.filter((line) => line === "Got Post Info").length, 1);
  assert.doesNotMatch(lines.join("\n"), /Jay|kpatel/);
});

test("a rejected cookie costs one short line a minute for each reason, without its content; the next line counts what was not said", async () => {
  const clock = new Clock();
  const { app, lines } = openApp({ now: clock.now });
  const send = (value: string) =>
    app.request("/", { headers: { cookie: `session=${value}` } });
  for (let i = 0; i < 100; i++) {
    await send(`v1.junk${i}`);
    await send(`v1.aa${i % 10}A.AAAA`);
  }
  for (const seconds of [59.9, 0.1, 60]) {
    clock.seconds += seconds;
    await send("v1.junk");
  }
  const rejected = lines.filter((line) => !line.startsWith("GET "));
  assert.deepEqual(rejected, [
    "Session cookie rejected: malformed",
    "Session cookie rejected: bad-seal",
    "Session cookie rejected: malformed, and 100 more since the last line",
    "Session cookie rejected: malformed",
  ]);
  clock.seconds -= 3600; // put back: nothing is left out for an hour
  await send("v1.junk");
  assert.equal(lines.filter((line) => !line.startsWith("GET ")).length, 5);
});

test("LOG_FORMAT=json is an object a line, whatever was asked for", async () => {
  const lines: string[] = [];
  const format = lineFormat("json");
  const store = controlledStore();
  store.fail(new Error("no\nsuch\nstore"), "writes");
  const app = createApp({
    ...{ secrets: [SECRET], store },
    log: (line, fields) => lines.push(format(line, fields)),
  });
  const headers = { "X-Request-Id": "trace-1", cookie: "session=v1.a.b" };
  await app.request("/?name=Jay", { headers });
  await app.request('/"%0a\u0007', { headers });
  const body = new URLSearchParams(JAY);
  await app.request("/users", { method: "POST", headers, body });

  assert(lines.every((line) => !line.includes("\n")));
  const entries = lines.map((line) => JSON.parse(line));
  const about = (wanted: string) =>
    entries.filter(({ event }) => event === wanted);
  const [home, odd, users] = about("request");
  const { time, message, ms, ...rest } = home;
  assert.equal(new Date(time).toISOString(), time);
  assert.deepEqual(rest, {
    ...{ level: "info", event: "request", requestId: "trace-1" },
    ...{ method: "GET", path: "/", status: 200 },
  });
  assert(ms > 0);
  assert.match(message, /^GET \/ 200 \d+\.\d ms trace-1$/);
  assert.equal(odd.status, 404);
  assert.deepEqual([users.status, users.level], [503, "error"]);
  assert.equal(about("post").length, 1);
  assert.equal(about("session rejected")[0].level, "warn");
  const [outage] = about("outage");
  assert.equal(outage.level, "error");
  assert.match(outage.message, /no.+such/s);
});

/** A log whose place, like a pipe or a file, has room for some bytes, stalls, or fails. */
function openLog() {
  const decoder = new TextDecoder();
  const place = {
    text: "",
    room: Infinity,
    stalled: Promise.resolve(),
    async write(bytes: Uint8Array): Promise<number> {
      await place.stalled;
      const some = bytes.subarray(0, place.room);
      if (some.length === 0) throw new Error("No space left on device");
      place.text += decoder.decode(some, { stream: true });
      place.room -= some.length;
      return some.length;
    },
  };
  return { place, writer: new LogWriter(place, (lines) => `lost: ${lines}`) };
}

test("a reader that stalls holds nothing up; what is over a mebibyte is dropped, and counted once it reads again", async () => {
  const { place, writer } = openLog();
  const { promise, resolve } = Promise.withResolvers<void>();
  place.stalled = promise;
  const line = "x".repeat(1023);
  for (let i = 0; i < 1500; i++) {
    writer.write(line);
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await writer.end(); // a second at most
  assert.equal(place.text, "");
  resolve();
  await writer.end();
  const lines = place.text.trimEnd().split("\n");
  const counts = lines.filter((other) => other !== line);
  // One, or two where the first lines were on their way when others were dropped.
  const lost = counts.map((count) => Number(count.replace("lost: ", "")));
  assert.equal(lost.reduce((sum, count) => sum + count), 476);
  assert.equal(lines.length - counts.length, 1024);
});

test("lines that cannot be written are tried again with the next one", async () => {
  const { place, writer } = openLog();
  place.room = 6;
  for (const lines of [["one", "two", "three"], ["four"]]) {
    for (const line of lines) writer.write(line);
    await writer.end();
  }
  assert.equal(place.text, "one\ntw");
  place.room = Infinity;
  writer.write("five");
  await writer.end();
  assert.equal(place.text, "one\ntwo\nthree\nfour\nfive\n");
});

testWithProcess(
  "no line is lost when the process dies of an error",
  async () => {
    const writer = import.meta.resolve("../server/log_writer.ts");
    const deaths = [
      "throw new Error('not caught')",
      "Promise.reject('not caught')",
    ];
    for (const death of deaths) {
      const script = `
      import { endBeforeDeath, LogWriter } from "${writer}";
      const writer = new LogWriter(Deno.stdout, String);
      endBeforeDeath(writer);
      for (const i of [1, 2, 3]) writer.write("line " + i);
      ${death};`;
      const ended = await new Deno.Command(Deno.execPath(), {
        args: ["eval", script],
      }).output();
      const decoder = new TextDecoder();
      assert.equal(decoder.decode(ended.stdout), "line 1\nline 2\nline 3\n");
      assert.match(decoder.decode(ended.stderr), /not caught/);
      assert.equal(ended.code, 1);
    }
  },
);

const root = new URL("../", import.meta.url).pathname;
const START = ["run", "-A", "--config", `${root}deno.json`, `${root}main.ts`];

testWithProcess(
  "a log whose reader stalls, and then is gone, stops neither the server nor its end; its lines carry the time",
  async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: START,
      cwd: Deno.makeTempDirSync(),
      env: { PORT: "0", SESSION_SECRET: SECRET },
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.getReader();
    const line = new TextDecoder().decode((await reader.read()).value);
    assert.match(line, /^\d{4}-\d\d-\d\dT[\d:.]+Z Listening on /);
    const [url = ""] = /http:\S+/.exec(line) ?? [];
    const path = `/nowhere/${"x".repeat(80)}`;
    const ask = async (times: number) => {
      for (let i = 0; i < times; i++) {
        const response = await fetch(url + path);
        assert.equal(response.status, 404);
        await response.body?.cancel();
      }
    };
    await ask(1000); // twice what a pipe holds
    await reader.cancel();
    await ask(10);
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 0);
  },
);
