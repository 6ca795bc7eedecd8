// What the package promises, whatever runs it: its cookie, and sessions bound to the device.
import assert from "node:assert/strict";
import { type Browser, browser } from "../../middleware/session/testing/mod.ts";
import { memoryStore } from "../../middleware/session/mod.ts";
import type { Cases, Served } from "./contract.ts";
import { contractApp, type Me, REFRESH_SECONDS } from "./contract_app.ts";
import { Device, newKey, signProof } from "./device.ts";

/** A `contractApp` that is served somewhere; if by plain http, it believes `X-Forwarded-Proto`. */
interface ServedPackage extends Served {
  readonly secret: string;
  /** Whether the session itself is in the cookie. */
  readonly isCookie: boolean;
}

interface Client extends ServedPackage {
  /** A new browser over http, where nothing is bound. */
  readonly visitor: Browser;
  /** A new browser over https that can bind its sessions. */
  readonly device: Device;
}

/** For {@linkcode PACKAGE_CASES}: each of them asks for browsers of its own. */
export function servedPackage(served: ServedPackage): Client {
  return {
    ...served,
    get visitor() {
      return browser(served.app);
    },
    get device() {
      return new Device(served.app);
    },
  };
}

/** Without the cookies that another site's request lacks. */
function fromElsewhere(device: Device): { Cookie: string } {
  return { Cookie: `__Secure-session-key=${keyCookie(device)}` };
}

const keyCookies = new WeakMap<Device, string>();

/** The jar shows only what "/" gets. */
function keyCookie(device: Device): string {
  return keyCookies.get(device) ?? "none";
}

function setCookies(response: Response): Map<string, string> {
  return new Map(
    response.headers.getSetCookie().map((line) => {
      const [pair = "", ...attributes] = line.split("; ");
      return [pair.split("=")[0] ?? "", attributes.join("; ")];
    }),
  );
}

function rememberKey(device: Device, response: Response): void {
  for (const line of response.headers.getSetCookie()) {
    const [, value] = /^__Secure-session-key=([^;]+)/.exec(line) ?? [];
    if (value !== undefined) keyCookies.set(device, value);
  }
}

/** The visitor's session cookie, as a request carries it. */
async function signIn(visitor: Browser, user = "Jay"): Promise<string> {
  assert.equal((await visitor.post("/users", { user })).status, 303);
  const [pair = []] = [...visitor.cookies];
  return pair.join("=");
}

async function me(visitor: Browser, cookie?: string): Promise<Me> {
  const headers = cookie === undefined ? {} : { cookie };
  const response = await visitor.get("/me", { headers });
  assert.equal(response.status, 200);
  return await response.json();
}

/** A cookie that an app with other options made, for a session of the same kind. */
async function foreign(
  { isCookie, secret }: Client,
  given: { secret?: string; cookieName?: string },
): Promise<string> {
  const app = contractApp({
    secrets: [given.secret ?? secret],
    cookieName: given.cookieName ?? "session",
    store: isCookie ? "cookie" : memoryStore(),
  });
  return await signIn(browser(app));
}

const COOKIE_CASES: Cases<Client> = {
  async "a visitor without a session gets no cookie"({ visitor }) {
    const response = await visitor.get("/me");
    assert.deepEqual(response.headers.getSetCookie(), []);
    assert.equal((await response.json()).isNew, true);
  },

  async "a route that does not ask is not marked"({ visitor }) {
    const { headers } = await visitor.get("/untouched");
    assert.equal(headers.get("Cache-Control"), null);
    assert.equal(headers.get("Vary"), null);
  },

  async "what is posted is remembered, by one cookie with the right attributes"(
    { visitor },
  ) {
    const response = await visitor.post("/users", { user: "Zoë ☕" });
    const [line = "", ...more] = response.headers.getSetCookie();
    assert.deepEqual(more, []);
    assert.match(
      line,
      /^session=v1\.[\w-]+\.[\w-]+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    assert.equal((await me(visitor)).user, "Zoë ☕");
  },

  async "reading marks the response and sets no cookie"({ visitor }) {
    await signIn(visitor);
    const { headers } = await visitor.get("/me");
    assert.equal(headers.get("Cache-Control"), "private, no-store");
    assert.equal(headers.get("Vary"), "Cookie");
    assert.deepEqual(headers.getSetCookie(), []);
  },

  async "over https the cookie is Secure and has its prefix"({ device }) {
    const { headers } = await device.request("/sign-in");
    assert.match(
      headers.getSetCookie()[0] ?? "",
      /^__Host-session=.*; Secure/,
    );
  },

  async "a flash message is read once"({ visitor }) {
    await signIn(visitor);
    assert.equal(await (await visitor.post("/take")).text(), "Saved.");
    assert.equal(await (await visitor.post("/take")).text(), "");
  },

  async "a change to any part of the cookie opens nothing"({ visitor }) {
    const cookie = await signIn(visitor);
    for (let i = "session=".length; i < cookie.length; i += 5) {
      const other = cookie[i] === "A" ? "B" : "A";
      const changed = cookie.slice(0, i) + other + cookie.slice(i + 1);
      const { isNew, rejected } = await me(visitor, changed);
      assert.equal(isNew, true);
      assert.match(rejected ?? "", /^(?:bad-seal|malformed)$/);
    }
  },

  async "a cookie sealed for another name, or with another secret, opens nothing"(
    client,
  ) {
    const name = await foreign(client, { cookieName: "other" });
    const secret = await foreign(client, {
      secret: "another secret: also with 32 bytes or more",
    });
    for (const cookie of [name.replace("other", "session"), secret]) {
      assert.equal((await me(client.visitor, cookie)).rejected, "bad-seal");
    }
  },

  async "a session that was left alone for too long is over, and said to be"(
    { visitor },
  ) {
    const cookie = await signIn(visitor);
    await visitor.post("/clock/1700");
    assert.equal((await me(visitor, cookie)).user, "Jay");
    await visitor.post("/clock/1801");
    assert.equal((await me(visitor, cookie)).rejected, "expired");
  },

  async "what does not fit is refused, and what was there stays"(
    { visitor, isCookie },
  ) {
    await signIn(visitor);
    const user = "x".repeat(isCookie ? 10_000 : 70_000);
    const response = await visitor.post("/users", { user });
    assert.equal(response.status, 500);
    assert.deepEqual(response.headers.getSetCookie(), []);
    assert.equal((await me(visitor)).user, "Jay");
  },

  async "a logout ends the session; with a server store every copy of it"(
    { visitor, isCookie },
  ) {
    const copy = await signIn(visitor);
    await visitor.post("/end");
    assert.equal(visitor.cookies.size, 0);
    const { user, rejected } = await me(visitor, copy);
    if (isCookie) assert.equal(user, "Jay");
    else assert.equal(rejected, "unknown");
  },

  "with a server store no update of a hundred at once is lost": {
    where: ({ isCookie }) => !isCookie,
    async run({ visitor }) {
      await signIn(visitor);
      const posts = Array.from(
        { length: 100 },
        () => visitor.post("/count?wait=9"),
      );
      const answers = await Promise.all(posts);
      assert(answers.every(({ status }) => status === 200));
      assert.equal((await me(visitor)).count, 100);
    },
  },

  "with a server store nothing comes back after a destroy, in 50 races": {
    where: ({ isCookie }) => !isCookie,
    async run(client) {
      let [races, slow] = [0, 0];
      await Promise.all(Array.from({ length: 10 }, async () => {
        for (let i = 0; i < 5;) {
          if (await destroyRace(client)) i++, races++;
          else assert(++slow < 50, "the store is too slow to race");
        }
      }));
      assert.equal(races, 50);
    },
  },
};

/** False when the store was too slow for one of the requests, so that there was no race. */
async function destroyRace({ visitor, app }: Client): Promise<boolean> {
  const cookie = await signIn(visitor);
  const ask = (path: string, method: string, cookie: string) =>
    app.request(`http://localhost${path}`, { method, headers: { cookie } });
  const paths = ["/count", "/seen", "/renew", "/end", "/count"];
  const answers = await Promise.all(
    // All open it before one of them saves.
    paths.map((path) => ask(`${path}?wait=600`, "POST", cookie)),
  );
  if (answers.some(({ status }) => status === 503)) return false;
  assert(answers.every(({ status }) => [200, 204, 409].includes(status)));
  const given = answers.flatMap(({ headers }) => headers.getSetCookie());
  const cookies = given.map((line) => line.replace(/;.*/, ""));
  for (const each of [cookie, ...cookies]) {
    if (!each.includes("v1.")) continue;
    const response = await ask("/me", "GET", each);
    if (response.status === 503) return false;
    assert.equal((await response.json()).isNew, true);
  }
  return true;
}

const BOUND_CASES: Cases<Client> = {
  "a session is offered, then bound, and three cookies say so": async (
    { device, isCookie },
  ) => {
    assert.equal((await device.me()).binding, "none");
    await device.request("/sign-in");
    assert.equal((await device.me()).binding, "offered");
    const response = await device.bind();
    const cookies = setCookies(response);
    const maxAge = (line = "") => Number(/Max-Age=(\d+)/.exec(line)?.[1]);
    const [proof, key] = [
      cookies.get("__Host-session-proof"),
      cookies.get("__Secure-session-key"),
    ];
    assert(maxAge(proof) < REFRESH_SECONDS);
    assert.equal(
      proof?.replace(/Max-Age=\d+; /, ""),
      "Path=/; HttpOnly; Secure; SameSite=Lax",
    );
    assert(Math.abs(maxAge(key) - 28_800) <= 1);
    assert.equal(
      key?.replace(/Max-Age=\d+; /, ""),
      "Path=/session; HttpOnly; Secure; SameSite=None",
    );
    assert.equal(cookies.has("__Host-session"), isCookie);
    assert.equal(response.headers.get("Cache-Control"), "no-store");
    assert.deepEqual(await response.json(), {
      session_identifier: device.bound.id,
      refresh_url: "/session/refresh",
      scope: { include_site: false },
      credentials: [{
        type: "cookie",
        name: "__Host-session-proof",
        attributes: "Path=/; HttpOnly; Secure; SameSite=Lax",
      }],
      allowed_refresh_initiators: ["*"],
    });
    const { user, binding } = await device.me();
    assert.deepEqual([user, binding], ["Jay", "bound"]);
  },

  "copied cookies work until the next proof is due, and the browser goes on":
    async (
      { device, app },
    ) => {
      await device.signIn();
      await device.wait(REFRESH_SECONDS - 2);
      await device.refresh();
      const thief = device.thief(app);
      assert.equal((await thief.me()).user, "Jay");
      await device.wait(REFRESH_SECONDS + 1);
      const copy = device.thief(app);
      const { user, binding, rejected } = await thief.me();
      assert.deepEqual([user, binding, rejected], [
        "nobody",
        "none",
        "unproven",
      ]);
      assert.equal((await copy.me()).user, "nobody"); // the session's cookie alone
      assert.equal((await device.me()).user, "Jay");
    },

  "without a proof nothing is written, nor thrown away": async (
    { device, app },
  ) => {
    await device.signIn();
    const thief = device.thief(app);
    await device.wait(REFRESH_SECONDS + 1);
    for (const [path, status] of [["/count", 409], ["/renew", 409]] as const) {
      const response = await thief.request(path, "POST");
      assert.equal(response.status, status);
      assert.equal(await response.text(), "SessionUnprovenError");
      assert.deepEqual(response.headers.getSetCookie(), []);
    }
    const skipped = await thief.request("/seen", "POST");
    assert.equal(skipped.status, 204);
    assert.equal(setCookies(skipped).has("__Host-session"), false);
    const { user, count, seen } = await device.me();
    assert.deepEqual([user, count, seen], ["Jay", 0, 0]);
  },

  "without a proof a restart begins a session of its own": async (
    { device, app },
  ) => {
    await device.signIn();
    const other = device.thief(app);
    await device.wait(REFRESH_SECONDS + 1);
    assert.equal(await other.post("/restart/empty"), 204);
    const { user, binding } = await other.me();
    assert.deepEqual([user, binding], ["Eve", "offered"]);
    assert.equal((await other.bind()).status, 200);
    assert.equal((await other.me()).binding, "bound");
  },

  "without a proof an end is an end, for every copy in a server store": async (
    { device, app, isCookie },
  ) => {
    await device.signIn();
    const other = device.thief(app);
    await device.wait(REFRESH_SECONDS + 1);
    const response = await other.request("/end", "POST");
    assert.deepEqual([...setCookies(response).keys()].toSorted(), [
      "__Host-session",
      "__Host-session-proof",
      "__Secure-session-key",
    ]);
    assert.equal((await device.me()).user, isCookie ? "Jay" : "nobody");
  },

  "a restart inherits the binding, and is offered no other": async (
    { device, app },
  ) => {
    for (const path of ["/restart", "/restart/empty"]) {
      await device.signIn();
      const thief = device.thief(app);
      const response = await thief.request(path, "POST");
      assert.equal(response.headers.get("Secure-Session-Registration"), null);
      assert.equal((await thief.me()).binding, "bound");
      await device.wait(REFRESH_SECONDS + 1);
      assert.equal((await thief.me()).rejected, "unproven");
      await device.post("/end");
    }
  },

  "after a restart the browser goes on for all of the new lifetime": async (
    { device },
  ) => {
    await device.signIn();
    const bound = device.bound.id;
    for (let i = 0; i < 20; i++) {
      await device.wait(1700);
      assert.equal(await device.post("/restart"), 204);
    }
    await device.wait(REFRESH_SECONDS + 1);
    assert.equal((await device.me()).user, "Jay");
    assert.equal(device.bound.id, bound);
  },

  "regenerate keeps the binding; after the end there is none": async (
    { device },
  ) => {
    await device.signIn();
    assert.equal(await device.post("/renew"), 204);
    assert.equal((await device.me()).binding, "bound");
    await device.wait(REFRESH_SECONDS + 1);
    assert.equal((await device.me()).user, "Jay");
    const response = await device.request("/end", "POST");
    assert.equal(setCookies(response).size, 3);
    assert.equal(device.visitor.cookies.size, 0);
    assert.equal(await device.challenge(), undefined);
    const first = device.bound.id;
    await device.signIn();
    assert.notEqual(device.bound.id, first);
    const replaced = await device.send("/session/refresh", {
      "Sec-Secure-Session-Id": first,
    });
    const over = { session_identifier: first, continue: false };
    assert.deepEqual(await replaced.json(), over);
  },

  "a sign-in that another site led to is bound by the next request": async (
    { device },
  ) => {
    await device.request("/sign-in");
    const response = await device.bind({ Cookie: "language=en" });
    assert.equal(response.status, 200);
    assert.equal(setCookies(response).has("__Host-session"), false);
    rememberKey(device, response);
    assert.equal((await device.me()).binding, "bound");
    await device.wait(REFRESH_SECONDS + 1);
    const refreshed = await device.refresh(fromElsewhere(device));
    assert.equal(refreshed.status, 200);
    assert.equal((await device.me()).user, "Jay");
  },

  "a proof of another session binds nothing, and a second key gets nothing":
    async ({ device, app }) => {
      await device.request("/sign-in");
      const { offer } = device;
      await device.request("/sign-in");
      const late = new Device(app);
      late.offer = offer;
      for (const [name, value] of device.visitor.cookies) {
        late.visitor.setCookie(`${name}=${value}; Path=/; Secure`);
      }
      const refused = await late.bind();
      assert.equal(refused.status, 409);
      assert.equal(setCookies(refused).size, 0);
      assert.equal((await device.bind()).status, 200);
      const second = await device.thief(app);
      second.offer = device.offer;
      const again = await second.bind();
      assert.equal(again.status, 409);
      assert.equal(setCookies(again).size, 0);
      assert.equal((await device.me()).binding, "bound");
    },

  "a bind that is wrong is refused, and sets no cookie": async (
    { device, app },
  ) => {
    const other = new Device(app);
    await other.signIn();
    await device.request("/sign-in");
    const offer = device.offer ?? "";
    const [key, wrong] = [await newKey(), await newKey()];
    const jwk = await crypto.subtle.exportKey("jwk", key.publicKey);
    const good = await signProof(key, offer);
    const refused: [string, number, string?][] = [
      ["nothing", 400],
      ["a name", 400, "a.b.c"],
      ["no key", 400, await signProof(key, offer, { jwk: undefined })],
      ["no type", 400, await signProof(key, offer, { typ: "jwt" })],
      ["no algorithm", 400, await signProof(key, offer, { alg: "none" })],
      [
        "another curve",
        400,
        await signProof(key, offer, { jwk: { ...jwk, crv: "P-384" } }),
      ],
      [
        "no point of the curve",
        403,
        await signProof(key, offer, {
          jwk: { ...jwk, x: jwk.y ?? "", y: jwk.y ?? "" },
        }),
      ],
      [
        "another's signature",
        403,
        await signProof(key, offer, { by: wrong.privateKey }),
      ],
      ["no challenge of ours", 403, await signProof(key, "v1.e30.AAAA")],
      [
        "a challenge to refresh",
        403,
        await signProof(key, await other.challenge() ?? assert.fail()),
      ],
      ["a second spelling", 400, `${good}=`],
    ];
    for (const [what, status, proof] of refused) {
      const response = await device.send("/session/bind", {
        ...(proof !== undefined && { "Secure-Session-Response": proof }),
      });
      assert.equal(response.status, status, what);
      assert.equal(setCookies(response).size, 0, what);
    }
    assert.equal((await device.me()).binding, "offered");
    await device.wait(60);
    assert.equal((await device.bind()).status, 403); // too late
  },

  "a refresh that is wrong has the browser sign again, and logs nobody out":
    async ({ device, app }) => {
      const other = new Device(app);
      await other.signIn();
      await device.request("/sign-in");
      const offer = device.offer ?? "";
      await device.bind();
      const { key } = device.bound;
      const challenge = await device.challenge() ?? assert.fail();
      const theirs = await other.challenge() ?? assert.fail();
      const good = await signProof(key, challenge);
      const refused: Record<string, string> = {
        "nothing that is a proof": "a.b.c",
        "another type": await signProof(key, challenge, { typ: "jwt" }),
        "no algorithm": await signProof(key, challenge, { alg: "none" }),
        "another key": await signProof(other.bound.key, challenge),
        "another session's challenge": await signProof(key, theirs),
        "a challenge to bind": await signProof(key, offer),
        "no challenge of ours": await signProof(key, "hello"),
        "a changed signature": good.replace(
          /.$/,
          good.endsWith("A") ? "Q" : "A",
        ),
        "half a quoted string": `"${good}`,
      };
      for (const [what, proof] of Object.entries(refused)) {
        const response = await device.prove(proof);
        assert.equal(response.status, 403, what);
        assert.match(
          response.headers.get("Secure-Session-Challenge") ?? "",
          /^"v1\.[\w.-]+";id="[\w-]{43}"$/,
        );
        assert.equal(setCookies(response).size, 0, what);
      }
      for (const proof of [good, `"${good}"`, `"${good}";a=1`]) {
        assert.equal((await device.prove(proof)).status, 200);
      }
      await device.wait(60);
      assert.equal((await device.prove(good)).status, 403); // too late
      const stranger = await device.send("/session/refresh", {
        "Secure-Session-Response": good,
      });
      assert.equal(stranger.status, 400); // browsers name the session
      assert.equal((await device.refresh()).status, 200);
      assert.equal((await device.me()).user, "Jay");
    },

  "who sends a browser's signature again gains nothing": async (
    { device, app },
  ) => {
    await device.signIn();
    const challenge = await device.challenge() ?? assert.fail();
    const proof = await signProof(device.bound.key, challenge);
    await device.wait(60 - 2);
    const replayed = await device.prove(proof);
    assert.equal(replayed.status, 200);
    const thief = device.thief(app);
    assert.equal((await thief.me()).user, "Jay");
    await device.wait(REFRESH_SECONDS - 60 + 3);
    assert.equal((await thief.me()).user, "nobody");
  },

  "a refresh does not move the idle end": async ({ device }) => {
    await device.signIn();
    const { usedAt } = await device.me();
    await device.wait(100);
    assert.equal((await device.refresh()).status, 200);
    assert.equal((await device.me()).usedAt, usedAt);
    await device.wait(1750);
    await device.refresh();
    assert.equal((await device.me()).rejected, "expired");
  },

  "a proof never outlives its session": async ({ device }) => {
    await device.request("/sign-in");
    rememberKey(device, await device.bind());
    for (let i = 0; i < 28; i++) {
      await device.wait(1025);
      assert.equal((await device.me()).user, "Jay");
    }
    await device.wait(28_800 - 28 * 1025 - 20);
    const line = setCookies(await device.refresh()).get("__Host-session-proof");
    const [, seconds] = /Max-Age=(\d+)/.exec(line ?? "") ?? [];
    assert(Number(seconds) <= 20, line);
    await device.wait(21);
    // Neither with what the browser has, nor with what somebody kept.
    assert.equal(await device.challenge(), undefined);
    assert.equal(await device.challenge(fromElsewhere(device)), undefined);
  },

  "a browser that knows nothing of it has an ordinary session": async (
    { app },
  ) => {
    const visitor = new Device(app);
    await visitor.request("/sign-in");
    await visitor.wait(REFRESH_SECONDS * 2);
    assert.equal(await visitor.post("/count"), 200);
    const { user, count, binding } = await visitor.me();
    assert.deepEqual([user, count, binding], ["Jay", 1, "offered"]);
    assert.deepEqual([...visitor.visitor.cookies.keys()], ["__Host-session"]);
  },

  "an offer that was missed is made again, now and then": async (
    { device },
  ) => {
    await device.request("/sign-in");
    device.offer = undefined;
    await device.post("/count");
    assert.equal(device.offer, undefined);
    await device.wait(200);
    await device.me();
    assert.equal((await device.bind()).status, 200);
    assert.equal((await device.me()).binding, "bound");
  },

  "over plain http nothing is offered, and nothing is there": async (
    { app },
  ) => {
    const plain = new Device(app, "http://localhost");
    const response = await plain.request("/sign-in");
    assert.equal(response.headers.get("Secure-Session-Registration"), null);
    const { user, binding } = await plain.me();
    assert.deepEqual([user, binding], ["Jay", "none"]);
    const bind = await plain.send("/session/bind", {});
    assert.equal(bind.status, 404);
  },
};

export const PACKAGE_CASES = { ...COOKIE_CASES, ...BOUND_CASES };
