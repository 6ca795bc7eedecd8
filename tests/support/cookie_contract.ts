// The package's promises about its cookie, whatever runs it.
import { session } from "../../middleware/session/mod.ts";
import assert from "node:assert/strict";
import {
  type App,
  type Browser,
  browser,
  sealFor,
} from "../../middleware/session/testing/mod.ts";
import { type CookieOptions, cookieSchema } from "./cookie_app.ts";

/** A {@linkcode cookieApp} that is served somewhere. */
export interface CookieApp {
  readonly app: App;
  /** Such as "http://localhost:5000". */
  readonly origin: string;
  /** Its sessions, so that a test can make some for it. */
  readonly options: CookieOptions;
}

export async function cookieContract(
  t: Deno.TestContext,
  program: CookieApp,
): Promise<void> {
  for (const [what, run] of Object.entries(CASES)) {
    await t.step(what, () => run(new Client(program)));
  }
}

interface Shown {
  readonly name?: string;
  readonly count: number;
  readonly isNew: boolean;
  readonly rejected?: string;
}

class Client {
  readonly program: CookieApp;
  readonly visitor: Browser;
  readonly isCookie: boolean;

  constructor(program: CookieApp) {
    this.program = program;
    this.visitor = browser(program.app, { origin: program.origin });
    this.isCookie = (program.options.store ?? "cookie") === "cookie";
  }

  async post(path: string, form?: Record<string, string>): Promise<Response> {
    const response = await this.visitor.post(path, form);
    await response.body?.cancel();
    return response;
  }

  async show(cookie?: string): Promise<Shown & { readonly cleared: boolean }> {
    const response = await this.visitor.get("/show", {
      ...(cookie !== undefined && { headers: { cookie } }),
    });
    assert.equal(response.status, 200);
    const cleared = response.headers.getSetCookie().some((line) =>
      line.includes("Max-Age=0")
    );
    return { ...await response.json(), cleared };
  }

  async signedIn(): Promise<string> {
    await this.post("/users", { name: "Jay" });
    const [[name, value] = []] = [...this.visitor.cookies];
    return `${name}=${value}`;
  }

  /** The cookie of a session that is already there. */
  sealed(options: Partial<CookieOptions>, at?: number): Promise<string> {
    const { origin } = this.program;
    return sealFor(
      session({ schema: cookieSchema, ...this.program.options, ...options }),
      { name: "Jay" },
      { url: `${origin}/`, ...(at !== undefined && { at }) },
    );
  }
}

const CASES: Record<string, (client: Client) => Promise<void>> = {
  async "a visitor without a session gets no cookie"({ visitor }) {
    const response = await visitor.get("/show");
    assert.equal(response.headers.getSetCookie().length, 0);
    assert.equal((await response.json()).isNew, true);
  },

  async "a route that does not ask is not marked"({ visitor }) {
    const { headers, body } = await visitor.get("/untouched");
    await body?.cancel();
    assert.equal(headers.get("Cache-Control"), null);
    assert.equal(headers.get("Vary"), null);
  },

  async "what is posted is remembered, by one cookie with the right attributes"(
    client,
  ) {
    const response = await client.post("/users", { name: "Zoë ☕" });
    assert.equal(response.status, 303);
    const [line = "", ...more] = response.headers.getSetCookie();
    assert.equal(more.length, 0);
    assert.match(
      line,
      /^session=v1\.[\w-]+\.[\w-]+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    assert.equal((await client.show()).name, "Zoë ☕");
  },

  async "reading marks the response and sets no cookie"(client) {
    await client.signedIn();
    const { headers, body } = await client.visitor.get("/show");
    await body?.cancel();
    assert.equal(headers.get("Cache-Control"), "private, no-store");
    assert.equal(headers.get("Vary"), "Cookie");
    assert.equal(headers.getSetCookie().length, 0);
  },

  async "over https as a proxy tells it, the cookie is Secure and has its prefix"(
    { visitor },
  ) {
    const { headers, body } = await visitor.post("/users", { name: "Jay" }, {
      headers: { "X-Forwarded-Proto": "https" },
    });
    await body?.cancel();
    assert.match(
      headers.getSetCookie()[0] ?? "",
      /^__Host-session=.*; Secure/,
    );
  },

  async "a flash message is read once"(client) {
    await client.signedIn();
    const first = await client.visitor.post("/take");
    assert.equal(await first.text(), "Saved.");
    assert.equal(await (await client.visitor.post("/take")).text(), "");
  },

  async "a change to any part of the cookie opens nothing"(client) {
    const cookie = await client.signedIn();
    for (let i = "session=".length; i < cookie.length; i += 5) {
      const other = cookie[i] === "A" ? "B" : "A";
      const { isNew, cleared } = await client.show(
        cookie.slice(0, i) + other + cookie.slice(i + 1),
      );
      assert.deepEqual({ isNew, cleared }, { isNew: true, cleared: false });
    }
  },

  async "a cookie sealed for another name opens nothing"(client) {
    const other = await client.sealed({ cookieName: "other" });
    const { rejected } = await client.show(other.replace("other", "session"));
    assert.equal(rejected, "bad-seal");
  },

  async "a cookie sealed with another secret opens nothing"(client) {
    const secrets = ["another secret: also with 32 bytes or more"];
    const { rejected } = await client.show(await client.sealed({ secrets }));
    assert.equal(rejected, "bad-seal");
  },

  async "a session that was left alone for too long is over, and said to be"(
    client,
  ) {
    const now = Math.floor(Date.now() / 1000);
    const { rejected, cleared } = await client.show(
      await client.sealed({}, now - 1801),
    );
    assert.deepEqual([rejected, cleared], ["expired", false]);
  },

  async "what does not fit is refused, and what was there stays"(client) {
    await client.signedIn();
    const name = "x".repeat(client.isCookie ? 10_000 : 70_000);
    const response = await client.post("/users", { name });
    assert.equal(response.status, 500);
    assert.equal(response.headers.getSetCookie().length, 0);
    assert.equal((await client.show()).name, "Jay");
  },

  async "a logout ends the session; with a server store every copy of it"(
    client,
  ) {
    const copy = await client.signedIn();
    await client.post("/end");
    assert.equal(client.visitor.cookies.size, 0);
    const { name, rejected } = await client.show(copy);
    if (client.isCookie) assert.equal(name, "Jay");
    else assert.equal(rejected, "unknown");
  },

  async "with a server store no update of twenty at once is lost"(client) {
    if (client.isCookie) return;
    await client.signedIn();
    await Promise.all(Array.from({ length: 20 }, () => client.post("/add")));
    assert.equal((await client.show()).count, 20);
  },
};
