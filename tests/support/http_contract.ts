// The app's promises over HTTP, whatever serves it. Each server runs the same cases.
import { session } from "../../middleware/session/mod.ts";
import assert from "node:assert/strict";
import {
  type App,
  type Browser,
  browser,
  sealFor,
} from "../../middleware/session/testing/mod.ts";
import { visitorSchema } from "../../visitor.ts";
import { testWhere } from "./missing.ts";

/** A served app, as far as the contract goes. */
export interface Served extends AsyncDisposable {
  /** Such as "http://localhost:5000"; its secret is {@linkcode CONTRACT_SECRET}. */
  readonly origin: string;
  readonly app: App;
  /** The store that /healthz names. */
  readonly store: string;
  readonly seal: "sign" | "encrypt";
}

export const CONTRACT_SECRET = "the secret of the contract's own servers";

export interface HttpContractOptions {
  /** Why it cannot run here: it is then ignored, and says so. */
  readonly ignore?: string | null;
}

/** Registers one test with a step for each case, over one server. */
export function httpContract(
  name: string,
  serve: () => Promise<Served>,
  { ignore = null }: HttpContractOptions = {},
): void {
  testWhere(ignore, `the HTTP contract, over ${name}`, async (t) => {
    await using served = await serve();
    for (const [what, run] of Object.entries(CASES)) {
      await t.step(what, () => run(new Client(served)));
    }
  });
}

const JAY = { name: "Jay", email: "kpatel@codingdojo.com" };
const PAGES = ["/", "/show", "/session", "/healthz", "/nowhere"];

class Client {
  readonly origin: string;
  readonly store: string;
  readonly seal: "sign" | "encrypt";
  readonly #app: App;

  constructor({ origin, store, seal, app }: Served) {
    this.origin = origin;
    this.store = store;
    this.seal = seal;
    this.#app = app;
  }

  /** A new visitor, without any cookie. */
  visitor(): Browser {
    return browser(this.#app, { origin: this.origin });
  }

  /** A visitor whose session has Jay's data. */
  async jay(): Promise<Browser> {
    const visitor = this.visitor();
    await drop(await visitor.post("/users", JAY));
    return visitor;
  }

  /** A request as curl sends it: no Origin, no cookie. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    return await this.#app.request(this.origin + path, init);
  }

  /** The visitor's one session cookie. */
  cookie(visitor: Browser): string {
    const entries = [...visitor.cookies].filter(([name]) =>
      name.endsWith("session")
    );
    assert.equal(entries.length, 1);
    return (entries[0] ?? assert.fail()).join("=");
  }
}

const CASES: Record<string, (client: Client) => Promise<void>> = {
  "GET / is the form, and sets no cookie": async (client) => {
    const visitor = client.visitor();
    const response = await visitor.get("/");
    assert.equal(response.status, 200);
    assert.match(response.headers.get("Content-Type") ?? "", /^text\/html/);
    assert.deepEqual(response.headers.getSetCookie(), []);
    const html = await response.text();
    assert.match(html, /^<!DOCTYPE html><html lang="en" dir="ltr">/);
    assert.match(html, /<form[^>]* method="post" action="\/users"/);
    for (const field of ["name", "email"]) {
      assert.match(html, new RegExp(`<label for="${field}">`));
      assert.match(
        html,
        new RegExp(
          `<input id="${field}" name="${field}"[^>]*maxlength="\\d+" autocomplete="${field}"`,
        ),
      );
    }
    assert.doesNotMatch(html, /<script|javascript:| on\w+=/i);
  },

  "POST /users leads to /show, which shows the name and the email": async (
    client,
  ) => {
    const visitor = client.visitor();
    const posted = await visitor.post("/users", JAY);
    assert.equal(posted.status, 303);
    assert.equal(posted.headers.get("Location"), "/show");
    assert.equal(posted.headers.getSetCookie().length, 1);
    await drop(posted);
    const response = await visitor.get("/show");
    assert.equal(response.status, 200);
    assert.deepEqual(response.headers.getSetCookie(), []);
    const html = await response.text();
    assert.match(html, /<title>Form Test Show<\/title>/);
    assert.match(html, /<h1[^>]*>User:<\/h1>/);
    assert.match(html, /<h3[^>]*>Jay<\/h3>/);
    assert.match(html, /<h3[^>]*>kpatel@codingdojo\.com<\/h3>/);
    const levels = [...html.matchAll(/<h([1-6])/g)].map(([, n]) => Number(n));
    levels.reduce((above, level) => {
      assert(level <= above + 1, `h${level} follows h${above}`);
      return level;
    }, 0);
  },

  "plain curl -d works: neither Origin nor Sec-Fetch-Site": async (client) => {
    const response = await client.request("/users", {
      method: "POST",
      body: new URLSearchParams(JAY),
    });
    assert.equal(response.status, 303);
    await drop(response);
  },

  "a multipart form works too": async (client) => {
    const body = new FormData();
    for (const [key, value] of Object.entries(JAY)) body.set(key, value);
    const response = await client.request("/users", { method: "POST", body });
    assert.equal(response.status, 303);
    await drop(response);
  },

  "what is typed is shown as text, never as HTML": async (client) => {
    const names = [
      `<script>alert("1")</script>`,
      `"quotes" & 'apostrophes'`,
      "👩‍🚀 émoji",
      "مرحبا بالعالم",
      "</h3><img src=x onerror=alert(1)>",
    ];
    for (const name of names) {
      const visitor = client.visitor();
      await drop(await visitor.post("/users", { ...JAY, name }));
      for (const path of ["/show", "/", "/session"]) {
        const html = await (await visitor.get(path)).text();
        assert.doesNotMatch(html, /<script|<img/, `${path}: ${name}`);
        const shown = path === "/session" ? JSON.stringify(name) : name;
        assert(unescape(html).includes(shown), `${path}: ${name}`);
      }
    }
  },

  "text is trimmed and normalized": async (client) => {
    const visitor = client.visitor();
    const typed = { name: "  Zoe\u0308 \n", email: " zoe@example.com " };
    const response = await visitor.post("/users", typed, { follow: true });
    const html = await response.text();
    assert.match(html, /<h3[^>]*>Zoë<\/h3>/);
    assert.match(html, /<h3[^>]*>zoe@example\.com<\/h3>/);
  },

  "a form with errors comes back as it was typed, and the session is unchanged":
    async (client) => {
      const visitor = await client.jay();
      const before = client.cookie(visitor);
      const response = await visitor.post("/users", {
        name: " ",
        email: "not <an> email",
      });
      assert.equal(response.status, 422);
      assert.deepEqual(response.headers.getSetCookie(), []);
      assert.equal(client.cookie(visitor), before);
      const html = await response.text();
      assert(html.includes(`value="not &lt;an&gt; email"`));
      for (const field of ["name", "email"]) {
        const [input = ""] =
          new RegExp(`<input id="${field}"[^>]*>`).exec(html) ?? [];
        assert.match(input, /aria-invalid="true"/);
        assert.match(
          input,
          new RegExp(`aria-describedby="[^"]*${field}-error`),
        );
        assert.match(html, new RegExp(`id="${field}-error"`));
      }
      assert.match(html, /tabindex="-1" autofocus="" aria-labelledby="notice"/);
      assert.match(
        await (await visitor.get("/show")).text(),
        /<h3[^>]*>Jay<\/h3>/,
      );
    },

  "every bad field is refused, and nothing else": async (client) => {
    const bad: Record<string, string>[] = [
      {},
      { name: "Jay" },
      { email: JAY.email },
      { ...JAY, name: "x".repeat(101) },
      { ...JAY, name: "a\0b" },
      { ...JAY, name: "a\u0085b" },
      { ...JAY, email: "jay" },
      { ...JAY, email: "jay@" },
      { ...JAY, email: `${"x".repeat(243)}@example.com` },
    ];
    for (const form of bad) {
      const response = await client.visitor().post("/users", form);
      assert.equal(response.status, 422, JSON.stringify(form));
      assert.deepEqual(response.headers.getSetCookie(), []);
      await drop(response);
    }
    const good: Record<string, string>[] = [
      { ...JAY, name: "x".repeat(100) },
      { ...JAY, name: "👩".repeat(100) },
      { ...JAY, extra: "ignored" },
    ];
    for (const form of good) {
      const response = await client.visitor().post("/users", form);
      assert.equal(response.status, 303, JSON.stringify(form));
      await drop(response);
    }
  },

  "each POST /users begins a new session: the old id is another one": async (
    client,
  ) => {
    const visitor = await client.jay();
    const before = client.cookie(visitor);
    await drop(await visitor.post("/users", { ...JAY, name: "Kay" }));
    assert.notEqual(client.cookie(visitor), before);
    const html = await (await visitor.get("/show")).text();
    assert.match(html, /<h3[^>]*>Kay<\/h3>/);
  },

  "GET / knows the visitor again: filled in, with a link to /show": async (
    client,
  ) => {
    const visitor = await client.jay();
    const html = await (await visitor.get("/")).text();
    assert.match(html, /value="Jay"/);
    assert.match(html, /value="kpatel@codingdojo\.com"/);
    assert.match(html, /<a[^>]* href="\/show"/);
  },

  "GET /show without a session leads to the form, which says why": async (
    client,
  ) => {
    const visitor = client.visitor();
    const response = await visitor.get("/show");
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("Location"), "/?why=none");
    await drop(response);
    const texts = await Promise.all(
      ["none", "expired", "invalid"].map(async (why) => {
        const html = await (await visitor.get(`/?why=${why}`)).text();
        return /role="status">([^<]+)</.exec(html)?.[1] ?? "";
      }),
    );
    assert.equal(new Set(texts).size, 3);
    assert(texts.every((text) => text !== ""));
    const other = await (await visitor.get("/?why=<b>")).text();
    assert.doesNotMatch(other, /role="status"|<b>/);
  },

  "a forged cookie never opens, never breaks the page, and is left alone":
    async (
      client,
    ) => {
      const visitor = await client.jay();
      const cookie = client.cookie(visitor);
      const [name] = cookie.split("=");
      const swapped = await sealFor(
        session({
          schema: visitorSchema,
          secrets: [CONTRACT_SECRET],
          cookieName: "other",
        }),
        JAY,
        { url: client.origin },
      );
      const retired = await sealFor(
        session({
          schema: visitorSchema,
          secrets: ["a retired secret, of 32 bytes or more"],
        }),
        JAY,
        { url: client.origin },
      );
      const forged = [
        `${cookie.slice(0, -4)}AAAA`,
        cookie.slice(0, -10),
        `${name}=v1.${"A".repeat(5000)}`,
        `${name}=v1.\xff\xfe`,
        `${name}=v1.e30.e30`,
        `${name}=${swapped.split("=")[1]}`,
        retired,
      ];
      for (const header of forged) {
        const response = await client.request("/show", {
          headers: { cookie: header },
          redirect: "manual",
        });
        assert.equal(response.status, 303, header);
        assert.equal(response.headers.get("Location"), "/?why=invalid");
        assert.deepEqual(response.headers.getSetCookie(), [], header);
        await drop(response);
      }
      // Another app on this host wrote these: cookies ignore ports.
      for (const foreign of ["", "A".repeat(5000), "eyJ1IjoxfQ.aQ.c2ln"]) {
        const response = await client.request("/show", {
          headers: { cookie: `${name}=${foreign}` },
          redirect: "manual",
        });
        assert.equal(response.headers.get("Location"), "/?why=invalid");
        assert.deepEqual(response.headers.getSetCookie(), [], foreign);
        await drop(response);
      }
    },

  "a session that has ended says so, and its cookie is left alone": async (
    client,
  ) => {
    if (client.store !== "cookie") return; // its clock is the server's alone
    const options = {
      schema: visitorSchema,
      secrets: [CONTRACT_SECRET],
      seal: client.seal,
    };
    const now = Date.now() / 1000;
    for (const [age, location] of [[1800, "/?why=expired"], [1700, null]]) {
      const cookie = await sealFor(session(options), JAY, {
        url: client.origin,
        at: now - Number(age),
      });
      const response = await client.request("/show", {
        headers: { cookie },
        redirect: "manual",
      });
      assert.equal(response.headers.get("Location"), location);
      await drop(response);
    }
  },

  "GET /session shows what is stored": async (client) => {
    const visitor = await client.jay();
    const html = await (await visitor.get("/session")).text();
    for (const text of ["name", "Jay", "email", "kpatel@codingdojo.com"]) {
      assert(html.includes(text), text);
    }
    const none = await client.visitor().get("/session");
    assert.equal(none.status, 200);
    assert.deepEqual(none.headers.getSetCookie(), []);
    await drop(none);
  },

  "POST /session/renew keeps the data under a new id; without a session it sets nothing":
    async (client) => {
      const visitor = await client.jay();
      const before = client.cookie(visitor);
      const response = await visitor.post("/session/renew");
      assert.equal(response.status, 303);
      assert.equal(response.headers.get("Location"), "/session");
      await drop(response);
      assert.notEqual(client.cookie(visitor), before);
      assert.match(await (await visitor.get("/show")).text(), />Jay<\/h3>/);
      if (client.store !== "cookie") {
        const old = await client.request("/show", {
          headers: { cookie: before },
          redirect: "manual",
        });
        assert.equal(old.headers.get("Location"), "/?why=expired");
        assert.deepEqual(old.headers.getSetCookie(), []);
        await drop(old);
      }
      const nobody = await client.visitor().post("/session/renew");
      assert.equal(nobody.status, 303);
      assert.deepEqual(nobody.headers.getSetCookie(), []);
      await drop(nobody);
    },

  "POST /session/end ends the session and clears the cookie": async (
    client,
  ) => {
    const visitor = await client.jay();
    const before = client.cookie(visitor);
    const response = await visitor.post("/session/end");
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("Location"), "/");
    assert.match(response.headers.getSetCookie()[0] ?? "", /=; Max-Age=0;/);
    await drop(response);
    assert.equal(visitor.cookies.size, 0);
    const after = await visitor.get("/show");
    assert.equal(after.headers.get("Location"), "/?why=none");
    await drop(after);
    if (client.store !== "cookie") {
      const replayed = await client.request("/show", {
        headers: { cookie: before },
        redirect: "manual",
      });
      assert.equal(replayed.headers.get("Location"), "/?why=expired");
      await drop(replayed);
    }
  },

  "GET /healthz names the store": async (client) => {
    const response = await client.request("/healthz");
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {
      status: "ok",
      store: client.store,
    });
    assert.equal(response.headers.get("Cache-Control"), "no-store");
  },

  "static files are immutable under hashed names, and read no session": async (
    client,
  ) => {
    const html = await (await client.request("/")).text();
    const links = [...html.matchAll(/<link[^>]* href="([^"]+)"/g)].map((
      [, href = ""],
    ) => href);
    assert.equal(links.length, 2);
    for (const href of links) {
      assert.match(href, /^\/assets\/[a-z]+\.[0-9a-f]{12}\.(css|svg)$/);
      const response = await client.request(href, {
        headers: { cookie: "session=junk; __Host-session=junk" },
      });
      assert.equal(response.status, 200);
      assert.match(
        response.headers.get("Content-Type") ?? "",
        /^(text\/css; charset=utf-8|image\/svg\+xml)$/i,
      );
      assert.equal(
        response.headers.get("Cache-Control"),
        "public, max-age=31536000, immutable",
      );
      assert.doesNotMatch(response.headers.get("Vary") ?? "", /Cookie/i);
      assert.deepEqual(response.headers.getSetCookie(), []);
      await drop(response);
    }
    const stale = await client.request("/assets/style.000000000000.css");
    assert.equal(stale.status, 404);
    await drop(stale);
  },

  "HEAD answers like GET, without a body": async (client) => {
    for (const path of PAGES) {
      const [get, head] = [
        await client.request(path, { redirect: "manual" }),
        await client.request(path, { method: "HEAD", redirect: "manual" }),
      ];
      assert.equal(head.status, get.status, path);
      assert.equal(
        head.headers.get("Content-Type"),
        get.headers.get("Content-Type"),
      );
      assert.equal(await head.text(), "");
      await drop(get);
    }
  },

  "a wrong method is 405, and Allow names the right ones": async (client) => {
    const wrong: [string, string, string][] = [
      ["POST", "/", "GET"],
      ["GET", "/users", "POST"],
      ["PUT", "/show", "GET"],
      ["DELETE", "/session", "GET"],
      ["GET", "/session/renew", "POST"],
      ["PATCH", "/session/end", "POST"],
      ["POST", "/healthz", "GET"],
    ];
    for (const [method, path, allowed] of wrong) {
      const response = await client.request(path, {
        method,
        redirect: "manual",
      });
      assert.equal(response.status, 405, `${method} ${path}`);
      assert.match(response.headers.get("Allow") ?? "", new RegExp(allowed));
      assert.match(await response.text(), /<h1/);
    }
  },

  "an unknown path is a 404 page": async (client) => {
    for (const path of ["/nowhere", "/users/1", "/..%2f", "/%00", "/SHOW"]) {
      const response = await client.request(path);
      assert.equal(response.status, 404, path);
      assert.match(await response.text(), /<!DOCTYPE html>.*<h1/s);
    }
  },

  "a body over 16 KiB is 413, whether or not it says its length": async (
    client,
  ) => {
    const text = new URLSearchParams({ ...JAY, extra: "x".repeat(16_384) })
      .toString();
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const bodies = [text, new Blob([text]).stream()];
    for (const body of bodies) {
      const response = await client.request("/users", {
        method: "POST",
        headers,
        body,
      });
      assert.equal(response.status, 413);
      assert.match(await response.text(), /<h1/);
    }
  },

  "a form that is not a form is 415": async (client) => {
    const types = ["application/json", "text/plain", "application/xml"];
    for (const type of types) {
      const response = await client.request("/users", {
        method: "POST",
        headers: { "Content-Type": type },
        body: JSON.stringify(JAY),
      });
      assert.equal(response.status, 415, type);
      assert.match(await response.text(), /<h1/);
    }
    const broken = await client.request("/users", {
      method: "POST",
      headers: { "Content-Type": "multipart/form-data; boundary=x" },
      body: "no such boundary",
    });
    assert.equal(broken.status, 415);
    await drop(broken);
    const nothing = await client.request("/users", { method: "POST" });
    assert.equal(nothing.status, 415);
    await drop(nothing);
  },

  "a POST from another site is 403, and changes nothing": async (client) => {
    const visitor = await client.jay();
    const before = client.cookie(visitor);
    const foreign: Record<string, string>[] = [
      { "Origin": "https://evil.example" },
      { "Origin": "null" },
      { "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
      { "Origin": client.origin.replace(/:\d+$|$/, ":1") },
    ];
    for (const headers of foreign) {
      for (const path of ["/users", "/session/end", "/session/renew"]) {
        const response = await client.request(path, {
          method: "POST",
          headers: { ...headers, cookie: before },
          body: new URLSearchParams({ ...JAY, name: "Eve" }),
          redirect: "manual",
        });
        assert.equal(response.status, 403, JSON.stringify(headers));
        assert.deepEqual(response.headers.getSetCookie(), []);
        assert.match(await response.text(), /<h1/);
      }
    }
    const own = await visitor.post("/session/renew", {}, {
      headers: { "Sec-Fetch-Site": "same-origin" },
    });
    assert.equal(own.status, 303);
    await drop(own);
    assert.match(await (await visitor.get("/show")).text(), />Jay<\/h3>/);
  },

  "a cross-site POST without a body cannot end the session either": async (
    client,
  ) => {
    const visitor = await client.jay();
    const response = await client.request("/session/end", {
      method: "POST",
      headers: {
        "Origin": "https://evil.example",
        "Sec-Fetch-Site": "cross-site",
        "cookie": client.cookie(visitor),
      },
      redirect: "manual",
    });
    assert.equal(response.status, 403);
    await drop(response);
  },

  "error pages open no session": async (client) => {
    const cookie = `${
      client.origin.startsWith("https:") ? "__Host-" : ""
    }session=junk`;
    for (
      const [method, path] of [["GET", "/nowhere"], ["PUT", "/show"]] as const
    ) {
      const response = await client.request(path, {
        method,
        headers: { cookie },
      });
      assert(response.status >= 400);
      assert.deepEqual(response.headers.getSetCookie(), []);
      assert.doesNotMatch(response.headers.get("Vary") ?? "", /Cookie/i);
      await drop(response);
    }
  },

  "security headers are on every answer": async (client) => {
    const requests: [string, RequestInit][] = [
      ...PAGES.map((path): [string, RequestInit] => [path, {}]),
      ["/users", { method: "POST", body: new URLSearchParams(JAY) }],
      ["/users", { method: "POST", body: new URLSearchParams() }],
      ["/users", { method: "POST", body: "{}" }],
      ["/users", { method: "PUT" }],
      ["/users", { method: "POST", headers: { Origin: "https://a.example" } }],
    ];
    for (const [path, init] of requests) {
      const { status, headers, body } = await client.request(path, {
        ...init,
        redirect: "manual",
      });
      await body?.cancel();
      const where = `${path} ${status}`;
      const csp = headers.get("Content-Security-Policy") ?? "";
      assert.match(csp, /default-src 'none'/, where);
      assert.match(csp, /frame-ancestors 'none'/, where);
      assert.doesNotMatch(csp, /script-src|unsafe/, where);
      assert.equal(headers.get("Referrer-Policy"), "same-origin", where);
      assert.equal(headers.get("X-Content-Type-Options"), "nosniff", where);
      assert.match(headers.get("X-Request-Id") ?? "", /^[\w-]+$/, where);
    }
  },

  "pages that open the session are private, and vary by cookie": async (
    client,
  ) => {
    for (const path of ["/", "/show", "/session"]) {
      const { headers, body } = await client.request(path, {
        redirect: "manual",
      });
      await body?.cancel();
      assert.equal(headers.get("Cache-Control"), "private, no-store", path);
      assert.match(headers.get("Vary") ?? "", /Cookie/, path);
    }
  },

  "two visitors never see each other's data, under 1,000 interleaved requests":
    async (client) => {
      const visitors = await Promise.all(
        ["Ann", "Ben"].map(async (name) => {
          const visitor = client.visitor();
          const form = { name, email: `${name}@example.com` };
          await drop(await visitor.post("/users", form));
          return { name, visitor };
        }),
      );
      let right = 0;
      await Promise.all(Array.from({ length: 20 }, async (_, lane) => {
        const { name, visitor } = visitors[lane % 2] ?? assert.fail();
        for (let i = 0; i < 50; i++) {
          const html = await (await visitor.get("/show")).text();
          if (/<h3[^>]*>(\w+)<\/h3>/.exec(html)?.[1] === name) right++;
        }
      }));
      assert.equal(right, 1000);
    },
};

async function drop(response: Response): Promise<void> {
  await response.body?.cancel();
}

function unescape(html: string): string {
  const characters: Record<string, string> = {
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
    "&amp;": "&",
  };
  return html.replace(
    /&(?:lt|gt|quot|#39|amp);/g,
    (entity) => characters[entity] ?? entity,
  );
}
