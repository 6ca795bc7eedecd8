// The most that a request may cost, and requests that are not well-formed.
import assert from "node:assert/strict";
import { type AppOptions, createApp } from "../app.ts";
import { browser } from "../middleware/session/testing/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { Clock, SECRET } from "./support/test_app.ts";

const test = Deno.test;
const JAY = { name: "Jay", email: "jay@example.com" };
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

function open(options: Partial<AppOptions> = {}) {
  const lines: string[] = [];
  const app = createApp({
    secrets: [SECRET],
    store: "cookie",
    log: (line) => lines.push(line),
    ...options,
  });
  return { app, lines, visitor: browser(app) };
}

type App = ReturnType<typeof open>["app"];

async function post(
  app: App,
  body: BodyInit,
  headers: Record<string, string> = FORM,
): Promise<Response> {
  const response = await app.request("/users", {
    method: "POST",
    headers,
    body,
  });
  await response.body?.cancel();
  return response;
}

test("a name is measured before it is normalized, so marks by the thousand are never put in order", async () => {
  const { app } = open();
  const { normalize } = String.prototype;
  let longest = 0;
  String.prototype.normalize = function (form) {
    longest = Math.max(longest, this.length);
    return normalize.call(this, form);
  };
  try {
    const name = "a" + "\u0323\u0301".repeat(2000);
    const body = `name=${name}&email=jay%40example.com`;
    assert.equal((await post(app, body)).status, 422);
    const decomposed = new URLSearchParams({
      ...JAY,
      name: "e\u0301".repeat(100),
    });
    assert.equal((await post(app, decomposed.toString())).status, 303);
    const tooMany = new URLSearchParams({
      ...JAY,
      name: "e\u0301".repeat(101),
    });
    assert.equal((await post(app, tooMany.toString())).status, 422);
  } finally {
    String.prototype.normalize = normalize;
  }
  assert(longest <= 400, `${longest} characters were normalized`);
});

test("a form of more than 32 fields, or with a field of more than 10,000 characters, is 413", async () => {
  const { app } = open();
  const fields = (count: number) => "a=b&".repeat(count - 1) + "name=";
  assert.equal((await post(app, fields(32))).status, 422);
  assert.equal((await post(app, fields(33))).status, 413);
  assert.equal((await post(app, "a&".repeat(8000))).status, 413);
  assert.equal((await post(app, `name=${"a".repeat(10_000)}`)).status, 422);
  assert.equal((await post(app, `name=${"a".repeat(10_001)}`)).status, 413);

  const parts = (count: number) =>
    "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n".repeat(count) +
    "--b--\r\n";
  const multipart = { "Content-Type": "multipart/form-data; boundary=b" };
  assert.equal((await post(app, parts(32), multipart)).status, 422);
  assert.equal((await post(app, parts(33), multipart)).status, 413);
});

test("a multipart form whose boundary is missing or strange is 415", async () => {
  const { app } = open();
  const body =
    '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nJay\r\n--b--\r\n';
  const status = async (parameters: string) =>
    (await post(app, body, {
      "Content-Type": `multipart/form-data${parameters}`,
    }))
      .status;
  assert.equal(await status("; boundary=b"), 422);
  assert.equal(await status('; charset=utf-8; boundary="b"'), 422);
  for (const bad of ["", "; boundary=", '; boundary="\\b"', "; xboundary=b"]) {
    assert.equal(await status(bad), 415, bad);
  }
});

test("an Accept-Language header of 16 kB is as good as none; the cookie still counts", async () => {
  const { app } = open();
  const language = async (headers: Record<string, string>) =>
    /<html lang="(\w+)"/.exec(
      await (await app.request("/", { headers })).text(),
    )?.[1];
  const long = "ar," + "a,".repeat(8000);
  assert.equal(await language({ "Accept-Language": "ar, en;q=0.5" }), "ar");
  assert.equal(await language({ "Accept-Language": long }), "en");
  assert.equal(
    await language({ "Accept-Language": long, Cookie: "language=es" }),
    "es",
  );
});

/** A form of which only the first byte comes; says when nobody wants the rest. */
function stalled() {
  const cancelled = Promise.withResolvers<void>();
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array([110])),
    cancel: () => cancelled.resolve(),
  });
  return { body, cancelled: cancelled.promise };
}

test("a form that does not arrive in time is 408, and nobody waits for its rest", async () => {
  const { app, lines } = open({ formTimeoutMs: 1 });
  const { body, cancelled } = stalled();
  const response = await app.request("/users", {
    method: "POST",
    headers: FORM,
    body,
  });
  assert.equal(response.status, 408);
  assert.match(await response.text(), /<h1[^>]*>That took too long</);
  await cancelled;
  assert.equal(lines.length, 1);
});

test("a form that says how long it is and does not arrive in time is 408 too, and the connection shall be closed", async () => {
  const { app, lines } = open({ formTimeoutMs: 1 });
  const response = await app.request("/users", {
    method: "POST",
    headers: { ...FORM, "Content-Length": "20" },
    body: stalled().body,
  });
  assert.equal(response.status, 408);
  assert.equal(response.headers.get("Connection"), "close");
  assert.match(await response.text(), /<h1[^>]*>That took too long</);
  assert.equal(lines.length, 1);
});

test("a form that has arrived with its request sets no timer", async () => {
  const { app } = open();
  const { setTimeout } = globalThis;
  let timers = 0;
  globalThis.setTimeout = ((...args: Parameters<typeof setTimeout>) => {
    timers++;
    return setTimeout(...args);
  }) as typeof setTimeout;
  try {
    const body = "name=Jay&email=jay@example.com";
    const response = await app.request("/users", {
      method: "POST",
      headers: { ...FORM, "Content-Length": `${body.length}` },
      body,
    });
    assert.equal(response.status, 303);
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  assert.equal(timers, 0);
});

for (const length of [{}, { "Content-Length": "20" }]) {
  const kind = Object.keys(length).join() || "chunked";
  test(`a body that breaks off is 400, without a stack in the log (${kind})`, async () => {
    const { app, lines } = open();
    const body = new ReadableStream({
      pull: (controller) => controller.error(new TypeError("cut off")),
    });
    const headers = { ...FORM, ...length };
    const init = { method: "POST", headers, body };
    assert.equal((await app.request("/users", init)).status, 400);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /^POST \/users 400 /);
  });

  test(`a body that is longer than 16 KiB is 413, whatever it says (${kind})`, async () => {
    const { app } = open();
    const headers = { ...FORM, ...length };
    const body = new Blob(["x".repeat(16 * 1024 + 1)]).stream();
    const init = { method: "POST", headers, body };
    assert.equal((await app.request("/users", init)).status, 413);
  });
}

for (const host of ["a b", "localhost:99999"]) {
  test(`a Host of "${host}" is 400, with and without an Origin, and no stack is logged`, async () => {
    const { app, lines } = open();
    await app.request("http://localhost/livez"); // a valid one before it changes nothing
    lines.length = 0;
    for (const headers of [{}, { Origin: "http://localhost" }]) {
      const request = new Request("http://localhost/users?secret=1", {
        method: "POST",
        headers: { ...FORM, ...headers },
        body: "name=Jay",
      });
      // As Deno hands over such a request; no constructor would make it.
      Object.defineProperty(request, "url", {
        value: `http://${host}/users?secret=1`,
      });
      const response = await app.fetch(request);
      assert.equal(response.status, 400);
      assert.match(
        await response.text(),
        /<h1[^>]*>That is not a proper request</,
      );
    }
    assert.equal(lines.length, 2);
    for (const line of lines) assert.match(line, /^POST \/users 400 [^?]*$/);
  });
}

test("no log line is longer than 300 bytes or has a query, whatever broke", async () => {
  const backend = controlledStore();
  const { app, lines } = open({ store: backend });
  backend.fail(new Error(`no /users?secret=1\n${"é".repeat(5000)}`));
  assert.equal(
    (await post(app, new URLSearchParams(JAY).toString())).status,
    503,
  );
  await app.request(`/${"é".repeat(5000)}?secret=1`, {
    method: "G".repeat(60_000),
  });
  assert(lines.length >= 3);
  for (const line of lines.join("\n").split("\n")) {
    assert(new TextEncoder().encode(line).length <= 300, line);
    assert.doesNotMatch(line, /secret/);
  }
});

test("an outage of the store is a line a second with the number of failures, and a line when it is back", async () => {
  const clock = new Clock();
  const backend = controlledStore();
  const { visitor, lines } = open({
    store: backend,
    now: clock.now,
  });
  await visitor.post("/users", JAY);
  const said = () => lines.filter((line) => / store /.test(line));
  backend.fail(new Error("connection refused"));
  for (let i = 0; i < 100; i++) await visitor.get("/show");
  assert.equal(said().length, 1);
  assert.match(said()[0] ?? "", /SessionStoreError: .*connection refused$/);
  clock.seconds += 1;
  for (let i = 0; i < 50; i++) await visitor.get("/show");
  assert.equal(said().length, 2);
  assert.match(
    said()[1] ?? "",
    /connection refused, and 99 more since the last line$/,
  );

  backend.fail(undefined);
  clock.seconds += 3;
  assert.equal((await visitor.get("/show")).status, 200);
  assert.equal((await visitor.get("/show")).status, 200);
  assert.deepEqual(said().slice(2), [
    "The session store answers again, after 4 s; 49 failures were not logged",
  ]);
});

test("once the end of all sessions has passed, pages are 503, and the log says so once a minute", async () => {
  const clock = new Clock();
  const absolute = new Date((clock.seconds + 60) * 1000);
  const { visitor, lines } = open({
    lifetime: { idle: 1800, absolute },
    now: clock.now,
  });
  assert.equal((await visitor.post("/users", JAY)).status, 303);
  clock.seconds += 61;
  const said = () => lines.filter((line) => /lifetime/.test(line)).length;
  for (let i = 0; i < 120; i++) {
    const response = await visitor.post("/users", JAY);
    assert.equal(response.status, 503);
    assert.match(await response.text(), /<h1/);
    clock.seconds += 1;
  }
  assert.equal(said(), 2);
  assert(lines.every((line) => !/^\s+at /m.test(line)));
});

test("error pages depend on the language, so no cache may keep them", async () => {
  const { app } = open();
  const requests: [string, RequestInit][] = [
    ["/nowhere", {}],
    ["/show", { method: "PUT" }],
    ["/users", {
      method: "POST",
      headers: { "Content-Type": "text/plain" },
      body: "a",
    }],
    ["/users", {
      method: "POST",
      headers: { ...FORM, Origin: "http://other.example" },
    }],
    ["/users", { method: "POST", headers: FORM, body: "a".repeat(17_000) }],
  ];
  for (const [path, init] of requests) {
    const response = await app.request(path, init);
    assert(response.status >= 400);
    assert.equal(response.headers.get("Cache-Control"), "private, no-store");
  }
});

test("the body of a refused request is read away, but no more than a megabyte of it", async () => {
  const { app } = open();
  const refused = async (bytes: number) => {
    let [pulled, isCancelled] = [0, false];
    const body = new ReadableStream({
      pull(controller) {
        if (pulled >= bytes) return controller.close();
        pulled += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
      cancel: () => void (isCancelled = true),
    });
    const { status } = await post(app, body, { "Content-Type": "text/plain" });
    assert.equal(status, 415);
    return { pulled, isCancelled };
  };
  assert.deepEqual(await refused(327_680), {
    pulled: 327_680,
    isCancelled: false,
  });
  const endless = await refused(Infinity);
  assert(endless.isCancelled);
  assert(endless.pulled <= 1024 * 1024 + 2 * 65_536);
});

test("a process that is about to stop says that it is not ready", async () => {
  let isStopping = false;
  const { app } = open({ isStopping: () => isStopping });
  assert.equal((await app.request("/healthz")).status, 200);
  isStopping = true;
  assert.equal((await app.request("/healthz")).status, 503);
});
