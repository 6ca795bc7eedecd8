// The cookie jar that routes are tested with must itself behave as a browser does (RFC 6265bis).
import assert from "node:assert/strict";
import { Hono } from "hono";
import { session, SessionTooLargeError } from "../middleware/session/mod.ts";
import { browser, sealFor } from "../middleware/session/testing/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { Clock, options } from "./support/test_app.ts";

const test = Deno.test;

/** Sets the cookies of `?set=`, and says which came; sends visitors on, and says how they arrived. */
const app = new Hono()
  .all("/echo/*", (c) => {
    for (const line of c.req.queries("set") ?? []) {
      c.header("Set-Cookie", line, { append: true });
    }
    return c.text(c.req.header("Cookie") ?? "none");
  })
  .all("/method", async (c) => {
    const { req } = c;
    const origin = req.header("Origin") ?? "no origin";
    return c.text(`${req.method} ${await req.text()} ${origin}`);
  })
  .all(
    "/redirect/:status",
    (c) => c.redirect("/method", Number(c.req.param("status")) as 303),
  )
  .all("/loop", (c) => c.redirect("/loop", 302))
  .all("/away", (c) => c.redirect("https://elsewhere.example/", 302));

const origin = "https://baton.example";

async function text(response: Response | Promise<Response>): Promise<string> {
  return await (await response).text();
}

test("a cookie comes back to its path and what is under it, and a later one of its name replaces it", async () => {
  const visitor = browser(app);
  await text(visitor.get("/echo/?set=a=1&set=b=2"));
  await text(visitor.get("/echo/?set=a=3&set=c=4;%20Path=/echo/deep"));
  assert.equal(await text(visitor.get("/echo/")), "b=2; a=3");
  assert.equal(await text(visitor.get("/echo/deep")), "b=2; a=3; c=4");
  assert.equal(await text(visitor.get("/echo/deep/er")), "b=2; a=3; c=4");
  assert.equal(await text(visitor.get("/echo/deeper")), "b=2; a=3");
  // Without a path a cookie belongs to the folder that set it.
  assert.deepEqual([...visitor.cookies.keys()], []);
  await text(visitor.get("/echo/deep/er?set=d=1;%20Path=/&set=e=2"));
  assert.equal(
    await text(visitor.get("/echo/deep/er")),
    "b=2; a=3; c=4; d=1; e=2",
  );
  assert.deepEqual([...visitor.cookies.keys()], ["d"]);
});

test("a Secure cookie is neither taken nor sent over http; a prefix is taken only with what it promises", () => {
  const isTaken = (line: string, options = {}) => {
    const visitor = browser(app, options);
    visitor.setCookie(line);
    return visitor.cookies.size === 1;
  };
  assert.equal(isTaken("a=1; Secure"), false);
  for (
    const [line, expected] of [
      ["a=1; Secure", true],
      ["__Host-a=1; Secure; Path=/", true],
      ["__Host-a=1; Path=/", false],
      ["__Host-a=1; Secure; Path=/deep", false],
      ["__Host-a=1; Secure; Path=/; Domain=baton.example", false],
      ["__Secure-a=1; Secure", true],
      ["__Secure-a=1", false],
    ] as const
  ) assert.equal(isTaken(line, { origin }), expected, line);
});

test("Max-Age ends a cookie, and none at all deletes it", async () => {
  const clock = new Clock();
  const visitor = browser(app, { now: clock.now });
  visitor.setCookie("a=1; Max-Age=60");
  visitor.setCookie("b=1; Max-Age=60");
  visitor.setCookie("b=; Max-Age=0");
  assert.deepEqual([...visitor.cookies.keys()], ["a"]);
  clock.seconds += 60;
  assert.equal(await text(visitor.get("/echo/")), "none");
});

test("only what is no GET tells its origin; redirects are followed on demand: 303 as a GET, 307 as it was", async () => {
  const visitor = browser(app, { origin });
  assert.equal(await text(visitor.get("/method")), "GET  no origin");
  assert.equal(await text(visitor.post("/method")), `POST  ${origin}`);
  const foreign = { headers: { Origin: "https://evil.example" } };
  const posted = visitor.post("/method", {}, foreign);
  assert.equal(await text(posted), "POST  https://evil.example");

  const form = { a: "1" };
  const follow = { follow: true };
  assert.equal((await visitor.post("/redirect/303", form)).status, 303);
  const seen = await text(visitor.post("/redirect/303", form, follow));
  assert.equal(seen, "GET  no origin");
  const again = await text(visitor.post("/redirect/307", form, follow));
  assert.equal(again, `POST a=1 ${origin}`);
  await assert.rejects(visitor.get("/loop", follow), /Too many redirects/);
  const put = { method: "PUT", body: "x" };
  const replaced = visitor.request("/redirect/302", put, follow);
  assert.equal(await text(replaced), `PUT x ${origin}`);
  const seeOther = visitor.request("/redirect/303", put, follow);
  assert.equal(await text(seeOther), "GET  no origin");
  await assert.rejects(visitor.get("/away", follow), /leaves/);
  await assert.rejects(visitor.get("https://elsewhere.example/"), /leaves/);
});

test("sealFor refuses what the schema refuses, and says when a store takes nothing", async () => {
  const wrong = { count: "1" as unknown as number };
  await assert.rejects(sealFor(session(options()), wrong));
  const large = { name: "x".repeat(5000) };
  await assert.rejects(
    sealFor(session(options()), large),
    SessionTooLargeError,
  );
  const full = { ...controlledStore(), swap: () => Promise.resolve(false) };
  const sealed = sealFor(session(options({ store: full })), { count: 1 });
  await assert.rejects(sealed, /refused a new session/);
  const copy = Object.assign(() => {}, session(options())) as never;
  await assert.rejects(sealFor(copy, {}), /Give the middleware that session/);
});
