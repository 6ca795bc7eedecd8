// The cookie jar that routes are tested with must itself behave as a browser does (RFC 6265bis).
import assert from "node:assert/strict";
import { Hono } from "hono";
import { session } from "../middleware/session/mod.ts";
import { browser, sealFor } from "../middleware/session/testing/mod.ts";
import { Clock, schema, SECRET } from "./support/test_app.ts";
import { controlledStore } from "./support/controlled_store.ts";

/** Sets the cookies of `?set=`, and says which came. */
const app = new Hono()
  .all("/echo/*", (c) => {
    for (const line of c.req.queries("set") ?? []) {
      c.header("Set-Cookie", line, { append: true });
    }
    return c.text(c.req.header("Cookie") ?? "none");
  })
  .all("/method", async (c) => c.text(`${c.req.method} ${await c.req.text()}`))
  .all("/origin", (c) => c.text(c.req.header("Origin") ?? "none"))
  .all(
    "/redirect/:status",
    (c) => c.redirect("/method", Number(c.req.param("status")) as 303),
  )
  .all("/loop", (c) => c.redirect("/loop", 302))
  .all("/away", (c) => c.redirect("https://elsewhere.example/", 302));

const https = { origin: "https://baton.example" };

async function kept(line: string, origin?: string): Promise<string[]> {
  const visitor = browser(app, origin === undefined ? {} : { origin });
  visitor.setCookie(line);
  return await Promise.resolve([...visitor.cookies.keys()]);
}

async function text(response: Response | Promise<Response>): Promise<string> {
  return await (await response).text();
}

Deno.test("a cookie comes back, and a later one of its name replaces it", async () => {
  const visitor = browser(app);
  await text(visitor.get("/echo/?set=a=1&set=b=2"));
  await text(visitor.get("/echo/?set=a=3"));
  assert.equal(await text(visitor.get("/echo/")), "b=2; a=3");
});

Deno.test("a Secure cookie is neither taken nor sent over http", async () => {
  assert.deepEqual(await kept("a=1; Secure"), []);
  assert.deepEqual(await kept("a=1; Secure", https.origin), ["a"]);
});

Deno.test("a name with a prefix is taken only with what the prefix promises", async () => {
  const names: Record<string, boolean> = {
    "__Host-a=1; Secure; Path=/": true,
    "__Host-a=1; Path=/": false,
    "__Host-a=1; Secure; Path=/deep": false,
    "__Host-a=1; Secure; Path=/; Domain=baton.example": false,
    "__Secure-a=1; Secure": true,
    "__Secure-a=1": false,
  };
  for (const [line, isTaken] of Object.entries(names)) {
    const { length } = await kept(line, https.origin);
    assert.equal(length === 1, isTaken, line);
  }
});

Deno.test("a cookie goes only to its path and what is under it", async () => {
  const visitor = browser(app);
  visitor.setCookie("a=1; Path=/echo/deep");
  assert.equal(await text(visitor.get("/echo/deep")), "a=1");
  assert.equal(await text(visitor.get("/echo/deep/er")), "a=1");
  assert.equal(await text(visitor.get("/echo/deeper")), "none");
  assert.equal(visitor.cookies.size, 0);
});

Deno.test("Max-Age ends a cookie, and none at all deletes it", async () => {
  const clock = new Clock();
  const visitor = browser(app, { now: clock.now });
  visitor.setCookie("a=1; Max-Age=60");
  visitor.setCookie("b=1; Max-Age=60");
  visitor.setCookie("b=; Max-Age=0");
  assert.deepEqual([...visitor.cookies.keys()], ["a"]);
  clock.seconds += 60;
  assert.equal(await text(visitor.get("/echo/")), "none");
});

Deno.test("only what is no GET tells its origin", async () => {
  const visitor = browser(app, https);
  assert.equal(await text(visitor.get("/origin")), "none");
  assert.equal(await text(visitor.post("/origin")), https.origin);
  const foreign = { headers: { Origin: "https://evil.example" } };
  const response = visitor.post("/origin", {}, foreign);
  assert.equal(await text(response), "https://evil.example");
});

Deno.test("redirects are followed on demand: 303 as a GET, 307 as it was", async () => {
  const visitor = browser(app);
  const form = { a: "1" };
  assert.equal((await visitor.post("/redirect/303", form)).status, 303);
  const follow = { follow: true };
  const seen = await text(visitor.post("/redirect/303", form, follow));
  assert.equal(seen, "GET ");
  const again = await text(visitor.post("/redirect/307", form, follow));
  assert.equal(again, "POST a=1");
});

Deno.test("a loop of redirects, or one that leaves the app, is an error", async () => {
  const visitor = browser(app);
  const follow = { follow: true };
  await assert.rejects(visitor.get("/loop", follow), /Too many redirects/);
  await assert.rejects(visitor.get("/away", follow), /leaves/);
});

Deno.test("sealFor refuses what the schema refuses, and says when a store takes nothing", async () => {
  const options = { schema, secrets: [SECRET] };
  await assert.rejects(
    sealFor(session(options), { count: "1" as unknown as number }),
  );
  const full = { ...controlledStore(), swap: () => Promise.resolve(false) };
  await assert.rejects(
    sealFor(session({ ...options, store: full }), { count: 1 }),
    /refused a new session/,
  );
});
