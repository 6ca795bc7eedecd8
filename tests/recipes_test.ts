// docs/recipes/ run as they are, each through its front door.
import assert from "node:assert/strict";
import { Hono } from "hono";
import { memoryStore, session } from "../middleware/session/mod.ts";
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

const RIGHT = { name: "jay", password: "right" };
const EVIL = { headers: { Origin: "https://evil.example" } };

const text = async (visitor: Browser, path: string): Promise<string> =>
  await (await visitor.get(path)).text();

const json = async <T>(visitor: Browser, path: string): Promise<T> =>
  await (await visitor.get(path)).json();

const locationOf = (response: Response) => response.headers.get("Location");

if (mayDoAll) await import("../docs/recipes/testing_test.ts"); // tests of its own

test("sign in, and out", async () => {
  const { app } = await import("../docs/recipes/sign_in.ts");
  const visitor = browser(app);
  const wrong = await visitor.post("/sign-in", { name: "jay", password: "no" });
  assert.equal(wrong.status, 401);
  assert.equal(visitor.cookies.size, 0);
  await visitor.post("/sign-in", RIGHT);
  assert.equal(await text(visitor, "/me"), "jay");
  assert.equal((await visitor.post("/sign-out", {}, EVIL)).status, 403);
  assert.equal(await text(visitor, "/me"), "jay");
  await visitor.post("/sign-out");
  assert.equal((await visitor.get("/me")).status, 303);
});

test("sign out everywhere", async () => {
  const { app: signIn } = await import("../docs/recipes/sign_in.ts");
  const { app } = await import("../docs/recipes/sign_out_everywhere.ts");
  const both = new Hono().post("/sign-in", ({ req }) => signIn.request(req.raw))
    .all("*", ({ req }) => app.request(req.raw));
  const [phone, laptop] = [browser(both), browser(both)];
  for (const visitor of [phone, laptop]) await visitor.post("/sign-in", RIGHT);
  assert.equal(await text(phone, "/me"), "jay");
  await laptop.post("/sign-out-everywhere");
  assert.equal(locationOf(await phone.get("/me")), "/sign-in");
  assert.equal(phone.cookies.size, 0);
  await phone.post("/sign-in", RIGHT);
  assert.equal(await text(phone, "/me"), "jay");
});

test("where somebody is signed in: listed, ended, and fifty at most", async () => {
  const file = `${await Deno.makeTempDir()}/sessions.db`;
  Deno.env.set("SESSIONS_FILE", file);
  const { app, store } = await import("../docs/recipes/where_signed_in.ts");
  await using _ = store;
  const [phone, laptop, eve] = [browser(app), browser(app), browser(app)];
  for (const visitor of [phone, laptop]) await visitor.post("/sign-in/jay");
  await eve.post("/sign-in/eve");
  const list = (visitor: Browser) =>
    json<{ id: string; isThisOne: boolean }[]>(visitor, "/where");

  assert.equal((await browser(app).get("/where")).status, 401);
  assert.equal((await list(eve)).length, 1);
  assert.equal((await list(phone)).filter((one) => one.isThisOne).length, 1);
  const other = (await list(phone)).find((one) => !one.isThisOne);
  await eve.post(`/end/${other?.id}`);
  assert.equal((await list(phone)).length, 2);
  await phone.post(`/end/${other?.id}`);
  assert.equal((await laptop.get("/where")).status, 401);
  await laptop.post("/sign-in/jay");
  await laptop.post("/end-others");
  assert.equal((await phone.get("/where")).status, 401);
  assert.equal((await list(laptop)).length, 1);
  for (let i = 0; i < 50; i++) await browser(app).post("/sign-in/eve");
  const last = browser(app);
  await last.post("/sign-in/eve");
  assert.equal((await list(last)).length, 50);
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
  const { keepsAll, release1, release2 } = await import(
    "../docs/recipes/rolling_deploy.ts"
  );
  const secrets = [SECRET];
  const seen = async (schema: typeof release1, cookie: string) => {
    const app = new Hono().use(session({ schema, secrets }))
      .get("/", async (c) => c.json((await c.var.session()).data));
    return await (await app.request("/", { headers: { cookie } })).json();
  };
  const old = await sealFor(session({ schema: release1, secrets }), {
    name: "Jay",
    trail: ["home"],
  });
  const fresh = await sealFor(session({ schema: release2, secrets }), {
    name: "Jay",
    theme: "dark",
    trail: ["help"],
  });
  const release2s = release2 as unknown as typeof release1;
  const loose = keepsAll as unknown as typeof release1;
  assert.deepEqual(await seen(release2s, old), {
    ...{ name: "Jay", trail: ["home"], theme: "light" },
  });
  assert.deepEqual(await seen(release1, fresh), { name: "Jay", trail: [] });
  assert.deepEqual(await seen(loose, fresh), {
    ...{ name: "Jay", trail: [], theme: "dark" },
  });
});

test("no visitor is lost while a secret is changed", async () => {
  const { stages } = await import("../docs/recipes/change_secret.ts");
  const { release1: schema } = await import(
    "../docs/recipes/rolling_deploy.ts"
  );
  const apps = [[SECRET], ...stages(SECRET, `${SECRET}, but new`)].map(
    (secrets) =>
      new Hono().use(session({ schema, secrets })).get("/", async (c) => {
        const session = await c.var.session();
        session.update({ name: "Jay" });
        return c.text(session.info.isNew ? "new" : "known");
      }),
  );
  let current = 0;
  const visitor = browser({
    request: (url: string, init?: RequestInit) =>
      apps[current]!.request(url, init),
  });
  const answers: string[] = [];
  for (; current < apps.length; current++) {
    answers.push(await text(visitor, "/"));
  }
  assert.deepEqual(answers, ["new", "known", "known", "known"]);
});

test("behind a proxy cookies are those of https", async () => {
  const { app } = await import("../docs/recipes/behind_proxy.ts");
  const headers = { "X-Forwarded-Proto": "https" };
  const [line = ""] = (await app.request("/", { headers })).headers
    .getSetCookie();
  assert.match(line, /^__Host-session=.*; Secure/);
});

test("remember me", async () => {
  const { app } = await import("../docs/recipes/remember_me.ts");
  const [stays, closes] = [browser(app), browser(app)];
  const long = await stays.post("/sign-in", { ...RIGHT, remember: "on" });
  assert.match(long.headers.getSetCookie()[0] ?? "", /Max-Age=2592000;/);
  const short = await closes.post("/sign-in", RIGHT);
  assert.doesNotMatch(short.headers.getSetCookie()[0] ?? "", /Max-Age/);
  for (const visitor of [stays, closes]) {
    const { userId } = await json<{ userId: string }>(visitor, "/me");
    assert.equal(userId, "jay");
  }
});

test("back from another site by a post: two tabs, and a forged state", async () => {
  const { app } = await import("../docs/recipes/callback_by_post.ts");
  const visitor = browser(app);
  const begin = async (order: string) => {
    const away = locationOf(await visitor.post(`/pay/${order}`));
    return new URL(away ?? "").searchParams.get("state") ?? "";
  };
  const back = async (state: string) => {
    // A Lax cookie does not come with a post from elsewhere.
    const headers = { Cookie: "", Origin: "https://bank.example" };
    const posted = await visitor.post("/callback", { state }, { headers });
    assert.deepEqual(posted.headers.getSetCookie(), []);
    return await visitor.get(locationOf(posted) ?? "");
  };
  const [first, second] = [await begin("1"), await begin("2")];
  assert.equal((await back("forged")).status, 403);
  assert.equal(locationOf(await back(first)), "/orders/1");
  assert.equal(locationOf(await back(second)), "/orders/2");
  assert.equal((await back(first)).status, 403); // it is used up
});

test("in an iframe, and from another subdomain", async () => {
  const { app: iframe } = await import("../docs/recipes/iframe.ts");
  const shown = await iframe.request("https://widget.example/widget");
  assert.match(
    shown.headers.getSetCookie()[0] ?? "",
    /Secure; SameSite=None; Partitioned$/,
  );

  const { app } = await import("../docs/recipes/other_subdomain.ts");
  const page = browser(app, { origin: "https://api.example.com" });
  const headers = { Origin: "https://app.example.com" };
  const added = await page.post("/cart/apple", {}, { headers });
  assert.deepEqual((await added.json()).cart, ["apple"]);
  const allow = "Access-Control-Allow-";
  assert.equal(added.headers.get(`${allow}Origin`), headers.Origin);
  assert.equal(added.headers.get(`${allow}Credentials`), "true");
  assert.equal((await page.post("/cart/pear", {}, EVIL)).status, 403);
});

test("two sessions in one app", async () => {
  const { app } = await import("../docs/recipes/two_sessions.ts");
  const visitor = browser(app);
  await visitor.post("/items/apple");
  await visitor.post("/sign-out");
  const items = await (await visitor.post("/items/pear")).json();
  assert.deepEqual(items, ["apple", "pear"]);
});

test("in JSX, and in a stream", async () => {
  const { app: page } = await import("../docs/recipes/jsx.tsx");
  const html = await (await page.request("/")).text();
  assert.match(html, /<p>Hello, stranger<\/p>/);

  const { app } = await import("../docs/recipes/server_sent_events.ts");
  const visitor = browser(app);
  assert.match(await text(visitor, "/events"), /Hello, stranger/);
  assert.equal(visitor.cookies.size, 1);
});

test("a WebSocket is closed when its session has ended", async () => {
  const { createApp } = await import("../docs/recipes/websocket.ts");
  const app = createApp(memoryStore(), 5);
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    app.fetch,
  );
  const visitor = browser(app);
  await visitor.post("/sign-in");
  const Cookie = [...visitor.cookies].map((pair) => pair.join("=")).join("; ");
  const url = `ws://127.0.0.1:${server.addr.port}/socket`;
  const socket = new WebSocket(url, { headers: { Cookie } });
  const said = Promise.withResolvers<string>();
  const closed = Promise.withResolvers<number>();
  socket.onmessage = ({ data }) => said.resolve(data);
  socket.onclose = ({ code }) => closed.resolve(code);
  socket.onopen = () => socket.send("hello");
  assert.equal(await said.promise, "You said hello");
  await visitor.post("/sign-out");
  assert.equal(await closed.promise, 4401);
});

test("an audit log", async () => {
  const { app, lines } = await import("../docs/recipes/audit_log.ts");
  const visitor = browser(app);
  await visitor.get("/");
  await visitor.get("/end");
  const log = lines.map((line) => JSON.parse(line));
  assert.deepEqual(log.map(({ type, path }) => [type, path]), [
    ["began", "/"],
    ["destroyed", "/end"],
  ]);
});

test("a mobile client", async () => {
  const { app } = await import("../docs/recipes/mobile.ts");
  const origin = "https://api.example";
  const begun = await app.request(`${origin}/name/jay`, { method: "POST" });
  const headers = { "X-Session": begun.headers.get("X-Session") ?? "" };
  const me = await app.request(`${origin}/me`, { headers });
  assert.equal(await me.text(), "jay");
});

test("polling does not keep a session alive, and says why it ended", async () => {
  const { app } = await import("../docs/recipes/polling.ts");
  const { sessions } = await import("../docs/recipes/sessions.ts");
  const now = Date.now() / 1000;
  const poll = async (at: number) => {
    const cookie = await sealFor(sessions, { userId: "jay" }, { at });
    return await app.request("/news", { headers: { cookie } });
  };
  const nearlyOver = await poll(now - 1700);
  assert.equal(nearlyOver.status, 200);
  assert.deepEqual(nearlyOver.headers.getSetCookie(), []);
  const over = await poll(now - 1900);
  assert.deepEqual([over.status, await over.json()], [401, {
    reason: "expired",
  }]);
});

test("one of ten requests refreshes a token, and it stays when the route fails", async () => {
  const { createApp } = await import("../docs/recipes/refresh_token.ts");
  const asked: string[] = [];
  let now = 1000;
  const app = createApp(memoryStore(), async (refreshToken) => {
    asked.push(refreshToken);
    await new Promise((resolve) => setTimeout(resolve));
    const access = { token: `access ${asked.length}`, endsAt: now + 60 };
    return { access, refreshToken: `refresh ${asked.length}` };
  }, () => now);
  app.get("/broken", (c) => c.text("", 502));
  const visitor = browser(app);
  await visitor.post("/sign-in");
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => visitor.get("/mail")),
  );
  const statuses = answers.map(({ status }) => status).toSorted();
  assert.equal(statuses[0], 200);
  assert.ok(statuses.every((status) => status === 200 || status === 503));
  assert.deepEqual(asked, ["first"]);
  assert.equal(await text(visitor, "/mail"), "access 1");
  now += 61;
  assert.equal(await text(visitor, "/mail"), "access 2");
  assert.deepEqual(asked, ["first", "refresh 1"]);
});

test("of five posts of one form, one pays", async () => {
  const { createApp } = await import("../docs/recipes/single_use.ts");
  let charges = 0;
  const app = createApp(memoryStore(), () => {
    charges++;
    return Promise.resolve();
  });
  const visitor = browser(app);
  const [, nonce = ""] = /value="(.*?)"/.exec(await text(visitor, "/pay")) ??
    [];
  const posts = await Promise.all(
    Array.from({ length: 5 }, () => visitor.post("/pay", { nonce })),
  );
  const statuses = posts.map(({ status }) => status).toSorted();
  assert.deepEqual(statuses, [200, 409, 409, 409, 409]);
  assert.equal(charges, 1);
});

test("the first writes of a new visitor share one session", async () => {
  const { createApp } = await import("../docs/recipes/first_visit.ts");
  const store = memoryStore();
  const visitor = browser(createApp(store));
  await visitor.get("/");
  const items = Array.from({ length: 10 }, (_, i) => `item ${i}`);
  await Promise.all(items.map((item) => visitor.post(`/seen/${item}`)));
  const seen = await json<string[]>(visitor, "/seen");
  assert.deepEqual(seen.toSorted(), items);
  assert.equal(store.entries.size, 1);
});

test("beside other middleware", async () => {
  const { app } = await import("../docs/recipes/combinators.ts");
  const [jay, stranger] = [browser(app), browser(app)];
  await jay.post("/sign-in");
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
  const { path: script } = await bundleWorker("docs/recipes/worker.ts");
  const variables = { SESSION_SECRET: SECRET };
  await using worker = await startWorker({ script, variables });
  const first = await fetch(worker.url);
  assert.equal(await first.text(), "Visit 1");
  const [line = ""] = first.headers.getSetCookie();
  const headers = { Cookie: line.split(";")[0] ?? "" };
  const second = await fetch(worker.url, { headers });
  assert.equal(await second.text(), "Visit 2");
});

testWhere(
  noChromium,
  "recipes: Back after signing out, in Chromium",
  async () => {
    const { app } = await import("../docs/recipes/back_button.ts");
    const { chromium } = await import("npm:playwright-core@1.65.1");
    const asked: (number | undefined)[] = [];
    const isAskedAgain = Promise.withResolvers<void>();
    const shown = new Hono()
      .get("/", (c) =>
        c.html(
          '<form method="post" action="/sign-in"><button>In</button></form>',
        ))
      .all("*", async (c) => {
        const response = await app.request(c.req.raw);
        if (c.req.path === "/private") {
          asked.push(response.status);
        }
        if (asked.length === 2) isAskedAgain.resolve();
        return response;
      });
    await using server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      shown.fetch,
    );
    const started = await chromium.launch({
      executablePath: chromiumPath ?? "chromium", // the shell has no bfcache
      args: QUIET,
      ignoreDefaultArgs: ["--disable-back-forward-cache"],
    });
    try {
      const page = await started.newPage();
      await page.goto(`http://localhost:${server.addr.port}/`);
      await page.click("button");
      await page.waitForURL("**/private");
      await page.click("button");
      await page.waitForURL("**/goodbye");
      page.evaluate("history.back()").catch(() => {});
      await isAskedAgain.promise;
      assert.deepEqual(asked, [200, 401]);
    } finally {
      await started.close();
    }
  },
);
