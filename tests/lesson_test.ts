// The lesson is true, in each way in which a server can keep its sessions.
import assert from "node:assert/strict";
import * as z from "zod";
import {
  type Language,
  languages,
  locales,
} from "../components/locales/mod.ts";
import { DECODE } from "../components/show_page.tsx";
import { PAGES } from "../pages.ts";
import { PROGRAMS } from "../routes/programs.ts";
import { type Lifetime, session } from "../middleware/session/mod.ts";
import {
  type Browser,
  browser,
  sealFor,
} from "../middleware/session/testing/mod.ts";
import { visitorSchema } from "../visitor.ts";
import { unescape } from "./support/http_contract.ts";
import { journey, LAB_KINDS } from "./support/journey.ts";
import { mayDoAll } from "./support/missing.ts";
import {
  JAY,
  MODE_NAMES,
  openApp,
  openIn,
  payloadOf,
} from "./support/open_app.ts";
import { OTHER_SECRET, SECRET } from "./support/test_app.ts";

type Lesson = ReturnType<typeof openIn>;

/** In each mode; `once`: in one, where they make no difference. */
function test(name: string, fn: (it: Lesson) => Promise<void>): void {
  for (const mode of MODE_NAMES) {
    Deno.test(`${name} (${mode})`, () => fn(openIn(mode)));
  }
}

test.once = (name: string, fn: (it: Lesson) => Promise<void>) =>
  Deno.test(name, () => fn(openIn("signed")));

/** The text of a page. The wrong answers that a question offers are no claims. */
async function textOf(response: Response | Promise<Response>): Promise<string> {
  const { status, url } = await response;
  const html = await (await response).text();
  assert(status < 500, url);
  const [, main = html] = /<main[^>]*>(.*)<\/main>/s.exec(html) ?? [];
  const blocks = /<\/?(?:p|li|dt|dd|td|th|h\d|div|label|pre|legend)\b[^>]*>/g;
  return unescape(
    main.replace(/<label><input type="radio" name="(?!step).*?<\/label>/gs, "")
      .replace(blocks, "\n").replace(/<[^>]+>/g, ""),
  );
}

/** A visitor's browser says which page led to another one. */
const from = (path: string) => ({
  headers: { Referer: `http://localhost${path}` },
});

const cookieOf = ({ cookies }: Browser) =>
  cookies.get("session") ?? assert.fail();

/** Every page of the lesson, from the first to the last, in one language. */
async function read(visitor: Browser, language: Language): Promise<string> {
  visitor.setCookie(`language=${language}`);
  const texts: string[] = [];
  for await (const [, html] of journey(visitor, JAY, [])) {
    texts.push(await textOf(new Response(html)));
  }
  return texts.join("\n");
}

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

/** Texts of the lab, and titles of its table, are about the lab's own servers. */
const ELSEWHERE = /^(?:lab|form|check\.question|show\.cycle\.server$)/;

for (const language of languages) {
  test(`what is said of one way to keep sessions is said there, and nowhere else (${language})`, async ({ mode: own, visitor }) => {
    const text = await read(visitor, language);
    const texts = [...textsOf(locales[language])];
    const all = new Map(
      texts.map(([path, pieces]) => [path.join("."), pieces.join()]),
    );
    for (const [path, pieces] of texts) {
      const of = MODE_NAMES.find((mode) => path.includes(mode));
      const name = path.join(".");
      if (of === undefined || ELSEWHERE.test(name)) continue;
      const ownName = path.map((key) => key === of ? own : key).join(".");
      const said = pieces.every((piece) => text.includes(piece));
      const isOwnToo = pieces.every((piece) =>
        all.get(ownName)?.includes(piece)
      );
      assert.equal(said, of === own || isOwnToo, `${name} in ${own}`);
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
const REVIEWED: Readonly<Record<string, string>> = {
  ".+\\.(signed|encrypted|server)$": "said in that mode only: see above",
  "(layout|teach)\\.": "of the pages, and of a plan",
  "forget\\.": "a test: without a session, the next page knows nothing",
  "home\\.(lead|why)": "one browser's; a refused cookie is not read",
  "(refused|problems)\\.": "one request each",
  "show\\.(login|cycle|try)\\.":
    "tests: a posted form begins a new session; the browser's own proofs",
  "http\\.": "RFC 6265bis; a test shows the headers as they were sent",
  "session\\.(left|storeLess|storage|try|ports|none|anatomy)":
    "tests: what is left; the trail; where it is kept",
  "end\\.(closing|none)$": "the cookie has a Max-Age",
  "lab\\.": "tests: what each kind of cookie does with each attempt",
  "check\\.(lead|question|fact)\\b": "a test: the right answers are right",
  "code\\.": "the programs are run",
};

test.once("each sentence with an absolute word has been looked at, in each language, and in the code on the pages", async ({ visitor }) => {
  const reviewed = RegExp(`^(?:${Object.keys(REVIEWED).join("|")})`);
  for (const language of languages) {
    for (const [path, pieces] of textsOf(locales[language])) {
      if (!ABSOLUTE[language].test(pieces.join(" "))) continue;
      const name = path.join(".");
      const text = `${language} ${name}: "${pieces.join("…")}"`;
      assert.match(name, reviewed, `${text}: say in REVIEWED why it is true`);
    }
  }
  await visitor.post("/users", JAY);
  const texts = await textOf(visitor.get("/show")) +
    await textOf(visitor.get("/end"));
  const comments = texts.match(/(?<=(?:\/\/|#) ).*$/gm) ?? [];
  assert.deepEqual(comments.filter((text) => ABSOLUTE.en.test(text)), [
    "a cookie that was planted or copied before never opens it",
  ]);
});

test("what the pages say of a copied cookie is what happens to one", async ({ app, visitor, isInCookie }) => {
  const attempts: [path: string, back: string, done: string, claim: RegExp][] =
    [
      ["/session/renew", "/session", "?done=renewed", /old cookie still opens/],
      ["/session/end", "/end", "?done=ended", /copy of the cookie still opens/],
    ];
  await visitor.post("/users", JAY);
  for (const [path, back, done, claim] of attempts) {
    const cookie = `session=${cookieOf(visitor)}`;
    const show = async () =>
      (await app.request("/show", { headers: { cookie } })).status;
    assert.equal(await show(), 200);
    await visitor.post(path);
    const text = await textOf(visitor.get(back + done, from(back)));
    assert.equal(claim.test(text), isInCookie);
    assert.equal(await show(), isInCookie ? 200 : 303);
  }
});

test("who can read the data in the cookie is who the pages say, and their command shows it", async ({ visitor, isInCookie }) => {
  await visitor.post("/users", JAY);
  const value = cookieOf(visitor);
  const isThere = payloadOf(value).includes(JAY.email);
  const inspector = await textOf(visitor.get("/session"));
  assert.equal(/Anyone who has the cookie can read/.test(inspector), isThere);
  assert.equal(/only an address and an id/.test(inspector), !isInCookie);
  assert.match(inspector, /Only the server can change it.*\((?:HMAC|XChaCha)/);
  assert(inspector.includes(`${value.split(".")[1]?.slice(0, 6)}… Content`));
  const text = await textOf(visitor.get("/show"));
  assert.equal(/is it there\?\s+Yes/.test(text), isThere);
  assert(text.includes(DECODE.shell));
  if (!mayDoAll || Deno.build.os === "windows") return;
  const command = DECODE.shell.replace("PASTE", value.split(".")[1]!);
  const { stdout } = await new Deno.Command("sh", { args: ["-c", command] })
    .output();
  assert(stdout.length > 20);
  const decoded = new TextDecoder().decode(stdout);
  assert.equal(decoded.includes(JAY.email), isThere);
});

test("what is left is what is left: the session opens until then, and not after", async ({ visitor, clock }) => {
  await visitor.post("/users", JAY);
  await visitor.get("/session");
  for (const [wait, left] of [[120, 28], [240, 30], [1500, 30]] as const) {
    clock.seconds += wait;
    const text = await textOf(visitor.get("/session"));
    assert.match(text, RegExp(`ends in ${left} minutes, if no page opens`));
  }
  clock.seconds += 30 * 60 - 1;
  assert.equal((await visitor.get("/show")).status, 200);
  clock.seconds += 30 * 60;
  assert.equal((await visitor.get("/show")).status, 303);
});

test.once("what is said of tomorrow, and of the end at the latest, is right for each lifetime", async ({ clock }) => {
  const day = 86_400;
  const cases: [Lifetime, RegExp][] = [
    [{ idle: 1800, absolute: day }, /✗ it ends when unused for 30 minutes/],
    [{ idle: day, absolute: 9 * day }, /✓ it ends when unused for 24 hours/],
    [
      { idle: day, absolute: new Date(1_800_003_600_000) },
      /✗ it ends .*, and on /,
    ],
    [{ idle: 1500, absolute: 1500 }, /It ends in 25 minutes, whatever you do/],
  ];
  for (const [lifetime, expected] of cases) {
    const { visitor } = openApp({ lifetime, now: clock.now });
    await visitor.post("/users", JAY);
    assert.match(await textOf(visitor.get("/session")), expected);
  }
});

test("the answer on the page is the answer that was sent", async ({ visitor, clock }) => {
  const posted = await visitor.post("/users", JAY);
  const [line = ""] = posted.headers.getSetCookie();
  const [begun] = /Max-Age=\d+; Path=.*$/.exec(line) ?? assert.fail();
  for (const path of ["/show", "/session", "/show", "/show", "/session"]) {
    clock.seconds += 200;
    const response = await visitor.get(path);
    if (path === "/session") continue; // it only changes the trail
    const { headers } = response;
    const text = await textOf(response);
    assert(text.includes(begun), path);
    assert(text.includes(`GET ${path} HTTP/1.1`));
    for (const name of ["Content-Type", "Cache-Control", "Vary"]) {
      assert(text.includes(`${name}: ${headers.get(name)}`), name);
    }
    const [, answer = ""] = text.split("HTTP/1.1 200 OK");
    const [sent] = /Max-Age=\d+/.exec(headers.getSetCookie().join()) ?? [];
    assert.equal(/Set-Cookie: \S+ (Max-Age=\d+)/.exec(answer)?.[1], sent, path);
  }
});

test("each page but step 1 keeps the session alive, and says who is known", async ({ visitor, clock }) => {
  const knows = async (
    who: string,
    what: string,
    response: Promise<Response>,
  ) => {
    const html = await (await response).text();
    const [, known] = /<p class="known[^>]*><bdi>([^<]+)/.exec(html) ?? [];
    assert.equal(known, who, what);
  };
  const pages = Object.values(PAGES).filter((path) => path !== PAGES.forget);
  for (const path of pages) {
    if (path === PAGES.show) continue;
    await knows("Not known yet", path, visitor.get(path));
  }
  await knows("Not known yet", "404", visitor.get("/nowhere"));
  await visitor.post("/users", JAY);
  for (const path of pages) {
    clock.seconds += 1700;
    await knows("Known as Jay", path, visitor.get(path));
  }
  await knows("Known as Jay", "404", visitor.get("/nowhere"));
  await knows("Known as Jay", "405", visitor.post("/show"));
  const forms: [string, Record<string, string>][] = [
    ["/lab", { kind: "signed", attempt: "name" }],
    ["/lab/secret", { guess: "x" }],
    ["/lab/limits", { do: "fill" }],
    ["/check", { holds: "id" }],
    ["/language", { lang: "en", back: "/check", holds: "id" }],
  ];
  for (const [path, form] of forms) {
    clock.seconds += 1700;
    await knows("Known as Jay", path, visitor.post(path, form));
  }
  for (const path of ["/forget", "/forget/show"]) {
    await knows("This page does not look", path, visitor.get(path));
  }
});

test("what just happened is not read from an address alone", async ({ visitor }) => {
  const ended = await textOf(visitor.get("/end?done=ended"));
  assert.doesNotMatch(ended, /^Ended/m);
  await visitor.post("/users", JAY);
  for (const why of ["none", "expired", "invalid"]) {
    const text = await textOf(visitor.get(`/?why=${why}`));
    assert.match(text, /This browser is known as Jay/);
    assert.doesNotMatch(text, /brought no session cookie|was refused/);
  }
  for (const [page, isTrue] of [["/", false], ["/session", true]] as const) {
    const response = visitor.get("/session?done=renewed", from(page));
    const says = /The session has another id/.test(await textOf(response));
    assert.equal(says, isTrue);
  }
});

test.once("a first visit is led to step 1, and who comes from there is not", async ({ visitor }) => {
  assert.match(await textOf(visitor.get("/")), /Begin with step 1/);
  const second = await textOf(visitor.get("/", from("/forget/show")));
  assert.doesNotMatch(second, /Begin with step 1/);
});

test("the trail is the last six pages that were shown, by name, and a page of another release ends no session", async (it) => {
  const { app, visitor, seal, clock } = it;
  await visitor.get("/lab"); // before there is a session: forgotten
  await visitor.post("/users", JAY);
  const walk = [
    ...["/show", "/", "/lab", "/nowhere?x=1", "/lab/secret", "/lab/limits"],
    ...["/check", "/check", "/summary", "/teach", "/summary"],
  ];
  for (const path of walk) await visitor.get(path);
  for (const purpose of ["prefetch", "prefetch;prerender"]) {
    const headers = { "Sec-Purpose": purpose };
    await visitor.get("/lab", { headers }); // perhaps it is never shown
  }
  const text = await textOf(visitor.get("/session"));
  const [, trail = ""] = /trail\s+(\[.*?\])/.exec(text) ?? [];
  assert.deepEqual(JSON.parse(trail), [
    ...["secret", "limits", "check", "summary", "teach", "summary"],
  ]);

  if (!it.isInCookie) return;
  const schema = z.object({
    ...{ name: z.string().optional(), email: z.string().optional() },
    trail: z.array(z.string()).default([]),
  });
  const older = session({ schema, secrets: [SECRET], seal, now: clock.now });
  const data = { ...JAY, trail: ["show", "a page that is gone"] };
  const headers = { cookie: await sealFor(older, data) };
  const shown = await app.request("/show", { headers });
  assert.match(await shown.text(), /<h3>Jay<\/h3>/);
});

test("a refused cookie says why, and is left alone; beside it another one opens", async (it) => {
  const { app, visitor, clock, seal } = it;
  await visitor.post("/users", JAY);
  const good = cookieOf(visitor);
  const sealed = async (secret: string, at = clock.seconds) => {
    const options = { schema: visitorSchema, seal, now: clock.now };
    const sessions = session({ ...options, secrets: [secret] });
    return (await sealFor(sessions, JAY, { at })).slice("session=".length);
  };
  const cases: [value: string, reason: string][] = [
    ["s:another-app.s-cookie", "malformed"],
    ["", "malformed"],
    [`v1.${"A".repeat(5000)}`, "malformed"],
    ["v1.\xff\xfe", "malformed"],
    ["v1.no", "malformed"],
    ["v1.e30.x", "malformed"],
    ["a%20b.c.d", "malformed"],
    [`${good.slice(0, -4)}AAAA`, "bad-seal"],
    [await sealed(OTHER_SECRET), "bad-seal"],
    it.isInCookie
      ? [await sealed(SECRET, clock.seconds - 7200), "expired"]
      : [await sealed(SECRET), "unknown"],
  ];
  for (const [value, reason] of cases) {
    const headers = { cookie: `session=${value}` };
    const { headers: shown } = await app.request("/show", { headers });
    const why = /expired|unknown/.test(reason) ? "expired" : "invalid";
    assert.equal(shown.get("Location"), `/?why=${why}`, value);
    assert.deepEqual(shown.getSetCookie(), []);
    for (const path of ["/session", "/end", "/"]) {
      const response = await app.request(path, { headers });
      assert.deepEqual(response.headers.getSetCookie(), []);
      const text = await textOf(response);
      assert(text.includes(`(${reason})`), `${path} ${reason}`);
      assert.match(text, /It stays in your browser/);
      assert.doesNotMatch(text, /brought no session cookie/);
    }
    if (!/malformed|bad/.test(reason)) continue; // genuine: the first one counts
    const both = `session=${value}; session=${good}`;
    const page = app.request("/session", { headers: { cookie: both } });
    assert.match(await textOf(page), /kpatel|Jay/, value);
  }
});

test("check yourself: the right answers are right, with the reason; others are not", async ({ mode, visitor, isInCookie }) => {
  const right = {
    holds: isInCookie ? "data" : "id",
    reads: mode,
    changes: "refused",
    ends: isInCookie ? "until" : "never",
    restart: "refused",
    password: "no",
  };
  const all = await textOf(visitor.post("/check", right));
  assert.match(all, /6 of 6 are right/);
  assert.equal(all.match(/^Right\./gm)?.length, 6);
  const wrong = { ...right, ends: "forever", changes: "" };
  const some = await textOf(visitor.post("/check", wrong));
  assert.match(some, /4 of 6 are right/);
  assert.match(some, /^Not so\. A session ends when/m);
  assert.match(some, /^Please choose an answer here too\.$/m);
  assert.doesNotMatch(some, /Only the server can change it/);
  const summary = await textOf(visitor.get("/summary"));
  for (const [, fact = ""] of all.matchAll(/^Right\. (.+)$/gm)) {
    assert(summary.includes(fact), fact);
  }
});

test("without a session, the next page knows nothing, and no cookie is set", async ({ visitor }) => {
  await visitor.post("/users", JAY); // not even of a visitor who has one
  const posted = await visitor.post("/forget", { ...JAY, name: "Zoe" });
  assert.equal(posted.status, 303);
  const response = await visitor.get(posted.headers.get("Location") ?? "");
  assert.deepEqual(response.headers.getSetCookie(), []);
  assert.equal(response.headers.get("Cache-Control"), null);
  assert.doesNotMatch(await textOf(response), /Jay|Zoe|kpatel/);
});

test.once("the lab keeps one cookie, and marks what was changed in it", async ({ visitor }) => {
  const read = async (response: Promise<Response>) => {
    const html = await (await response).text();
    const [, original = ""] = /name="original" value="([^"]+)"/.exec(html) ??
      [];
    const cookies = [...html.matchAll(/<p class="cookie".*?<\/p>/gs)];
    return { original, cookies: cookies.map(([cookie]) => cookie) };
  };
  const { original } = await read(visitor.get("/lab?kind=signed"));
  const encrypted = await read(visitor.get("/lab?kind=encrypted"));
  assert.doesNotMatch(payloadOf(encrypted.original), /Ada/);
  const [, , seal = ""] = original.split(".");
  const payload = payloadOf(original).replace("Ada", "Eve");
  for (const form of [{ payload, seal }, { payload, seal: "" }]) {
    const sent = { kind: "signed", original, ...form };
    const answer = await read(visitor.post("/lab", sent));
    assert.equal(answer.original, original);
    const [before = "", after = ""] = answer.cookies;
    assert.equal(before.replace(/<[^>]+>/g, ""), original);
    assert.doesNotMatch(before, /<mark>/);
    assert.match(after, /<mark>/);
    assert.equal(after.split(".").length, form.seal === "" ? 2 : 3);
  }
});

test.once("the lab: what each kind of cookie does with each attempt", async ({ visitor }) => {
  const eve = { payload: '{"name":"Eve"}' };
  const copy = { attempt: "copy" };
  const replay = { attempt: "replay" };
  const outcomes: [string, Record<string, string>, outcome: RegExp][] = [
    ["none", eve, /You win\.\s+.*Hello, Eve\. It opened: there is no/],
    ["signed", { ...eve, seal: "AAAA" }, /You lose\.\s+.*\(bad-seal\)/],
    ["signed", eve, /You lose\.\s+.*\(malformed\)/],
    ["encrypted", { ...eve, seal: "AAAA" }, /You lose\.\s+.*\(malformed\)/],
    ["copy", copy, /You win\.\s+.*Ada\. It opened: the copy is as good/],
    ["copy", replay, /You win\.\s+.*Ada\. It opened, and that is no mistake/],
    ["server", copy, /You win\.\s+.*Ada\. It opened: the copy is as good/],
    ["server", replay, /You lose\.\s+.*\(unknown\)/],
  ];
  for (const [kind, form, outcome] of outcomes) {
    const text = await textOf(visitor.post("/lab", { kind, ...form }));
    assert.match(text, outcome, `${kind} ${Object.values(form)}`);
  }
});

test.once("a weak key that is guessed opens everything; a strong one is not guessed", async ({ visitor }) => {
  const guess = (guess: string) =>
    textOf(visitor.post("/lab/secret", { guess }));
  const lost = await guess("sesame");
  assert.equal(lost.match(/\(bad-seal\)/g)?.length, 2);
  const won = await guess("qwerty");
  assert.match(won, /weak key\s+.*Hello, Eve\. It opened/);
  assert.equal(won.match(/\(bad-seal\)/g)?.length, 1);
  for (
    const form of [{}, { guess: "" }, { guess: "é\0".repeat(99) }]
  ) {
    const response = await visitor.post("/lab/secret", form);
    assert.equal(response.status, 200);
    await response.body?.cancel();
  }
});

test.once("a session of 30 seconds opens, and is expired when one comes back later", async ({ visitor, clock }) => {
  const made = await (await visitor.post("/lab/limits", { do: "make" }))
    .text();
  const [, cookie = ""] = /name="cookie" value="([^"]+)"/.exec(made) ?? [];
  const use = (cookie: string) =>
    textOf(visitor.post("/lab/limits", { do: "use", cookie }));
  for (const says of [/It opened/, /It opened/, /\(expired\)/]) {
    const text = await use(cookie);
    assert.match(text, says);
    assert(text.includes(cookie));
    clock.seconds += 15;
  }
  for (const cookie of ["", "v1.a.b", "<b>", "a\r\nb"]) {
    const text = await use(cookie);
    assert.match(text, /was refused/);
    assert.doesNotMatch(text, /v1\.a/); // it may be a live one
  }
});

test.once("5,000 characters are refused with the numbers, and fit behind an id", async ({ visitor }) => {
  const text = await textOf(visitor.post("/lab/limits", { do: "fill" }));
  const [, bytes = ""] =
    /refused: ([\d,]+) bytes, and 4,096 are the limit/.exec(text) ?? [];
  assert(Number(bytes.replace(",", "")) > 5000 * 4 / 3);
  assert.match(text, /the address and the id has 1\d\d bytes/);
});

test.once("in the lab any part may be left out, or be as long as a form", async ({ visitor }) => {
  for (const kind of LAB_KINDS) {
    const long = "a".repeat(16_000);
    for (
      const part of [{}, { seal: "abcd" }, { seal: long }, { payload: long }]
    ) {
      const answer = await visitor.post("/lab", { kind, ...part });
      assert.equal(answer.status, 200, `${kind} ${Object.keys(part)}`);
      await answer.body?.cancel();
    }
  }
});

test.once("the code on the pages is the code that runs", async ({ visitor }) => {
  await visitor.post("/users", JAY);
  const shown = await textOf(visitor.get("/show"));
  assert.match(
    shown,
    /session\.restart\(.*\n.*session\.update\(.*\n.*redirect\("\/show", 303\)/,
  );
  assert.match(shown, /const { data, info } = await c\.var\.session\(\)/);
  assert.match(await textOf(visitor.get("/end")), /session\.destroy\(\);\n/);
  const html = await (await visitor.get("/show")).text();
  assert.match(html, /<a href="\/summary#build">/);
  const summary = await textOf(visitor.get("/summary"));
  for (const { source } of PROGRAMS) assert(summary.includes(source));
});

Deno.test("over https, and under another name, the pages show the cookie that there is", async () => {
  const origin = "https://baton.example";
  const { app } = openApp({ cookieName: "sid" });
  const visitor = browser(app, { origin });
  await visitor.post("/users", JAY);
  const text = await textOf(visitor.get("/show"));
  assert.match(text, /Set-Cookie: __Host-sid=v1\.…; .*HttpOnly; Secure;/);
  assert.match(text, /^Cookie: __Host-sid=v1\.[\w-]{6}…$/m);
  assert.match(text, /^__Host-\s+A name like this is for https/m);
  assert.match(text, /^Secure\s+For https only/m);
  assert.match(await textOf(visitor.get("/session")), /sends __Host-sid to/);
  const thief = await textOf(visitor.get("/lab?kind=copy"));
  assert.match(thief, /^Secure: For https only\.$/m);
});
