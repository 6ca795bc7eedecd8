// Sessions bound to the device: what one process shows beside the package's contract.
import assert from "node:assert/strict";
import { Hono } from "hono";
import { deviceBinding } from "../middleware/session/device/mod.ts";
import {
  type Binding,
  memoryStore,
  session,
  type SessionEvent,
} from "../middleware/session/mod.ts";
import {
  contractApp,
  type ContractAppOptions,
  contractSchema,
  REFRESH_SECONDS,
} from "./support/contract_app.ts";
import type { App } from "../middleware/session/testing/mod.ts";
import { Device, newKey, signProof } from "./support/device.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { options, OTHER_SECRET, SECRET } from "./support/test_app.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test(`bound sessions: ${name}`, fn);
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

test("an outage of the store is 503 everywhere but at the refresh, and logs nobody out", async () => {
  const backend = controlledStore();
  const device = new Device(newApp({ store: backend }));
  await device.request("/sign-in");
  backend.fail(new Error("down"));
  const bind = await device.bind();
  assert.equal(bind.status, 503);
  assert.deepEqual(bind.headers.getSetCookie(), []);
  backend.fail(undefined);
  assert.equal((await device.bind()).status, 200); // the same challenge, in time

  await device.wait(REFRESH_SECONDS + 1);
  backend.fail(new Error("down"));
  assert.equal((await device.refresh()).status, 200);
  const visit = await device.request("/me");
  assert.equal(visit.status, 503);
  assert.deepEqual(visit.headers.getSetCookie(), []);
  backend.fail(undefined);
  assert.equal((await device.me()).binding, "bound");
});

test("an outage while a session is being bound leaves it as it was", async () => {
  const backend = controlledStore();
  const device = new Device(newApp({ store: backend }));
  await device.request("/sign-in");
  backend.fail(new Error("read-only"), "writes");
  assert.equal((await device.bind()).status, 503);
  backend.fail(undefined);
  assert.equal((await device.me()).binding, "offered");
});

test("with a server store, requests under way when a session is bound need no proof", async () => {
  const app = newApp({ store: memoryStore() });
  const device = new Device(app);
  await device.request("/sign-in");
  const underWay = device.thief(app);
  await device.bind();
  assert.equal((await underWay.me()).user, "Jay");
  assert.equal(await underWay.post("/count"), 200);
  await device.wait(30);
  assert.equal((await underWay.me()).rejected, "unproven");
  assert.equal((await device.me()).count, 1);
});

test("of two keys for one session at once, one is bound and the other refused", async () => {
  const both = Promise.withResolvers<void>();
  let waiting = -1; // the sign-in writes alone
  const backend = controlledStore({
    async turn(operation) {
      if (operation !== "swap" || ++waiting === 0) return;
      if (waiting === 2) both.resolve();
      await both.promise;
    },
  });
  const app = newApp({ store: backend });
  const device = new Device(app);
  await device.request("/sign-in");
  const other = device.thief(app);
  other.offer = device.offer;
  const answers = await Promise.all([device.bind(), other.bind()]);
  const statuses = answers.map(({ status }) => status);
  assert.deepEqual(statuses.toSorted(), [200, 409]);
  const winner = statuses[0] === 200 ? device : other;
  await winner.wait(REFRESH_SECONDS + 1);
  assert.equal((await winner.me()).user, "Jay");
});

test("a bind whose answer was lost may be sent again", async () => {
  for (const store of [memoryStore(), "cookie" as const]) {
    const device = new Device(newApp({ store }));
    await device.request("/sign-in");
    const proof = await signProof(await newKey(), device.offer ?? "");
    for (let i = 0; i < 2; i++) {
      const headers = { "Secure-Session-Response": proof };
      const response = await device.send("/session/bind", headers);
      assert.equal(response.status, 200);
      assert(response.headers.getSetCookie().length >= 2);
      await response.body?.cancel();
    }
  }
});

test("an offer that was made before a regenerate binds nothing", async () => {
  const lifetime = { idle: 300, absolute: 28_800 }; // a rolling renewal is due after 30 s
  const device = new Device(newApp({ lifetime, store: memoryStore() }));
  await device.request("/sign-in");
  const { offer } = device;
  await device.post("/renew");
  await device.wait(31);
  device.offer = offer;
  const late = await device.bind();
  assert.equal(late.status, 409);
  assert.deepEqual(late.headers.getSetCookie(), []);
});

test("a bind and ten writes at once, in 20 races: none is lost", async () => {
  for (let race = 0; race < 20; race++) {
    const device = new Device(newApp({ store: memoryStore() }));
    await device.request("/sign-in");
    const writes = Array.from({ length: 10 }, () => device.post("/count"));
    const [bind] = await Promise.all([device.bind(), ...writes]);
    assert.equal(bind.status, 200);
    const { count, binding } = await device.me();
    assert.deepEqual([count, binding], [10, "bound"]);
  }
});

test("secrets change while a session is bound", async () => {
  const newest = "a newer secret of the tests: 32 bytes";
  const apps = [[SECRET], [newest, SECRET], [newest]].map((secrets) =>
    newApp({ secrets })
  );
  let current = 0;
  const device = new Device(whichever(() => apps[current] ?? assert.fail()));
  await device.signIn();
  current = 1;
  assert.equal((await device.refresh()).status, 200);
  assert.equal((await device.me()).user, "Jay");
  current = 2;
  assert.equal((await device.refresh()).status, 200);
  assert.equal((await device.me()).binding, "bound");
});

test("a proof of another key is taken from the browser, so that it asks for its own", async () => {
  const app = newApp();
  const [device, other] = [new Device(app), new Device(app)];
  await device.signIn();
  await other.signIn();
  const { visitor } = device;
  const theirs = other.visitor.cookies.get("__Host-session-proof");
  visitor.setCookie(`__Host-session-proof=${theirs}; Path=/; Secure`);
  assert.equal((await device.me()).rejected, "unproven");
  assert.equal((await device.me()).user, "Jay");
});

/** The cookie that has the key, as `name=value`. */
function keyIn(bind: Response): string {
  const lines = bind.headers.getSetCookie();
  const line = lines.find((line) => line.startsWith(KEY_COOKIE));
  return line?.split(";")[0] ?? assert.fail();
}

const KEY_COOKIE = "__Secure-session-key=";
const STRANGE = `${KEY_COOKIE}v1.c3RyYW5nZQ.c3RyYW5nZQ`;

test("cookies that a sibling host put before the key's are tried, and end nothing", async () => {
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
  assert.equal((await device.me()).binding, "bound");
});

test("a refresh ends the binding only when the session is surely over", async () => {
  const app = newApp();
  const [device, other] = [new Device(app), new Device(app)];
  await device.request("/sign-in");
  await other.request("/sign-in");
  const own = keyIn(await device.bind());
  const theirs = keyIn(await other.bind());
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

test("a wrong deploy ends no binding", async () => {
  const apps = [newApp(), newApp({ secrets: [OTHER_SECRET] })];
  let current = 0;
  const device = new Device(whichever(() => apps[current] ?? assert.fail()));
  await device.signIn();
  current = 1;
  const headers = { "Sec-Secure-Session-Id": device.bound.id };
  const answer = await device.send("/session/refresh", headers);
  assert.equal(answer.status, 503);
  await answer.body?.cancel();
  current = 0;
  assert.equal((await device.refresh()).status, 200);
  assert.equal((await device.me()).binding, "bound");
});

test("whoever copies the cookie of an unbound session gets no offer in its first minute", async () => {
  for (const store of [memoryStore(), "cookie" as const]) {
    const app = newApp({ store });
    const device = new Device(app);
    await device.request("/sign-in");
    assert(device.offer);
    const thief = device.thief(app);
    for (const seconds of [0, 30, 29]) {
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
    await device.wait(1);
    device.offer = undefined;
    await device.me();
    assert.equal(device.offer, undefined);
    await device.post("/count");
    if (store !== "cookie") continue; // the thief has regenerated it
    assert.equal((await device.bind()).status, 200);
    assert.equal((await device.me()).binding, "bound");
  }
});

test("a session that is bound opens without a proof once the option is taken away", async () => {
  let app = newApp();
  const device = new Device(whichever(() => app));
  await device.signIn();
  app = new Hono().use(session({ schema: contractSchema, secrets: [SECRET] }))
    .get("/me", async (c) => {
      const { data, info } = await c.var.session();
      return c.json({ user: data.user, has: "binding" in info });
    })
    .post("/restart", async (c) => {
      (await c.var.session()).restart();
      return c.body(null, 204);
    }) as unknown as Hono;
  const response = await device.visitor.get("/me");
  assert.deepEqual(await response.json(), { user: "Jay", has: false });
  // Restarted meanwhile, it is one that the browser may bind again.
  await device.post("/restart");
  app = newApp();
  await device.wait(REFRESH_SECONDS + 1);
  assert.equal((await device.me()).binding, "offered");
});

test("what was refused for want of a proof is told, and so is a bind", async () => {
  const events: SessionEvent[] = [];
  const app = newApp({ onEvent: (event) => void events.push(event) });
  const device = new Device(app);
  await device.signIn();
  await device.wait(REFRESH_SECONDS + 1);
  await device.thief(app).me();
  assert.deepEqual(events.map(({ type }) => type), [
    "began",
    "saved",
    "rejected",
  ]);
  const last = { type: "rejected", reason: "unproven" };
  assert.deepEqual(events.at(-1), last);
});

test("behind a proxy that is believed, its word decides", async () => {
  const app = newApp({ trustProxy: true });
  const headers = { "X-Forwarded-Proto": "https" };
  const response = await app.request("http://localhost/sign-in", { headers });
  assert(response.headers.has("Secure-Session-Registration"));
});

test("wrong options are refused at construction", () => {
  const wrong: (() => unknown)[] = [
    () => deviceBinding({ refreshSeconds: 0 }),
    () => deviceBinding({ refreshSeconds: 1.5 }),
    () => deviceBinding({ path: "session" }),
    () => deviceBinding({ path: '/a"b' }),
    () => newApp({ sameSite: "none" }),
    () => session({ ...options(), binding: {} as Binding }),
  ];
  for (const make of wrong) {
    assert.throws(
      make,
      /TypeError: (?:deviceBinding\(\): |session\(\):\n- binding: )/,
    );
  }
  return Promise.resolve();
});
