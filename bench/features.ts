// deno task bench:features: each way to keep a session, in the cases that go wrong, as a Markdown table.
import { cache } from "hono/cache";
import { mock } from "node:test";
import { browser } from "../middleware/session/testing/mod.ts";
import { CONTENDERS, type Options, type PeerApp } from "./contenders.ts";
import { cookieHeader } from "./wrk.ts";

const NAMES = [
  "Baton, signed",
  "hono/cookie, signed",
  "@hono/session",
  "iron-session",
  "hono-sessions",
];
const WITHOUT_STORE = ["hono/cookie, signed", "iron-session"];
const WITHOUT_MIDDLEWARE = WITHOUT_STORE;
const JAY = { name: "Jay", email: "kpatel@codingdojo.com" };
const HOURS = 60 * 60 * 1000;

async function make(name: string, options: Options = {}): Promise<PeerApp> {
  return await CONTENDERS[name]!(options);
}

/** The Cookie header of a visitor who posted the form. */
async function cookieOf(app: PeerApp): Promise<string> {
  return cookieHeader(await browser(app).post("/users", JAY));
}

async function greets(app: PeerApp, cookie: string, name = "Jay") {
  const response = await app.request("/show", { headers: { cookie } });
  return (await response.text()).includes(`<h3>${name}</h3>`);
}

/** A new app, and the cookie of a visitor whom it knows. */
async function known(name: string, options?: Options) {
  const app = await make(name, options);
  const cookie = await cookieOf(app);
  if (!await greets(app, cookie)) throw new Error(`${name} forgets at once`);
  return { app, cookie };
}

type Answer = (name: string) => Promise<boolean | string>;

const QUESTIONS: Record<string, Answer> = {
  "refuses a cookie minted under another name": async (name) => {
    const { app, cookie } = await known(name);
    const [ownName = ""] = cookie.split("=");
    const other = await cookieOf(await make(name, { cookieName: "other" }));
    if (!other.startsWith("other=")) throw new Error(`${name}: ${other}`);
    return !await greets(app, other.replace("other", ownName));
  },

  "refuses a cookie whose lifetime is over": async (name) => {
    const { app, cookie } = await known(name);
    mock.timers.enable({ apis: ["Date"], now: Date.now() + 9 * HOURS });
    const isGreeted = await greets(app, cookie);
    mock.timers.reset();
    return !isGreeted;
  },

  "says so when 10 kB do not fit": async (name) => {
    const app = await make(name);
    app.onError((_, c) => c.text("", 500));
    const big = { ...JAY, name: "x".repeat(10_000) };
    return (await browser(app).post("/users", big)).status >= 400;
  },

  "keeps shared caches out": async (name) => {
    const { app, cookie } = await known(name);
    const { headers } = await app.request("/show", { headers: { cookie } });
    return /private|no-store/.test(headers.get("Cache-Control") ?? "") &&
      /cookie/i.test(headers.get("Vary") ?? "");
  },

  "a cache inside shows a page to its own visitor only": async (name) => {
    const cacheName = crypto.randomUUID();
    const inside = cache({ cacheName, wait: true });
    const { app } = await known(name, { inside });
    const isShown = await greets(app, "");
    await caches.delete(cacheName);
    return !isShown;
  },

  "a change before an error in a combinator is saved": async (name) => {
    if (WITHOUT_MIDDLEWARE.includes(name)) return "no middleware";
    const { app, cookie } = await known(name);
    const refused = await app.request("/refuse", { headers: { cookie } });
    return await greets(app, cookieHeader(refused), "Eve");
  },

  "of 5 requests at once get a value that is used once": async (name) => {
    if (WITHOUT_STORE.includes(name)) return "no store";
    const visitor = browser(await make(name, { isStored: true }));
    await visitor.post("/users", JAY);
    const texts = await Promise.all(Array.from({ length: 5 }, async () => {
      const answer = await visitor.post("/once");
      return answer.ok ? await answer.text() : "";
    }));
    return String(texts.filter((text) => text !== "").length);
  },

  "of 20 updates at once are saved, in a store": async (name) => {
    if (WITHOUT_STORE.includes(name)) return "no store";
    const visitor = browser(await make(name, { isStored: true }));
    await visitor.post("/users", JAY);
    const add = () => visitor.post("/add");
    await Promise.all(Array.from({ length: 20 }, add));
    return await (await visitor.get("/count")).text();
  },
};

const words = new Map<boolean | string, string>([[true, "yes"], [false, "no"]]);
const { error } = console;
console.error = () => {}; // some of them log every refusal
console.log(`| | ${NAMES.map((name) => name.split(",")[0]).join(" | ")} |`);
console.log(`|---${"|---".repeat(NAMES.length)}|`);
for (const [question, ask] of Object.entries(QUESTIONS)) {
  const answers = [];
  for (const name of NAMES) {
    const answer = await ask(name);
    answers.push(words.get(answer) ?? answer);
  }
  console.log(`| ${question} | ${answers.join(" | ")} |`);
}
console.error = error;
