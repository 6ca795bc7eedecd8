// examples/accounts over HTTP: what somebody who takes it as a start relies on.
import assert from "node:assert/strict";
import { z } from "zod";
import { memoryStore, session } from "../middleware/session/mod.ts";
import {
  type Browser,
  browser as newBrowser,
  sealFor,
} from "../middleware/session/testing/mod.ts";
import { createApp } from "../examples/accounts/app.ts";
import { openUsers, type Users } from "../examples/accounts/users.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import { Clock, SECRET } from "./support/test_app.ts";

const PASSWORD = "correct horse battery staple";
const NEXT = "another horse, another staple";

/** The example at an address and a time that a test decides; in memory, where a hash costs little, or over a file. */
class Rig implements Disposable {
  readonly clock = new Clock();
  readonly users: Users;
  readonly store;
  readonly app;
  readonly log: string[] = [];
  address = "192.0.2.1";
  isIndexAway = false;

  constructor(path?: string, memory = memoryStore({ now: this.clock.now })) {
    const { log, clock: { now } } = this;
    this.users = path === undefined
      ? openUsers(":memory:", { N: 2, r: 1, p: 1 })
      : openUsers(path);
    this.store = {
      ...memory,
      owned: async (owner: string) => {
        if (this.isIndexAway) throw new Error("The index is away");
        return await memory.owned?.(owner) ?? [];
      },
    };
    this.app = createApp({
      ...{ users: this.users, store: this.store, secrets: [SECRET], now },
      address: () => this.address,
      log: (line) => void log.push(line),
    });
  }

  browser(): Browser {
    return newBrowser(this.app, { now: this.clock.now });
  }

  async signUp(name: string): Promise<Browser> {
    const visitor = this.browser();
    const form = { name, password: PASSWORD };
    const { headers } = await visitor.post("/sign-up", form);
    assert.equal(headers.get("Location"), "/account");
    return visitor;
  }

  async signIn(name: string, more: Record<string, string> = {}) {
    const visitor = this.browser();
    const form = { name, password: PASSWORD, ...more };
    const headers = { "User-Agent": "iPhone Safari" };
    const response = await visitor.post("/sign-in", form, { headers });
    return { visitor, response };
  }

  [Symbol.dispose](): void {
    this.users[Symbol.dispose]();
  }
}

function test(name: string, fn: (rig: Rig) => Promise<void>): void {
  const run = async () => {
    using rig = new Rig();
    await fn(rig);
  };
  testWhere(mayDoAll ? null : "needs --allow-all", `accounts: ${name}`, run, {
    sanitizeOps: false,
    sanitizeResources: false, // the rate limiters forget old attempts in the background
  });
}

async function html(visitor: Browser, path: string): Promise<string> {
  return await (await visitor.get(path)).text();
}

async function isSignedIn(visitor: Browser): Promise<boolean> {
  const { status } = await visitor.get("/account");
  assert(status === 200 || status === 303, `${status}`);
  return status === 200;
}

/** The ids in the buttons that end other browsers. */
async function otherIds(visitor: Browser, path = "/account") {
  const page = await html(visitor, path);
  return [...page.matchAll(/name="id" value="([^"]+)"/g)]
    .map(([, id = ""]) => id);
}

test("the cart survives the sign-up, and is the only thing that does", async (rig) => {
  const visitor = rig.browser();
  for (const tea of ["Assam", "Assam", "Oolong"]) {
    await visitor.post("/cart", { tea });
  }
  const before = new Map(visitor.cookies);
  await visitor.post("/sign-up", { name: "ada", password: PASSWORD });
  assert.match(await html(visitor, "/"), /Welcome, ada.*2 × Assam/s);
  assert.doesNotMatch(await html(visitor, "/"), /Welcome/); // shown once
  const copy = rig.browser();
  for (const [name, value] of before) copy.setCookie(`${name}=${value}`);
  assert.match(await html(copy, "/"), /cart: 0 of/); // the old id is dead

  await visitor.post("/sign-out");
  assert.match(await html(visitor, "/"), /cart: 0 of/);
  assert.equal(visitor.cookies.size, 0);
});

test("a wrong password and an unknown name get the same answer", async (rig) => {
  await rig.signUp("ada");
  const answers = [];
  for (const name of ["ada", "eve"]) {
    const { visitor, response } = await rig.signIn(name, { password: "wrong" });
    assert.equal(response.status, 422);
    assert.equal(visitor.cookies.size, 0);
    answers.push((await response.text()).replaceAll(`value="${name}"`, ""));
  }
  assert.equal(answers[0], answers[1]);
});

test("forms that cannot be right say why, and keep no password", async (rig) => {
  await rig.signUp("ada");
  const cases: [Record<string, string>, RegExp][] = [
    [{ name: "Ada ", password: NEXT }, /This name is taken/],
    [{ name: "<script>", password: PASSWORD }, /&lt;script&gt;.*Use 3 to 30/s],
    [{ name: "eve", password: "short" }, /Use 8 characters/],
    [{ name: "eve", password: "x".repeat(129) }, /Use 128 characters at most/],
    [{}, /id="name-note" class="fault"/],
  ];
  for (const [form, expected] of cases) {
    const response = await rig.browser().post("/sign-up", form);
    const page = await response.text();
    assert.equal(response.status, 422);
    assert.match(page, expected);
    assert.doesNotMatch(page, /x{129}|short"|<script/);
  }
  for (const [length, status] of [[10_000, 422], [20_000, 413]] as const) {
    const form = { password: "x".repeat(length) };
    assert.equal((await rig.signIn("ada", form)).response.status, status);
  }
});

test("two browsers of one person see both, and each can end the other, or all others; who stays signed in has a cookie that lasts", async (rig) => {
  const laptop = await rig.signUp("ada");
  rig.clock.seconds += 3600;
  const { visitor: phone, response } = await rig.signIn("ada", { stay: "on" });
  const [line = ""] = response.headers.getSetCookie();
  assert.match(line, /Max-Age=7776000/);
  const eve = await rig.signUp("eve");

  // Half an hour idle is over for the laptop, which did not stay signed in.
  assert.deepEqual(await otherIds(phone), []);
  const { headers } = await laptop.get("/account");
  assert.equal(headers.get("Location"), "/sign-in");

  const { visitor: tablet } = await rig.signIn("ada");
  assert(await isSignedIn(tablet));
  rig.clock.seconds += 120;
  assert(await isSignedIn(tablet));
  const page = await html(phone, "/account");
  assert.match(page, /Safari on iPhone <em>This browser/);
  assert.match(page, /Last seen just now, signed in 2 minutes ago/);
  const [id = assert.fail()] = await otherIds(phone);
  assert.equal((await otherIds(tablet)).length, 1);
  assert.equal((await otherIds(eve)).length, 0);

  await eve.post("/account/end", { id }); // not hers
  await eve.post("/account/end-others");
  assert(await isSignedIn(tablet));

  await phone.post("/account/end", { id });
  const asked = await tablet.get("/account", { follow: true });
  assert.match(await asked.text(), /You are signed out here/);
  assert.deepEqual(await otherIds(phone), []);

  const again = await rig.signIn("ada");
  const [plain = ""] = again.response.headers.getSetCookie();
  assert.doesNotMatch(plain, /Max-Age/);
  await phone.post("/account/end-others");
  assert.match(await html(phone, "/account"), /All other browsers.*Nowhere/s);
  assert(!await isSignedIn(again.visitor));
  rig.clock.seconds += 13 * 24 * 3600;
  assert(await isSignedIn(phone));
});

test("a change of password ends all others, and what begins with the old one", async (rig) => {
  const laptop = await rig.signUp("ada");
  const { visitor: phone } = await rig.signIn("ada");
  const change = (current: string, password: string) =>
    laptop.post("/account/password", { current, password });
  const wrong = await change("not this one", NEXT);
  assert.equal(wrong.status, 422);
  assert.match(await wrong.text(), /That is not your password/);
  assert.match(await (await change(PASSWORD, "no")).text(), /Use 8 characters/);
  assert(await isSignedIn(phone));

  const before = laptop.cookies.get("session");
  await change(PASSWORD, NEXT);
  assert.notEqual(laptop.cookies.get("session"), before); // another id
  assert.match(await html(laptop, "/account"), /Your password is changed/);
  assert.equal(rig.store.entries.size, 2); // this one, and the one that it retired
  assert(!await isSignedIn(phone));
  assert.equal((await rig.signIn("ada")).response.status, 422);
  assert(
    await isSignedIn((await rig.signIn("ada", { password: NEXT })).visitor),
  );
});

test("a change of password while the list of sessions is away says how far it came, and works when it is sent again", async (rig) => {
  const laptop = await rig.signUp("ada");
  const { visitor: phone } = await rig.signIn("ada");
  rig.isIndexAway = true;
  const form = { current: PASSWORD, password: NEXT };
  const half = await laptop.post("/account/password", form);
  assert.equal(half.status, 503);
  assert.match(half.headers.get("Retry-After") ?? "", /^\d+$/);
  assert.match(await half.text(), /Your password is changed.*send the form/s);
  assert.match(await html(laptop, "/"), /href="\/account">ada/);
  assert(!await isSignedIn(phone));

  rig.isIndexAway = false;
  const whole = await laptop.post("/account/password", form);
  assert.equal(whole.headers.get("Location"), "/account");
  assert.deepEqual(await otherIds(laptop), []);
});

test("a person has fifty sessions at most, and sees twenty at a time", async (rig) => {
  const laptop = await rig.signUp("ada");
  const browsers = [laptop];
  for (let i = 0; i < 59; i++) {
    rig.clock.seconds++;
    browsers.push((await rig.signIn("ada")).visitor);
  }
  const alive = [];
  for (const visitor of browsers) alive.push(await isSignedIn(visitor));
  assert.deepEqual(alive, browsers.map((_, i) => i >= 10));

  const last = browsers.at(-1) ?? assert.fail();
  const ids = [];
  for (const query of ["", "?page=2", "?page=3", "?page=x"]) {
    ids.push(await otherIds(last, `/account${query}`));
  }
  assert.deepEqual(ids.map(({ length }) => length), [19, 20, 10, 19]);
  assert.equal(new Set(ids.flat()).size, 49);
  assert.match(await html(last, "/account"), /href="\/account\?page=2"/);
  assert.doesNotMatch(await html(last, "/account?page=3"), /page=4/);

  const { response } = await rig.signIn("ada"); // the 61st within an hour
  assert.equal(response.status, 429);
});

test("who guesses is slowed down, for one account and from one address", async (rig) => {
  await rig.signUp("ada");
  const long = "x".repeat(200); // is not even hashed
  const guess = async (name: string, password = long) =>
    (await rig.signIn(name, { password })).response;
  for (let i = 0; i < 10; i++) {
    rig.address = `192.0.2.${i}`;
    assert.equal((await guess("ada")).status, 422);
  }
  const refused = await guess("ada", PASSWORD); // even the right one
  assert.equal(refused.status, 429);
  assert.match(refused.headers.get("Retry-After") ?? "", /^\d+$/);
  assert.match(await refused.text(), /Too many attempts/);

  rig.address = "198.51.100.1";
  for (let i = 0; i < 30; i++) {
    assert.equal((await guess(`user${i}`)).status, 422);
  }
  assert.equal((await guess("another")).status, 429);
  assert(rig.log.some((line) => line.includes("too many attempts")));
});

test("a form from another site changes nothing, and no page runs a script", async (rig) => {
  const ada = await rig.signUp("ada");
  const headers = { Origin: "https://evil.example" };
  for (const path of ["/account/end-others", "/sign-out", "/cart"]) {
    assert.equal((await ada.post(path, {}, { headers })).status, 403);
  }
  assert(await isSignedIn(ada));
  for (const path of ["/account", "/nowhere"]) {
    const response = await ada.get(path);
    assert.equal(response.status, path === "/account" ? 200 : 404);
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/);
  }
});

test("sign-ins under way while the password is changed leave no session", async () => {
  // Each on a server of its own, which hashes passwords of one name in turn.
  const path = `${Deno.makeTempDirSync()}/users.db`;
  const store = memoryStore();
  using rigs = new DisposableStack();
  const first = rigs.use(new Rig(path, store));
  const others = Array.from(
    { length: 4 },
    () => rigs.use(new Rig(path, store)),
  );
  const signIns: ReturnType<Rig["signIn"]>[] = [];
  const { changePassword } = first.users;
  first.users.changePassword = (user, next) => {
    const changing = changePassword(user, next); // hashes it first
    for (const rig of others) signIns.push(rig.signIn("ada"));
    return changing;
  };
  const ada = await first.signUp("ada");
  await ada.post("/account/password", { current: PASSWORD, password: NEXT });

  const begun = await Promise.all(signIns);
  const statuses = begun.map(({ response }) => response.status);
  assert(statuses.includes(303), "nothing raced");
  for (const { visitor } of begun) assert(!await isSignedIn(visitor));
  assert.match(await html(ada, "/account"), /This browser.*Nowhere else/s);
});

test("a tea that is no longer sold empties the cart, and ends no session", async (rig) => {
  await rig.signUp("ada");
  const user = await rig.users.check("ada", PASSWORD) ?? assert.fail();
  const schema = z.object({
    cart: z.array(z.string()).optional(),
    userId: z.string().optional(),
  });
  const options = { store: rig.store, secrets: [SECRET], now: rig.clock.now };
  const data = { cart: ["a tea of last year"], userId: user.id };
  const visitor = rig.browser();
  visitor.setCookie(await sealFor(session({ schema, ...options }), data));
  assert.match(await html(visitor, "/"), /cart: 0 of/);
  assert(await isSignedIn(visitor));
});

test("the audit log tells what happened, and no secrets", async (rig) => {
  const ada = await rig.signUp("ada");
  const { visitor: phone } = await rig.signIn("ada", { password: "a guess" });
  await phone.post("/sign-in", { name: "ada", password: PASSWORD });
  const [id = assert.fail()] = await otherIds(ada);
  await ada.post("/account/end", { id });
  await phone.get("/account");
  await ada.post("/sign-out");
  const events = rig.log.map((line) => {
    const { event, user = "-", from } = JSON.parse(line);
    assert.equal(from, "192.0.2.1");
    return `${user}: ${event}`;
  });
  assert.deepEqual(events, [
    "ada: session began",
    "-: sign-in failed",
    "ada: session began",
    "ada: ended another session",
    "-: session rejected",
    "-: session began",
    "ada: session destroyed",
  ]);
  const log = rig.log.join("\n");
  assert(!log.includes(id) && !log.includes("a guess"));
  assert.doesNotMatch(log, /v1\./);
});
