// The app's promises over HTTP, whatever serves it. Each server runs the same cases.
import { session } from "../../middleware/session/mod.ts";
import assert from "node:assert/strict";
import {
  type Browser,
  browser,
  sealFor,
} from "../../middleware/session/testing/mod.ts";
import { visitorSchema } from "../../visitor.ts";
import type { Cases, Served } from "./contract.ts";

/** The app, served somewhere; its secret is {@linkcode CONTRACT_SECRET}. */
export interface ServedApp extends Served {
  /** Such as "http://localhost:5000". */
  readonly origin: string;
  /** The store that /healthz names. */
  readonly store: string;
  /** Default "sign". */
  readonly seal?: "sign" | "encrypt";
}

export const CONTRACT_SECRET = "the secret of the contract's own servers";

const JAY = { name: "Jay", email: "kpatel@codingdojo.com" };
const TOO_LONG = { ...JAY, extra: "x".repeat(16_384) };
const PAGES = ["/", "/show", "/session", "/healthz", "/nowhere"];

/** A new visitor, without any cookie. */
function newVisitor({ app, origin }: ServedApp): Browser {
  return browser(app, { origin });
}

/** A visitor whose session has Jay's data. */
async function jay(served: ServedApp): Promise<Browser> {
  const visitor = newVisitor(served);
  assert.equal((await visitor.post("/users", JAY)).status, 303);
  return visitor;
}

/** A request as curl sends it: no Origin, no cookie. */
async function curl(
  { app, origin }: ServedApp,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  return await app.request(origin + path, init);
}

/** The status of an answer to `POST /users` with this body. */
async function posted(
  served: ServedApp,
  body: BodyInit,
  type = "application/x-www-form-urlencoded",
): Promise<number> {
  const headers = { "Content-Type": type };
  const init = { method: "POST", headers, body };
  return (await curl(served, "/users", init)).status;
}

/** What `GET /show` answers to a Cookie header. */
function showTo(served: ServedApp, cookie: string): Promise<Response> {
  return curl(served, "/show", { headers: { cookie } });
}

async function nameShownTo(visitor: Browser): Promise<string | undefined> {
  const html = await (await visitor.get("/show")).text();
  return /<h3[^>]*>([^<]*)<\/h3>/.exec(html)?.[1];
}

/** The visitor's one session cookie. */
function cookieOf(visitor: Browser): string {
  const entries = [...visitor.cookies].filter(([name]) =>
    name.endsWith("session")
  );
  assert.equal(entries.length, 1);
  return (entries[0] ?? assert.fail()).join("=");
}

export const APP_CASES: Cases<ServedApp> = {
  "GET / is the form, and sets no cookie": async (served) => {
    const visitor = newVisitor(served);
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
          `<input id="${field}" name="${field}"[^>]* autocomplete="${field}"`,
        ),
      );
    }
    assert.doesNotMatch(html, /<script|javascript:| on\w+=/i);
    assert.doesNotMatch(html, /maxlength/); // it cuts what is pasted, in silence
  },

  "POST /users leads to /show, which shows the name and the email": async (
    served,
  ) => {
    const visitor = newVisitor(served);
    const posted = await visitor.post("/users", JAY);
    assert.equal(posted.status, 303);
    assert.equal(posted.headers.get("Location"), "/show");
    assert.equal(posted.headers.getSetCookie().length, 1);
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

  "plain curl -d works: neither Origin nor Sec-Fetch-Site": async (served) => {
    assert.equal(await posted(served, new URLSearchParams(JAY)), 303);
  },

  "a multipart form works too": async (served) => {
    const body = new FormData();
    for (const [key, value] of Object.entries(JAY)) body.set(key, value);
    const response = await curl(served, "/users", { method: "POST", body });
    assert.equal(response.status, 303);
  },

  "what is typed is shown as text, never as HTML": async (served) => {
    const names = [
      `<script>alert("1")</script>`,
      `"quotes" & 'apostrophes'`,
      "👩‍🚀 émoji",
      "مرحبا بالعالم",
      "</h3><img src=x onerror=alert(1)>",
    ];
    for (const name of names) {
      const visitor = newVisitor(served);
      await visitor.post("/users", { ...JAY, name });
      for (const path of ["/show", "/", "/session"]) {
        const html = await (await visitor.get(path)).text();
        assert.doesNotMatch(html, /<script|<img/, `${path}: ${name}`);
        const shown = path === "/session" ? JSON.stringify(name) : name;
        assert(unescape(html).includes(shown), `${path}: ${name}`);
      }
    }
  },

  "text is trimmed and normalized": async (served) => {
    const visitor = newVisitor(served);
    const typed = { name: "  Zoe\u0308 \n", email: " zoe@example.com " };
    const response = await visitor.post("/users", typed, { follow: true });
    const html = await response.text();
    assert.match(html, /<h3[^>]*>Zoë<\/h3>/);
    assert.match(html, /<h3[^>]*>zoe@example\.com<\/h3>/);
  },

  "a form with errors comes back as it was typed, and the session is unchanged":
    async (served) => {
      const visitor = await jay(served);
      const before = cookieOf(visitor);
      const response = await visitor.post("/users", {
        name: " ",
        email: "not <an> email",
      });
      assert.equal(response.status, 422);
      assert.deepEqual(response.headers.getSetCookie(), []);
      assert.equal(cookieOf(visitor), before);
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
      assert.equal(await nameShownTo(visitor), "Jay");
    },

  "every bad field is refused, and nothing else": async (served) => {
    const status = async (form: Record<string, string>) => {
      const response = await newVisitor(served).post("/users", form);
      const begins = response.headers.getSetCookie().length === 1;
      assert.equal(begins, response.status === 303);
      return response.status;
    };
    assert.equal(await status({}), 422);
    assert.equal(await status({ name: "Jay" }), 422);
    assert.equal(await status({ email: JAY.email }), 422);
    assert.equal(await status({ ...JAY, extra: "ignored" }), 303);
    for (const name of BAD_NAMES) {
      assert.equal(await status({ ...JAY, name }), 422, escape(name));
    }
    for (const name of GOOD_NAMES) {
      assert.equal(await status({ ...JAY, name }), 303, escape(name));
    }
    for (const email of BAD_EMAILS) {
      assert.equal(await status({ ...JAY, email }), 422, email);
    }
    for (const email of GOOD_EMAILS) {
      assert.equal(await status({ ...JAY, email }), 303, email);
    }
  },

  "an international domain is shown as it was typed": async (served) => {
    const typed = {
      "jay@مثال.example": "jay@مثال.example",
      "jay@xn--mgbh0fb.example": "jay@مثال.example", // as Chromium sends it
      "jay@man\u0303ana.example": "jay@mañana.example",
      "Jay@Example.COM": "Jay@Example.COM",
      "jay@xn--a.example": "jay@xn--a.example", // it stands for no domain
    };
    for (const [email, shown] of Object.entries(typed)) {
      const response = await newVisitor(served).post("/users", {
        ...JAY,
        email,
      }, { follow: true });
      const [, text] = /<h3[^>]*>([^<]*@[^<]*)<\/h3>/
        .exec(await response.text()) ?? [];
      assert.equal(text, shown);
    }
  },

  "a form that is not UTF-8 is 400: no letter is changed in silence": async (
    served,
  ) => {
    const form = (name: string) => `email=jay%40example.com&name=${name}`;
    for (const name of ["Jos%E9", "%C3", "%ED%A0%80", "%c0%af", "a%F5b"]) {
      assert.equal(await posted(served, form(name)), 400, name);
    }
    const latin1 = "application/x-www-form-urlencoded; charset=ISO-8859-1";
    assert.equal(await posted(served, form("Jos%E9"), latin1), 400);
    assert.equal(await posted(served, bytes(form("Jos\xe9"))), 400);
    const good = ["Jos%C3%A9", "Jos%c3%a9", "José", "100%", "%EF%BF%BD"];
    for (const name of good) {
      assert.equal(await posted(served, form(name)), 303, name);
    }
    const multipart = (name: string) =>
      posted(served, bytes(multipartForm({ ...JAY, name })), MULTIPART);
    assert.equal(await multipart("Jos\xe9"), 400);
    assert.equal(await multipart("Jos\xc3\xa9"), 303);
    assert.equal(await multipart("\xef\xbf\xbd"), 303);
  },

  "a multipart form that ends too early is 400": async (served) => {
    const whole = multipartForm(JAY);
    for (const body of [whole, whole.trimEnd(), `${whole}an epilogue`]) {
      assert.equal(await posted(served, body, MULTIPART), 303);
    }
    const end = whole.lastIndexOf("--b--");
    const lengths = [end + 4, end + 3, end, end - 2, end - 5, 60, 20, 5];
    for (const length of lengths) {
      const body = whole.slice(0, length);
      assert.equal(await posted(served, body, MULTIPART), 400, `${length}`);
    }
  },

  "each POST /users begins a new session: the old id is another one": async (
    served,
  ) => {
    const visitor = await jay(served);
    const before = cookieOf(visitor);
    await visitor.post("/users", { ...JAY, name: "Kay" });
    assert.notEqual(cookieOf(visitor), before);
    assert.equal(await nameShownTo(visitor), "Kay");
  },

  "the same form sent twice at once: whichever answer arrives, it shows the name":
    async (served) => {
      for (const visitor of [newVisitor(served), await jay(served)]) {
        const form = { ...JAY, name: "Kay" };
        const post = () => visitor.post("/users", form);
        for (const answer of await Promise.all([post(), post()])) {
          assert.equal(answer.status, 303);
          const [line = ""] = answer.headers.getSetCookie();
          const shown = await showTo(served, line.replace(/;.*/, ""));
          assert.match(await shown.text(), /<h3[^>]*>Kay</);
        }
      }
    },

  "GET / knows the visitor again: filled in, with a link to /show": async (
    served,
  ) => {
    const visitor = await jay(served);
    const html = await (await visitor.get("/")).text();
    assert.match(html, /value="Jay"/);
    assert.match(html, /value="kpatel@codingdojo\.com"/);
    assert.match(html, /<a[^>]* href="\/show"/);
  },

  "GET /show without a session leads to the form, which says why": async (
    served,
  ) => {
    const visitor = newVisitor(served);
    const response = await visitor.get("/show");
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("Location"), "/?why=none");
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
      served,
    ) => {
      const visitor = await jay(served);
      const cookie = cookieOf(visitor);
      const [name] = cookie.split("=");
      const [schema, url] = [visitorSchema, served.origin];
      const swapped = await sealFor(
        session({ schema, secrets: [CONTRACT_SECRET], cookieName: "other" }),
        JAY,
        { url },
      );
      const retired = await sealFor(
        session({ schema, secrets: ["a retired secret, of 32 bytes or more"] }),
        JAY,
        { url },
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
        const response = await showTo(served, header);
        assert.equal(response.status, 303, header);
        assert.equal(response.headers.get("Location"), "/?why=invalid");
        assert.deepEqual(response.headers.getSetCookie(), [], header);
      }
      // Another app on this host wrote these: cookies ignore ports.
      for (const foreign of ["", "A".repeat(5000), "eyJ1IjoxfQ.aQ.c2ln"]) {
        const response = await showTo(served, `${name}=${foreign}`);
        assert.equal(response.headers.get("Location"), "/?why=invalid");
        assert.deepEqual(response.headers.getSetCookie(), [], foreign);
      }
    },

  "a session that has ended says so": {
    where: ({ store }) => store === "cookie", // elsewhere the clock is the server's alone
    async run(served) {
      const options = {
        schema: visitorSchema,
        secrets: [CONTRACT_SECRET],
        seal: served.seal ?? "sign",
      };
      const now = Date.now() / 1000;
      for (const [age, location] of [[1800, "/?why=expired"], [1700, null]]) {
        const at = now - Number(age);
        const cookie = await sealFor(session(options), JAY, {
          url: served.origin,
          at,
        });
        const response = await showTo(served, cookie);
        assert.equal(response.headers.get("Location"), location);
      }
    },
  },

  "GET /session shows what is stored": async (served) => {
    const visitor = await jay(served);
    const html = await (await visitor.get("/session")).text();
    for (const text of ["name", "Jay", "email", "kpatel@codingdojo.com"]) {
      assert(html.includes(text), text);
    }
    const none = await newVisitor(served).get("/session");
    assert.equal(none.status, 200);
    assert.deepEqual(none.headers.getSetCookie(), []);
  },

  "POST /session/renew keeps the data under a new id; without a session it sets nothing":
    async (served) => {
      const visitor = await jay(served);
      const before = cookieOf(visitor);
      const response = await visitor.post("/session/renew");
      assert.equal(response.status, 303);
      assert.equal(response.headers.get("Location"), "/session");
      assert.notEqual(cookieOf(visitor), before);
      assert.equal(await nameShownTo(visitor), "Jay");
      if (served.store !== "cookie") {
        const old = await showTo(served, before);
        assert.equal(old.headers.get("Location"), "/?why=expired");
        assert.deepEqual(old.headers.getSetCookie(), []);
      }
      const nobody = await newVisitor(served).post("/session/renew");
      assert.equal(nobody.status, 303);
      assert.deepEqual(nobody.headers.getSetCookie(), []);
    },

  "POST /session/end ends the session and clears the cookie": async (
    served,
  ) => {
    const visitor = await jay(served);
    const before = cookieOf(visitor);
    const response = await visitor.post("/session/end");
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("Location"), "/");
    assert.match(response.headers.getSetCookie()[0] ?? "", /=; Max-Age=0;/);
    assert.equal(visitor.cookies.size, 0);
    const after = await visitor.get("/show");
    assert.equal(after.headers.get("Location"), "/?why=none");
    if (served.store !== "cookie") {
      const replayed = await showTo(served, before);
      assert.equal(replayed.headers.get("Location"), "/?why=expired");
    }
  },

  "GET /healthz names the store": async (served) => {
    const response = await curl(served, "/healthz");
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {
      status: "ok",
      store: served.store,
    });
    assert.equal(response.headers.get("Cache-Control"), "no-store");
  },

  "static files are immutable under hashed names, and read no session": async (
    served,
  ) => {
    const html = await (await curl(served, "/")).text();
    const links = [...html.matchAll(/<link[^>]* href="([^"]+)"/g)].map((
      [, href = ""],
    ) => href);
    assert.equal(links.length, 2);
    for (const href of links) {
      assert.match(href, /^\/assets\/[a-z]+\.[0-9a-f]{12}\.(css|svg)$/);
      const response = await curl(served, href, {
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
    }
    const stale = await curl(served, "/assets/style.000000000000.css");
    assert.equal(stale.status, 404);
  },

  "HEAD answers like GET, without a body": async (served) => {
    for (const path of PAGES) {
      const [get, head] = [
        await curl(served, path),
        await curl(served, path, { method: "HEAD" }),
      ];
      assert.equal(head.status, get.status, path);
      assert.equal(
        head.headers.get("Content-Type"),
        get.headers.get("Content-Type"),
      );
      assert.equal(await head.text(), "");
    }
  },

  "a wrong method is 405: Allow and the page name the right ones, and the page leads on":
    async (served) => {
      const wrong = [
        ["POST", "/", "GET", "/"],
        ["GET", "/users", "POST", "/"],
        ["PUT", "/show", "GET", "/show"],
        ["DELETE", "/session", "GET", "/session"],
        ["GET", "/session/renew", "POST", "/session"],
        ["PATCH", "/session/end", "POST", "/session"],
        ["GET", "/language", "POST", "/"],
        ["PUT", "/lab", "POST", "/lab"],
        ["PUT", "/lab/secret", "GET", "/lab"],
        ["POST", "/healthz", "GET", "/"],
      ] as const;
      for (const [method, path, allowed, leadsTo] of wrong) {
        const response = await curl(served, path, { method });
        assert.equal(response.status, 405, `${method} ${path}`);
        assert.match(response.headers.get("Allow") ?? "", new RegExp(allowed));
        const html = await response.text();
        assert.match(html, /<h1/);
        const main = html.slice(html.indexOf("<main"));
        assert.match(
          main,
          new RegExp(`\\b${method}\\b.*\\b${allowed}\\b`, "s"),
        );
        const [, link] = /<a class="button" href="([^"]*)"/.exec(main) ?? [];
        assert.equal(link, leadsTo, `${method} ${path}`);
        const led = await curl(served, link);
        assert([200, 303].includes(led.status));
      }
    },

  "an unknown path is a 404 page": async (served) => {
    for (const path of ["/nowhere", "/users/1", "/..%2f", "/%00", "/SHOW"]) {
      const response = await curl(served, path);
      assert.equal(response.status, 404, path);
      assert.match(await response.text(), /<!DOCTYPE html>.*<h1/s);
    }
  },

  "a body over 16 KiB is 413, whether or not it says its length": async (
    served,
  ) => {
    const text = new URLSearchParams(TOO_LONG).toString();
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const bodies = [text, new Blob([text]).stream()];
    for (const body of bodies) {
      const response = await curl(served, "/users", {
        method: "POST",
        headers,
        body,
      });
      assert.equal(response.status, 413);
      assert.match(await response.text(), /<h1/);
    }
  },

  "a form that is not a form is 415": async (served) => {
    const types = ["application/json", "text/plain", "application/xml"];
    for (const type of types) {
      const response = await curl(served, "/users", {
        method: "POST",
        headers: { "Content-Type": type },
        body: JSON.stringify(JAY),
      });
      assert.equal(response.status, 415, type);
      assert.match(await response.text(), /<h1/);
    }
    assert.equal(await posted(served, "no such boundary", MULTIPART), 415);
    const nothing = await curl(served, "/users", { method: "POST" });
    assert.equal(nothing.status, 415);
  },

  "a POST from another site is 403, and changes nothing": async (served) => {
    const visitor = await jay(served);
    const before = cookieOf(visitor);
    const foreign: Record<string, string>[] = [
      { "Origin": "https://evil.example" },
      { "Origin": "null" },
      { "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
      { "Origin": served.origin.replace(/:\d+$|$/, ":1") },
    ];
    for (const headers of foreign) {
      for (const path of ["/users", "/session/end", "/session/renew"]) {
        const response = await curl(served, path, {
          method: "POST",
          headers: { ...headers, cookie: before },
          body: path === "/users" ? new URLSearchParams(JAY) : null,
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
    assert.equal(await nameShownTo(visitor), "Jay");
  },

  "error pages know the visitor, and set no cookie": async (served) => {
    const visitor = await jay(served);
    const own = cookieOf(visitor);
    const known = {
      [own]: /class="known yes"><bdi>Known as Jay</,
      [own.replace(/=.*/, "=junk")]: /class="known"><bdi>Not known yet</,
    };
    const requests = [["GET", "/nowhere"], ["PUT", "/show"], ["POST", "/lab"]];
    for (const [method = "", path = ""] of requests) {
      for (const [cookie, says] of Object.entries(known)) {
        const response = await curl(served, path, {
          method,
          headers: { cookie },
        });
        assert(response.status >= 400);
        assert.deepEqual(response.headers.getSetCookie(), []);
        assert.match(response.headers.get("Vary") ?? "", /Cookie/);
        assert.match(await response.text(), says);
      }
    }
  },

  "security headers are on every answer, and no cache keeps an error": async (
    served,
  ) => {
    const requests: [string, RequestInit][] = [
      ...PAGES.map((path): [string, RequestInit] => [path, {}]),
      ["/users", { method: "POST", body: new URLSearchParams(JAY) }],
      ["/users", { method: "POST", body: new URLSearchParams() }],
      ["/users", { method: "POST", body: "{}" }],
      ["/users", { method: "POST", body: new URLSearchParams(TOO_LONG) }],
      ["/users", { method: "PUT" }],
      ["/users", { method: "POST", headers: { Origin: "https://a.example" } }],
    ];
    for (const [path, init] of requests) {
      const { status, headers } = await curl(served, path, init);
      const where = `${path} ${status}`;
      const csp = headers.get("Content-Security-Policy") ?? "";
      assert.match(csp, /default-src 'none'/, where);
      assert.match(csp, /frame-ancestors 'none'/, where);
      assert.doesNotMatch(csp, /script-src|unsafe/, where);
      assert.equal(headers.get("Referrer-Policy"), "same-origin", where);
      assert.equal(headers.get("X-Content-Type-Options"), "nosniff", where);
      assert.match(headers.get("X-Request-Id") ?? "", /^[\w-]+$/, where);
      if (status < 400) continue;
      // Pages of errors depend on the language.
      assert.equal(headers.get("Cache-Control"), "private, no-store", where);
    }
  },

  "pages that open the session are private, and vary by cookie": async (
    served,
  ) => {
    for (const path of ["/", "/show", "/session"]) {
      const { headers } = await curl(served, path);
      assert.equal(headers.get("Cache-Control"), "private, no-store", path);
      assert.match(headers.get("Vary") ?? "", /Cookie/, path);
    }
  },

  "two visitors never see each other's data, under 1,000 interleaved requests":
    async (served) => {
      const visitors = await Promise.all(
        ["Ann", "Ben"].map(async (name) => {
          const visitor = newVisitor(served);
          const form = { name, email: `${name}@example.com` };
          await visitor.post("/users", form);
          return { name, visitor };
        }),
      );
      let right = 0;
      await Promise.all(Array.from({ length: 20 }, async (_, lane) => {
        const { name, visitor } = visitors[lane % 2] ?? assert.fail();
        for (let i = 0; i < 50; i++) {
          if (await nameShownTo(visitor) === name) right++;
        }
      }));
      assert.equal(right, 1000);
    },
};

/** Names that show nothing, or are too long, or hold a control character. */
const BAD_NAMES = [
  ..." \u200b \u2060 \u3164 \u2800 \u00ad \u115f \u1160 \uffa0 \u034f \ufe0f"
    .split(" "),
  ..."\u200e \u2064 \u{e0041} \u{1d159} \ufeff \u3000 \u2028".split(" "),
  "\u200b \u3164\ufe0f",
  "x".repeat(101),
  "a\0b",
  "a\u0085b",
];

const GOOD_NAMES = [
  "x".repeat(100),
  "👩".repeat(100),
  "0",
  "김\u3164",
  "می\u200cخواهم",
  "❤\ufe0f",
];

const BAD_EMAILS = [
  "jay",
  "jay@",
  "@example.com",
  "jay@example-.com",
  "jay@-example.com",
  "jay@example..com",
  "jay@exam_ple.com",
  "jay kay@example.com",
  "jay@kay@example.com",
  "jay@example.com/",
  "jay@مثال.example:80",
  "jay@مثال.example/x",
  "jay@مث\u202eال.example",
  "jay@[127.0.0.1]",
  "جاي@example.com",
  `jay@${"x".repeat(64)}.com`,
  `${"x".repeat(243)}@example.com`,
  `${"x".repeat(236)}@مثال.example`, // 254 as typed, more as it is sent
];

const GOOD_EMAILS = [
  "jay&kay@example.com",
  "a=b@example.com",
  "jay'@example.com",
  "#1@example.com",
  ".jay..@localhost",
  "jay@xn--mgbh0fb.example",
  "jay@مثال.example",
  "jay@例え。jp",
  `${"x".repeat(242)}@example.com`,
];

function escape(text: string): string {
  return JSON.stringify(text).slice(0, 40);
}

/** A byte for each character. */
function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const MULTIPART = "multipart/form-data; boundary=b";

/** With the boundary `b`. */
function multipartForm(fields: Record<string, string>): string {
  const parts = Object.entries(fields).map(([name, value]) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  );
  return `${parts.join("")}--b--\r\n`;
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
