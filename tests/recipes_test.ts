// docs/recipes/ run as they are, each through its front door.
import assert from "node:assert/strict";
import { Hono } from "hono";
import { session } from "../middleware/session/mod.ts";
import {
  type Browser,
  browser,
  sealFor,
} from "../middleware/session/testing/mod.ts";
import { chromiumPath, noChromium, QUIET } from "./support/chromium.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import { bundleWorker, noWorkerd, startWorker } from "./support/workerd.ts";

const SECRET = `${crypto.randomUUID()}${crypto.randomUUID()}`;
if (mayDoAll) Deno.env.set("SESSION_SECRET", SECRET);

const test = (name: string, fn: () => Promise<void>) =>
  testWhere(mayDoAll ? null : "needs --allow-all", `recipes: ${name}`, fn);

/** With the right password. */
const signIn = (visitor: Browser, fields: Record<string, string> = {}) =>
  visitor.post("/sign-in", { name: "jay", password: "right", ...fields });

const EVIL = { headers: { Origin: "https://evil.example" } };

const text = async (visitor: Browser, path: string): Promise<string> =>
  await (await visitor.get(path)).text();

const json = async <T>(visitor: Browser, path: string): Promise<T> =>
  await (await visitor.get(path)).json();

const locationOf = (response: Response) => response.headers.get("Location");

const cookieLine = (response: Response) =>
  response.headers.getSetCookie()[0] ?? "";

/** The Cookie header of somebody who is signed in. */
async function cookieOf(userId: string, options?: { at: number }) {
  const { sessions } = await import("../docs/recipes/sessions.ts");
  return await sealFor(sessions, { userId }, options);
}

const times = <T>(count: number, ask: (i: number) => T | Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => ask(i)));

const localhost = { port: 0, hostname: "127.0.0.1", onListen() {} };

if (mayDoAll) await import("../docs/recipes/testing_test.ts"); // tests of its own

test("sign in, for a while or for longer, and out", async () => {
  const { app } = await import("../docs/recipes/sign_in.ts");
  const visitor = browser(app);
  const wrong = await signIn(visitor, { password: "wrong" });
  assert.equal(wrong.status, 401);
  assert.equal(visitor.cookies.size, 0);
  assert.doesNotMatch(cookieLine(await signIn(visitor)), /Max-Age/);
  const long = await signIn(visitor, { stay: "on" });
  assert.match(cookieLine(long), /Max-Age=2592000;/);
  assert.equal((await visitor.post("/sign-out", {}, EVIL)).status, 403);
  assert.equal((await visitor.get("/where")).status, 200);
  await visitor.post("/sign-out");
  assert.equal((await visitor.get("/where")).status, 303);
});

test("sign out everywhere", async () => {
  const { app } = await import("../docs/recipes/sign_in.ts");
  const [phone, laptop] = [browser(app), browser(app)];
  for (const visitor of [phone, laptop]) await signIn(visitor);
  await laptop.post("/sign-out-everywhere");
  assert.equal(locationOf(await phone.get("/where")), "/sign-in");
  assert.equal(phone.cookies.size, 0);
  await signIn(phone);
  assert.equal((await phone.get("/where")).status, 200);
  await phone.post("/sign-out");
});

test("where somebody is signed in: listed, ended, and fifty at most", async () => {
  const { app } = await import("../docs/recipes/sign_in.ts");
  const [phone, laptop, eve] = [browser(app), browser(app), browser(app)];
  for (const visitor of [phone, laptop]) await signIn(visitor);
  await signIn(eve, { name: "eve" });
  const others = async (visitor: Browser) =>
    (await json<{ id: string; isThisOne: boolean }[]>(visitor, "/where"))
      .filter(({ isThisOne }) => !isThisOne);
  const [other] = await others(phone);
  await eve.post(`/end/${other?.id}`); // not hers
  assert.equal((await others(phone)).length, 1);
  await phone.post(`/end/${other?.id}`);
  assert.equal(locationOf(await laptop.get("/where")), "/sign-in");
  for (let i = 0; i < 51; i++) await signIn(browser(app));
  await signIn(laptop);
  assert.equal((await others(laptop)).length, 49);
  await laptop.post("/end-others");
  assert.equal((await others(laptop)).length, 0);
});

test("a flash message is shown once, and not to a prefetch or a HEAD", async () => {
  const { app } = await import("../docs/recipes/flash.ts");
  const visitor = browser(app);
  await visitor.post("/save");
  await visitor.request("/", { method: "HEAD" });
  const headers = { "Sec-Purpose": "prefetch;prerender" };
  await visitor.get("/", { headers });
  const texts = [await text(visitor, "/"), await text(visitor, "/")];
  assert.deepEqual(texts, ["Saved.", "Nothing new."]);
});

test("a new key, and a new value, in a rolling deploy", async () => {
  const releases = await import("../docs/recipes/rolling_deploy.ts");
  const { keepsAll, release1, release2 } = releases;
  const secrets = [SECRET];
  const seen = async (schema: unknown, cookie: string) => {
    const sessions = session({ schema: schema as typeof release1, secrets });
    const app = new Hono().use(sessions)
      .get("/", async (c) => c.json((await c.var.session()).data));
    return await (await app.request("/", { headers: { cookie } })).json();
  };
  const name = "Jay";
  const before = session({ schema: release1, secrets });
  const old = await sealFor(before, { name, trail: ["home"] });
  const after = session({ schema: release2, secrets });
  const fresh = await sealFor(after, { name, theme: "dark", trail: ["help"] });
  const upgraded = { name, trail: ["home"], theme: "light" };
  assert.deepEqual(await seen(release2, old), upgraded);
  assert.deepEqual(await seen(release1, fresh), { name, trail: [] });
  const kept = { name, trail: [], theme: "dark" };
  assert.deepEqual(await seen(keepsAll, fresh), kept);
});

test("a single-page app on another subdomain, whose first writes share one session", async () => {
  const { app } = await import("../docs/recipes/single_page_app.ts");
  const page = browser(app, { origin: "https://api.example.com" });
  const headers = { Origin: "https://app.example.com" };
  const me = await page.get("/me", { headers });
  const allow = "Access-Control-Allow-";
  assert.equal(me.headers.get(`${allow}Origin`), headers.Origin);
  assert.equal(me.headers.get(`${allow}Credentials`), "true");
  await times(10, (i) => page.post(`/cart/item ${i}`, {}, { headers }));
  assert.equal((await page.post("/cart/pear", {}, EVIL)).status, 403);
  const { cart } = await json<{ cart: string[] }>(page, "/me");
  assert.equal(new Set(cart).size, 10);
});

test("two sessions in one app", async () => {
  const { app } = await import("../docs/recipes/two_sessions.ts");
  const visitor = browser(app);
  await visitor.post("/items/apple");
  await visitor.post("/sign-out");
  const items = await (await visitor.post("/items/pear")).json();
  assert.deepEqual(items, ["apple", "pear"]);
});

test("in JSX", async () => {
  const { app } = await import("../docs/recipes/jsx.tsx");
  assert.match(await text(browser(app), "/"), /<p>Hello, stranger<\/p>/);
});

test("a page that polls does not keep its session alive, and learns why it ended", async () => {
  const { createApp } = await import("../docs/recipes/open_page.ts");
  const app = createApp();
  const poll = (cookie: string) =>
    app.request("/news", { headers: { cookie } });
  const unusedFor = (seconds: number) =>
    cookieOf("jay", { at: Date.now() / 1000 - seconds });

  const cookie = await unusedFor(1700);
  const { endsAt } = await (await poll(cookie)).json();
  assert.equal((await (await poll(cookie)).json()).endsAt, endsAt);
  const over = await poll(await unusedFor(1900));
  assert.equal(over.status, 401);
  assert.deepEqual(await over.json(), { reason: "expired" });
});

test("a stream reads the session, and a WebSocket is closed when it has ended", async () => {
  const { createApp } = await import("../docs/recipes/open_page.ts");
  const { sessions } = await import("../docs/recipes/sessions.ts");
  await using server = Deno.serve(localhost, createApp(5).fetch);
  const url = `http://127.0.0.1:${server.addr.port}`;
  const headers = { Cookie: await cookieOf("eve") };
  const events = await fetch(`${url}/events`, { headers });
  assert.match(await events.text(), /Hello, eve/);

  const socket = new WebSocket(`${url}/socket`, { headers });
  const said = Promise.withResolvers<string>();
  const closed = Promise.withResolvers<number>();
  socket.onmessage = ({ data }) => said.resolve(data);
  socket.onclose = ({ code }) => closed.resolve(code);
  socket.onopen = () => socket.send("hello");
  assert.equal(await said.promise, "You said hello");
  await sessions.of("eve").destroyAll();
  assert.equal(await closed.promise, 4401);
});

test("a mobile client", async () => {
  const { app } = await import("../docs/recipes/mobile.ts");
  const origin = "https://api.example";
  const begun = await app.request(`${origin}/name/jay`, { method: "POST" });
  const headers = { "X-Session": begun.headers.get("X-Session") ?? "" };
  const me = await app.request(`${origin}/me`, { headers });
  assert.equal(await me.text(), "jay");
});

test("of five posts of one form, one pays", async () => {
  const { createApp } = await import("../docs/recipes/single_use.ts");
  let charges = 0;
  const app = createApp(() => Promise.resolve(void charges++));
  const visitor = browser(app);
  const form = await text(visitor, "/pay");
  const [, nonce = ""] = /value="(.*?)"/.exec(form) ?? [];
  const posts = await times(5, () => visitor.post("/pay", { nonce }));
  const statuses = posts.map(({ status }) => status).toSorted();
  assert.deepEqual(statuses, [200, 409, 409, 409, 409]);
  assert.equal(charges, 1);
});

test("beside other middleware", async () => {
  const { app } = await import("../docs/recipes/combinators.ts");
  const [jay, stranger] = [browser(app), browser(app)];
  jay.setCookie(await cookieOf("jay"));
  assert.equal(await text(jay, "/account/me"), "jay");
  assert.equal((await stranger.get("/account/me")).status, 401);
  assert.equal(await text(stranger, "/account/help"), "Help");
  assert.equal(await text(jay, "/api/data"), "Data");
  const headers = { Authorization: "Bearer a machine's" };
  const machine = await stranger.get("/api/data", { headers });
  assert.match(machine.headers.get("Cache-Control") ?? "", /no-store/);
  await machine.body?.cancel();
  assert.equal(await text(jay, "/pages/mine"), "jay");
  assert.equal(await text(stranger, "/pages/mine"), "stranger");
  assert.equal(await text(stranger, "/pages/terms"), "Terms");
});

testWhere(noWorkerd, "recipes: on Workers", async () => {
  const script = await bundleWorker("docs/recipes/worker.ts");
  const variables = { SESSION_SECRET: SECRET };
  await using worker = await startWorker({ script, variables });
  const first = await fetch(worker.url);
  assert.equal(await first.text(), "Visit 1");
  const headers = { Cookie: cookieLine(first).split(";")[0] ?? "" };
  const second = await fetch(worker.url, { headers });
  assert.equal(await second.text(), "Visit 2");
});

testWhere(
  noChromium,
  "recipes: Back after signing out, in Chromium",
  async () => {
    const { app } = await import("../docs/recipes/back_button.ts");
    const { chromium } = await import("npm:playwright-core@1.65.1");
    const answers: number[] = [];
    const isAskedAgain = Promise.withResolvers<void>();
    await using server = Deno.serve(localhost, async (request) => {
      const response = await app.fetch(request);
      if (request.url.endsWith("/private")) answers.push(response.status);
      if (answers.length === 2) isAskedAgain.resolve();
      return response;
    });
    await using started = await chromium.launch({
      executablePath: chromiumPath ?? "chromium", // the shell has no bfcache
      args: QUIET,
      ignoreDefaultArgs: ["--disable-back-forward-cache"],
    });
    const page = await started.newPage();
    const url = `http://localhost:${server.addr.port}/private`;
    const [name = "", value = ""] = (await cookieOf("jay")).split("=");
    await page.context().addCookies([{ name, value, url }]);
    await page.goto(url);
    await page.click("button");
    await page.waitForURL("**/goodbye");
    page.evaluate("history.back()").catch(() => {});
    await isAskedAgain.promise;
    assert.deepEqual(answers, [200, 401]);
  },
);
