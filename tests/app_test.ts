// The app when something goes wrong, and behind a proxy.
import assert from "node:assert/strict";
import type { AppOptions } from "../app.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { JAY, openApp } from "./support/open_app.ts";

const test = Deno.test;

test("a store outage is a 503 page with Retry-After; the visitor is not logged out", async () => {
  const store = controlledStore();
  const { visitor, lines } = openApp({ store });
  await visitor.post("/users", JAY);
  store.fail(new Error("connection refused"));
  const answers = [visitor.get("/show"), visitor.post("/session/end")];
  for (const response of await Promise.all(answers)) {
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("Retry-After"), "1");
    assert.deepEqual(response.headers.getSetCookie(), []);
    const html = await response.text();
    assert.match(html, /<h1[^>]*>Back in a moment</);
    assert.doesNotMatch(html, /connection refused/);
  }
  assert(lines.some((line) => line.includes("connection refused")));
  assert.equal((await visitor.get("/nowhere")).status, 404);

  store.fail(undefined);
  assert.match(await (await visitor.get("/show")).text(), /<h3[^>]*>Jay</);
});

test("/livez never asks the store; /healthz says why no visitor should be sent here", async () => {
  const store = controlledStore();
  const { ping } = store;
  let [isStopping, pings] = [false, 0];
  store.ping = () => (pings++, ping());
  const { app } = openApp({ store, isStopping: () => isStopping });
  const answers = async (path: string, status: number, body: object) => {
    const response = await app.request(path);
    assert.equal(response.status, status);
    assert.deepEqual(await response.json(), body);
    assert.equal(response.headers.get("Cache-Control"), "no-store");
    const retryAfter = status === 503 ? "1" : null;
    assert.equal(response.headers.get("Retry-After"), retryAfter);
  };
  const says = (status: string) => ({ status, store: "memory" });
  await answers("/healthz", 200, says("ok"));
  store.fail(new Error("no space left on device"));
  await answers("/healthz", 503, says("unavailable"));
  store.fail(undefined);
  await answers("/healthz", 200, says("ok"));
  isStopping = true;
  await answers("/healthz", 503, says("stopping"));
  await answers("/livez", 200, { status: "ok" });
  assert.equal(pings, 3);
});

test("a session conflict is a 409 page with a link to go on", async () => {
  const store = controlledStore();
  const { swap } = store;
  const { visitor } = openApp({ store });
  await visitor.post("/users", JAY);
  store.swap = async (...args) => { // another request has just ended the session
    const [key, , expected] = args;
    if (expected !== null) await store.remove(key);
    return await swap(...args);
  };
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
  const form = { ...JAY, name: "J".repeat(100) };
  const response = await visitor.post("/users", form);
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

test("a client's own X-Request-Id is kept when it is short and plain, and replaced otherwise", async () => {
  const { app } = openApp();
  const id = async (given: string) =>
    (await app.request("/livez", { headers: { "X-Request-Id": given } }))
      .headers.get("X-Request-Id") ?? "";
  assert.equal(await id("trace-1"), "trace-1");
  for (const given of ["x".repeat(65), "<b>", "a b"]) {
    assert.match(await id(given), /^[\w-]{36}$/);
  }
});

test("behind a proxy that is trusted, an https form may post, and gets a __Host- cookie", async () => {
  const origin = "https://baton.example";
  const cases: [trustProxy: boolean, port: string, origin: string, number][] = [
    [true, "", origin, 303],
    [false, "", origin, 403],
    [true, ":443", origin, 303], // some proxies name the port that needs no name
    [true, ":444", origin, 403],
    [true, ":444", `${origin}:444`, 303],
  ];
  for (const [trustProxy, port, origin, status] of cases) {
    const { app } = openApp({ trustProxy });
    const response = await app.request(`http://baton.example${port}/users`, {
      method: "POST",
      body: new URLSearchParams(JAY),
      headers: { "Origin": origin, "X-Forwarded-Proto": "https" },
    });
    assert.equal(response.status, status, `${port} ${origin}`);
    const [cookie = ""] = response.headers.getSetCookie();
    assert.equal(cookie.startsWith("__Host-session="), status === 303);
  }
});

test("HSTS says what the operator says", async () => {
  const hsts = "max-age=63072000; includeSubDomains; preload";
  const { headers } = await openApp({ hsts }).app.request("/");
  assert.equal(headers.get("Strict-Transport-Security"), hsts);
});

test("in development an answer says what the session, the rendering and all of it took", async () => {
  const took = async (options: Partial<AppOptions>) => {
    const { visitor } = openApp(options);
    await visitor.post("/users", JAY);
    const { headers } = await visitor.get("/show");
    return headers.get("Server-Timing");
  };
  assert.equal(await took({}), null);
  const [, ...parts] = /^session;dur=(\S+), render;dur=(\S+), total;dur=(\S+)$/
    .exec(await took({ isTimed: true }) ?? "") ?? assert.fail();
  const [session = 0, render = 0, total = 0] = parts.map(Number);
  assert(session > 0 && render > 0);
  assert(session + render <= total);
});
