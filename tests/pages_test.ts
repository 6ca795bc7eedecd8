// Rules of every page, whoever looks at it.
import type { SessionStore } from "../middleware/session/mod.ts";
import assert from "node:assert/strict";
import { createApp } from "../app.ts";
import { assets } from "../components/assets.ts";
import { type Browser, browser } from "../middleware/session/testing/mod.ts";
import { PAGES } from "../pages.ts";
import { SECRET } from "./support/test_app.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { mayDoAll } from "./support/missing.ts";

const test = Deno.test;
const JAY = { name: "Jay", email: "kpatel@codingdojo.com" };
const LANGUAGES = ["en", "es", "ar"];

function open(
  {
    store = "cookie" as "cookie" | SessionStore,
    seal = "sign" as "sign" | "encrypt",
    lines = [] as string[],
  } = {},
) {
  const app = createApp({
    secrets: [SECRET],
    store,
    seal,
    log: (line) => lines.push(line),
  });
  return { app, visitor: browser(app) };
}

const ATTEMPTS = [
  ...["name", "unsealed", "guessed", "other", "ended", "copy", "replay"],
];
const LAB_KINDS = ["none", "signed", "copy", "server", "encrypted"];

/** Every page there is, as this visitor comes upon it, from the first to the last. */
async function* journey(visitor: Browser): AsyncGenerator<[string, Response]> {
  const get = async (path: string) =>
    [`GET ${path}`, await visitor.get(path)] as [string, Response];
  const post = async (path: string, form: Record<string, string> = {}) =>
    [`POST ${path}`, await visitor.post(path, form)] as [string, Response];
  yield await get("/forget");
  yield await post("/forget", JAY);
  yield await get("/forget/show");
  yield await get("/session");
  yield await get("/end");
  yield await get("/?why=none");
  yield await get("/teach");
  yield await post("/users", { name: "", email: "nope" });
  yield await post("/users", JAY);
  for (const path of ["/show", "/", "/session", "/show", "/nowhere"]) {
    yield await get(path);
  }
  for (const kind of LAB_KINDS) {
    yield await get(`/lab?kind=${kind}`);
    for (const attempt of ATTEMPTS) {
      yield await post("/lab", { kind, attempt });
    }
    yield await post("/lab", { kind, payload: "[]", seal: "AAAA" });
  }
  yield await get("/lab/secret");
  yield await post("/lab/secret", { guess: "sesame", be: "Eve" });
  yield await post("/lab/secret", { guess: "qwerty", be: "Eve" });
  yield await get("/lab/limits");
  for (const what of ["make", "use", "fill"]) {
    yield await post("/lab/limits", { do: what });
  }
  yield await post("/session/renew");
  yield [
    "/session?done=renewed",
    await visitor.get("/session?done=renewed", from("/session")),
  ];
  yield await get("/end");
  yield await get("/check");
  yield await post("/check", { holds: "data", ends: "never" });
  yield await get("/summary");
  yield await get("/healthz");
  yield await post("/session/end", { back: "/end" });
  yield [
    "/end?done=ended",
    await visitor.get("/end?done=ended", from("/end")),
  ];
}

/** A visitor's browser says which page led to another one. */
function from(path: string) {
  return { headers: { Referer: `http://localhost${path}` } };
}

const KINDS = [
  { kind: "signed", make: () => ({}) },
  { kind: "encrypted", make: () => ({ seal: "encrypt" as const }) },
  {
    kind: "in a store",
    make: () => ({ store: controlledStore() }),
  },
];

for (const { kind, make } of KINDS) {
  test(`no page and no log line holds a live cookie, seal or id whole (${kind})`, async () => {
    const lines: string[] = [];
    const { visitor } = open({ ...make(), lines });
    const secrets = new Set<string>();
    const pages: string[] = [];
    for await (const [, response] of journey(visitor)) {
      pages.push(await response.text());
      const [value] = visitor.cookies.values();
      if (value === undefined) continue;
      const [, payload = "", seal = ""] = value.split(".");
      for (const part of [value, payload, seal]) secrets.add(part);
      if (kind === "encrypted") continue;
      const token = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
      for (const [id] of token.matchAll(/[\w-]{22}/g)) secrets.add(id);
    }
    // The visitor's own cookie, tried in the lab, is not shown either.
    const { visitor: other } = open(make());
    await other.post("/users", JAY);
    const [value = ""] = other.cookies.values();
    const [, payload = "", seal = ""] = value.split(".");
    const text = kind === "encrypted"
      ? "?"
      : atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    for (const lab of LAB_KINDS) {
      const typed = lab === "encrypted" ? payload : text;
      const form = { kind: lab, payload: typed, seal };
      pages.push(await (await other.post("/lab", form)).text());
    }
    for (const part of [value, payload, seal]) secrets.add(part);

    assert(secrets.size > 6);
    for (const text of [...pages, ...lines]) {
      for (const secret of secrets) assert(!text.includes(secret));
    }
  });
}

test("a page is at most 20 kB whatever the name, the style sheet at most 18 kB", async () => {
  for (const language of LANGUAGES) {
    const { visitor } = open();
    visitor.setCookie(`language=${language}`);
    for await (const [what, response] of journey(visitor)) {
      const { byteLength } = await response.arrayBuffer();
      assert(byteLength <= 20_000, `${what}: ${byteLength}`);
    }
    for (const name of [`"`.repeat(100), "👩".repeat(100)]) {
      const { visitor } = open({ store: controlledStore() });
      visitor.setCookie(`language=${language}`);
      const email = `${"x".repeat(60)}@${"example.".repeat(20)}com`;
      await visitor.post("/users", { name, email });
      for (const path of Object.values(PAGES)) {
        const { byteLength } = await (await visitor.get(path)).arrayBuffer();
        assert(byteLength <= 20_000, `${path}: ${byteLength}`);
      }
    }
  }
  assert(new TextEncoder().encode(assets.style.body).length <= 18_000);
});

test("a page view that changes nothing sets no cookie, the inspector's included", async () => {
  for (const { make } of KINDS) {
    const { visitor } = open(make());
    await visitor.post("/users", JAY);
    const first = await visitor.get("/show"); // where every session begins
    assert.deepEqual(first.headers.getSetCookie(), []);
    for (const path of ["/", "/show", "/session", "/lab", "/end"]) {
      await visitor.get(path);
      for (let i = 0; i < 3; i++) {
        const again = await visitor.get(path);
        assert.equal(again.status, 200);
        assert.deepEqual(again.headers.getSetCookie(), [], path);
      }
    }
  }
});

test("the trail is the last six pages, by name, once each time one comes after another", async () => {
  const { visitor } = open();
  await visitor.get("/lab"); // before there is a session: forgotten
  await visitor.post("/users", JAY);
  const walk = [
    "/show",
    "/",
    "/",
    "/lab",
    "/nowhere?x=1",
    "/",
    "/show",
    "/lab",
    "/end",
  ];
  for (const path of walk) await visitor.get(path);
  for (const purpose of ["prefetch", "prefetch;prerender"]) {
    const headers = { "Sec-Purpose": purpose };
    await visitor.get("/lab", { headers }); // perhaps it is never shown
  }
  const html = await (await visitor.get("/session")).text();
  const trail = [...html.matchAll(/<li><code>([^<]+)<\/code><\/li>/g)]
    .map(([, path]) => path);
  assert.deepEqual(trail, ["/", "/lab", "/", "/show", "/lab", "/end"]);
});

test("the language is a plain cookie for a year, and leads back to local paths only", async () => {
  const { visitor } = open();
  const choose = (form: Record<string, string>) =>
    visitor.post("/language", form);
  const response = await choose({ lang: "es", back: "/lab" });
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("Location"), "/lab");
  assert.deepEqual(response.headers.getSetCookie(), [
    "language=es; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax",
  ]);
  assert.match(
    await (await visitor.get("/")).text(),
    /^<!DOCTYPE html><html lang="es"/,
  );

  const elsewhere = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/.//evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    " //evil.example",
    "/\t/evil.example",
    "",
  ];
  for (const back of elsewhere) {
    const response = await choose({ lang: "en", back });
    const location = response.headers.get("Location") ?? "";
    const url = new URL(location, "http://localhost/");
    assert.equal(url.host, "localhost", back);
    assert(location.startsWith("/") && !location.startsWith("//"), back);
  }
  const unknown = await choose({ lang: "xx", back: "/" });
  assert.equal(unknown.status, 422);
  assert.deepEqual(unknown.headers.getSetCookie(), []);
});

test("a browser's own language is spoken, and an unknown one is English", async () => {
  const { app } = open();
  const spoken = async (accepted: string, cookie = "") => {
    const response = await app.request("/", {
      headers: { "Accept-Language": accepted, cookie },
    });
    return /<html lang="(\w+)" dir="(\w+)"/.exec(await response.text())
      ?.slice(1).join(" ");
  };
  assert.equal(await spoken("es-MX,es;q=0.9"), "es ltr");
  assert.equal(await spoken("ar"), "ar rtl");
  assert.equal(await spoken("fi,de;q=0.5"), "en ltr");
  assert.equal(await spoken("es", "language=ar"), "ar rtl");
  assert.equal(await spoken("es", "language=<b>"), "es ltr");
});

test("a lab cookie never opens a session, and a session cookie never passes in the lab", async () => {
  const { app, visitor } = open();
  const html = await (await visitor.get("/lab?kind=signed")).text();
  const seal = /name="seal"[^>]* value="([\w-]+)"/.exec(html)?.[1] ?? "";
  const payload = /class="payload">([\w-]+)</.exec(html)?.[1] ?? "";
  assert.equal(seal.length, 43);
  const cookie = `session=v1.${payload}.${seal}`;
  const shown = await app.request("/show", { headers: { cookie } });
  assert.equal(shown.headers.get("Location"), "/?why=invalid");

  await visitor.post("/users", JAY);
  const [value = ""] = visitor.cookies.values();
  const [, own = "", ownSeal = ""] = value.split(".");
  const text = atob(own.replaceAll("-", "+").replaceAll("_", "/"));
  const stranger = browser(app); // without the cookie: shown what was typed
  const tried = await stranger.post("/lab", { payload: text, seal: ownSeal });
  assert.match(await tried.text(), /Refused: bad signature/);
});

test("the lab takes whatever is typed", async () => {
  const { visitor } = open();
  const forms: Record<string, string>[] = [
    {},
    { payload: "", seal: "" },
    { payload: "x", seal: "a; lab=b" },
    { payload: "\u0000\ud83d", seal: "é\r\nSet-Cookie: a=b" },
    { payload: "x".repeat(4900), seal: "y" },
    { attempt: "nothing like it" },
    { payload: "<script>alert(1)</script>", seal: '"><script>' },
  ];
  for (const form of forms) {
    const response = await visitor.post("/lab", form);
    assert.equal(response.status, 200, JSON.stringify(form));
    assert.deepEqual(response.headers.getSetCookie(), []);
    const html = await response.text();
    assert.match(html, /Refused: (malformed|bad signature)/);
    assert.doesNotMatch(html, /<script/);
  }
});

Deno.test({
  name: `the HTML is valid${mayDoAll ? "" : " (needs --allow-all)"}`,
  ignore: !mayDoAll,
  async fn() {
    const { HtmlValidate } = await import("npm:html-validate@11.18.0");
    const validator = new HtmlValidate({
      root: true,
      extends: ["html-validate:recommended"],
      rules: {
        "void-style": "off", // both styles are HTML
        "attr-quotes": ["error", { style: "double", unquoted: false }],
        "no-trailing-whitespace": "off",
        "long-title": "off",
        "attribute-boolean-style": "off",
        "attribute-empty-style": "off",
        "doctype-style": ["error", { style: "uppercase" }],
      },
    });
    for (const language of LANGUAGES) {
      const { visitor } = open();
      visitor.setCookie(`language=${language}`);
      for await (const [what, response] of journey(visitor)) {
        const html = await response.text();
        if (!html.startsWith("<!DOCTYPE")) continue;
        const { results } = await validator.validateString(html);
        const messages = results.flatMap(({ messages }) =>
          messages.map(({ ruleId, message, selector }) =>
            `${ruleId}: ${message} ${selector}`
          )
        );
        assert.deepEqual(messages, [], `${language} ${what}`);
      }
    }
  },
});
