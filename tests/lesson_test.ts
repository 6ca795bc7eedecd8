// The lesson is true, in each way in which a server can keep its sessions.
import assert from "node:assert/strict";
import * as z from "zod";
import { createApp } from "../app.ts";
import {
  type Language,
  languages,
  locales,
} from "../components/locales/mod.ts";
import { DECODE } from "../components/show_page.tsx";
import { PAGES } from "../pages.ts";
import { excerpt } from "../routes/code.ts";
import { PROGRAMS } from "../routes/programs.ts";
import {
  type Lifetime,
  memoryStore,
  session,
  type SessionStore,
} from "../middleware/session/mod.ts";
import { sqliteStore } from "../middleware/session/stores/sqlite/mod.ts";
import {
  type Browser,
  browser,
  sealFor,
} from "../middleware/session/testing/mod.ts";
import { visitorSchema } from "../visitor.ts";
import { mayDoAll } from "./support/missing.ts";
import { Clock, OTHER_SECRET, SECRET } from "./support/test_app.ts";

const JAY = { name: "Jay", email: "kpatel@codingdojo.com" };
const JAY_SCHEMA = {
  name: z.string().optional(),
  email: z.string().optional(),
};

type Mode = "signed" | "encrypted" | "memory" | "sqlite";
const MODES: readonly Mode[] = ["signed", "encrypted", "memory", "sqlite"];

interface Lesson extends AsyncDisposable {
  readonly app: ReturnType<typeof createApp>;
  readonly visitor: Browser;
  readonly clock: Clock;
}

function lesson(mode: Mode, lifetime?: Lifetime): Lesson {
  const clock = new Clock();
  const store = storeOf(mode, clock);
  const app = createApp({
    secrets: [SECRET],
    store,
    seal: mode === "encrypted" ? "encrypt" : "sign",
    now: clock.now,
    log: () => {},
    ...(lifetime && { lifetime }),
  });
  return {
    ...{ app, clock },
    visitor: browser(app, { now: clock.now }),
    async [Symbol.asyncDispose]() {
      if (store !== "cookie") await store[Symbol.asyncDispose]?.();
    },
  };
}

function storeOf(mode: Mode, { now }: Clock): "cookie" | SessionStore {
  switch (mode) {
    case "signed":
    case "encrypted":
      return "cookie";
    case "memory":
      return memoryStore({ now });
    case "sqlite":
      return sqliteStore(`${Deno.makeTempDirSync()}/sessions.db`);
  }
}

function test(name: string, fn: (mode: Mode) => Promise<void>): void {
  for (const mode of MODES) {
    const missing = mode === "sqlite" && !mayDoAll;
    Deno.test({
      name: `${name} (${mode}${missing ? ": needs --allow-all" : ""})`,
      ignore: missing,
      fn: () => fn(mode),
    });
  }
}

/** The text of a page. The wrong answers that a question offers are no claims. */
async function textOf(response: Response | Promise<Response>): Promise<string> {
  const { status, url } = await response;
  const html = await (await response).text();
  assert(status < 500, url);
  return textIn(/<main[^>]*>(.*)<\/main>/s.exec(html)?.[1] ?? html);
}

function textIn(html: string): string {
  return html.replace(
    /<label><input type="radio" name="(?!step).*?<\/label>/gs,
    "",
  )
    .replace(
      /<(?:\/?(?:p|li|dt|dd|td|th|h\d|div|label|pre|legend))\b[^>]*>/g,
      "\n",
    )
    .replace(/<[^>]+>/g, "")
    .replaceAll("&#39;", "'").replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** A visitor's browser says which page led to another one. */
const from = (path: string) => ({
  headers: { Referer: `http://localhost${path}` },
});

/** Every page of the lesson, from the first to the last, in one language. */
async function read(visitor: Browser, language: Language): Promise<string> {
  visitor.setCookie(`language=${language}`);
  const pages: string[] = [];
  const add = async (path: string, response: Promise<Response>) =>
    void pages.push(`${path}\n${await textOf(response)}`);
  const get = (path: string, referer = "/") =>
    add(path, visitor.get(path, from(referer)));
  for (const path of ["/forget/show", ...Object.values(PAGES)]) await get(path);
  await visitor.post("/users", JAY);
  for (const path of [...Object.values(PAGES), "/session"]) await get(path);
  await visitor.post("/session/renew", { back: "/session" });
  await get("/session?done=renewed", "/session");
  await visitor.post("/session/end", { back: "/end" });
  await get("/end?done=ended", "/end");
  await add("/check", visitor.post("/check", { holds: "id", restart: "goes" }));
  return pages.join("\n");
}

const IN_COOKIE: readonly Mode[] = ["signed", "encrypted"];
const IN_STORE: readonly Mode[] = ["memory", "sqlite"];

/** The texts of a language by their place in it, such as "home.step.posted"; parameters are cut out. */
function* textsOf(
  node: unknown,
  path: string[] = [],
): Generator<[path: string[], pieces: string[]]> {
  if (typeof node === "object" && node !== null) {
    for (const [key, value] of Object.entries(node)) {
      yield* textsOf(value, [...path, key]);
    }
    return;
  }
  const text = typeof node === "function"
    ? node(..."\uFFFF".repeat(node.length))
    : node;
  yield [path, String(text).split("\uFFFF").filter((piece) => piece.trim())];
}

const MODE_TEXTS = ["signed", "encrypted", "server"] as const;

/** Texts of the lab, and titles of its table, are about the lab's own servers. */
const ELSEWHERE = /^(?:lab|form|check\.question|show\.cycle\.server$)/;

for (const language of languages) {
  test(`what is said of one way to keep sessions is said there, and nowhere else (${language})`, async (mode) => {
    await using it = lesson(mode);
    const text = await read(it.visitor, language);
    const own = IN_STORE.includes(mode) ? "server" : mode;
    const all = Object.fromEntries(
      [...textsOf(locales[language])].map((
        [path, pieces],
      ) => [path.join("."), pieces.join()]),
    );
    for (const [path, pieces] of textsOf(locales[language])) {
      const of = MODE_TEXTS.find((mode) => path.includes(mode));
      const name = path.join(".");
      if (of === undefined || ELSEWHERE.test(name)) continue;
      const ownName = path.map((key) => key === of ? own : key).join(".");
      const said = pieces.every((piece) => text.includes(piece));
      const isOwnToo = pieces.every((piece) => all[ownName]?.includes(piece));
      assert.equal(said, of === own || isOwnToo, `${name} in ${mode}`);
    }
  });
}

/** Words that claim something of everything, in each language. */
const ABSOLUTE: Readonly<Record<Language, RegExp>> = {
  en:
    /\b(?:all|every\w*|only|alone|nothing|never|always|cannot|none|no one|whatever|anything)\b/i,
  es:
    /(?<!\p{L})(?:tod[oa]s?|cada|solo|nada|nunca|siempre|ningun[oa]|ningún|no puede\p{L}*)(?!\p{L})/iu,
  ar:
    /(?<!\p{L})(?:كل|إلا|فقط|وحد\p{L}|لا شيء|شيئًا|أبدًا|لا يستطيع|لا تستطيع|أي)(?!\p{L})/u,
};

/** Where such words stand, and why they are true in each mode, or which test shows it. */
const REVIEWED: readonly [texts: RegExp, because: string][] = [
  [/\.(?:signed|encrypted|server)$/, "said in that mode only: see above"],
  [/^layout\.|^teach\./, "of the pages, and of a plan"],
  [/^forget\./, "a test: without a session, the next page knows nothing"],
  [
    /^home\.(?:lead|oneSession|why)/,
    "one cookie name, one session; a refused cookie is not read",
  ],
  [/^refused\.|^problems\./, "one request each"],
  [
    /^show\.(?:login|cycle|try)\./,
    "tests: a posted form begins a new session; the browser's own proofs",
  ],
  [/^http\./, "RFC 6265bis; a test shows the headers as they were sent"],
  [
    /^session\.(?:left|storeLess|trailMeaning|storage|try|ports|none|types|anatomy)/,
    "tests: what is left; the trail; where it is kept",
  ],
  [/^end\.(?:closing|none)$/, "the cookie has a Max-Age"],
  [/^lab\./, "tests: what each kind of cookie does with each attempt"],
  [/^check\.(?:lead|question|fact)\b/, "a test: the right answers are right"],
  [/^code\./, "the programs are run"],
];

Deno.test("each sentence with an absolute word has been looked at, in each language", () => {
  for (const language of languages) {
    for (const [path, pieces] of textsOf(locales[language])) {
      if (!ABSOLUTE[language].test(pieces.join(" "))) continue;
      const name = path.join(".");
      const found = REVIEWED.some(([texts]) => texts.test(name));
      assert(found, `${language} ${name}: ${pieces.join("…")}`);
    }
  }
});

Deno.test("a comment in the code on the pages that claims something of everything is true in each mode", async () => {
  const reviewed = [
    "a cookie that was planted or copied before never opens it",
  ];
  await using it = lesson("signed");
  await it.visitor.post("/users", JAY);
  for (const path of ["/show", "/end"]) {
    const text = await textOf(it.visitor.get(path));
    for (const [, comment = ""] of text.matchAll(/(?:\/\/|#) (.*)$/gm)) {
      if (!ABSOLUTE.en.test(comment)) continue;
      assert(reviewed.includes(comment), comment);
    }
  }
});

test("what the pages say of a copied cookie is what happens to one", async (mode) => {
  await using it = lesson(mode);
  const { app, visitor } = it;
  const show = async (cookie: string) =>
    (await app.request("/show", { headers: { cookie } })).status;
  const copy = () => [...visitor.cookies].map((pair) => pair.join("=")).join();
  const opens = IN_COOKIE.includes(mode);

  await visitor.post("/users", JAY);
  const first = copy();
  assert.equal(await show(first), 200);
  await visitor.post("/session/renew", { back: "/session" });
  const renewed = await textOf(
    visitor.get("/session?done=renewed", from("/session")),
  );
  assert.equal(/old cookie still opens/.test(renewed), opens);
  assert.equal(await show(first), opens ? 200 : 303);

  const second = copy();
  await visitor.post("/session/end", { back: "/end" });
  const ended = await textOf(visitor.get("/end?done=ended", from("/end")));
  assert.equal(/copy of the cookie would still open/.test(ended), opens);
  assert.equal(await show(second), opens ? 200 : 303);
});

test("who can read the data in the cookie is who the pages say", async (mode) => {
  await using it = lesson(mode);
  await it.visitor.post("/users", JAY);
  const [value = ""] = it.visitor.cookies.values();
  const [, payload = ""] = value.split(".");
  const bytes = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  const text = await textOf(it.visitor.get("/session"));
  assert.equal(
    /anyone who has the cookie can read/.test(text),
    bytes.includes(JAY.email),
  );
});

test("what is left is what is left: the session opens until then, and not after", async (mode) => {
  await using it = lesson(mode);
  const { visitor, clock } = it;
  await visitor.post("/users", JAY);
  await visitor.get("/session");
  for (const [wait, left] of [[120, 28], [240, 30], [1500, 30]] as const) {
    clock.seconds += wait;
    const text = await textOf(visitor.get("/session"));
    assert.match(text, new RegExp(`ends in ${left} minutes, if no page opens`));
  }
  clock.seconds += 30 * 60 - 1;
  assert.equal((await visitor.get("/show")).status, 200);
  clock.seconds += 30 * 60;
  assert.equal((await visitor.get("/show")).status, 303);
});

test("the answer on the page is the answer that was sent", async (mode) => {
  await using it = lesson(mode);
  const { visitor, clock } = it;
  const posted = await visitor.post("/users", JAY);
  const begun = /Max-Age=\d+; Path=.*$/.exec(
    posted.headers.getSetCookie()[0] ?? "",
  )?.[0] ?? assert.fail();
  for (const path of ["/show", "/session", "/show", "/show", "/session"]) {
    clock.seconds += 200;
    const response = await visitor.get(path);
    const [line] = response.headers.getSetCookie();
    const { headers } = response;
    const text = await textOf(response);
    assert(text.includes(begun), path);
    assert(text.includes(`GET ${path} HTTP/1.1`));
    for (const name of ["Content-Type", "Cache-Control", "Vary"]) {
      assert(text.includes(`${name}: ${headers.get(name)}`), name);
    }
    const [, answer = ""] = text.split("HTTP/1.1 200 OK");
    const sent = /Max-Age=\d+/.exec(line ?? "")?.[0];
    assert.equal(/Set-Cookie: \S+ (Max-Age=\d+)/.exec(answer)?.[1], sent, path);
  }
});

test("each page but step 1 keeps the session alive, and says who is known", async (mode) => {
  await using it = lesson(mode);
  const { visitor, clock } = it;
  const known = async (response: Response | Promise<Response>) =>
    /<p class="known[^>]*><bdi>([^<]+)/.exec(await (await response).text())
      ?.[1];
  const pages = Object.values(PAGES).filter((path) => path !== PAGES.forget);
  for (const path of pages) {
    if (path === PAGES.show) continue;
    assert.equal(await known(visitor.get(path)), "Not known yet", path);
  }
  await visitor.post("/users", JAY);
  const forms: [string, Record<string, string>][] = [
    ["/lab", { kind: "signed", attempt: "name" }],
    ["/lab/secret", { guess: "x", be: "Eve" }],
    ["/lab/limits", { do: "fill" }],
    ["/check", { holds: "id" }],
    ["/language", { lang: "en", back: "/check", holds: "id" }],
  ];
  for (const path of pages) {
    clock.seconds += 1700;
    assert.equal(await known(visitor.get(path)), "Known as Jay", path);
  }
  for (const [path, form] of forms) {
    clock.seconds += 1700;
    assert.equal(await known(visitor.post(path, form)), "Known as Jay", path);
  }
  for (const path of ["/forget", "/forget/show"]) {
    const response = visitor.get(path);
    assert.equal(await known(response), "This page does not look", path);
  }
});

test("a session that ends at the latest says so", async (mode) => {
  await using it = lesson(mode, { idle: 1800, absolute: 1800 });
  await it.visitor.post("/users", JAY);
  it.clock.seconds += 300;
  const text = await textOf(it.visitor.get("/session"));
  assert.match(text, /It ends in 25 minutes, whatever you do/);
});

Deno.test("the table of what is there tomorrow is right for each lifetime", async () => {
  const day = 86_400;
  const cases: [Lifetime, RegExp][] = [
    [
      { idle: 1800, absolute: 8 * 3600 },
      /✗ it ends when unused for 30 minutes/,
    ],
    [{ idle: day, absolute: 9 * day }, /✓ until it is unused for 24 hours/],
    [{ idle: day, absolute: new Date(1_800_003_600_000) }, /✗ it ends on /],
  ];
  for (const [lifetime, expected] of cases) {
    await using it = lesson("signed", lifetime);
    assert.match(await textOf(it.visitor.get("/session")), expected);
  }
});

test("what just happened is not read from an address alone", async (mode) => {
  await using it = lesson(mode);
  const { visitor } = it;
  assert.doesNotMatch(await textOf(visitor.get("/end?done=ended")), /^Ended/m);
  await visitor.post("/users", JAY);
  for (const why of ["none", "expired", "invalid"]) {
    const text = await textOf(visitor.get(`/?why=${why}`));
    assert.match(text, /This browser is known as Jay/);
    assert.doesNotMatch(text, /brought no session cookie|was refused/);
  }
  const renewed = /The session has another id/;
  assert.doesNotMatch(
    await textOf(visitor.get("/session?done=renewed")),
    renewed,
  );
  assert.match(
    await textOf(visitor.get("/session?done=renewed", from("/session"))),
    renewed,
  );
});

Deno.test("a first visit is led to step 1, and who comes from there is not", async () => {
  await using it = lesson("signed");
  assert.match(await textOf(it.visitor.get("/")), /Begin with step 1/);
  const second = await textOf(it.visitor.get("/", from("/forget/show")));
  assert.doesNotMatch(second, /Begin with step 1/);
});

test("the pages seen last are the ones seen, and a page of another release ends no session", async (mode) => {
  await using it = lesson(mode);
  const { app, visitor } = it;
  await visitor.post("/users", JAY);
  const walk = ["/lab/secret", "/lab/limits", "/check", "/summary", "/teach"];
  for (const path of walk) await visitor.get(path);
  await visitor.get("/lab", { headers: { "Sec-Purpose": "prefetch" } });
  const text = await textOf(visitor.get("/session"));
  const [, trail = ""] = /saw last\s+([^]*?)The session remembers/.exec(text) ??
    [];
  assert.deepEqual(trail.trim().split(/\s+/), ["/show", ...walk]);

  if (!IN_COOKIE.includes(mode)) return;
  const schema = z.object({
    ...JAY_SCHEMA,
    trail: z.array(z.string()).default([]),
  });
  const seal = mode === "encrypted" ? "encrypt" as const : "sign" as const;
  const older = session({ schema, secrets: [SECRET], seal, now: it.clock.now });
  const data = { ...JAY, trail: ["show", "a page that is gone"] };
  const cookie = await sealFor(older, data);
  const shown = await app.request("/show", { headers: { cookie } });
  assert.match(await shown.text(), /<h3>Jay<\/h3>/);
});

test("a refused cookie says why, is left alone, and opens again when it is put right", async (mode) => {
  await using it = lesson(mode);
  const { app, visitor, clock } = it;
  await visitor.post("/users", JAY);
  const [good = ""] = visitor.cookies.values();
  const seal = mode === "encrypted" ? "encrypt" as const : "sign" as const;
  const sealed = async (given: { at?: number; secrets?: string[] }) => {
    const options = { schema: visitorSchema, seal, now: clock.now };
    const secrets = given.secrets ?? [SECRET];
    const cookie = await sealFor(session({ ...options, secrets }), JAY, given);
    return cookie.slice("session=".length);
  };
  const cases: [value: string, reason: string][] = [
    ["s:another-app.s-cookie", "malformed"],
    ["v1.no", "malformed"],
    [`${good.slice(0, -4)}AAAA`, "bad-seal"],
    [await sealed({ secrets: [OTHER_SECRET] }), "bad-seal"],
    IN_COOKIE.includes(mode)
      ? [await sealed({ at: clock.seconds - 7200 }), "expired"]
      : [await sealed({}), "unknown"],
  ];
  for (const [value, reason] of cases) {
    const headers = { cookie: `session=${value}` };
    for (const path of ["/session", "/end", "/"]) {
      const response = await app.request(path, { headers });
      assert.deepEqual(response.headers.getSetCookie(), []);
      const text = await textOf(response);
      assert(text.includes(`(${reason})`), `${path} ${reason}`);
      assert.match(text, /It stays in your browser/);
      assert.doesNotMatch(text, /brought no session cookie/);
    }
    const shown = browser(app, { now: clock.now });
    shown.setCookie(`session=${value}`);
    const landed = await textOf(shown.get("/show", { follow: true }));
    assert(landed.includes(`(${reason})`));
    shown.setCookie(`session=${good}`);
    assert.equal((await shown.get("/show")).status, 200);
  }
});

test("the command on the page decodes the cookie, and finds what the page says", async (mode) => {
  if (!mayDoAll || Deno.build.os === "windows") return;
  await using it = lesson(mode);
  await it.visitor.post("/users", JAY);
  const [value = ""] = it.visitor.cookies.values();
  const text = await textOf(it.visitor.get("/show"));
  assert(text.includes(DECODE.shell));
  const command = DECODE.shell.replace("PASTE", value.split(".")[1]!);
  const { stdout } = await new Deno.Command("sh", { args: ["-c", command] })
    .output();
  const decoded = new TextDecoder().decode(stdout);
  assert(stdout.length > 20);
  assert.equal(decoded.includes(JAY.email), /is it there\?\s+Yes/.test(text));
});

Deno.test("with a store, the address that the page shows is the key that finds the record", async () => {
  await using it = lesson("memory");
  await it.visitor.post("/users", JAY);
  const [value = ""] = it.visitor.cookies.values();
  const address = atob(value.split(".")[1]!).slice(0, 6);
  const text = await textOf(it.visitor.get("/session"));
  assert(text.includes(`Address ${address}…`), address);
});

Deno.test("the number of headers on the page is the number that came", async () => {
  await using it = lesson("signed");
  const headers = {
    "User-Agent": "x",
    Accept: "*/*",
    "X-A": "b",
    cookie: "session=v1.a",
  };
  const response = await it.app.request("/forget/show", { headers });
  const text = await textOf(response);
  assert.match(text, /your browser sent 4 headers/);
  assert.match(text, /Cookie: session=v1/);
});

test("check yourself: the right answers are right, with the reason; others are not", async (mode) => {
  await using it = lesson(mode);
  const isInCookie = IN_COOKIE.includes(mode);
  const right = {
    holds: isInCookie ? "data" : "id",
    reads: {
      signed: "yes",
      encrypted: "encrypted",
      memory: "absent",
      sqlite: "absent",
    }[mode],
    changes: "refused",
    where: isInCookie ? "browser" : "store",
    secret: mode === "encrypted" ? "encrypts" : "signs",
    ends: isInCookie ? "until" : "never",
    restart: "refused",
    password: "no",
  };
  const all = await textOf(it.visitor.post("/check", right));
  assert.match(all, /8 of 8 are right/);
  assert.equal(all.match(/^Right\./gm)?.length, 8);
  const some = await textOf(
    it.visitor.post("/check", { ...right, ends: "forever", secret: "" }),
  );
  assert.match(some, /6 of 8 are right/);
  assert.match(some, /^Not so\. It ends when/m);
  assert.match(some, /^Please choose an answer here too\.$/m);
  assert.doesNotMatch(some, /The secret key (?:makes|encrypts|protects)/);
  const summary = await textOf(it.visitor.get("/summary"));
  for (const fact of all.matchAll(/^Right\. (.+)$/gm)) {
    assert(summary.includes(fact[1]!), fact[1]);
  }
});

test("without a session, the next page knows nothing, and no cookie is set", async (mode) => {
  await using it = lesson(mode);
  await it.visitor.post("/users", JAY); // not even of a visitor who has one
  const posted = await it.visitor.post("/forget", { ...JAY, name: "Zoe" });
  assert.equal(posted.status, 303);
  const response = await it.visitor.get(posted.headers.get("Location") ?? "");
  assert.deepEqual(response.headers.getSetCookie(), []);
  assert.equal(response.headers.get("Cache-Control"), null);
  assert.doesNotMatch(await textOf(response), /Jay|Zoe|kpatel/);
});

test("changing the language keeps the answers, and whether they were judged", async (mode) => {
  await using it = lesson(mode);
  const chosen = { lang: "es", back: "/check", holds: "data", ends: "never" };
  for (const sent of ["", "yes"]) {
    const response = await it.visitor.post("/language", { ...chosen, sent });
    const html = await response.text();
    assert.match(html, /<html lang="es"/);
    assert.equal(html.match(/checked=""/g)?.length, 2);
    assert.equal(/de 8 son correctas/.test(html), sent === "yes");
  }
});

Deno.test("the lab keeps one cookie, and marks what was changed in it", async () => {
  await using it = lesson("signed");
  const { visitor } = it;
  const original = (html: string) =>
    /name="original" value="([^"]+)"/.exec(html)?.[1] ?? assert.fail();
  const cookies = (html: string) =>
    [...html.matchAll(/<p class="cookie".*?<\/p>/gs)].map(([cookie]) => cookie);
  let html = await (await visitor.get("/lab?kind=signed")).text();
  const value = original(html);
  for (const attempt of ["name", "unsealed", "guessed", "ended", "name"]) {
    const form = { kind: "signed", original: original(html), attempt };
    html = await (await visitor.post("/lab", form)).text();
    assert.equal(original(html), value, attempt);
    const [before = "", sent = ""] = cookies(html);
    assert.equal(before.replace(/<[^>]+>/g, ""), value);
    assert.doesNotMatch(before, /<mark>/);
    if (attempt !== "unsealed") assert.match(sent, /<mark>/);
  }
  assert.match(html, /<span class="payload">[\w-]+<mark>[\w-]{3,4}<\/mark>/);

  const [version, payload] = value.split(".");
  const typed = { kind: "signed", original: value, seal: "" };
  const text = atob(payload!.replaceAll("-", "+").replaceAll("_", "/"));
  const dropped = await visitor.post("/lab", { ...typed, attempt: "unsealed" });
  const emptied = await visitor.post("/lab", { ...typed, payload: text });
  for (const response of [dropped, emptied]) {
    const html = await response.text();
    assert.match(html, /Refused: malformed/);
    const [, sent = ""] = cookies(html);
    assert.equal(sent.replace(/<[^>]+>/g, ""), `${version}.${payload}`);
  }
});

Deno.test("the lab: what each kind of cookie does with each attempt", async () => {
  await using it = lesson("signed");
  const outcomes = async (kind: string, attempts: readonly string[]) => {
    const titles: string[] = [];
    for (const attempt of attempts) {
      const answer = await it.visitor.post("/lab", { kind, attempt });
      const title = /<h2 id="notice">([^<]+)</.exec(await answer.text())?.[1];
      titles.push(title?.replace("You lose. Refused: ", "") ?? "");
    }
    return titles;
  };
  const all = ["name", "unsealed", "guessed", "other", "ended", "replay"];
  const no = "bad signature";
  const bad = [no, "malformed", no, no, "expired"];
  const replayed = "You win. It opened, and that is no mistake";
  const copied = "You win. It opened: the copy is as good as the cookie";
  assert.deepEqual(await outcomes("none", ["name"]), [
    "You win. It opened: your forgery worked",
  ]);
  assert.deepEqual(await outcomes("signed", all), [...bad, replayed]);
  assert.deepEqual(await outcomes("encrypted", all), [...bad, replayed]);
  assert.deepEqual(await outcomes("server", all), [...bad, "unknown"]);
  const rung = ["copy", "replay"];
  assert.deepEqual(await outcomes("copy", rung), [copied, replayed]);
  assert.deepEqual(await outcomes("server", rung), [copied, "unknown"]);
});

Deno.test("a weak key that is guessed opens everything; a strong one is not guessed", async () => {
  await using it = lesson("signed");
  const { visitor } = it;
  const lost = await textOf(
    visitor.post("/lab/secret", { guess: "sesame", be: "Eve" }),
  );
  assert.equal(lost.match(/This is not its key/g)?.length, 2);
  const won = await textOf(
    visitor.post("/lab/secret", { guess: "qwerty", be: "<b>Eve" }),
  );
  assert.match(won, /weak key\s+It opened.*Hello, <b>Eve/s);
  assert.equal(won.match(/This is not its key/g)?.length, 1);
  for (const form of [{}, { guess: "", be: "" }, { guess: "é\0".repeat(99) }]) {
    const response = await visitor.post("/lab/secret", form);
    assert.equal(response.status, 200);
    await response.body?.cancel();
  }
});

Deno.test("a session of 30 seconds opens, and is expired when one comes back later", async () => {
  await using it = lesson("signed");
  const { visitor, clock } = it;
  const made = await (await visitor.post("/lab/limits", { do: "make" })).text();
  const cookie = /name="cookie" value="([^"]+)"/.exec(made)?.[1] ?? "";
  const use = () => textOf(visitor.post("/lab/limits", { do: "use", cookie }));
  assert.match(await use(), /It opened\. 30 seconds left/);
  clock.seconds += 29;
  assert.match(await use(), /It opened\. 1 second left/);
  clock.seconds += 1;
  assert.match(await use(), /Its time was up 0 seconds ago/);
  clock.seconds += 10;
  assert.match(
    await use(),
    /Refused: expired\. Its time was up 10 seconds ago/,
  );
  for (const cookie of ["", "v1.a.b", "<b>", "a\r\nb"]) {
    const form = { do: "use", cookie };
    assert.match(await textOf(visitor.post("/lab/limits", form)), /Refused\./);
  }
});

Deno.test("5,000 characters are refused with the numbers, and fit behind an id", async () => {
  await using it = lesson("signed");
  const text = await textOf(it.visitor.post("/lab/limits", { do: "fill" }));
  const [, bytes = ""] =
    /Refused: ([\d,]+) bytes, and 4,096 are the limit/.exec(text) ?? [];
  assert(Number(bytes.replace(",", "")) > 5000 * 4 / 3);
  assert.match(text, /the address and the id has 1\d\d bytes/);
});

Deno.test("changing the language keeps what was typed, and nothing of it is in an address", async () => {
  await using it = lesson("signed");
  const typed = { lang: "es", name: "Zoë <b>", email: "zo" };
  for (
    const [back, title] of [["/", "¿Cómo pasan"], ["/forget", "HTTP olvida"]]
  ) {
    const response = await it.visitor.post("/language", {
      ...typed,
      back: back!,
    });
    assert.equal(response.status, 200);
    const html = await response.text();
    assert(html.includes(title!) && html.includes('lang="es"'));
    assert(
      html.includes('value="Zoë &lt;b&gt;"') && html.includes('value="zo"'),
    );
  }
});

Deno.test("the code on the pages is the code that runs", async () => {
  await using it = lesson("signed");
  await it.visitor.post("/users", JAY);
  const shown = await textOf(it.visitor.get("/show"));
  assert.match(
    shown,
    /session\.restart\(.*\n.*session\.update\(.*\n.*redirect\("\/show", 303\)/,
  );
  assert.match(shown, /const { data, info } = await c\.var\.session\(\)/);
  assert.match(await textOf(it.visitor.get("/end")), /session\.destroy\(\);\n/);
  const page = await (await it.visitor.get("/show")).text();
  assert.match(page, /<a href="\/summary#build">/);
  const summary = await textOf(it.visitor.get("/summary"));
  for (const { source } of PROGRAMS) assert(summary.includes(source));
  const source = "a\n  if (b) {\n    c();\n  }\n";
  assert.equal(
    excerpt("f", source, "if (b)", "}").lines,
    "if (b) {\n  c();\n}",
  );
  assert.throws(() => excerpt("f", source, "nowhere", "}"), /f has no such/);
});

Deno.test("over https, and under another name, the pages show the cookie that there is", async () => {
  const origin = "https://baton.example";
  const app = createApp({
    ...{ secrets: [SECRET], store: "cookie", cookieName: "sid" },
    log: () => {},
  });
  const visitor = browser(app, { origin });
  await visitor.post("/users", JAY);
  for (const path of ["/show", "/session"]) {
    const text = await textOf(visitor.get(path));
    assert.match(text, /Set-Cookie: __Host-sid=v1\.…; .*HttpOnly; Secure;/);
    assert.match(text, /^Cookie: __Host-sid=v1\.[\w-]{6}…$/m);
    assert.match(text, /^__Host-\s+A name like this is for https/m);
    assert.match(text, /^Secure\s+It is sent over https only/m);
  }
  const cookie = "__Host-sid=v1.no";
  const refused = await app.request(`${origin}/session`, {
    headers: { cookie },
  });
  assert.match(await textOf(refused), /\(malformed\)/);
});
