// The most that a request may cost, and requests that are not well-formed.
import assert from "node:assert/strict";
import { controlledStore } from "./support/controlled_store.ts";
import { JAY, openApp } from "./support/open_app.ts";
import { Clock } from "./support/test_app.ts";

const test = Deno.test;
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

type App = ReturnType<typeof openApp>["app"];

async function post(
  app: App,
  body: BodyInit,
  headers: Record<string, string> = {},
): Promise<Response> {
  const init = { method: "POST", headers: { ...FORM, ...headers }, body };
  return await app.request("/users", init);
}

test("a name is measured before it is normalized, so marks by the thousand are never put in order", async () => {
  const { app } = openApp();
  const { normalize } = String.prototype;
  let longest = 0;
  String.prototype.normalize = function (form) {
    longest = Math.max(longest, this.length);
    return normalize.call(this, form);
  };
  try {
    for (
      const [name, status] of [
        ["a" + "\u0323\u0301".repeat(1000), 422],
        ["e\u0301".repeat(100), 303],
        ["e\u0301".repeat(101), 422],
      ] as const
    ) {
      const form = new URLSearchParams({ ...JAY, name }).toString();
      assert.equal((await post(app, form)).status, status);
    }
  } finally {
    String.prototype.normalize = normalize;
  }
  assert(longest <= 400, `${longest} characters were normalized`);
});

test("a form of more than 200 fields is 413, and no field within 16 KiB is too long to be shown again; without a plain boundary it is 415", async () => {
  const { app } = openApp();
  const fields = (count: number) => "a=b&".repeat(count - 1) + "name=";
  const parts = (count: number) =>
    "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n".repeat(count) +
    "--b--\r\n";
  const multipart = (parameters: string) => `multipart/form-data${parameters}`;
  const cases: [status: number, body: string, type?: string][] = [
    ...[[422, fields(200)], [413, fields(201)], [413, "a&".repeat(8000)]],
    [422, `name=${"a".repeat(16_000)}`],
    ...[[422, parts(200)], [413, parts(201)]]
      .map(([status, body]) => [status, body, multipart("; boundary=b")]),
    [422, parts(1), multipart('; charset=utf-8; boundary="b"')],
    ...["", "; boundary=", '; boundary="\\b"', "; xboundary=b"]
      .map((parameters) => [415, parts(1), multipart(parameters)]),
  ] as [number, string, string?][];
  for (const [status, body, type = FORM["Content-Type"]] of cases) {
    const response = await post(app, body, { "Content-Type": type });
    assert.equal(response.status, status, `${type}, ${body.length}`);
  }
});

test("an Accept-Language header of 16 kB is as good as none; the cookie still counts", async () => {
  const { app } = openApp();
  const language = async (headers: Record<string, string>) =>
    /<html lang="(\w+)"/.exec(
      await (await app.request("/", { headers })).text(),
    )?.[1];
  const long = "ar," + "a,".repeat(8000);
  const both = { "Accept-Language": long, Cookie: "language=es" };
  assert.equal(await language({ "Accept-Language": "ar, en;q=0.5" }), "ar");
  assert.equal(await language({ "Accept-Language": long }), "en");
  assert.equal(await language(both), "es");
});

const LENGTHS: Record<string, string>[] = [{}, { "Content-Length": "20" }];

for (const length of LENGTHS) {
  const kind = Object.keys(length).join() || "chunked";

  test(`a form that does not arrive in time is 408, and its connection ends (${kind})`, async () => {
    const { app, lines } = openApp({ formTimeoutMs: 1 });
    const cancelled = Promise.withResolvers<void>();
    const body = new ReadableStream({ // only its first byte comes
      start: (controller) => controller.enqueue(new Uint8Array([110])),
      cancel: () => cancelled.resolve(),
    });
    const response = await post(app, body, length);
    assert.equal(response.status, 408);
    assert.equal(response.headers.get("Connection"), "close");
    assert.match(await response.text(), /<h1[^>]*>That took too long</);
    assert.equal(lines.length, 1);
    if (kind === "chunked") await cancelled.promise; // else it is the server's to end
  });

  test(`a form that comes in pieces is read whole (${kind})`, async () => {
    const pieces = ["name=Jay&em", "ail=jay%40example.com"];
    const body = ReadableStream.from(pieces)
      .pipeThrough(new TextEncoderStream());
    const response = await post(openApp().app, body, length);
    assert.equal(response.status, 303);
  });

  test(`a body that breaks off is 400, without a stack in the log (${kind})`, async () => {
    const { app, lines } = openApp();
    const body = new ReadableStream({
      pull: (controller) => controller.error(new TypeError("cut off")),
    });
    assert.equal((await post(app, body, length)).status, 400);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /^POST \/users 400 /);
  });
}

for (const host of ["a b", "localhost:99999"]) {
  test(`a Host of "${host}" is 400, with and without an Origin, and no stack is logged`, async () => {
    const { app, lines } = openApp();
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
  const store = controlledStore();
  const { app, lines } = openApp({ store });
  store.fail(new Error(`no /users?secret=1\n${"é".repeat(5000)}`));
  const form = new URLSearchParams(JAY).toString();
  assert.equal((await post(app, form)).status, 503);
  const method = "G".repeat(60_000);
  await app.request(`/${"é".repeat(5000)}?secret=1`, { method });
  assert(lines.length >= 3);
  for (const line of lines.join("\n").split("\n")) {
    assert(new TextEncoder().encode(line).length <= 300, line);
    assert.doesNotMatch(line, /secret/);
  }
});

test("an outage of the store is one line that says why, and one when it is back", async () => {
  const clock = new Clock();
  const store = controlledStore();
  const { visitor, lines } = openApp({ store, now: clock.now });
  await visitor.post("/users", JAY);
  const why = "The session store does not answer: connection refused";
  for (const [shows, seconds] of [[100, 4], [0, 10]] as const) {
    lines.length = 0;
    store.fail(new Error("connection refused"));
    for (let i = 0; i < shows; i++) await visitor.get("/show");
    assert.equal((await visitor.get("/healthz")).status, 503);
    store.fail(undefined);
    clock.seconds += seconds; // until a failed write is tried again
    const back = shows > 0 ? "/show" : "/healthz";
    for (let i = 0; i < 2; i++) {
      assert.equal((await visitor.get(back)).status, 200);
    }
    assert.deepEqual(lines.filter((line) => / store /.test(line)), [
      why,
      `The session store answers again, after ${seconds} s; failed requests: ${shows}`,
    ]);
  }
});

test("the body of a refused request is read away, but no more than a megabyte of it", async () => {
  const { app } = openApp();
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
  const pulled = 327_680;
  assert.deepEqual(await refused(pulled), { pulled, isCancelled: false });
  const endless = await refused(Infinity);
  assert(endless.isCancelled);
  assert(endless.pulled <= 1024 * 1024 + 2 * 65_536);
});
