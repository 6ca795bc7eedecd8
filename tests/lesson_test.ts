// The lesson is true, in each way in which a server can keep its sessions.
import assert from "node:assert/strict";
import { createApp } from "../app.ts";
import { excerpt } from "../components/sources.ts";
import {
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

type Mode = "signed" | "encrypted" | "memory" | "sqlite";
const MODES: readonly Mode[] = ["signed", "encrypted", "memory", "sqlite"];

interface Lesson extends AsyncDisposable {
  readonly app: ReturnType<typeof createApp>;
  readonly visitor: Browser;
  readonly clock: Clock;
}

function lesson(mode: Mode): Lesson {
  const clock = new Clock();
  const store = storeOf(mode, clock);
  const app = createApp({
    secrets: [SECRET],
    store,
    seal: mode === "encrypted" ? "encrypt" : "sign",
    now: clock.now,
    log: () => {},
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
  const [, main = html] = /<main[^>]*>(.*)<\/main>/s.exec(html) ?? [];
  return main.replace(
    /<label><input type="radio" name="(?!step).*?<\/label>/gs,
    "",
  )
    .replace(/<svg.*?<\/svg>/gs, (svg) => svg.replaceAll("</text>", " "))
    .replace(
      /<(?:\/?(?:p|li|dt|dd|td|th|h\d|div|label|pre|legend))\b[^>]*>/g,
      "\n",
    )
    .replace(/<[^>]+>/g, "")
    .replaceAll("&#39;", "'").replaceAll("&quot;", '"').replaceAll(
      "&amp;",
      "&",
    );
}

/** Every page that speaks of this server's own sessions, from the first to the last. */
async function read(visitor: Browser): Promise<string> {
  const pages: string[] = [];
  const get = async (path: string) =>
    void pages.push(`${path}\n${await textOf(visitor.get(path))}`);
  for (const path of ["/forget", "/forget/show", "/", "/session", "/end"]) {
    await get(path);
  }
  await visitor.post("/users", JAY);
  for (const path of ["/show", "/session", "/end", "/", "/session"]) {
    await get(path);
  }
  await visitor.post("/session/renew", { back: "/session" });
  await get("/session?done=renewed");
  await visitor.post("/session/end", { back: "/end" });
  await get("/end?done=ended");
  await get("/check");
  pages.push(await textOf(visitor.post("/check", { holds: "id" })));
  await get("/summary");
  return pages.join("\n");
}

const IN_COOKIE: readonly Mode[] = ["signed", "encrypted"];
const IN_STORE: readonly Mode[] = ["memory", "sqlite"];

/** The claims of the pages, and where each is true. There it has to be said, elsewhere it must not be. */
const CLAIMS: readonly [claim: RegExp, modes: readonly Mode[]][] = [
  [/signs it with its secret key/, ["signed"]],
  [/anybody to read who has the cookie/, ["signed"]],
  [/anybody who has the cookie can read/i, ["signed"]],
  [/it is signed, and a signature hides nothing/, ["signed"]],
  [/This server keeps the session in a signed cookie/, ["signed"]],
  [/This server keeps the session in an encrypted cookie/, ["encrypted"]],
  [/This server keeps the session in a store/, ["memory", "sqlite"]],
  [/encrypts? (?:them|the cookie)/, ["encrypted"]],
  [/decrypt/, ["encrypted"]],
  [/only the server[^.]* can read it/i, ["encrypted"]],
  [/has the key can read every cookie/, ["encrypted"]],
  [/session itself/i, IN_COOKIE],
  [/has no store/, IN_COOKIE],
  [/kept? no copy|keeps no copy/, IN_COOKIE],
  [/nothing here/, IN_COOKIE],
  [/What is in the cookie/, IN_COOKIE],
  [/in the browser, in the cookie/, IN_COOKIE],
  [/stores no sessions/, IN_COOKIE],
  [/copy[^.]* still opens?\b/, IN_COOKIE],
  [/old cookie still opens/, IN_COOKIE],
  [/your data with it/, IN_COOKIE],
  [/only an id/i, IN_STORE],
  [/in (?:its|the server's) store/i, IN_STORE],
  [/the store gave back the record/i, IN_STORE],
  [/the data is (?:in|on) the server/i, IN_STORE],
  [/deletes the record/, IN_STORE],
  [/old cookie opens nothing/, IN_STORE],
  [/copy[^.]* open(?:s)? nothing/, IN_STORE],
  [/no copy of the cookie opens/, IN_STORE],
  [/server's memory/, ["memory"]],
  [/kept in sqlite/, ["sqlite"]],
];

test("no page claims what is not true of this server, and each says what is", async (mode) => {
  await using it = lesson(mode);
  const text = await read(it.visitor);
  for (const [claim, modes] of CLAIMS) {
    const found = claim.exec(text);
    const where = found &&
      text.slice(0, found.index).match(/^\/\S*$/gm)?.at(-1);
    assert.equal(found !== null, modes.includes(mode), `${claim} ${where}`);
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
  const renewed = await textOf(visitor.get("/session?done=renewed"));
  assert.equal(/old cookie still opens/.test(renewed), opens);
  assert.equal(await show(first), opens ? 200 : 303);

  const second = copy();
  await visitor.post("/session/end", { back: "/end" });
  const ended = await textOf(visitor.get("/end?done=ended"));
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
    /anybody who has the cookie can read/.test(text),
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
    assert.match(text, new RegExp(`${left} minutes left, if you do nothing`));
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

test("a refused cookie says why, and what became of it", async (mode) => {
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
  const cases: [value: string, reason: string, isDeleted: boolean][] = [
    ["s:another-app.s-cookie", "malformed", false],
    ["v1.no", "malformed", true],
    [`${good.slice(0, -4)}AAAA`, "bad-seal", true],
    [await sealed({ secrets: [OTHER_SECRET] }), "bad-seal", true],
  ];
  if (IN_COOKIE.includes(mode)) {
    cases.push([await sealed({ at: clock.seconds - 7200 }), "expired", true]);
  } else {
    cases.push([await sealed({}), "unknown", false]);
  }
  for (const [value, reason, isDeleted] of cases) {
    const headers = { cookie: `session=${value}` };
    for (const path of ["/session", "/end", "/"]) {
      const response = await app.request(path, { headers });
      const wasDeleted = response.headers.getSetCookie().some((line) =>
        /Max-Age=0/.test(line)
      );
      const text = await textOf(response);
      assert.equal(wasDeleted, isDeleted, `${path} ${reason}`);
      assert(text.includes(`(${reason})`), `${path} ${reason}`);
      assert.equal(/told your browser to delete it/.test(text), isDeleted);
      assert.equal(/It stays in your browser/.test(text), !isDeleted);
      assert.doesNotMatch(text, /brought no cookie/);
    }
    const shown = browser(app, { now: clock.now });
    shown.setCookie(`session=${value}`);
    const landed = await textOf(shown.get("/show", { follow: true }));
    assert.match(landed, /The cookie was refused/);
    assert.equal(/told your browser to delete it/.test(landed), isDeleted);
    assert.doesNotMatch(landed, /brought no cookie/);
  }
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
    secret: "seal",
    ends: isInCookie ? "until" : "never",
  };
  const all = await textOf(it.visitor.post("/check", right));
  assert.match(all, /6 of 6 are right/);
  assert.equal(all.match(/^Right\./gm)?.length, 6);
  const some = await textOf(
    it.visitor.post("/check", { ...right, ends: "forever", secret: "" }),
  );
  assert.match(some, /4 of 6 are right/);
  assert.match(some, /^Not so\. It ends when/m);
  assert.match(some, /^No answer yet\. The secret key/m);
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

Deno.test("the lab keeps one cookie, and marks what was changed in it", async () => {
  await using it = lesson("signed");
  const { visitor } = it;
  const original = (html: string) =>
    /name="original" value="([^"]+)"/.exec(html)?.[1] ?? assert.fail();
  const cookies = (html: string) =>
    [...html.matchAll(/<p class="cookie".*?<\/p>/gs)].map(([cookie]) => cookie);
  let html = await (await visitor.get("/lab")).text();
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
      titles.push(title?.replace("Refused: ", "") ?? "");
    }
    return titles;
  };
  const all = ["name", "unsealed", "guessed", "other", "ended", "replay"];
  const bad = ["bad seal", "malformed", "bad seal", "bad seal", "expired"];
  const replayed = "It opened, and that is no mistake";
  assert.deepEqual(await outcomes("none", ["name"]), [
    "It opened: your forgery worked",
  ]);
  assert.deepEqual(await outcomes("signed", all), [...bad, replayed]);
  assert.deepEqual(await outcomes("encrypted", all), [...bad, replayed]);
  assert.deepEqual(await outcomes("server", all), [...bad, "unknown"]);
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
  assert.match(won, /weak key\s+It opened.*Hello, &lt;b&gt;Eve/s);
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
  clock.seconds += 11;
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
  assert.match(text, /holds the id has 1\d\d bytes/);
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
    /session\.regenerate\(.*\n.*session\.update\(.*\n.*redirect\("\/show", 303\)/,
  );
  assert.match(shown, /const { data, info } = await c\.var\.session\(\)/);
  assert.match(await textOf(it.visitor.get("/end")), /session\.destroy\(\);\n/);
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
    assert.match(text, /^__Host-\s+This name is for https only/m);
  }
  const cookie = "__Host-sid=v1.no";
  const refused = await app.request(`${origin}/session`, {
    headers: { cookie },
  });
  assert.match(await textOf(refused), /\(malformed\).*told your browser/);
});
