// Rules of every page, whoever looks at it.
import assert from "node:assert/strict";
import { assets } from "../components/assets.ts";
import { languages } from "../components/locales/mod.ts";
import { type Browser, browser } from "../middleware/session/testing/mod.ts";
import { journey, LAB_KINDS } from "./support/journey.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import {
  JAY,
  MODE_NAMES,
  openApp,
  openIn,
  payloadOf,
} from "./support/open_app.ts";

const test = Deno.test;

/** As many bytes as a name and an email can have on a page. */
const HUGE = {
  name: '"'.repeat(100),
  email: `${"xxx.".repeat(15)}x@${"example.".repeat(20)}com`,
};

for (const language of languages) {
  for (const mode of MODE_NAMES) {
    test(`no page and no log line holds a live cookie, seal or id whole, and none is over 20 kB (${mode}, ${language})`, async () => {
      const { visitor, lines } = openIn(mode);
      visitor.setCookie(`language=${language}`);
      const secrets = new Set<string>();
      const texts: string[] = [];
      const learn = ({ cookies }: Browser) => {
        const value = cookies.get("session");
        if (value === undefined) return;
        const [, payload = "", seal = ""] = value.split(".");
        for (const part of [value, payload, seal]) secrets.add(part);
        if (mode === "encrypted") return;
        const ids = payloadOf(value).matchAll(/[\w-]{22}/g);
        for (const [id] of ids) secrets.add(id);
      };
      for await (const [what, html] of journey(visitor, HUGE)) {
        const { length } = new TextEncoder().encode(html);
        assert(length <= 20_000, `${what}: ${length}`);
        assert.doesNotMatch(html, /<script/, what);
        texts.push(html);
        learn(visitor);
      }
      // The visitor's own cookie, tried in the lab, is not shown either.
      await visitor.post("/users", JAY);
      learn(visitor);
      const value = visitor.cookies.get("session") ?? assert.fail();
      const [, payload = "", seal = ""] = value.split(".");
      for (const lab of LAB_KINDS) {
        const typed = lab === "encrypted" ? payload : payloadOf(value);
        const form = { kind: lab, payload: typed, seal };
        texts.push(await (await visitor.post("/lab", form)).text());
      }
      assert(secrets.size > 6);
      for (const text of [...texts, ...lines]) {
        for (const secret of secrets) assert(!text.includes(secret));
      }
    });
  }
}

test("the style sheet is at most 10 kB", () => {
  assert(new TextEncoder().encode(assets.style.body).length <= 10_000);
});

testWhere(
  mayDoAll ? null : "needs --allow-all",
  "the HTML is valid",
  async () => {
    const { HtmlValidate } = await import("npm:html-validate@11.18.0");
    const validator = new HtmlValidate({
      root: true,
      extends: ["html-validate:standard", "html-validate:a11y"],
    });
    for (const [i, language] of languages.entries()) {
      const { visitor } = openIn(MODE_NAMES[i]!);
      visitor.setCookie(`language=${language}`);
      for await (
        const [what, html] of journey(visitor, JAY, ["replay"])
      ) {
        if (!html.startsWith("<!DOCTYPE")) continue;
        const { results } = await validator.validateString(html);
        const faults = results.flatMap(({ messages }) => messages);
        assert.deepEqual(faults, [], `${language} ${what}`);
      }
    }
  },
);

test("the language is a plain cookie for a year, and leads back to local paths only", async () => {
  const { visitor } = openApp();
  const choose = (lang: string, back: string) =>
    visitor.post("/language", { lang, back });
  assert.equal((await choose("en", "/check")).status, 303);
  const response = await choose("es", "/lab");
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("Location"), "/lab");
  assert.deepEqual(response.headers.getSetCookie(), [
    "language=es; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax",
  ]);
  const home = await (await visitor.get("/")).text();
  assert.match(home, /^<!DOCTYPE html><html lang="es"/);

  const elsewhere = [
    ...["https://evil.example/", "//evil.example", "/\\evil.example"],
    ...["\\\\evil.example", "/.//evil.example", "javascript:alert(1)"],
    ...["http:evil.example", " //evil.example", "/\t/evil.example", ""],
  ];
  for (const back of elsewhere) {
    const location = (await choose("en", back)).headers.get("Location") ?? "";
    const url = new URL(location, "http://localhost/");
    assert.equal(url.host, "localhost", back);
    assert.match(location, /^\/(?!\/)/, back);
  }
  const unknown = await choose("xx", "/");
  assert.equal(unknown.status, 422);
  assert.deepEqual(unknown.headers.getSetCookie(), []);
});

test("a browser's own language is spoken, and an unknown one is English", async () => {
  const cases: [accepted: string, cookie: string, spoken: string][] = [
    ["es-MX,es;q=0.9", "", `lang="es" dir="ltr"`],
    ["ar", "", `lang="ar" dir="rtl"`],
    ["fi,de;q=0.5", "", `lang="en" dir="ltr"`],
    ["es", "language=ar", `lang="ar" dir="rtl"`],
    ["es", "language=<b>", `lang="es" dir="ltr"`],
  ];
  const { app } = openApp();
  for (const [accepted, cookie, spoken] of cases) {
    const headers = { "Accept-Language": accepted, cookie };
    const html = await (await app.request("/", { headers })).text();
    assert(html.includes(`<html ${spoken}`), accepted);
  }
});

test("a lab cookie never opens a session, and a session cookie never passes in the lab", async () => {
  const { app, visitor } = openApp();
  const html = await (await visitor.get("/lab?kind=signed")).text();
  const [, seal = ""] = /name="seal"[^>]* value="([\w-]+)"/.exec(html) ?? [];
  const [, payload] = /class="payload">([\w-]+)</.exec(html) ?? [];
  assert.equal(seal.length, 43);
  const cookie = `session=v1.${payload}.${seal}`;
  const shown = await app.request("/show", { headers: { cookie } });
  assert.equal(shown.headers.get("Location"), "/?why=invalid");

  await visitor.post("/users", JAY);
  const own = visitor.cookies.get("session") ?? assert.fail();
  const form = { payload: payloadOf(own), seal: own.split(".")[2] ?? "" };
  const stranger = browser(app); // without the cookie: shown what was typed
  const tried = await stranger.post("/lab", form);
  assert.match(await tried.text(), /\(bad-seal\)/);
});
