// Sessions bound to the device, over app.request. package_contract.ts shows a binding from its offer on.
import assert from "node:assert/strict";
import type { Hono } from "hono";
import { deviceBinding } from "../middleware/session/device/mod.ts";
import {
  type Binding,
  memoryStore,
  session,
  type SessionEvent,
} from "../middleware/session/mod.ts";
import type { App } from "../middleware/session/testing/mod.ts";
import {
  contractApp,
  type ContractAppOptions,
  REFRESH_SECONDS,
} from "./support/contract_app.ts";
import { controlledStore } from "./support/controlled_store.ts";
import {
  Device,
  newKey,
  type ProofOptions,
  setCookies,
  signProof,
} from "./support/device.ts";
import { options, OTHER_SECRET, SECRET } from "./support/test_app.ts";

/** A browser with nothing yet, and the app that it visits. */
interface Visit {
  readonly app: Hono;
  readonly device: Device;
  readonly isCookie: boolean;
}

/** The same with the cookie store and with a server store. */
function test(name: string, run: (visit: Visit) => Promise<void>): void {
  for (const kind of ["cookie", "memory"] as const) {
    Deno.test(`bound sessions: ${name} (${kind} store)`, () => {
      const isCookie = kind === "cookie";
      const app = newApp({ store: isCookie ? kind : memoryStore() });
      return run({ app, device: new Device(app), isCookie });
    });
  }
}

function newApp(options: Partial<ContractAppOptions> = {}): Hono {
  return contractApp({ secrets: [SECRET], ...options });
}

/** Another app behind the same address, from one request to the next. */
function whichever(app: () => Hono): App {
  return {
    request: (url: string, init?: RequestInit) => app().request(url, init),
  };
}

test("without a proof nothing is written, nor thrown away; a restart begins another session, and an end is an end", async ({ device, app, isCookie }) => {
  await device.signIn();
  const [other, thief] = [device.thief(app), device.thief(app)];
  await device.wait(REFRESH_SECONDS + 1);
  for (const path of ["/count", "/renew"]) {
    const response = await thief.request(path, "POST");
    assert.equal(response.status, 409);
    assert.equal(await response.text(), "SessionUnprovenError");
    assert.deepEqual(response.headers.getSetCookie(), []);
  }
  const skipped = await thief.request("/seen", "POST");
  assert.equal(skipped.status, 204);
  assert.deepEqual([...setCookies(skipped).keys()], ["__Host-session-proof"]);
  assert.equal(setCookies(await thief.request("/me")).size, 0); // it is cleared once
  const { user, count, seen } = await device.me();
  assert.deepEqual([user, count, seen], ["Jay", 0, 0]);

  assert.equal(await other.post("/restart/empty"), 204);
  const eve = await other.me();
  assert.deepEqual([eve.user, eve.binding], ["Eve", "offered"]);
  assert.equal((await other.bind()).status, 200);
  assert.equal((await other.me()).binding, "bound");

  const response = await thief.request("/end", "POST");
  const ended = setCookies(response);
  assert.deepEqual([...ended.keys()].toSorted(), [
    "__Host-session",
    "__Host-session-proof",
    "__Secure-session-key",
  ]);
  assert.match(ended.get("__Secure-session-key") ?? "", /SameSite=None/);
  assert.equal((await device.me()).user, isCookie ? "Jay" : "stranger");
});

test("a restart inherits the binding, for all of the new lifetime, and is offered no other", async ({ device, app }) => {
  for (const path of ["/restart", "/restart/empty"]) {
    await device.signIn();
    const thief = device.thief(app);
    await thief.request(path, "POST");
    assert.equal(thief.offer, undefined);
    assert.equal((await thief.me()).binding, "bound");
    await device.wait(REFRESH_SECONDS + 1);
    assert.equal((await thief.me()).rejected, "unproven");
    await device.post("/end");
  }
  await device.signIn();
  const bound = device.bound.id;
  for (let i = 0; i < 20; i++) {
    await device.wait(1700);
    assert.equal(await device.post("/restart"), 204);
  }
  assert.equal((await device.me()).user, "Jay");
  assert.equal(device.bound.id, bound);
});

test("regenerate keeps the binding; after the end there is none", async ({ device }) => {
  await device.signIn();
  const renewed = setCookies(await device.request("/renew", "POST"));
  assert(!renewed.has("__Secure-session-key")); // its end did not move
  assert.equal((await device.me()).binding, "bound");
  await device.wait(REFRESH_SECONDS + 1);
  assert.equal((await device.me()).user, "Jay");
  const response = await device.request("/end", "POST");
  assert.equal(setCookies(response).size, 3);
  assert.equal(await device.challenge(), undefined);
  const first = device.bound.id;
  await device.signIn();
  assert.notEqual(device.bound.id, first);
  const replaced = await device.send("/session/refresh", {
    "Sec-Secure-Session-Id": first,
  });
  const over = { session_identifier: first, continue: false };
  assert.deepEqual(await replaced.json(), over);
});

test("a sign-in that another site led to is bound by the next request", async ({ device }) => {
  await device.request("/sign-in");
  const response = await device.bind({ Cookie: "language=en" });
  assert.equal(response.status, 200);
  assert.equal(setCookies(response).has("__Host-session"), false);
  assert.equal((await device.me()).binding, "bound");
  await device.wait(REFRESH_SECONDS + 1);
  const refreshed = await device.refresh({ Cookie: keyIn(response) });
  assert.equal(refreshed.status, 200);
  assert.equal((await device.me()).user, "Jay");
});

test("an offer binds its own session once, also when the answer was lost", async ({ device, app }) => {
  await device.request("/sign-in");
  const late = device.thief(app);
  late.offer = device.offer;
  await device.request("/sign-in");
  for (const [name, value] of device.visitor.cookies) {
    late.visitor.setCookie(`${name}=${value}; Path=/; Secure`);
  }
  const proof = await signProof(await newKey(), device.offer ?? "");
  const headers = { "Secure-Session-Response": proof };
  for (let i = 0; i < 2; i++) {
    const response = await device.send("/session/bind", headers);
    assert.equal(response.status, 200);
    assert(response.headers.getSetCookie().length >= 2);
    await response.body?.cancel();
  }
  const second = device.thief(app);
  second.offer = device.offer;
  for (const refused of [await late.bind(), await second.bind()]) {
    assert.equal(refused.status, 409);
    assert.equal(setCookies(refused).size, 0);
  }
});

test("a proof that is wrong binds nothing, or has the browser sign again; it sets no cookie and logs nobody out", async ({ device, app }) => {
  const [bound, other] = [new Device(app), new Device(app)];
  for (const signed of [bound, other]) await signed.signIn();
  await device.request("/sign-in");
  const offer = device.offer ?? assert.fail();
  const challenge = await bound.challenge() ?? assert.fail();
  const theirs = await other.challenge() ?? assert.fail();
  const key = await newKey();
  const jwk = await crypto.subtle.exportKey("jwk", key.publicKey);
  const { privateKey: by } = await newKey();
  const sign = (options: ProofOptions = {}) => signProof(key, offer, options);
  const withKey = (change: object) => sign({ jwk: { ...jwk, ...change } });
  const proof = await sign();
  const binds: (readonly [status: number, proof: string])[] = [
    [400, await sign({ typ: "jwt" })],
    [400, await sign({ alg: "none" })],
    [400, await sign({ jwk: undefined })],
    [400, await withKey({ crv: "P-384" })],
    [400, await withKey({ y: 5 })],
    ...["", `"${proof}`, `${proof}=`, proof.padEnd(5000, "A"), "a.b.c"]
      .concat(proof.slice(0, -2)) // a signature that is too short
      .map((proof) => [400, proof] as const),
    [400, ["bnVsbA", ...proof.split(".").slice(1)].join(".")], // null
    [403, await withKey({ x: jwk.y })], // no point of the curve
    [403, await sign({ by })],
    [403, await signProof(key, theirs)],
    [403, await signProof(key, "v1.e30.AAAA")],
  ];
  for (const [status, proof] of binds) {
    const headers = { "Secure-Session-Response": proof };
    const response = await device.send("/session/bind", headers);
    assert.equal(response.status, status, proof);
    assert.equal(setCookies(response).size, 0, proof);
  }
  assert.equal((await device.send("/session/bind", {})).status, 400);
  assert.equal((await device.me()).binding, "offered");

  const own = bound.bound.key;
  const refreshes = [
    await signProof(own, challenge, { typ: "jwt" }),
    await signProof(own, challenge, { by }),
    "a.b.c",
    await signProof(other.bound.key, challenge),
    await signProof(own, theirs),
    await signProof(own, offer),
  ];
  for (const proof of refreshes) {
    const response = await bound.prove(proof);
    assert.equal(response.status, 403, proof);
    assert.match(
      response.headers.get("Secure-Session-Challenge") ?? "",
      /^"v1\.[\w.-]+";id="[\w-]{43}"$/,
    );
    assert.equal(setCookies(response).size, 0, proof);
  }
  const good = await signProof(own, challenge);
  for (const proof of [good, `"${good}"`, `"${good}";a=1`]) {
    assert.equal((await bound.prove(proof)).status, 200);
  }
  await device.wait(60);
  assert.equal((await device.bind()).status, 403); // too late
  assert.equal((await bound.prove(good)).status, 403);
  const headers = { "Secure-Session-Response": good };
  const stranger = await bound.send("/session/refresh", headers);
  assert.equal(stranger.status, 400); // browsers name the session
  assert.equal((await bound.me()).user, "Jay");
});

Deno.test("bound sessions: who sends a browser's signature again gains nothing, and is told of as unproven; a refresh does not move the idle end", async () => {
  const events: SessionEvent[] = [];
  const app = newApp({ onEvent: (event) => void events.push(event) });
  const device = new Device(app);
  await device.signIn();
  const challenge = await device.challenge() ?? assert.fail();
  const proof = await signProof(device.bound.key, challenge);
  await device.wait(50); // of 60
  assert.equal((await device.prove(proof)).status, 200);
  const thief = device.thief(app);
  assert.equal((await thief.me()).user, "Jay");
  await device.wait(REFRESH_SECONDS - 50 + 3);
  assert.equal((await thief.me()).user, "stranger");
  const types = events.map(({ type }) => type);
  assert.deepEqual(types, ["began", "saved", "rejected"]);
  assert.deepEqual(events[2], { type: "rejected", reason: "unproven" });
  await device.me();
  await device.wait(1750);
  assert.equal((await device.refresh()).status, 200);
  await device.wait(100);
  assert.equal((await device.me()).rejected, "expired");
});

Deno.test("bound sessions: a proof never outlives its session, and the browser asks for another before it ends", async () => {
  const device = new Device(newApp());
  await device.request("/sign-in");
  const bind = await device.bind();
  const seconds = (response: Response, name: string) =>
    Number(/Max-Age=(\d+)/.exec(setCookies(response).get(name) ?? "")?.[1]);
  assert(seconds(bind, "__Host-session-proof") < REFRESH_SECONDS);
  assert(Math.abs(seconds(bind, "__Secure-session-key") - 28_800) <= 1);
  for (let i = 0; i < 28; i++) {
    await device.wait(1025);
    assert.equal((await device.me()).user, "Jay");
  }
  await device.wait(28_800 - 28 * 1025 - 20);
  assert(seconds(await device.refresh(), "__Host-session-proof") <= 20);
  await device.wait(21);
  // Neither with what the browser has, nor with what somebody kept.
  assert.equal(await device.challenge(), undefined);
  assert.equal(await device.challenge({ Cookie: keyIn(bind) }), undefined);
});

Deno.test("bound sessions: over plain http nothing is offered; behind a proxy that is believed, its word decides", async () => {
  const plain = new Device(newApp(), "http://localhost");
  const response = await plain.request("/sign-in");
  assert.equal(response.headers.get("Secure-Session-Registration"), null);
  assert.equal((await plain.me()).binding, "none");
  assert.equal((await plain.send("/session/bind", {})).status, 404);
  const headers = { "X-Forwarded-Proto": "https" };
  const behind = await newApp({ trustProxy: true })
    .request("http://localhost/sign-in", { headers });
  assert(behind.headers.has("Secure-Session-Registration"));
  const visit = await newApp().request("https://localhost/session/refresh");
  assert.equal(visit.status, 404); // browsers post to it
});

Deno.test("bound sessions: an outage of the store is 503 everywhere but at the refresh, and logs nobody out", async () => {
  const store = controlledStore();
  const device = new Device(newApp({ store }));
  await device.request("/sign-in");
  store.fail(new Error("read-only"), "writes");
  const bind = await device.bind();
  assert.equal(bind.status, 503);
  assert.deepEqual(bind.headers.getSetCookie(), []);
  store.fail(undefined);
  assert.equal((await device.me()).binding, "offered");
  const { usedAt } = await device.me();
  await device.wait(50); // of 60
  assert.equal((await device.bind()).status, 200); // the same challenge, in time
  assert.equal((await device.me()).usedAt, usedAt); // a bind moves no end

  await device.wait(REFRESH_SECONDS + 1);
  store.fail(new Error("down"));
  assert.equal((await device.refresh()).status, 200);
  const visit = await device.request("/me");
  assert.equal(visit.status, 503);
  assert.deepEqual(visit.headers.getSetCookie(), []);
  store.fail(undefined);
  assert.equal((await device.me()).binding, "bound");
});

Deno.test("bound sessions: with a server store, requests under way when a session is bound need no proof; an offer from before a regenerate binds nothing", async () => {
  const app = newApp({ store: memoryStore() });
  const device = new Device(app);
  await device.request("/sign-in");
  await device.post("/renew");
  const late = await device.bind();
  assert.equal(late.status, 409);
  assert.deepEqual(late.headers.getSetCookie(), []);
  await device.request("/sign-in");
  const underWay = device.thief(app);
  await device.bind();
  assert.equal(await underWay.post("/count"), 200);
  await device.wait(30);
  assert.equal((await underWay.me()).rejected, "unproven");
  assert.equal((await device.me()).count, 1);
});

Deno.test("bound sessions: secrets change while a session is bound, and a wrong deploy ends no binding", async () => {
  const newest = "a newer secret of the tests: 32 bytes";
  const apps = [[SECRET], [newest, SECRET], [newest], [OTHER_SECRET]]
    .map((secrets) => newApp({ secrets }));
  let current = 0;
  const device = new Device(whichever(() => apps[current] ?? assert.fail()));
  await device.signIn();
  for (current of [1, 2]) {
    const refreshed = await device.refresh();
    assert.equal(refreshed.status, 200);
    const isSealedAnew = setCookies(refreshed).has("__Secure-session-key");
    assert.equal(isSealedAnew, current === 1);
    assert.equal((await device.me()).user, "Jay");
  }
  current = 3;
  const headers = { "Sec-Secure-Session-Id": device.bound.id };
  const answer = await device.send("/session/refresh", headers);
  assert.equal(answer.status, 503);
  current = 2;
  assert.equal((await device.refresh()).status, 200);
  assert.equal((await device.me()).binding, "bound");
});

Deno.test("bound sessions: a proof of another key, or none at all, is taken from the browser, so that it asks for its own", async () => {
  const app = newApp();
  const [device, other] = [new Device(app), new Device(app)];
  await device.signIn();
  await other.signIn();
  const { visitor } = device;
  const theirs = other.visitor.cookies.get("__Host-session-proof");
  for (const proof of [theirs, "v1.c3RyYW5nZQ.c3RyYW5nZQ"]) {
    visitor.setCookie(`__Host-session-proof=${proof}; Path=/; Secure`);
    assert.equal((await device.me()).rejected, "unproven");
    assert.equal((await device.me()).user, "Jay");
  }
});

/** The cookie that has the key, as `name=value`. */
function keyIn(bind: Response): string {
  const lines = bind.headers.getSetCookie();
  const line = lines.find((line) => line.startsWith(KEY_COOKIE));
  return line?.split(";")[0] ?? assert.fail();
}

const KEY_COOKIE = "__Secure-session-key=";
const STRANGE = `${KEY_COOKIE}v1.c3RyYW5nZQ.c3RyYW5nZQ`;

Deno.test("bound sessions: cookies that a sibling host put before the key's are tried; a refresh ends the binding only when the session is surely over", async () => {
  const app = newApp();
  const [device, other] = [new Device(app), new Device(app)];
  await device.request("/sign-in");
  await other.request("/sign-in");
  const own = keyIn(await device.bind());
  const theirs = keyIn(await other.bind());
  for (const before of [STRANGE, KEY_COOKIE, theirs, `${STRANGE}; ${theirs}`]) {
    const headers = { Cookie: `${before}; ${own}` };
    const refreshed = await device.refresh(headers);
    assert.equal(refreshed.status, 200, before);
    assert.match(refreshed.headers.getSetCookie().join(), /-proof=v1/);
  }
  const ask = async (Cookie: string) => {
    const headers = { "Sec-Secure-Session-Id": device.bound.id, Cookie };
    const answer = await device.send("/session/refresh", headers);
    assert.deepEqual(answer.headers.getSetCookie(), []);
    assert.equal(answer.headers.get("Cache-Control"), "no-store");
    const isOver = (await answer.text()).includes('"continue":false');
    return isOver ? "over" : answer.status;
  };
  assert.equal(await ask(own), 403);
  assert.equal(await ask(STRANGE), 503);
  assert.equal(await ask(`${STRANGE}; ${KEY_COOKIE}`), 503);
  assert.equal(await ask(theirs), "over"); // the browser was bound anew
  assert.equal(await ask(`${STRANGE}; ${theirs}`), "over");
  assert.equal(await ask("other=1"), "over"); // signed out
  await device.wait(28_800);
  assert.equal(await ask(own), "over");
});

test("whoever copies the cookie of an unbound session gets no offer in its first minute", async ({ device, app, isCookie }) => {
  await device.request("/sign-in");
  const thief = device.thief(app);
  for (const seconds of [0, 30, 25]) {
    await device.wait(seconds);
    for (const path of ["/count", "/renew", "/seen", "/take"]) {
      await thief.post(path);
    }
    assert.equal((await thief.me()).user, "Jay");
    assert.equal(thief.offer, undefined);
  }
  // With an offer of his own he binds a session of his own, and no other.
  const stranger = new Device(app);
  await stranger.request("/sign-in");
  thief.offer = stranger.offer;
  assert.equal((await thief.bind()).status, 409);
  // A browser that has lost its offer gets another one, when it writes.
  await device.wait(5);
  device.offer = undefined;
  await device.me();
  assert.equal(device.offer, undefined);
  await device.post("/count");
  if (!isCookie) return; // the thief has regenerated it
  assert(device.offer);
  // A browser that cannot bind has an ordinary session.
  await device.wait(REFRESH_SECONDS * 2);
  assert.equal(await device.post("/count"), 200);
  assert.equal((await device.me()).binding, "offered");
  assert.deepEqual([...device.visitor.cookies.keys()], ["__Host-session"]);
  assert.equal((await device.bind()).status, 200);
  assert.equal((await device.me()).binding, "bound");
});

Deno.test("bound sessions: a session that is bound opens without a proof once the option is taken away", async () => {
  let app = newApp();
  const device = new Device(whichever(() => app));
  await device.signIn();
  app = newApp({ binding: undefined as never });
  const { user, binding } = await device.me();
  assert.deepEqual([user, binding], ["Jay", undefined]);
  // Restarted meanwhile, it is one that the browser may bind again.
  await device.post("/restart");
  app = newApp();
  await device.wait(REFRESH_SECONDS + 1);
  assert.equal((await device.me()).binding, "offered");
});

Deno.test("bound sessions: wrong options are refused at construction", () => {
  const wrong: (() => unknown)[] = [
    () => deviceBinding({ refreshSeconds: 0 }),
    () => deviceBinding({ refreshSeconds: 1.5 }),
    () => deviceBinding({ path: "session" }),
    () => deviceBinding({ path: '/a"b' }),
    () => newApp({ sameSite: "none" }),
    () => session({ ...options(), binding: {} as Binding }),
  ];
  const fault = /TypeError: (?:deviceBinding\(\): |session\(\):\n- binding: )/;
  for (const make of wrong) assert.throws(make, fault);
  deviceBinding({ refreshSeconds: 1 });
});
