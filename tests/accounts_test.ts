// examples/accounts over HTTP: what somebody who takes it as a start relies on.
import assert from "node:assert/strict";
import { z } from "zod";
import { memoryStore, session } from "../middleware/session/mod.ts";
import {
  type Browser,
  browser as newBrowser,
  sealFor,
} from "../middleware/session/testing/mod.ts";
import { createApp } from "../examples/accounts/app.tsx";
import { deviceOf } from "../examples/accounts/device.ts";
import { openUsers } from "../examples/accounts/users.ts";
import { mayDoAll } from "./support/missing.ts";
import { Clock, SECRET } from "./support/test_app.ts";

const PASSWORD = "correct horse battery staple";
const NEXT = "another horse, another staple";
const FIREFOX =
  "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

/** The example in memory, at an address and a time that a test decides. */
class Rig implements Disposable {
  readonly clock = new Clock();
  readonly users = openUsers(":memory:");
  readonly log: string[] = [];
  address = "192.0.2.1";
  isIndexAway = false;
  readonly #memory = memoryStore({ now: this.clock.now });
  readonly store = {
    ...this.#memory,
    owned: async (owner: string) => {
      if (this.isIndexAway) throw new Error("The index is away");
      return await this.#memory.owned?.(owner) ?? [];
    },
  };
  readonly app = createApp({
    users: this.users,
    store: this.store,
    secrets: [SECRET],
    address: () => this.address,
    log: (line) => void this.log.push(line),
    now: this.clock.now,
  });

  browser(): Browser {
    return newBrowser(this.app, { now: this.clock.now });
  }

  async signUp(name: string): Promise<Browser> {
    const visitor = this.browser();
    const form = { name, password: PASSWORD };
    const headers = { "User-Agent": FIREFOX };
    const response = await visitor.post("/sign-up", form, { headers });
    assert.equal(response.headers.get("Location"), "/account");
    return visitor;
  }

  async signIn(name: string, more: Record<string, string> = {}) {
    const visitor = this.browser();
    const form = { name, password: PASSWORD, ...more };
    const headers = { "User-Agent": IPHONE };
    const response = await visitor.post("/sign-in", form, { headers });
    return { visitor, response };
  }

  [Symbol.dispose](): void {
    this.users[Symbol.dispose]();
  }
}

function test(name: string, fn: (rig: Rig) => Promise<void>): void {
  Deno.test({
    name: mayDoAll ? name : `${name} (needs --allow-all)`,
    ignore: !mayDoAll,
    sanitizeOps: false,
    sanitizeResources: false, // the rate limiters forget old attempts in the background
    async fn() {
      using rig = new Rig();
      await fn(rig);
    },
  });
}

async function html(visitor: Browser, path: string): Promise<string> {
  return await (await visitor.get(path)).text();
}

/** The ids in the buttons that end other browsers. */
function otherIds(page: string): string[] {
  return [...page.matchAll(/name="id" value="([^"]+)"/g)]
    .map(([, id = ""]) => id);
}

test("accounts: the cart survives the sign-up and the sign-in, and is the only thing that does", async (rig) => {
  const visitor = rig.browser();
  for (const tea of ["assam", "assam", "oolong"]) {
    await visitor.post("/cart", { tea });
  }
  const before = new Map(visitor.cookies);
  await visitor.post("/sign-up", { name: "ada", password: PASSWORD });
  assert.match(await html(visitor, "/"), /2 × Assam.*1 × Oolong/s);
  const copy = rig.browser();
  for (const [name, value] of before) copy.setCookie(`${name}=${value}`);
  assert.match(await html(copy, "/"), /It is empty/); // the old id is dead

  await visitor.post("/sign-out");
  assert.match(await html(visitor, "/"), /It is empty/);
  assert.equal(visitor.cookies.size, 0);
});

test("accounts: a message is shown once", async (rig) => {
  const ada = await rig.signUp("ada");
  assert.match(await html(ada, "/account"), /Welcome, ada\./);
  assert.doesNotMatch(await html(ada, "/account"), /Welcome/);
});

test("accounts: a wrong password and an unknown name get the same answer", async (rig) => {
  await rig.signUp("ada");
  const answers = [];
  for (const name of ["ada", "eve"]) {
    const { visitor, response } = await rig.signIn(name, {
      password: "wrong password",
    });
    assert.equal(response.status, 422);
    assert.equal(visitor.cookies.size, 0);
    const page = await response.text();
    assert.doesNotMatch(page, /wrong password/);
    answers.push(page.replaceAll(`value="${name}"`, ""));
  }
  assert.equal(answers[0], answers[1]);
});

test("accounts: forms that cannot be right say why, and keep no password", async (rig) => {
  const ada = await rig.signUp("ada");
  const cases: [Record<string, string>, RegExp][] = [
    [{ name: "ada", password: NEXT }, /This name is taken/],
    [{ name: "Ada ", password: NEXT }, /This name is taken/],
    [{ name: "a", password: PASSWORD }, /Use 3 to 30 letters/],
    [{ name: "<script>", password: PASSWORD }, /&lt;script&gt;.*Use 3 to 30/s],
    [{ name: "eve", password: "short" }, /Use 8 characters/],
    [{ name: "eve", password: "x".repeat(129) }, /Use 128 characters at most/],
    [{}, /name-fault/],
  ];
  for (const [form, expected] of cases) {
    const response = await rig.browser().post("/sign-up", form);
    const page = await response.text();
    assert.equal(response.status, 422);
    assert.match(page, expected);
    assert.doesNotMatch(page, /x{129}|short"|<script/);
  }
  const long = await rig.signIn("ada", { password: "x".repeat(10_000) });
  assert.equal(long.response.status, 422);
  const huge = await ada.post("/sign-in", { password: "x".repeat(20_000) });
  assert.equal(huge.status, 413);
});

test("accounts: two browsers of one person see both, and each can end the other", async (rig) => {
  const laptop = await rig.signUp("ada");
  rig.clock.seconds += 3600;
  const { visitor: phone } = await rig.signIn("ada", { stay: "on" });
  const eve = await rig.signUp("eve");

  // Half an hour idle is over for the laptop, which did not stay signed in.
  assert.deepEqual(otherIds(await html(phone, "/account")), []);
  assert.equal(
    (await laptop.get("/account")).headers.get("Location"),
    "/sign-in?why=ended",
  );

  const { visitor: tablet } = await rig.signIn("ada");
  rig.clock.seconds += 120;
  const page = await html(phone, "/account");
  assert.match(page, /Safari on iPhone <span class="mark">This browser/);
  assert.match(page, /Last seen <time[^>]*>2 minutes ago/);
  const [id = assert.fail()] = otherIds(page);
  assert.equal(otherIds(await html(tablet, "/account")).length, 1);
  assert.equal(otherIds(await html(eve, "/account")).length, 0);

  await eve.post("/account/end", { id }); // not hers
  await eve.post("/account/end-others");
  assert.equal((await tablet.get("/account")).status, 200);

  await phone.post("/account/end", { id });
  const asked = await tablet.get("/account", { follow: true });
  assert.match(await asked.text(), /You are signed out here/);
  assert.deepEqual(otherIds(await html(phone, "/account")), []);
});

test("accounts: sign out everywhere else", async (rig) => {
  const laptop = await rig.signUp("ada");
  const { visitor: phone } = await rig.signIn("ada");
  const { visitor: tablet } = await rig.signIn("ada");
  await laptop.post("/account/end-others");
  assert.match(await html(laptop, "/account"), /All other browsers.*Nowhere/s);
  assert.equal((await phone.get("/account")).status, 303);
  assert.equal((await tablet.get("/account")).status, 303);
});

test("accounts: to end the present session by its id is to sign out", async (rig) => {
  const laptop = await rig.signUp("ada");
  const { visitor: phone } = await rig.signIn("ada");
  const [id = assert.fail()] = otherIds(await html(phone, "/account"));
  const response = await laptop.post("/account/end", { id });
  assert.equal(response.headers.get("Location"), "/");
  assert.equal(
    (await laptop.get("/account")).headers.get("Location"),
    "/sign-in",
  );
});

test("accounts: a change of password ends all others, and what begins with the old one", async (rig) => {
  const laptop = await rig.signUp("ada");
  const { visitor: phone } = await rig.signIn("ada");

  const wrong = await laptop.post("/account/password", {
    current: "not this one",
    password: NEXT,
  });
  assert.equal(wrong.status, 422);
  assert.match(await wrong.text(), /That is not your password/);
  const short = await laptop.post("/account/password", {
    current: PASSWORD,
    password: "short",
  });
  assert.match(await short.text(), /Use 8 characters/);
  assert.equal((await phone.get("/account")).status, 200);

  const before = laptop.cookies.get("session");
  const { headers } = await laptop.post("/account/password", {
    current: PASSWORD,
    password: NEXT,
  });
  assert.equal(headers.get("Location"), "/account");
  assert.notEqual(laptop.cookies.get("session"), before); // another id
  assert.match(await html(laptop, "/account"), /Your password is changed/);
  assert.equal((await phone.get("/account")).status, 303);

  assert.equal((await rig.signIn("ada")).response.status, 422);
  const fresh = await rig.signIn("ada", { password: NEXT });
  assert.equal(fresh.response.status, 303);
});

test("accounts: a change of password while the list of sessions is away says how far it came, and works when it is sent again", async (rig) => {
  const laptop = await rig.signUp("ada");
  const { visitor: phone } = await rig.signIn("ada");
  rig.isIndexAway = true;
  const form = { current: PASSWORD, password: NEXT };
  const half = await laptop.post("/account/password", form);
  assert.equal(half.status, 503);
  assert.match(half.headers.get("Retry-After") ?? "", /^\d+$/);
  assert.match(await half.text(), /Your password is changed.*send the form/s);
  assert.match(await html(laptop, "/"), /href="\/account">ada/);
  assert.equal((await phone.get("/account")).status, 303);

  rig.isIndexAway = false;
  const whole = await laptop.post("/account/password", form);
  assert.equal(whole.headers.get("Location"), "/account");
  assert.deepEqual(otherIds(await html(laptop, "/account")), []);
  assert.equal(
    (await rig.signIn("ada", { password: NEXT })).response.status,
    303,
  );
});

test("accounts: a person has fifty sessions at most, and sees twenty at a time", async (rig) => {
  const laptop = await rig.signUp("ada");
  const user = await rig.users.check("ada", PASSWORD) ?? assert.fail();
  rig.users.check = () => Promise.resolve(user); // hashing takes its time
  const browsers = [laptop];
  for (let i = 0; i < 59; i++) {
    rig.clock.seconds++;
    browsers.push((await rig.signIn("ada")).visitor);
  }
  const alive = [];
  for (const visitor of browsers) {
    alive.push((await visitor.get("/account")).status === 200);
  }
  assert.deepEqual(alive, browsers.map((_, i) => i >= 10));

  const last = browsers.at(-1) ?? assert.fail();
  const pages = ["", "?page=2", "?page=3"].map((page) =>
    html(last, `/account${page}`)
  );
  const ids = (await Promise.all(pages)).map(otherIds);
  assert.deepEqual(ids.map(({ length }) => length), [19, 20, 10]);
  assert.equal(new Set(ids.flat()).size, 49);
  assert.match(await html(last, "/account"), /href="\/account\?page=2"/);
  assert.match(await html(last, "/account?page=x"), /This browser/);
  assert.doesNotMatch(await html(last, "/account?page=3"), /page=4/);

  const { response } = await rig.signIn("ada"); // the 61st within an hour
  assert.equal(response.status, 429);
});

test("accounts: who stays signed in has a cookie that lasts, others one that does not", async (rig) => {
  await rig.signUp("ada");
  const line = async (more: Record<string, string>) => {
    const { response } = await rig.signIn("ada", more);
    return response.headers.getSetCookie()[0] ?? "";
  };
  assert.doesNotMatch(await line({}), /Max-Age/);
  assert.match(await line({ stay: "on" }), /Max-Age=7776000/);
  const { visitor } = await rig.signIn("ada", { stay: "on" });
  for (let week = 0; week < 12; week++) {
    rig.clock.seconds += 7 * 24 * 3600;
    assert.equal((await visitor.get("/account")).status, 200);
  }
  rig.clock.seconds += 7 * 24 * 3600;
  assert.equal((await visitor.get("/account")).status, 303);
});

test("accounts: who guesses is slowed down, for one account and from one address", async (rig) => {
  await rig.signUp("ada");
  const guess = async (name: string) =>
    (await rig.signIn(name, { password: "a guess" })).response;
  for (let i = 0; i < 10; i++) {
    rig.address = `192.0.2.${i}`;
    assert.equal((await guess("ada")).status, 422);
  }
  const refused = (await rig.signIn("ada")).response; // even the right one
  assert.equal(refused.status, 429);
  assert.match(refused.headers.get("Retry-After") ?? "", /^\d+$/);
  assert.match(await refused.text(), /Too many attempts/);

  rig.address = "198.51.100.1";
  const long = "x".repeat(200); // is not even hashed
  for (let i = 0; i < 30; i++) {
    const { response } = await rig.signIn(`user${i}`, { password: long });
    assert.equal(response.status, 422);
  }
  assert.equal((await guess("another")).status, 429);
  assert(rig.log.some((line) => line.includes("too many attempts")));
});

test("accounts: a form from another site changes nothing", async (rig) => {
  const ada = await rig.signUp("ada");
  const headers = { Origin: "https://evil.example" };
  for (const path of ["/account/end-others", "/sign-out", "/cart"]) {
    assert.equal((await ada.post(path, {}, { headers })).status, 403);
  }
  assert.equal((await ada.get("/account")).status, 200);
});

for (const path of ["/sign-in", "/sign-up"] as const) {
  for (const hasCart of [true, false]) {
    const cart = hasCart ? "with a cart" : "without one";
    test(`accounts: a double click at ${path} ${cart} begins one session`, async (rig) => {
      if (path === "/sign-in") {
        await (await rig.signUp("ada")).post("/sign-out");
      }
      const visitor = rig.browser();
      if (hasCart) await visitor.post("/cart", { tea: "assam" });
      await visitor.get(path);
      const form = { name: "ada", password: PASSWORD };
      const click = () => visitor.post(path, form);
      for (const answer of await Promise.all([click(), click()])) {
        assert.equal(answer.headers.get("Location"), "/account");
      }
      const page = await html(visitor, "/account");
      assert.match(page, /This browser.*Nowhere else/s);
      assert.equal(/1 × Assam/.test(await html(visitor, "/")), hasCart);
    });
  }
}

test("accounts: a tea that is no longer sold empties the cart, and ends no session", async (rig) => {
  await rig.signUp("ada");
  const user = await rig.users.check("ada", PASSWORD) ?? assert.fail();
  const before = session({
    schema: z.object({ cart: z.array(z.string()), userId: z.string() })
      .partial(),
    ...{ store: rig.store, secrets: [SECRET], now: rig.clock.now },
  });
  const visitor = rig.browser();
  const cart = ["a tea of last year"];
  visitor.setCookie(await sealFor(before, { cart, userId: user.id }));
  assert.match(await html(visitor, "/"), /It is empty/);
  assert.equal((await visitor.get("/account")).status, 200);
});

test("accounts: the audit log tells what happened, and no secrets", async (rig) => {
  const ada = await rig.signUp("ada");
  const { visitor: phone } = await rig.signIn("ada", { password: "a guess" });
  await phone.post("/sign-in", { name: "ada", password: PASSWORD });
  const [id = assert.fail()] = otherIds(await html(ada, "/account"));
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
    "ada: session destroyed",
  ]);
  const log = rig.log.join("\n");
  assert(!log.includes(id) && !log.includes("a guess"));
  assert.doesNotMatch(log, /v1\./);
});

test("accounts: every page is private, has its security headers, and no script", async (rig) => {
  const ada = await rig.signUp("ada");
  for (const path of ["/", "/sign-in", "/sign-up", "/account", "/nowhere"]) {
    const response = await ada.get(path);
    const page = await response.text();
    assert.match(page, /^<!doctype html>/);
    assert.doesNotMatch(page, /<script|style="/);
    assert.match(
      response.headers.get("Content-Security-Policy") ?? "",
      /default-src 'none'/,
    );
    if (path === "/nowhere") assert.equal(response.status, 404);
    else {
      assert.match(response.headers.get("Cache-Control") ?? "", /no-store/);
    }
  }
  const page = await html(ada, "/");
  const [, style = ""] = /href="(\/style[^"]+)"/.exec(page) ?? [];
  assert.match(
    (await ada.get(style)).headers.get("Cache-Control") ?? "",
    /immutable/,
  );
});

Deno.test("accounts: a browser and its system, in words", () => {
  const android = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36";
  const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
  const chrome = "Chrome/140.0.0.0 Safari/537.36";
  const cases: [string | undefined, string][] = [
    [FIREFOX, "Firefox on Linux"],
    [IPHONE, "Safari on iPhone"],
    [`${android} ${chrome}`, "Chrome on Android"],
    [`${windows} ${chrome} Edg/140.0.0.0`, "Edge on Windows"],
    [`${windows} ${chrome} OPR/120.0.0.0`, "Opera on Windows"],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18 Safari/605",
      "Safari on macOS",
    ],
    [
      "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0 Safari/537.36",
      "Chrome on Linux",
    ],
    ["curl/8.14.1", "curl"],
    [`${"x".repeat(100_000)} Firefox/1`, "Unknown browser"],
    ["<b>", "Unknown browser"],
    [undefined, "Unknown browser"],
  ];
  for (const [given, expected] of cases) {
    assert.equal(deviceOf(given), expected);
  }
});
