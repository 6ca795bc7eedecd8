// examples/oidc over HTTP, with its provider: what somebody who takes it as a start relies on.
import assert from "node:assert/strict";
import { generateKeyPair, SignJWT } from "npm:jose@6.2.18";
import { allowInsecureRequests, discovery } from "npm:openid-client@6.9.0";
import { redisStore } from "../middleware/session/stores/redis/mod.ts";
import { sqliteStore } from "../middleware/session/stores/sqlite/mod.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import {
  type Rig,
  type RigOptions,
  startRig,
  Visitor,
} from "./support/oidc.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
import { SECRET } from "./support/test_app.ts";

/** The provider and node:http keep timers. */
const TIMERS = { sanitizeOps: false, sanitizeResources: false };

function test(
  name: string,
  fn: (rig: Rig) => Promise<void>,
  options: RigOptions = {},
): void {
  const run = async () => {
    await using rig = await startRig(options);
    await fn(rig);
  };
  const reason = mayDoAll ? null : "needs --allow-all";
  testWhere(reason, `oidc: ${name}`, run, TIMERS);
}

/** Each access token is due at once. */
const DUE = { seconds: { first: 3, later: 3 } };

/** A visitor who has signed in. */
async function signedIn(url: string, name = "Ada"): Promise<Visitor> {
  const visitor = new Visitor();
  const { url: end } = await visitor.go(`${url}/sign-in?to=/account`, { name });
  assert.equal(end, `${url}/account`);
  return visitor;
}

/** Back from the provider, but not yet in the app. */
async function callback(url: string, visitor: Visitor): Promise<string> {
  return (await visitor.go(`${url}/sign-in`, { until: /callback\?/ })).url;
}

const count = (text: string, id: string) =>
  Number(new RegExp(`id="${id}">(\\d+)<`).exec(text)?.[1]);

/** The sessions of this visitor's user, and the packets in the cart. */
async function has(url: string, visitor: Visitor) {
  return {
    sessions: count((await visitor.go(`${url}/account`)).text, "sessions"),
    cart: count((await visitor.go(url)).text, "cart"),
  };
}

const status = async (url: string, visitor: Visitor) =>
  (await visitor.api(`${url}/api/me`))[0];

/** The reason why the API does not answer. */
async function refusal(url: string, visitor: Visitor): Promise<unknown> {
  const [status, { reason }] = await visitor.api(`${url}/api/me`);
  assert.equal(status, 401);
  return reason;
}

test("one return, ten times at once: one code is given, and one session is left, with the cart", async ({ url, log }) => {
  const visitor = new Visitor();
  await visitor.post(`${url}/cart`, {});
  const back = await callback(url, visitor);
  const tabs = Array.from({ length: 10 }, () => visitor.copy());
  const answers = await Promise.all(tabs.map((tab) => tab.ask(back)));
  for (const answer of answers) await answer.body?.cancel();
  const statuses = answers.map(({ status }) => status);
  assert.deepEqual(statuses.toSorted(), [303, ...Array(9).fill(400)]);
  assert.deepEqual(log, ["authorization_code"]);
  const winner = tabs[statuses.indexOf(303)] ?? assert.fail();
  assert.deepEqual(await has(url, winner), { sessions: 1, cart: 1 });
  const answer = { sub: "Ada", name: "Ada" };
  assert.deepEqual(await winner.api(`${url}/api/me`), [200, answer]);

  // The others have the cookie from before. For ten seconds it leads back to the cart.
  const loser = tabs[statuses.indexOf(400)] ?? assert.fail();
  assert.equal(count((await loser.go(url)).text, "cart"), 0);
  await loser.go(`${url}/sign-in`);
  assert.deepEqual(await has(url, loser), { sessions: 1, cart: 1 });
});

test("a forged state writes nothing, and asks the provider nothing", async (rig) => {
  const { url, log } = rig;
  const begun = new Visitor();
  await begun.go(`${url}/sign-in`, { until: /\/in\// });
  const signed = await signedIn(url);
  rig.secondsAhead = 1000; // a session that is touched now is written
  const { writes } = rig;
  assert(writes > 0);
  const forged = ["state=x&code=x", "state=x&error=access_denied", "code=x"];
  for (const visitor of [new Visitor(), begun, signed]) {
    for (const query of forged) {
      const { status, text } = await visitor.go(`${url}/callback?${query}`);
      assert.equal(status, 400);
      assert.match(text, /not begun in this browser.*href="\/sign-in"/s);
    }
  }
  assert.equal(rig.writes, writes);
  assert.deepEqual(log, ["authorization_code"]);
});

test("five sign-ins may be on their way at once, each to a page of this app; the oldest goes", async ({ url, log }) => {
  const visitor = new Visitor();
  const evil = ["//evil.example", "/\\evil.example", "https://evil.example"];
  const pages = ["/?tab=0", "/?tab=1", ...evil, "/?tab=5"];
  const backs: string[] = [];
  for (const page of pages) {
    const to = `${url}/sign-in?to=${encodeURIComponent(page)}`;
    backs.push((await visitor.go(to, { until: /callback\?/ })).url);
  }
  assert.equal((await visitor.go(backs[0] ?? "")).status, 400);
  for (const [i, page] of pages.entries()) {
    if (i === 0) continue;
    const end = (await visitor.go(backs[i] ?? "")).url;
    assert.equal(end, url + (evil.includes(page) ? "/" : page));
  }
  assert.equal((await has(url, visitor)).sessions, 1);
  assert.equal(log.length, 5);
});

test("a sign-in that fails: a page that says why, and a way on", async ({ url, log, at }) => {
  const visitor = new Visitor();
  const denied = await visitor.go(`${url}/sign-in`, { cancel: true });
  assert.equal(denied.status, 403);
  assert.match(denied.text, /said no.*href="\/sign-in"/s);
  assert.deepEqual(log, ["access_denied "]);

  const late = new URL(await callback(url, visitor));
  late.searchParams.set("code", "expired");
  const expired = await visitor.go(late.href);
  assert.equal(expired.status, 400);
  assert.match(expired.text, /took too long.*href="\/sign-in"/s);

  at["/token"] = async (_ctx, next) => {
    const { now } = Date;
    Date.now = () => now() - 7_200_000;
    await next().finally(() => Date.now = now);
  };
  const off = await visitor.go(`${url}/sign-in`);
  assert.equal(off.status, 502);
  assert.match(off.text, /clocks of this server and the provider do not agree/);
  delete at["/token"];
  assert.equal((await visitor.go(`${url}/sign-in`)).url, `${url}/`);
});

test(
  "ten requests refresh once; while nine seconds are left, the others do not wait",
  async (rig) => {
    const asked: string[] = []; // the tokens that the provider was shown
    const gate = Promise.withResolvers<void>();
    rig.at["/me"] = (ctx, next) => {
      asked.push(ctx.get("Authorization"));
      if (asked.length === 9) gate.resolve();
      return next();
    };
    await refreshesOnce(rig, () => {
      // New tokens come when the other nine requests are through.
      rig.at["/token"] = (_ctx, next) => gate.promise.then(next);
    });
    assert.equal(asked.length, 10);
    assert.equal(new Set(asked).size, 2);
  },
  { seconds: { first: 9, later: 600 } },
);

/** Asks ten times at once, of all these addresses. */
async function refreshesOnce({ url, urls, log }: Rig, begin = () => {}) {
  const visitor = new Visitor();
  await visitor.go(`${url}/sign-in`);
  assert.deepEqual(log.splice(0), ["authorization_code"]);
  begin();
  const all = Array.from({ length: 10 }, (_, i) => urls[i % urls.length] ?? "");
  const statuses = await Promise.all(all.map((one) => status(one, visitor)));
  assert.deepEqual(statuses, Array(10).fill(200));
  assert.deepEqual(log.splice(0), ["refresh_token"]);
}

testWhere(
  noRedis,
  "oidc: two servers on SQLite or Redis refresh once",
  async () => {
    await using redis = await startRedis();
    const path = `${await Deno.makeTempDir()}/sessions.db`;
    const opens = [
      () => sqliteStore(path),
      () => redisStore({ url: redis.url }),
    ];
    for (const open of opens) {
      await using one = open();
      await using two = open();
      const seconds = { first: 3, later: 600 };
      await using rig = await startRig({ stores: [one, two], seconds });
      for (let i = 0; i < 3; i++) await refreshesOnce(rig);
    }
  },
  TIMERS,
);

test(
  "what a refresh gave is kept when the route fails",
  async ({ url, log, at }) => {
    const visitor = await signedIn(url);
    log.length = 0;
    at["/me"] = answering(500, "out of order");
    for (let i = 0; i < 3; i++) assert.equal(await status(url, visitor), 502);
    delete at["/me"];
    assert.equal(await status(url, visitor), 200);
    assert.deepEqual(log.splice(0), Array(4).fill("refresh_token"));

    at["/token"] = answering(500, "out of order");
    const error = "The provider does not answer as it should.";
    assert.deepEqual(await visitor.api(`${url}/api/me`), [502, { error }]);
    delete at["/token"];
    assert.equal(await status(url, visitor), 200); // at once: the claim was given back
    assert.deepEqual(log, ["refresh_token"]);
  },
  DUE,
);

/** An answer of the provider's that a test makes up. */
function answering(status: number, body: unknown): Rig["at"][string] {
  return (ctx) => Promise.resolve(void Object.assign(ctx, { status, body }));
}

test(
  "a sign-out during a refresh: nothing opens again",
  async ({ url, at }) => {
    const visitor = await signedIn(url);
    const copy = visitor.copy();
    const arrived = Promise.withResolvers<void>();
    const signedOut = Promise.withResolvers<void>();
    at["/token"] = (_ctx, next) => {
      arrived.resolve();
      return signedOut.promise.then(next);
    };
    const answer = refusal(url, visitor);
    await arrived.promise;
    await copy.post(`${url}/sign-out`, { where: "everywhere" });
    signedOut.resolve();
    assert.equal(await answer, "unknown");
    assert.equal(await refusal(url, visitor), "unknown");
  },
  DUE,
);

test("a provider that refuses ends the session", async ({ url, at }) => {
  for (const isPage of [true, false]) {
    const visitor = await signedIn(url);
    at["/token"] = answering(400, { error: "invalid_grant" });
    if (isPage) {
      const { url: end, text } = await visitor.go(`${url}/account`);
      assert.equal(end, `${url}/?why=refused&to=%2Faccount`);
      assert.match(text, /provider has ended your sign-in/);
    } else assert.equal(await refusal(url, visitor), "refused");
    assert.equal(await refusal(url, visitor), "none");
    delete at["/token"];
  }
}, DUE);

test("signing out, here or everywhere; an API says why it refuses", async (rig) => {
  const { url } = rig;
  const leave = (visitor: Visitor, where: string) =>
    visitor.post(`${url}/sign-out`, { where });
  const here = await signedIn(url);
  const there = await signedIn(url);
  const last = await signedIn(url);
  const copy = here.copy();
  await leave(here, "here");
  assert.equal(await refusal(url, here), "none");
  assert.equal(await refusal(url, copy), "unknown");
  assert.equal((await has(url, last)).sessions, 2);
  await leave(there, "everywhere");
  assert.equal(await refusal(url, last), "unknown");

  const away = await signedIn(url);
  rig.secondsAhead = 1801;
  assert.equal(await refusal(url, away), "expired");
  const page = await away.go(`${url}/account`);
  assert.equal(page.url, `${url}/?why=expired&to=%2Faccount`);
  assert.match(page.text, /away too long/);
  const { text } = await away.go(`${url}/?why=constructor`);
  assert.doesNotMatch(text, /function|role="status"/);
});

const EVENT = { "http://schemas.openid.net/event/backchannel-logout": {} };

test("a logout token ends its session, or all of its user; a false one ends nothing", async ({ url, provider }) => {
  const visitors = [
    await signedIn(url),
    await signedIn(url),
    await signedIn(url, "Eve"),
  ];
  const [ada = assert.fail()] = visitors;
  const statuses = () => Promise.all(visitors.map((one) => status(url, one)));
  async function send(logout_token: string) {
    const body = new URLSearchParams({ logout_token });
    const init = { method: "POST", body };
    const response = await fetch(`${url}/backchannel-logout`, init);
    await response.text();
    assert.equal(response.headers.get("Cache-Control"), "no-store");
    return response.status;
  }
  async function post(
    claims: object,
    { alg = "RS256", key = provider.key, age = 0 } = {},
  ) {
    const iat = Math.floor(Date.now() / 1000) - age;
    const token = await new SignJWT({
      ...{ iss: provider.issuer, aud: provider.id, sub: "Ada" },
      ...{ jti: crypto.randomUUID(), iat, exp: iat + 120, events: EVENT },
      ...claims,
    }).setProtectedHeader({ alg }).sign(key);
    return await send(token);
  }
  const other = await generateKeyPair("RS256");
  const hmac = new TextEncoder().encode(provider.secret);
  const refused = [
    await send("nonsense"),
    await post({}, { key: other.privateKey }),
    await post({}, { alg: "HS256", key: hmac as never }),
    await post({ exp: Date.now() }, { age: 3600 }),
    await post({ exp: undefined }),
    await post({ iss: "https://evil.example" }),
    await post({ aud: "another app" }),
    await post({ events: {} }),
    await post({ nonce: "n" }),
    await post({ sub: undefined }),
    await post({ sub: "" }),
    await post({ jti: undefined }),
  ];
  assert.deepEqual(refused, Array(12).fill(400));
  assert.equal(await post({ sid: "of somebody else" }), 200);
  assert.deepEqual(await statuses(), [200, 200, 200]);

  const form = await ada.go(`${provider.issuer}/session/end`);
  const [, xsrf = ""] = /name="xsrf" value="([^"]+)"/.exec(form.text) ?? [];
  const confirmed = { xsrf, logout: "yes" };
  await ada.post(`${provider.issuer}/session/end/confirm`, confirmed);
  assert.deepEqual(await statuses(), [401, 200, 200]);
  assert.equal(await refusal(url, ada), "unknown");
  assert.equal(await post({}), 200);
  assert.deepEqual(await statuses(), [401, 401, 200]);
});

test(
  "encrypted tokens fit a cookie; when they do not, the log says so",
  async ({ url, log }) => {
    const visitor = await signedIn(url);
    const { length } = visitor.jar.get("session") ?? "";
    assert(length > 2000 && length < 4096 - "session".length, `${length}`);
    log.length = 0;
    assert.equal(await status(url, visitor), 200);
    assert.deepEqual(log, ["refresh_token"]);

    const { error } = console;
    const lines: string[] = [];
    console.error = (line) => void lines.push(line);
    const name = "A".repeat(1000);
    const large = await new Visitor().go(`${url}/sign-in`, { name });
    console.error = error;
    assert.equal(large.status, 500);
    assert.match(
      lines.join(),
      /take \d+ bytes; the limit is 4096.*server-side/,
    );
  },
  { ...DUE, stores: ["cookie"] },
);

test("docs/recipes/sign_in_oidc.ts", async ({ url, log }) => {
  const visitor = new Visitor();
  const forged = await visitor.go(`${url}/callback?state=x&code=x`);
  assert.equal(forged.status, 400);
  const denied = await visitor.go(`${url}/sign-in`, { cancel: true });
  assert.equal(denied.status, 403);
  const backs = [await callback(url, visitor), await callback(url, visitor)];
  const [back = ""] = backs;
  const form = Object.fromEntries(new URL(back).searchParams);
  // No cookie comes with a post from another site.
  const posted = await new Visitor().post(`${url}/callback`, form);
  assert.equal(url + posted.headers.get("Location"), back);
  for (const back of backs.toReversed()) {
    const { status, text } = await visitor.go(back);
    assert.equal(status, 200);
    assert.equal(JSON.parse(text).user, "Ada");
  }
  assert.equal((await visitor.go(back)).status, 400);
  assert.deepEqual(log.slice(1), Array(2).fill("authorization_code"));
}, {
  async open({ issuer, id, secret }, redirectUri) {
    Deno.env.set("SESSION_SECRET", SECRET);
    const { createApp } = await import("../docs/recipes/sign_in_oidc.ts");
    const options = { execute: [allowInsecureRequests] };
    const url = new URL(issuer);
    const config = await discovery(url, id, secret, undefined, options);
    return createApp(config, redirectUri);
  },
});
