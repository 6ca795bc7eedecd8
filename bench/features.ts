// deno task bench:features: each way to keep a session, in the cases that go wrong, as a Markdown table.
import { cache } from "hono/cache";
import { mock } from "node:test";
import {
  type Browser,
  browser as newBrowser,
} from "../middleware/session/testing/mod.ts";
import { CONTENDERS, type Options, type PeerApp } from "./contenders.ts";

const NAMES = [
  "Baton, signed",
  "hono/cookie, signed",
  "@hono/session",
  "iron-session",
  "hono-sessions",
];
/** Functions that a route calls: no middleware, and no store. */
const ALONE = ["hono/cookie, signed", "iron-session"];
const JAY = { name: "Jay", email: "kpatel@codingdojo.com" };
const HOURS = 60 * 60 * 1000;

/** Over https, as some set Secure cookies; its cookies never expire. */
const browser = (app: PeerApp) =>
  newBrowser(app, { origin: "https://localhost", now: () => 0 });

/** A new app, and a visitor who posted the form. */
async function posted(name: string, options: Options = {}) {
  const app = await CONTENDERS[name]!(options);
  const visitor = browser(app);
  await visitor.post("/users", JAY);
  return { app, visitor };
}

async function greets(visitor: Browser, name = "Jay"): Promise<boolean> {
  const page = await (await visitor.get("/show")).text();
  return page.includes(`<h3>${name}</h3>`);
}

/** The same, when the app knows the visitor. */
async function known(name: string, options?: Options) {
  const all = await posted(name, options);
  if (!await greets(all.visitor)) throw new Error(`${name} forgets at once`);
  return all;
}

type Answer = (name: string) => Promise<boolean | string>;

const QUESTIONS: Record<string, Answer> = {
  "refuses a cookie minted under another name": async (name) => {
    const { visitor } = await known(name);
    const other = await posted(name, { cookieName: "other" });
    const [[ownName] = []] = visitor.cookies;
    const [[otherName, value] = []] = other.visitor.cookies;
    if (!otherName?.includes("other")) throw new Error(`${name}: ${otherName}`);
    visitor.setCookie(`${ownName}=${value}; Secure; Path=/`);
    return !await greets(visitor);
  },

  "refuses a cookie whose lifetime is over": async (name) => {
    const { visitor } = await known(name);
    mock.timers.enable({ apis: ["Date"], now: Date.now() + 9 * HOURS });
    const isGreeted = await greets(visitor);
    mock.timers.reset();
    return !isGreeted;
  },

  "says so when 10 kB do not fit": async (name) => {
    const { app } = await posted(name);
    app.onError((_, c) => c.text("", 500));
    const big = { ...JAY, name: "x".repeat(10_000) };
    return (await browser(app).post("/users", big)).status >= 400;
  },

  "keeps shared caches out": async (name) => {
    const { visitor } = await known(name);
    const { headers } = await visitor.get("/show");
    return /private|no-store/.test(headers.get("Cache-Control") ?? "") &&
      /cookie/i.test(headers.get("Vary") ?? "");
  },

  "a cache inside shows a page to its own visitor only": async (name) => {
    const cacheName = crypto.randomUUID();
    const inside = cache({ cacheName, wait: true });
    const { app } = await known(name, { inside });
    const isShown = await greets(browser(app));
    await caches.delete(cacheName);
    return !isShown;
  },

  "a change before an error in a combinator is saved": async (name) => {
    if (ALONE.includes(name)) return "no middleware";
    const { visitor } = await known(name);
    await visitor.get("/refuse");
    return await greets(visitor, "Eve");
  },

  "of 5 requests at once get a value that is used once": async (name) => {
    if (ALONE.includes(name)) return "no store";
    const { visitor } = await posted(name, { isStored: true });
    const texts = await Promise.all(Array.from({ length: 5 }, async () => {
      const answer = await visitor.post("/once");
      return answer.ok ? await answer.text() : "";
    }));
    return String(texts.filter((text) => text !== "").length);
  },

  "of 20 updates at once are saved, in a store": async (name) => {
    if (ALONE.includes(name)) return "no store";
    const { visitor } = await posted(name, { isStored: true });
    const add = () => visitor.post("/add");
    await Promise.all(Array.from({ length: 20 }, add));
    return await (await visitor.get("/count")).text();
  },
};

const words = new Map<boolean | string, string>([[true, "yes"], [false, "no"]]);
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
