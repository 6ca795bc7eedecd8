// The app when something goes wrong, and its log.
import assert from "node:assert/strict";
import type { Context } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { Hono } from "hono";
import { type AppOptions, SECURITY_HEADERS } from "../app.ts";
import { sessionLog } from "../middleware/session_log.ts";
import { type SessionStore } from "../middleware/session/mod.ts";
import type { Browser } from "../middleware/session/testing/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { JAY, openApp } from "./support/open_app.ts";

const test = Deno.test;

async function signIn(visitor: Browser): Promise<void> {
  assert.equal((await visitor.post("/users", JAY)).status, 303);
}

test("a store outage is a 503 page with Retry-After; the visitor is not logged out", async () => {
  const backend = controlledStore();
  const { visitor, lines } = openApp({ store: backend });
  await signIn(visitor);
  backend.fail(new Error("connection refused"));
  const requests = [
    () => visitor.get("/"),
    () => visitor.get("/show"),
    () => visitor.get("/session"),
    () => visitor.post("/users", JAY),
    () => visitor.post("/session/end"),
  ];
  for (const request of requests) {
    const response = await request();
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("Retry-After"), "1");
    assert.deepEqual(response.headers.getSetCookie(), []);
    const html = await response.text();
    assert.match(html, /<h1[^>]*>Back in a moment</);
    assert.doesNotMatch(html, /connection refused/);
  }
  assert(lines.some((line) => line.includes("connection refused")));

  const health = await visitor.get("/healthz");
  assert.equal(health.status, 503);
  assert.deepEqual(await health.json(), {
    status: "unavailable",
    store: "memory",
  });
  assert.equal((await visitor.get("/nowhere")).status, 404);

  backend.fail(undefined);
  assert.match(await (await visitor.get("/show")).text(), /<h3[^>]*>Jay</);
});

test("/livez never asks the store; /healthz says why nobody should be sent here", async () => {
  const backend = controlledStore();
  let [isStopping, seconds, pings] = [false, 1_800_000_000, 0];
  const store: SessionStore = {
    ...backend,
    async ping() {
      pings++;
      await backend.ping();
    },
  };
  const { app } = openApp({
    store,
    isStopping: () => isStopping,
    now: () => seconds,
    lifetime: { idle: 60, absolute: new Date((seconds + 100) * 1000) },
  });
  const ask = async (path: string) => {
    const response = await app.request(path);
    const { status, headers } = response;
    assert.equal(headers.get("Cache-Control"), "no-store");
    assert.equal(headers.get("Retry-After"), status === 503 ? "1" : null);
    return [status, await response.json()];
  };
  const unready = (status: string) => [503, { status, store: "memory" }];

  assert.deepEqual(await ask("/healthz"), [200, {
    status: "ok",
    store: "memory",
  }]);
  backend.fail(new Error("no space left on device"));
  assert.deepEqual(await ask("/healthz"), unready("unavailable"));
  backend.fail(undefined);
  seconds += 100;
  assert.equal((await ask("/healthz"))[0], 200, "the end of all sessions");
  isStopping = true;
  assert.deepEqual(await ask("/healthz"), unready("stopping"));
  assert.equal(pings, 3);

  assert.deepEqual(await ask("/livez"), [200, { status: "ok" }]);
  assert.equal(pings, 3);
});

test("HSTS is for this host alone, unless the operator says more", async () => {
  const header = async (options: Partial<AppOptions>) =>
    (await openApp(options).app.request("/")).headers
      .get("Strict-Transport-Security");
  assert.equal(await header({}), "max-age=15552000");
  const hsts = "max-age=63072000; includeSubDomains; preload";
  assert.equal(await header({ hsts }), hsts);
});

test("a session conflict is a 409 page with a link to go on", async () => {
  // Each save meets a session that another request has just renewed.
  const kept = controlledStore();
  let isRaced = false;
  const store: SessionStore = {
    ...kept,
    async swap(...args) {
      const [key, , expected] = args;
      if (isRaced && expected !== null) {
        await kept.remove(key);
        return false;
      }
      return await kept.swap(...args);
    },
  };
  const { visitor } = openApp({ store });
  await signIn(visitor);
  isRaced = true;
  const response = await visitor.post("/session/renew");
  assert.equal(response.status, 409);
  assert.equal(response.headers.get("Location"), null);
  const html = await response.text();
  assert.match(html, /<h1[^>]*>Two requests at once</);
  assert.match(html, /<a class="button" href="\/">/);
});

test("an unexpected error is a 500 page with a request id and no detail; the log has both", async () => {
  // A cookie cannot hold a name of 3,899 bytes and the email.
  const { visitor, lines } = openApp({ cookieName: "n".repeat(3899) });
  const response = await visitor.post("/users", {
    ...JAY,
    name: "J".repeat(100),
  });
  assert.equal(response.status, 500);
  assert.equal(response.headers.get("Location"), null);
  const html = await response.text();
  assert.match(html, /<h1[^>]*>Something broke</);
  assert.doesNotMatch(html, /SessionTooLarge|bytes|\.ts/);
  const id = response.headers.get("X-Request-Id") ?? assert.fail();
  assert(html.includes(id));
  const line = lines.find((line) => line.includes("SessionTooLargeError"));
  assert(line?.startsWith(id));
});

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
  await signIn(visitor);
  await visitor.get("/show");
  await visitor.post("/users", { ...JAY, name: "" });
  assert.deepEqual(lines.filter((line) => line === "Got Post Info").length, 1);
  const cookie = [...visitor.cookies.values()][0] ?? assert.fail();
  const log = lines.join("\n");
  for (const part of ["Jay", "kpatel", cookie, ...cookie.split(".").slice(1)]) {
    assert(!log.includes(part));
  }
});

test("a rejected cookie costs one short line a minute for each reason, without its content", async () => {
  const { app, lines } = openApp();
  for (let i = 0; i < 100; i++) {
    for (
      const cookie of [`session=v1.junk${i}`, `session=v1.aa${i % 10}A.AAAA`]
    ) {
      await app.request("/", { headers: { cookie } });
    }
  }
  const rejected = lines.filter((line) => !line.startsWith("GET "));
  assert.deepEqual(rejected, [
    "Session cookie rejected: malformed",
    "Session cookie rejected: bad-seal",
  ]);
});

test("after a minute the next line counts what was not said", () => {
  const lines: string[] = [];
  let seconds = 0;
  const told = sessionLog({
    log: (line) => lines.push(line),
    now: () => seconds,
  });
  const reject = (reason: "expired") =>
    told({ type: "rejected", reason }, {} as Context);
  for (let i = 0; i < 1000; i++) reject("expired");
  seconds = 59.9;
  reject("expired");
  seconds = 60;
  reject("expired");
  seconds = 120;
  reject("expired");
  assert.deepEqual(lines, [
    "Session cookie rejected: expired",
    "Session cookie rejected: expired, and 1000 more since the last line",
    "Session cookie rejected: expired",
  ]);
});

test("a client's own X-Request-Id is kept when it is short and plain, and replaced otherwise", async () => {
  const { app } = openApp();
  const id = async (given: string) =>
    (await app.request("/healthz", { headers: { "X-Request-Id": given } }))
      .headers.get("X-Request-Id");
  assert.equal(await id("trace-1"), "trace-1");
  for (const given of ["x".repeat(65), "<b>", "a b"]) {
    assert.match(await id(given) ?? "", /^[\w-]{36}$/);
  }
});

test("behind a proxy that is trusted, an https form may post, and gets a __Host- cookie", async () => {
  const form = (trustProxy: boolean, host: string, origin: string) =>
    openApp({ trustProxy }).app.request(`http://${host}/users`, {
      method: "POST",
      body: new URLSearchParams(JAY),
      headers: { "Origin": origin, "X-Forwarded-Proto": "https" },
    });
  const origin = "https://baton.example";
  const trusted = await form(true, "baton.example", origin);
  assert.equal(trusted.status, 303);
  assert.match(trusted.headers.getSetCookie()[0] ?? "", /^__Host-session=/);
  assert.equal((await form(false, "baton.example", origin)).status, 403);
  // Some proxies name the port that needs no name.
  assert.equal((await form(true, "baton.example:443", origin)).status, 303);
  assert.equal((await form(true, "baton.example:444", origin)).status, 403);
  assert.equal(
    (await form(true, "baton.example:444", `${origin}:444`)).status,
    303,
  );
});

test("every answer has the headers that hono/secure-headers would set", async () => {
  const expected = await new Hono().use(secureHeaders(SECURITY_HEADERS))
    .get("/", (c) => c.body(null)).request("/");
  const names = [...expected.headers.keys()];
  assert(names.includes("content-security-policy"));
  const { app } = openApp();
  const requests = [
    ...["/", "/show", "/nowhere", "/healthz"].map((path) => [path, "GET"]),
    ["/show", "POST"],
    ["/healthz", "HEAD"],
  ] as const;
  for (const [path, method] of requests) {
    const { headers } = await app.request(path, { method });
    for (const name of names) {
      assert.equal(headers.get(name), expected.headers.get(name), path);
    }
  }
});

test("in development an answer says what the session, the rendering and all of it took", async () => {
  const took = async (options: Partial<AppOptions>) => {
    const { visitor } = openApp(options);
    await signIn(visitor);
    const answer = await visitor.get("/show");
    assert.match(await answer.text(), /<h3[^>]*>Jay</);
    return answer.headers.get("Server-Timing");
  };
  assert.equal(await took({}), null);
  const [, ...parts] = /^session;dur=(\S+), render;dur=(\S+), total;dur=(\S+)$/
    .exec(await took({ isTimed: true }) ?? "") ?? assert.fail();
  const [session = 0, render = 0, total = 0] = parts.map(Number);
  assert(session > 0 && render > 0);
  assert(session + render <= total);
});
