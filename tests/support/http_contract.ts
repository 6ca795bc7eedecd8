// The app's promises over HTTP, whatever serves it. Each server runs the same cases.
import assert from "node:assert/strict";
import { type Browser, browser } from "../../middleware/session/testing/mod.ts";
import type { Cases, Served } from "./contract.ts";
import { JAY } from "./open_app.ts";

/** The app, served somewhere; its secret is {@linkcode CONTRACT_SECRET}. */
export interface ServedApp extends Served {
  /** Such as "http://localhost:5000". */
  readonly origin: string;
  /** The store that /healthz names. */
  readonly store: string;
}

export const CONTRACT_SECRET = "the secret of the contract's own servers";

const TOO_LONG = { ...JAY, extra: "x".repeat(16_384) };
const PAGES = ["/", "/show", "/session", "/healthz", "/nowhere"];
const FORM = "application/x-www-form-urlencoded";
const MULTIPART = "multipart/form-data; boundary=b";

/** A new visitor, without any cookie. */
function newVisitor({ app, origin }: ServedApp): Browser {
  return browser(app, { origin });
}

/** A visitor whose session has Jay's data. */
async function jay(it: ServedApp): Promise<Browser> {
  const visitor = newVisitor(it);
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

/** The answer to a POST as curl sends it. */
function post(
  it: ServedApp,
  body: BodyInit | null,
  headers: HeadersInit = {},
  path = "/users",
): Promise<Response> {
  return curl(it, path, { method: "POST", headers, body });
}

/** The status of an answer to `POST /users` with this body. */
async function posted(it: ServedApp, body: BodyInit, type = FORM) {
  return (await post(it, body, { "Content-Type": type })).status;
}

/** The answer of `GET /show` to a Cookie header. */
function showTo(it: ServedApp, cookie: string): Promise<Response> {
  return curl(it, "/show", { headers: { cookie } });
}

/** The text of the page's `<h3>`, the name first. */
async function shown(response: Response): Promise<string[]> {
  const html = await response.text();
  return [...html.matchAll(/<h3[^>]*>([^<]*)<\/h3>/g)]
    .map(([, text = ""]) => unescape(text));
}

async function nameShownTo(visitor: Browser): Promise<string | undefined> {
  return (await shown(await visitor.get("/show")))[0];
}

/** The visitor's one session cookie. */
function cookieOf(visitor: Browser): string {
  const entries = [...visitor.cookies].filter(([name]) =>
    name.endsWith("session")
  );
  assert.equal(entries.length, 1);
  return (entries[0] ?? assert.fail()).join("=");
}

function fieldOf(html: string, name: string): string {
  return RegExp(`<input id="${name}"[^>]*>`).exec(html)?.[0] ?? assert.fail();
}

function setsNoCookie(response: Response, message?: string): void {
  assert.deepEqual(response.headers.getSetCookie(), [], message);
}

export const APP_CASES: Cases<ServedApp> = {
  async "GET / is the form, and sets no cookie"(it) {
    const response = await newVisitor(it).get("/");
    assert.equal(response.status, 200);
    assert.match(response.headers.get("Content-Type") ?? "", /^text\/html/);
    setsNoCookie(response);
    const html = await response.text();
    assert.match(html, /^<!DOCTYPE html><html lang="en" dir="ltr">/);
    assert.match(html, /<form[^>]* method="post" action="\/users"/);
    for (const name of ["name", "email"]) {
      assert(html.includes(`<label for="${name}">`));
      const field = fieldOf(html, name);
      assert(field.includes(`name="${name}"`), field);
      assert(field.includes(`autocomplete="${name}"`), field);
    }
    assert.doesNotMatch(html, /<script|javascript:| on\w+=/i);
    assert.doesNotMatch(html, /maxlength/); // it cuts what is pasted, in silence
  },

  async "POST /users leads to /show, which shows the name and the email; each POST /users begins a new session, and GET / knows who it is"(
    it,
  ) {
    const visitor = await jay(it);
    const before = cookieOf(visitor);
    const kay = { ...JAY, name: "Kay" };
    const posted = await visitor.post("/users", kay);
    assert.equal(posted.status, 303);
    assert.equal(posted.headers.get("Location"), "/show");
    assert.equal(posted.headers.getSetCookie().length, 1);
    assert.notEqual(cookieOf(visitor), before);

    const response = await visitor.get("/show");
    assert.equal(response.status, 200);
    setsNoCookie(response);
    const html = await response.text();
    assert.match(html, /<title>Form Test Show<\/title>/);
    assert.match(html, /<h1[^>]*>User:<\/h1>/);
    assert.match(html, /<h3[^>]*>Kay<\/h3>/);
    assert.match(html, /<h3[^>]*>kpatel@codingdojo\.com<\/h3>/);

    const home = await (await visitor.get("/")).text();
    assert.match(home, /value="Kay"/);
    assert.match(home, /value="kpatel@codingdojo\.com"/);
    assert.match(home, /<a[^>]* href="\/show"/);
  },

  async "what is typed is shown as text, never as HTML"(it) {
    const names = [
      `<script>alert("1")</script>`,
      `"quotes" & 'apostrophes'`,
      "👩‍🚀 émoji",
      "مرحبا بالعالم",
      "</h3><img src=x onerror=alert(1)>",
    ];
    for (const name of names) {
      const visitor = newVisitor(it);
      await visitor.post("/users", { ...JAY, name });
      for (const path of ["/show", "/", "/session"]) {
        const html = await (await visitor.get(path)).text();
        assert.doesNotMatch(html, /<script|<img/, `${path}: ${name}`);
        const shown = path === "/session" ? JSON.stringify(name) : name;
        assert(unescape(html).includes(shown), `${path}: ${name}`);
      }
    }
  },

  async "a form with errors comes back as it was typed, and the session is unchanged"(
    it,
  ) {
    const visitor = await jay(it);
    const before = cookieOf(visitor);
    const form = { name: " ", email: "not <an> email" };
    const response = await visitor.post("/users", form);
    assert.equal(response.status, 422);
    setsNoCookie(response);
    assert.equal(cookieOf(visitor), before);
    const html = await response.text();
    assert(html.includes(`value="not &lt;an&gt; email"`));
    for (const name of ["name", "email"]) {
      const field = fieldOf(html, name);
      assert.match(field, /aria-invalid="true"/);
      assert.match(field, RegExp(`aria-describedby="[^"]*${name}-error`));
      assert(html.includes(`id="${name}-error"`));
    }
    assert.match(html, /tabindex="-1" autofocus="" aria-labelledby="notice"/);
    assert.equal(await nameShownTo(visitor), "Jay");
  },

  async "a bad field is refused; a good one is shown as it was typed, trimmed and normalized, and nothing else is asked"(
    it,
  ) {
    const check = async (form: Record<string, string>, good?: string[]) => {
      const visitor = newVisitor(it);
      const response = await visitor.post("/users", form);
      const message = JSON.stringify(form);
      assert.equal(response.status, good ? 303 : 422, message);
      assert.equal(visitor.cookies.size, good ? 1 : 0, message);
      if (good === undefined) return;
      assert.deepEqual(await shown(await visitor.get("/show")), good, message);
    };
    const { name, email } = JAY;
    for (const form of [{}, { name }, { email }]) {
      await check(form as Record<string, string>);
    }
    await check({ ...JAY, extra: "ignored" }, [name, email]);
    for (const name of BAD_NAMES) await check({ name, email });
    for (const email of BAD_EMAILS) await check({ name, email });
    for (const typed of GOOD_NAMES) {
      await check({ name: typed, email }, [SHOWN[typed] ?? typed, email]);
    }
    for (const typed of GOOD_EMAILS) {
      await check({ name, email: typed }, [name, SHOWN[typed] ?? typed]);
    }
  },

  async "plain curl -d works; a form that is not UTF-8 is 400, and no letter is changed in silence"(
    it,
  ) {
    assert.equal(await posted(it, new URLSearchParams(JAY)), 303);
    const form = (name: string) => `email=jay%40example.com&name=${name}`;
    for (const name of ["Jos%E9", "%C3", "%ED%A0%80", "%c0%af", "a%F5b"]) {
      assert.equal(await posted(it, form(name)), 400, name);
    }
    const latin1 = `${FORM}; charset=ISO-8859-1`;
    assert.equal(await posted(it, form("Jos%E9"), latin1), 400);
    assert.equal(await posted(it, bytes(form("Jos\xe9"))), 400);
    const good = ["Jos%C3%A9", "Jos%c3%a9", "José", "100%", "%EF%BF%BD"];
    for (const name of good) {
      assert.equal(await posted(it, form(name)), 303, name);
    }
    const multipart = (name: string) =>
      posted(it, bytes(multipartForm({ ...JAY, name })), MULTIPART);
    assert.equal(await multipart("Jos\xe9"), 400);
    assert.equal(await multipart("Jos\xc3\xa9"), 303);
    assert.equal(await multipart("\xef\xbf\xbd"), 303);
  },

  async "a multipart form that ends too early is 400"(it) {
    const whole = multipartForm(JAY);
    for (const body of [whole, whole.trimEnd(), `${whole}an epilogue`]) {
      assert.equal(await posted(it, body, MULTIPART), 303);
    }
    const end = whole.lastIndexOf("--b--");
    const lengths = [end + 4, end + 3, end, end - 2, end - 5, 60, 20, 5];
    for (const length of lengths) {
      const body = whole.slice(0, length);
      assert.equal(await posted(it, body, MULTIPART), 400, `${length}`);
    }
  },

  async "the same form sent twice at once: whichever answer arrives, it shows the name"(
    it,
  ) {
    for (const visitor of [newVisitor(it), await jay(it)]) {
      const post = () => visitor.post("/users", { ...JAY, name: "Kay" });
      for (const answer of await Promise.all([post(), post()])) {
        assert.equal(answer.status, 303);
        const [cookie = ""] = answer.headers.getSetCookie();
        const page = await showTo(it, cookie.replace(/;.*/, ""));
        assert.equal((await shown(page))[0], "Kay");
      }
    }
  },

  async "GET /show without a session leads to the form, which says why"(it) {
    const response = await curl(it, "/show");
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("Location"), "/?why=none");
    const texts = new Set<string | undefined>();
    for (const why of ["none", "expired", "invalid", "<b>"]) {
      const html = await (await curl(it, `/?why=${why}`)).text();
      texts.add(/role="status">([^<]+)</.exec(html)?.[1]);
    }
    assert.equal(texts.size, 4);
    assert.equal([...texts].pop(), undefined);
  },

  async "POST /session/renew keeps the data under a new id, POST /session/end ends the session; with a server store the old cookie is dead"(
    it,
  ) {
    const visitor = await jay(it);
    const leave = async (path: string, location: string) => {
      const before = cookieOf(visitor);
      const response = await visitor.post(path);
      assert.equal(response.status, 303);
      assert.equal(response.headers.get("Location"), location);
      assert.notEqual(visitor.cookies.size && cookieOf(visitor), before);
      if (it.store === "cookie") return response;
      const old = await showTo(it, before);
      assert.equal(old.headers.get("Location"), "/?why=expired");
      setsNoCookie(old);
      return response;
    };
    await leave("/session/renew", "/session");
    assert.equal(await nameShownTo(visitor), "Jay");
    const ended = await leave("/session/end", "/");
    assert.match(ended.headers.getSetCookie()[0] ?? "", /=; Max-Age=0;/);
    assert.equal(visitor.cookies.size, 0);
    const without = await newVisitor(it).post("/session/renew");
    assert.equal(without.status, 303);
    setsNoCookie(without);
  },

  async "GET /healthz names the store"(it) {
    const response = await curl(it, "/healthz");
    assert.equal(response.status, 200);
    const { store } = it;
    assert.deepEqual(await response.json(), { status: "ok", store });
    assert.equal(response.headers.get("Cache-Control"), "no-store");
  },

  async "static files are immutable under hashed names, and read no session"(
    it,
  ) {
    const html = await (await curl(it, "/")).text();
    const links = [...html.matchAll(/<link[^>]* href="([^"]+)"/g)];
    assert.equal(links.length, 2);
    for (const [, href = ""] of links) {
      const [, type] =
        /^\/assets\/[a-z]+\.[0-9a-f]{12}\.(css|svg)$/.exec(href) ?? [];
      const cookie = "session=junk; __Host-session=junk";
      const response = await curl(it, href, { headers: { cookie } });
      assert.equal(response.status, 200);
      assert.equal(
        response.headers.get("Content-Type")?.toLowerCase(),
        type === "css" ? "text/css; charset=utf-8" : "image/svg+xml",
      );
      assert.equal(
        response.headers.get("Cache-Control"),
        "public, max-age=31536000, immutable",
      );
      assert.doesNotMatch(response.headers.get("Vary") ?? "", /Cookie/i);
      setsNoCookie(response);
    }
    const stale = await curl(it, "/assets/style.000000000000.css");
    assert.equal(stale.status, 404);
  },

  async "HEAD answers like GET, without a body"(it) {
    for (const path of PAGES) {
      const get = await curl(it, path);
      const head = await curl(it, path, { method: "HEAD" });
      assert.equal(head.status, get.status, path);
      const type = get.headers.get("Content-Type");
      assert.equal(head.headers.get("Content-Type"), type);
      assert.equal(await head.text(), "");
    }
  },

  async "a wrong method is 405: Allow and the page name the right ones, and the page leads on"(
    it,
  ) {
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
      const response = await curl(it, path, { method });
      assert.equal(response.status, 405, `${method} ${path}`);
      assert.match(response.headers.get("Allow") ?? "", RegExp(allowed));
      const html = await response.text();
      const main = html.slice(html.indexOf("<main"));
      assert.match(main, RegExp(`\\b${method}\\b.*\\b${allowed}\\b`, "s"));
      const [, link] = /<a class="button" href="([^"]*)"/.exec(main) ?? [];
      assert.equal(link, leadsTo, `${method} ${path}`);
      assert([200, 303].includes((await curl(it, link)).status));
    }
  },

  async "an unknown path is a 404 page, a form that is not a form a 415 page; a body over 16 KiB is 413, whether or not it says its length"(
    it,
  ) {
    const long = new URLSearchParams(TOO_LONG).toString();
    const sent = (type: string, body: BodyInit) =>
      post(it, body, { "Content-Type": type });
    const refused: [status: number, answer: Promise<Response>][] = [
      [413, sent(FORM, long)],
      [413, sent(FORM, new Blob([long]).stream())],
      [415, sent("application/json", JSON.stringify(JAY))],
      [415, sent("text/plain", "name=Jay")],
      [415, sent(MULTIPART, "no such boundary")],
      [415, post(it, null)],
    ];
    for (const path of ["/nowhere", "/users/1", "/..%2f", "/%00", "/SHOW"]) {
      refused.push([404, curl(it, path)]);
    }
    for (const [status, answer] of refused) {
      const response = await answer;
      assert.equal(response.status, status);
      assert.match(await response.text(), /<!DOCTYPE html>.*<h1/s);
    }
  },

  async "a POST from another site is 403, and changes nothing"(it) {
    const visitor = await jay(it);
    const cookie = cookieOf(visitor);
    const foreign: Record<string, string>[] = [
      { "Origin": "https://evil.example" },
      { "Origin": "null" },
      { "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
      { "Origin": it.origin.replace(/:\d+$|$/, ":1") },
    ];
    for (const headers of foreign) {
      for (const path of ["/users", "/session/end", "/session/renew"]) {
        const body = path === "/users" ? new URLSearchParams(JAY) : null;
        const response = await post(it, body, { ...headers, cookie }, path);
        assert.equal(response.status, 403, JSON.stringify(headers));
        setsNoCookie(response);
        assert.match(await response.text(), /<h1/);
      }
    }
    const headers = { "Sec-Fetch-Site": "same-origin" };
    const own = await visitor.post("/session/renew", {}, { headers });
    assert.equal(own.status, 303);
    assert.equal(await nameShownTo(visitor), "Jay");
  },

  async "refused forms do not break the next request on their connection"(it) {
    const evil = { "Origin": "https://evil.example" };
    const form = new URLSearchParams(JAY);
    const large = new URLSearchParams({ name: "x".repeat(200_000) });
    for (let i = 0; i < 10; i++) {
      assert.equal((await post(it, "a=b")).status, 415);
      assert.equal((await post(it, large, evil)).status, 403);
      assert.equal((await post(it, large)).status, 413);
      assert.equal((await post(it, form, {}, "/show")).status, 405);
      assert.equal((await post(it, form, {}, "/nowhere")).status, 404);
      assert.equal((await post(it, form)).status, 303);
    }
  },

  async "security headers are on every answer, and no cache keeps a page"(it) {
    const form = new URLSearchParams(JAY);
    const answers = [
      ...PAGES.map((path) => curl(it, path)),
      post(it, form),
      post(it, new URLSearchParams()),
      post(it, "{}"),
      post(it, new URLSearchParams(TOO_LONG)),
      curl(it, "/users", { method: "PUT" }),
      post(it, form, { Origin: "https://a.example" }),
    ];
    for (const answer of answers) {
      const { status, headers } = await answer;
      const csp = headers.get("Content-Security-Policy") ?? "";
      assert.match(csp, /default-src 'none'/, `${status}`);
      assert.match(csp, /frame-ancestors 'none'/);
      assert.doesNotMatch(csp, /script-src|unsafe/);
      assert.equal(headers.get("Referrer-Policy"), "same-origin");
      assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
      assert.equal(headers.get("X-Frame-Options"), "DENY");
      const hsts = headers.get("Strict-Transport-Security");
      assert.equal(hsts, "max-age=15552000");
      assert.match(headers.get("X-Request-Id") ?? "", /^[\w-]+$/);
      if (/json/.test(headers.get("Content-Type") ?? "")) continue; // /healthz
      assert.equal(headers.get("Cache-Control"), "private, no-store");
      if (status < 400) assert.match(headers.get("Vary") ?? "", /Cookie/);
    }
  },

  async "two visitors who ask at the same time never see each other's data"(
    it,
  ) {
    const visitors = await Promise.all(["Ann", "Ben"].map(async (name) => {
      const visitor = newVisitor(it);
      await visitor.post("/users", { ...JAY, name });
      return { name, visitor };
    }));
    const all = Array<typeof visitors>(40).fill(visitors).flat();
    await Promise.all(all.map(async ({ name, visitor }) => {
      assert.equal(await nameShownTo(visitor), name);
    }));
  },
};

/** Names that show nothing, or are too long, or hold a control character. */
const BAD_NAMES = [
  ..." \u200b \u2060 \u3164 \u2800 \u00ad \u115f \u1160 \uffa0 \u034f \ufe0f"
    .split(" "),
  ..."\u200e \u2064 \u{e0041} \u{1d159} \ufeff \u3000 \u2028".split(" "),
  ...["\u200b \u3164\ufe0f", "x".repeat(101), "a\0b", "a\u0085b"],
];

/** The text that is shown, where it differs from the typed one. */
const SHOWN: Readonly<Record<string, string>> = {
  "  Zoe\u0308 \n": "Zoë",
  " zoe@example.com ": "zoe@example.com",
  "jay@xn--mgbh0fb.example": "jay@مثال.example", // as Chromium sends it
  "jay@man\u0303ana.example": "jay@mañana.example",
};

const GOOD_NAMES = [
  "  Zoe\u0308 \n",
  ...["x".repeat(100), "👩".repeat(100), "0", "❤\ufe0f"],
  ...["김\u3164", "می\u200cخواهم"],
];

const BAD_EMAILS = [
  ...["jay", "jay@", "@example.com", "jay kay@example.com"],
  ...["jay@example-.com", "jay@-example.com", "jay@example..com"],
  ...["jay@exam_ple.com", "jay@kay@example.com", "jay@example.com/"],
  ...["jay@مثال.example:80", "jay@مثال.example/x", "jay@مث\u202eال.example"],
  ...["jay@[127.0.0.1]", "جاي@example.com"],
  `jay@${"x".repeat(64)}.com`,
  `${"x".repeat(243)}@example.com`,
  `${"x".repeat(236)}@مثال.example`, // 254 as typed, more as it is sent
];

const GOOD_EMAILS = [
  ...["jay&kay@example.com", "a=b@example.com", "jay'@example.com"],
  ...["#1@example.com", ".jay..@localhost", "jay@xn--mgbh0fb.example"],
  ...[" zoe@example.com ", "jay@man\u0303ana.example", "Jay@Example.COM"],
  "jay@xn--a.example", // it stands for no domain
  ...["jay@مثال.example", "jay@例え。jp", `${"x".repeat(242)}@example.com`],
];

/** A byte for each character. */
function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** With the boundary `b`. */
function multipartForm(fields: Record<string, string>): string {
  const parts = Object.entries(fields).map(([name, value]) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  );
  return `${parts.join("")}--b--\r\n`;
}

/** The text that stands in HTML. */
export function unescape(html: string): string {
  return html.replaceAll("&#39;", "'").replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
