// What can differ where the package runs: its entries, the server's headers and bodies, the
// platform's crypto, and a store over a network. rules_*_test.ts and bound_test.ts show the rules.
import assert from "node:assert/strict";
import { type Browser, browser } from "../../middleware/session/testing/mod.ts";
import { memoryStore } from "../../middleware/session/mod.ts";
import type { Cases, Served } from "./contract.ts";
import { contractApp, type Me, REFRESH_SECONDS } from "./contract_app.ts";
import { Device, setCookies } from "./device.ts";

/** A `contractApp` that is served somewhere; if by plain http, it believes `X-Forwarded-Proto`. */
interface ServedPackage extends Served {
  readonly secret: string;
  /** Whether the session itself is in the cookie. */
  readonly isCookie: boolean;
  /** Default "sign". */
  readonly seal?: "sign" | "encrypt";
}

/** The visitor's session cookie, as a request carries it. */
async function signIn(visitor: Browser): Promise<string> {
  const { status } = await visitor.post("/users", { user: "Jay" });
  assert.equal(status, 303);
  const [pair = []] = [...visitor.cookies];
  return pair.join("=");
}

async function me(visitor: Browser, cookie?: string): Promise<Me> {
  const headers = cookie === undefined ? {} : { cookie };
  const response = await visitor.get("/me", { headers });
  assert.equal(response.status, 200);
  return await response.json();
}

export const PACKAGE_CASES: Cases<ServedPackage> = {
  async "what is posted is remembered, by one cookie with the right attributes"(
    { app },
  ) {
    const visitor = browser(app);
    const response = await visitor.post("/users", { user: "Zoë ☕" });
    const [line = "", ...more] = response.headers.getSetCookie();
    assert.deepEqual(more, []);
    assert.match(
      line,
      /^session=v1\.[\w-]+\.[\w-]+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const { headers } = await visitor.get("/me");
    assert.equal(headers.get("Cache-Control"), "private, no-store");
    assert.equal(headers.get("Vary"), "Cookie");
    assert.deepEqual(headers.getSetCookie(), []);
    assert.equal((await me(visitor)).user, "Zoë ☕");
  },

  async "a seal that was made elsewhere opens; for another name, by another secret or changed, it does not"(
    { app, isCookie, secret, seal = "sign" },
  ) {
    const visitor = browser(app);
    const sealed = (options: { secret?: string; cookieName?: string } = {}) =>
      signIn(browser(contractApp({
        seal,
        secrets: [options.secret ?? secret],
        cookieName: options.cookieName ?? "session",
        store: isCookie ? "cookie" : memoryStore(),
      })));
    const own = await sealed();
    const { user, rejected } = await me(visitor, own);
    if (isCookie) assert.equal(user, "Jay");
    else assert.equal(rejected, "unknown"); // genuine, of another store
    const other = "another secret: also with 32 bytes or more";
    const name = await sealed({ cookieName: "other" });
    for (
      const cookie of [
        name.replace("other", "session"),
        await sealed({ secret: other }),
        own.replace(/.(?=.{20}$)/, (at) => at === "A" ? "B" : "A"),
      ]
    ) assert.equal((await me(visitor, cookie)).rejected, "bad-seal");
  },

  async "a logout ends the session; with a server store every copy of it"(
    { app, isCookie },
  ) {
    const visitor = browser(app);
    const copy = await signIn(visitor);
    await visitor.post("/end");
    assert.equal(visitor.cookies.size, 0);
    const { user, rejected } = await me(visitor, copy);
    if (isCookie) assert.equal(user, "Jay");
    else assert.equal(rejected, "unknown");
  },

  "with a server store no update of a hundred at once is lost": {
    where: ({ isCookie }) => !isCookie,
    async run({ app }) {
      const visitor = browser(app);
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

  async "a session is bound, and three cookies say so"({ app, isCookie }) {
    const device = new Device(app);
    assert.equal((await device.me()).binding, "none");
    await device.request("/sign-in");
    assert.equal((await device.me()).binding, "offered");
    const response = await device.bind();
    const cookies = setCookies(response);
    const rest = (name: string) =>
      cookies.get(name)?.replace(/^Max-Age=\d+; /, "");
    assert.equal(
      rest("__Host-session-proof"),
      "Path=/; HttpOnly; Secure; SameSite=Lax",
    );
    assert.equal(
      rest("__Secure-session-key"),
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
    for (const seconds of [0, REFRESH_SECONDS + 1]) { // then another proof is due
      await device.wait(seconds);
      const { user, binding } = await device.me();
      assert.deepEqual([user, binding], ["Jay", "bound"]);
    }
  },
};
