// examples/oidc over HTTP, with its provider: what somebody who takes it as a start relies on.
import assert from "node:assert/strict";
import { SignJWT } from "npm:jose@6.2.18";
import { allowInsecureRequests, discovery } from "npm:openid-client@6.9.0";
import { memoryStore, type SessionStore } from "../middleware/session/mod.ts";
import { startProvider } from "../examples/oidc/provider.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import {
  type Rig,
  type RigOptions,
  startProcess,
  startRig,
  Visitor,
} from "./support/oidc.ts";
import { SECRET } from "./support/test_app.ts";
import { freePort, noRedis, startRedis } from "./support/redis_server.ts";

type Options = Partial<RigOptions>;

function test(
  name: string,
  options: Options | (() => Options),
  fn: (rig: Rig) => Promise<void>,
): void {
  testWhere(
    mayDoAll ? null : "needs --allow-all",
    `oidc: ${name}`,
    async () => {
      const given = typeof options === "function" ? options() : options;
      await using rig = await startRig({ store: memoryStore(), ...given });
      await fn(rig);
    },
    { sanitizeOps: false, sanitizeResources: false },
  ); // the provider and node:http keep timers
}

/** A visitor who has signed in. */
async function signedIn(url: string, name = "Ada"): Promise<Visitor> {
  const visitor = new Visitor();
  const { url: end, status } = await visitor.go(`${url}/sign-in?to=/account`, {
    name,
  });
  assert.deepEqual([end, status], [`${url}/account`, 200]);
  return visitor;
}

function count(text: string, id: string): number {
  return Number(new RegExp(`id="${id}">(\\d+)<`).exec(text)?.[1]);
}

/** Sessions of this visitor's user. */
async function sessionsOf(url: string, visitor: Visitor): Promise<number> {
  return count((await visitor.go(`${url}/account`)).text, "sessions");
}

/** A store that counts its writes. */
function counting(store = memoryStore()): SessionStore & { writes: number } {
  return {
    ...{ kind: store.kind, writes: 0 },
    get: (key) => store.get(key),
    swap(...given) {
      this.writes++;
      return store.swap(...given);
    },
    remove(key) {
      this.writes++;
      return store.remove(key);
    },
    owned: (owner) => store.owned?.(owner) ?? Promise.resolve([]),
    ping: () => store.ping(),
  };
}

test(
  "signing in begins another session, and the cart comes along",
  {},
  async ({ url, log }) => {
    const visitor = new Visitor();
    await visitor.post(`${url}/cart`, {});
    const before = visitor.copy();
    await visitor.go(`${url}/sign-in`);
    const { text } = await visitor.go(url);
    assert.match(text, /Hello, <a href="\/account">Ada/);
    assert.equal(count(text, "cart"), 1);
    assert.equal(count((await before.go(url)).text, "cart"), 0);
    assert.equal(await sessionsOf(url, visitor), 1);
    assert.deepEqual(await visitor.api(`${url}/api/me`), [200, {
      sub: "Ada",
      name: "Ada",
    }]);
    assert.deepEqual(log, ["authorization_code"]);
  },
);

const clock = { shift: 0 };
const now = () => Date.now() / 1000 + clock.shift;
const counted = counting(memoryStore({ now }));
const FORGED = ["state=x&code=x", "state=x&error=access_denied", "code=x", ""];
test("a forged state writes nothing, and asks the provider nothing", {
  ...{ store: counted, now },
}, async ({ url, log }) => {
  const begun = new Visitor();
  await begun.go(`${url}/sign-in`, { until: /\/in\// });
  const signed = await signedIn(url);
  clock.shift = 1000; // a session that is touched now is written
  const { writes } = counted;
  for (const visitor of [new Visitor(), begun, signed]) {
    for (const query of FORGED) {
      const { status, text } = await visitor.go(`${url}/callback?${query}`);
      assert.equal(status, 400);
      assert.match(text, /not begun in this browser.*href="\/sign-in"/s);
    }
  }
  assert.equal(counted.writes, writes);
  assert.deepEqual(log, ["authorization_code"]);
});

test(
  "five sign-ins may be on their way at once; the oldest goes",
  {},
  async ({ url, log }) => {
    const visitor = new Visitor();
    const backs: string[] = [];
    for (let i = 0; i < 6; i++) {
      const to = `${url}/sign-in?to=${encodeURIComponent(`/?tab=${i}`)}`;
      backs.push((await visitor.go(to, { until: /callback\?/ })).url);
    }
    assert.equal((await visitor.go(backs[0] ?? "")).status, 400);
    for (const [i, back] of backs.entries()) {
      if (i > 0) assert.equal((await visitor.go(back)).url, `${url}/?tab=${i}`);
    }
    assert.equal(await sessionsOf(url, visitor), 1);
    assert.equal(log.length, 5);
  },
);

test("a sign-in leads to a page of this app alone", {}, async ({ url }) => {
  for (
    const to of [
      "//evil.example",
      "/\\evil.example",
      "https://evil.example",
      "javascript:0",
    ]
  ) {
    const path = `${url}/sign-in?to=${encodeURIComponent(to)}`;
    assert.equal((await new Visitor().go(path)).url, `${url}/`);
  }
});

test("denied: a page that says so, and a way on", {}, async ({ url, log }) => {
  const visitor = new Visitor();
  const { status, text } = await visitor.go(`${url}/sign-in`, { cancel: true });
  assert.equal(status, 403);
  assert.match(text, /said no.*href="\/sign-in"/s);
  assert.equal((await visitor.go(`${url}/sign-in`)).url, `${url}/`);
  assert.deepEqual(log.filter((line) => line !== "authorization_code"), [
    "access_denied ",
  ]);
});

test(
  "a code that is not valid any more: a page that says so, and a way on",
  {},
  async ({ url, log }) => {
    const visitor = new Visitor();
    const { url: back } = await visitor.go(`${url}/sign-in`, {
      until: /callback\?/,
    });
    const late = new URL(back);
    late.searchParams.set("code", "expired");
    const { status, text } = await visitor.go(late.href);
    assert.equal(status, 400);
    assert.match(text, /took too long.*href="\/sign-in"/s);
    assert.match(log.join(), /invalid_grant/);
    assert.equal((await visitor.go(`${url}/sign-in`)).url, `${url}/`);
  },
);

test(
  "a clock that is off: a page that says so",
  {
    async before(ctx, next) {
      const { now } = Date;
      if (ctx.path === "/token") Date.now = () => now() - 7_200_000;
      await next().finally(() => Date.now = now);
    },
  },
  async ({ url }) => {
    const { status, text } = await new Visitor().go(`${url}/sign-in`);
    assert.equal(status, 502);
    assert.match(
      text,
      /clocks of this server and the provider do not agree/,
    );
  },
);

test(
  "the same return ten times at once: one code is given, one session is left",
  {},
  async ({ url, log }) => {
    const visitor = new Visitor();
    await visitor.post(`${url}/cart`, {});
    const { url: back } = await visitor.go(`${url}/sign-in`, {
      until: /callback\?/,
    });
    const tabs = Array.from({ length: 10 }, () => visitor.copy());
    const answers = await Promise.all(tabs.map((tab) => tab.ask(back)));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [303, ...Array(9).fill(400)]);
    assert.deepEqual(log, ["authorization_code"]);
    const winner = tabs[answers.findIndex(({ status }) => status === 303)];
    assert(winner);
    assert.equal(await sessionsOf(url, winner), 1);
    assert.equal(count((await winner.go(url)).text, "cart"), 1);
    for (const answer of answers) await answer.body?.cancel();
  },
);

test(
  "a sign-in whose answer was lost begins again, with the cart and one session",
  {},
  async ({ url }) => {
    const visitor = new Visitor();
    await visitor.post(`${url}/cart`, {});
    const { url: back } = await visitor.go(`${url}/sign-in`, {
      until: /callback\?/,
    });
    assert.equal((await visitor.ask(back, { lost: true })).status, 303);
    const { status, text } = await visitor.go(back);
    assert.equal(status, 400);
    assert.match(text, /href="\/sign-in"/);
    await visitor.go(`${url}/sign-in`);
    assert.equal(await sessionsOf(url, visitor), 1);
    assert.equal(count((await visitor.go(url)).text, "cart"), 1);
  },
);

/** Access tokens that are due at once: 8 seconds serve the others meanwhile, 3 are too few. */
for (const first of [8, 3]) {
  const asked: string[] = []; // the tokens that the provider was shown
  let gate: PromiseWithResolvers<void> | undefined;
  test(`ten requests refresh once, with ${first} seconds left`, {
    seconds: { first, later: 600 },
    async before(ctx, next) {
      if (ctx.path === "/me") asked.push(ctx.get("Authorization"));
      // New tokens come when the other nine requests are through.
      if (asked.length === 9) gate?.resolve();
      if (ctx.path === "/token" && first === 8) await gate?.promise;
      await next();
    },
  }, async ({ url, log }) => {
    await refreshesOnce([url], log, 10, () => gate = Promise.withResolvers());
    assert.equal(asked.length, 10);
    assert.equal(new Set(asked).size, first === 8 ? 2 : 1);
  });
}

/** Asks ten times at once, of all these addresses. */
async function refreshesOnce(
  urls: readonly string[],
  log: string[],
  times = 10,
  begin = () => {},
) {
  const [url = ""] = urls;
  const visitor = new Visitor();
  await visitor.go(`${url}/sign-in`);
  assert.deepEqual(log.splice(0), ["authorization_code"]);
  begin();
  const all = Array.from({ length: times }, (_, i) => urls[i % urls.length]);
  const answers = await Promise.all(
    all.map((one) => visitor.api(`${one}/api/me`)),
  );
  for (const [status] of answers) assert.equal(status, 200);
  assert.deepEqual(log.splice(0), ["refresh_token"]);
}

const failing = new Set<string>();
test("what a refresh gave is kept when the route fails with 502", () => ({
  seconds: { first: 3, later: 3 },
  async before(ctx, next) {
    if (!failing.has(ctx.path)) return await next();
    ctx.status = 500;
    ctx.body = "out of order";
  },
}), async ({ url, log }) => {
  const visitor = new Visitor();
  await visitor.go(`${url}/sign-in`);
  const me = `${url}/api/me`;
  failing.add("/me");
  for (let i = 0; i < 3; i++) assert.equal((await visitor.api(me))[0], 502);
  failing.delete("/me");
  assert.equal((await visitor.api(me))[0], 200);
  const answers = ["authorization_code", ...Array(4).fill("refresh_token")];
  assert.deepEqual(log, answers);

  failing.add("/token");
  assert.deepEqual(await visitor.api(me), [502, {
    error: "The provider does not answer as it should.",
  }]);
  failing.delete("/token");
  assert.equal((await visitor.api(me))[0], 200); // at once: the claim was given back
  assert.deepEqual(log, [...answers, "refresh_token"]);
});

const arrived = Promise.withResolvers<void>();
const signedOut = Promise.withResolvers<void>();
let isHeld = false;
test("a sign-out while the tokens are refreshed: nothing opens again", {
  seconds: { first: 3, later: 600 },
  async before(ctx, next) {
    if (isHeld && ctx.path === "/token") {
      arrived.resolve();
      await signedOut.promise;
    }
    await next();
  },
}, async ({ url }) => {
  const visitor = new Visitor();
  await visitor.go(`${url}/sign-in`);
  const copy = visitor.copy();
  isHeld = true;
  const answer = visitor.api(`${url}/api/me`);
  await arrived.promise;
  await copy.post(`${url}/sign-out`, { where: "everywhere" });
  signedOut.resolve();
  assert.deepEqual(await answer, [401, { reason: "unknown" }]);
  assert.deepEqual(await visitor.api(`${url}/api/me`), [401, {
    reason: "unknown",
  }]);
});

const refusing = { isOn: false };
test("a provider that refuses ends the session, with the reason", () => ({
  seconds: { first: 3, later: 600 },
  async before(ctx, next) {
    if (ctx.path !== "/token" || !refusing.isOn) return await next();
    ctx.status = 400;
    ctx.body = { error: "invalid_grant" };
  },
}), async ({ url }) => {
  for (const isPage of [true, false]) {
    refusing.isOn = false;
    const visitor = new Visitor();
    await visitor.go(`${url}/sign-in`);
    refusing.isOn = true;
    if (isPage) {
      const { url: end, text } = await visitor.go(`${url}/account`);
      assert.equal(end, `${url}/?why=refused&to=%2Faccount`);
      assert.match(text, /provider has ended your sign-in/);
    } else {assert.deepEqual(await visitor.api(`${url}/api/me`), [401, {
        reason: "refused",
      }]);}
    assert.deepEqual(await visitor.api(`${url}/api/me`), [401, {
      reason: "none",
    }]);
  }
});

test(
  "an API says why it refuses",
  () => ({ now, store: memoryStore({ now }) }),
  async ({ url }) => {
    const me = `${url}/api/me`;
    assert.deepEqual(await new Visitor().api(me), [401, { reason: "none" }]);
    const ended = await signedIn(url, "Eve");
    const copy = ended.copy();
    await ended.post(`${url}/sign-out`, { where: "here" });
    assert.deepEqual(await ended.api(me), [401, { reason: "none" }]);
    assert.deepEqual(await copy.api(me), [401, { reason: "unknown" }]);
    const away = await signedIn(url);
    clock.shift += 1801;
    assert.deepEqual(await away.api(me), [401, { reason: "expired" }]);
    const page = await away.go(`${url}/account`);
    assert.equal(page.url, `${url}/?why=expired&to=%2Faccount`);
    assert.match(page.text, /away too long/);
  },
);

test(
  "a logout token ends its session, or all of its user; a false one ends nothing",
  {},
  async ({ url, provider }) => {
    const [ada, ada2, eve] = [
      await signedIn(url),
      await signedIn(url),
      await signedIn(url, "Eve"),
    ];
    const status = async (visitor: Visitor) =>
      (await visitor.api(`${url}/api/me`))[0];
    async function post(
      claims: object,
      { header = {}, key = provider.key, age = 0 } = {},
    ) {
      const at = Math.floor(Date.now() / 1000) - age;
      const token = await new SignJWT({
        ...{
          iss: provider.issuer,
          aud: provider.id,
          sub: "Ada",
          jti: crypto.randomUUID(),
        },
        ...{ iat: at, exp: at + 120, events: EVENT, ...claims },
      }).setProtectedHeader({ alg: "RS256", ...header }).sign(key);
      return await send(token);
    }
    async function send(logout_token: string) {
      const body = new URLSearchParams({ logout_token });
      const response = await fetch(`${url}/backchannel-logout`, {
        method: "POST",
        body,
      });
      await response.text();
      assert.equal(response.headers.get("Cache-Control"), "no-store");
      return response.status;
    }
    const EVENT = { "http://schemas.openid.net/event/backchannel-logout": {} };
    const other = await crypto.subtle.generateKey(
      {
        ...{ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048 },
        publicExponent: new Uint8Array([1, 0, 1]),
      },
      true,
      ["sign", "verify"],
    );
    const hmac = new TextEncoder().encode(provider.secret);
    const none = btoa('{"alg":"none"}') + "." + btoa("{}") + ".";
    assert.deepEqual([
      await send("nonsense"),
      await send(none.replaceAll("=", "")),
      await post({}, { key: other.privateKey }),
      await post({}, { header: { alg: "HS256" }, key: hmac as never }),
      await post({}, { age: 3600 }),
      await post({ exp: Date.now() }, { age: 3600 }),
      await post({ exp: undefined }),
      await post({ iss: "https://evil.example" }),
      await post({ aud: "another app" }),
      await post({ events: {} }),
      await post({ events: undefined, nonce: "n" }),
      await post({ nonce: "n" }),
      await post({ sub: undefined }),
      await post({ sub: "" }),
      await post({ jti: undefined }),
    ], Array(15).fill(400));
    assert.equal(await post({ sid: "of somebody else" }), 200);
    assert.deepEqual(await Promise.all([ada, ada2, eve].map(status)), [
      200,
      200,
      200,
    ]);

    await ada.go(`${provider.issuer}/session/end`);
    const form = /name="xsrf" value="([^"]+)"/.exec(
      (await ada.go(`${provider.issuer}/session/end`)).text,
    );
    await ada.post(`${provider.issuer}/session/end/confirm`, {
      xsrf: form?.[1] ?? "",
      logout: "yes",
    });
    assert.deepEqual(await Promise.all([ada, ada2, eve].map(status)), [
      401,
      200,
      200,
    ]);
    assert.deepEqual(await ada.api(`${url}/api/me`), [401, {
      reason: "unknown",
    }]);
    assert.equal(await post({}), 200);
    assert.deepEqual(await Promise.all([ada2, eve].map(status)), [401, 200]);
  },
);

test(
  "signing out: here, everywhere, and at the provider",
  {},
  async ({ url, provider }) => {
    const [here, other, last] = [
      await signedIn(url),
      await signedIn(url),
      await signedIn(url),
    ];
    await here.post(`${url}/sign-out`, { where: "here" });
    assert.equal(await sessionsOf(url, other), 2);
    const there = await other.post(`${url}/sign-out`, { where: "provider" });
    assert.match(
      there.headers.get("Location") ?? "",
      new RegExp(`^${provider.issuer}/session/end\\?`),
    );
    assert.equal(await sessionsOf(url, last), 1);
    const again = await signedIn(url);
    assert.equal(await sessionsOf(url, again), 2);
    await again.post(`${url}/sign-out`, { where: "everywhere" });
    assert.deepEqual(await last.api(`${url}/api/me`), [401, {
      reason: "unknown",
    }]);
    const forged = await fetch(`${url}/sign-out`, {
      ...{ method: "POST", headers: { Origin: "https://evil.example" } },
      body: new URLSearchParams({ where: "here" }),
    });
    await forged.text();
    assert.equal(forged.status, 403);
  },
);

test(
  "with the cookie store: tokens are encrypted and fit, also after a refresh",
  {
    store: "cookie",
    seconds: { first: 3, later: 600 },
  },
  async ({ url, log }) => {
    const visitor = await signedIn(url);
    const cookie = visitor.jars.get("localhost")?.get("session") ?? "";
    assert(
      cookie.length > 2000 && cookie.length < 4096 - 7,
      `${cookie.length}`,
    );
    assert.equal((await visitor.api(`${url}/api/me`))[0], 200);
    assert.deepEqual(log, ["authorization_code", "refresh_token"]);
  },
);

test("tokens that do not fit into a cookie: the log says what to do", {
  store: "cookie",
  client: {
    exchange: () =>
      Promise.resolve({
        ...{ user: { sub: "Ada", name: "Ada" }, sid: undefined },
        tokens: { access: "a".repeat(4000), endsAt: Date.now() },
      }),
  },
}, async ({ url }) => {
  const { error } = console;
  const lines: string[] = [];
  console.error = (line) => void lines.push(line);
  try {
    assert.equal((await new Visitor().go(`${url}/sign-in`)).status, 500);
  } finally {
    console.error = error;
  }
  assert.match(
    lines.join(),
    /would take \d+ bytes; the limit is 4096.*server-side store/,
  );
});

for (const kind of ["SQLite", "Redis"]) {
  const reason = kind === "Redis"
    ? noRedis
    : mayDoAll
    ? null
    : "needs --allow-all";
  testWhere(reason, `oidc: two processes on ${kind} refresh once`, async () => {
    await using redis = kind === "Redis" ? await startRedis() : undefined;
    const cwd = await Deno.makeTempDir();
    const port = freePort();
    const redirectUri = `http://localhost:${port}/callback`;
    const log: string[] = [];
    await using provider = await startProvider({
      ...{ redirectUri, log: (line) => void log.push(line) },
      seconds: { first: 3, later: 600 },
    });
    const place = redis?.url ?? `${cwd}/sessions.db`;
    const { issuer, id, secret } = provider;
    const start = (port: number) =>
      startProcess(place, port, redirectUri, { issuer, id, secret });
    await using one = await start(port);
    await using two = await start(0);
    for (let i = 0; i < 3; i++) {
      await refreshesOnce([one.url, two.url], log, 20);
    }
  }, { sanitizeOps: false, sanitizeResources: false });
}

testWhere(
  mayDoAll ? null : "needs --allow-all",
  "recipes: sign in with an OpenID provider",
  async () => {
    Deno.env.set("SESSION_SECRET", SECRET);
    const { createApp } = await import("../docs/recipes/sign_in_oidc.ts");
    const url = `http://localhost:${freePort()}`;
    const redirectUri = `${url}/callback`;
    const log: string[] = [];
    await using provider = await startProvider({
      ...{ redirectUri, log: (line) => void log.push(line) },
    });
    const config = await discovery(
      ...[new URL(provider.issuer), provider.id, provider.secret] as const,
      undefined,
      { execute: [allowInsecureRequests] },
    );
    await using _ = Deno.serve(
      { hostname: "127.0.0.1", port: Number(new URL(url).port), onListen() {} },
      createApp(config, redirectUri).fetch,
    );
    const visitor = new Visitor();
    const forged = await visitor.go(`${url}/callback?state=x&code=x`);
    assert.equal(forged.status, 400);
    const denied = await visitor.go(`${url}/sign-in`, { cancel: true });
    assert.equal(denied.status, 403);
    const first = await visitor.go(`${url}/sign-in`, { until: /callback\?/ });
    for (
      const { url: back } of [
        await visitor.go(`${url}/sign-in`, { until: /callback\?/ }),
        first,
      ]
    ) {
      const { status, text } = await visitor.go(back);
      assert.equal(status, 200);
      assert.equal(JSON.parse(text).user, "Ada");
    }
    assert.equal((await visitor.go(first.url)).status, 400);
    assert.deepEqual(log.slice(1), [
      "authorization_code",
      "authorization_code",
    ]);
  },
  { sanitizeOps: false, sanitizeResources: false },
);
