// deno task bench:features: each way to keep a session, in the cases that go wrong, as a Markdown table.
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
const JAY = { name: "Jay", email: "kpatel@codingdojo.com" };
const AT_ONCE = 20;

function make(name: string, options: Options = {}): Promise<PeerApp> {
  return Promise.resolve(CONTENDERS[name]!(options));
}

/** The Cookie header of a visitor who posted the form. */
async function cookieOf(app: PeerApp): Promise<string> {
  const response = await browser(app).post("/users", JAY);
  return cookieHeader(response);
}

async function greets(app: PeerApp, cookie: string): Promise<boolean> {
  const response = await app.request("/show", { headers: { cookie } });
  return (await response.text()).includes("<h3>Jay</h3>");
}

/** Moves the clock, until it is disposed. */
function anHourLater(): Disposable {
  const Clock = Date;
  globalThis.Date = class extends Clock {
    constructor(...given: []) {
      super(...given.length > 0 ? given : [Clock.now() + 3_600_000] as never);
    }
    static override now = () => Clock.now() + 3_600_000;
  } as DateConstructor;
  return { [Symbol.dispose]: () => void (globalThis.Date = Clock) };
}

function yes(is: boolean): string {
  return is ? "yes" : "no";
}

type Answer = (name: string) => Promise<string>;

const QUESTIONS: Record<string, Answer> = {
  "refuses a cookie minted under another name": async (name) => {
    const app = await make(name);
    const [ownName = ""] = (await cookieOf(app)).split("=");
    const other = await cookieOf(await make(name, { cookieName: "other" }));
    if (!other.startsWith("other=")) throw new Error(`${name}: ${other}`);
    return yes(!await greets(app, other.replace("other", ownName)));
  },

  "refuses a cookie whose lifetime is over": async (name) => {
    const app = await make(name, { seconds: 600 });
    const cookie = await cookieOf(app);
    if (!await greets(app, cookie)) throw new Error(`${name} forgets at once`);
    using _ = anHourLater();
    return yes(!await greets(app, cookie));
  },

  "says so when 10 kB do not fit": async (name) => {
    const app = await make(name);
    app.onError((_, c) => c.text("", 500));
    const big = { ...JAY, name: "x".repeat(10_000) };
    return yes((await browser(app).post("/users", big)).status >= 400);
  },

  "keeps shared caches out": async (name) => {
    const app = await make(name);
    const cookie = await cookieOf(app);
    const { headers } = await app.request("/show", { headers: { cookie } });
    return yes(
      /private|no-store/.test(headers.get("Cache-Control") ?? "") &&
        /cookie/i.test(headers.get("Vary") ?? ""),
    );
  },

  "a cache inside shows a page to its own visitor only": async (name) => {
    using _ = fakeCaches();
    const { cache } = await import("hono/cache");
    const inside = cache({ cacheName: "pages", wait: true });
    const app = await make(name, { inside });
    const cookie = await cookieOf(app);
    if (!await greets(app, cookie)) throw new Error(`${name} forgets at once`);
    return yes(!await greets(app, ""));
  },

  "a change before an error in a combinator is saved": async (name) => {
    const app = await make(name);
    const refused = await app.request("/refuse", {
      headers: { cookie: await cookieOf(app) },
    });
    const isRoute = await refused.text() !== "404 Not Found";
    if (!isRoute) return "no middleware";
    const cookie = cookieHeader(refused);
    if (cookie === "") return "no";
    const page = await app.request("/show", { headers: { cookie } });
    return yes((await page.text()).includes("<h3>Eve</h3>"));
  },

  "of 5 requests at once get a value that is used once": async (name) => {
    const app = await make(name, { isStored: true });
    const visitor = browser(app);
    if ((await visitor.post("/add")).status === 404) return "no store";
    await visitor.post("/users", JAY);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => visitor.post("/once")),
    );
    const texts = await Promise.all(
      answers.map(async (answer) => answer.ok ? await answer.text() : ""),
    );
    return String(texts.filter((text) => text !== "").length);
  },

  [`of ${AT_ONCE} updates at once are saved, in a store`]: async (name) => {
    const app = await make(name, { isStored: true });
    const visitor = browser(app);
    const begun = await visitor.post("/add");
    if (begun.status === 404) return "no store";
    await Promise.all(
      Array.from({ length: AT_ONCE }, () => visitor.post("/add")),
    );
    const count = Number(await (await visitor.get("/count")).text());
    return String(count - 1);
  },
};

/** `caches` of the platform, in a Map: all that hono/cache asks for. */
function fakeCaches(): Disposable {
  const real = globalThis.caches;
  const kept = new Map<string, Response>();
  const cache = {
    match: (key: string) => Promise.resolve(kept.get(key)?.clone()),
    put: (key: string, answer: Response) =>
      Promise.resolve(void kept.set(key, answer)),
  };
  const open = () => Promise.resolve(cache);
  Object.defineProperty(globalThis, "caches", {
    value: { open },
    configurable: true,
    writable: true,
  });
  return {
    [Symbol.dispose]: () => void Object.assign(globalThis, { caches: real }),
  };
}

const log = console.error;
console.error = () => {}; // some of them log every refusal
console.log(`| | ${NAMES.map((name) => name.split(",")[0]).join(" | ")} |`);
console.log(`|---${"|---".repeat(NAMES.length)}|`);
for (const [question, answer] of Object.entries(QUESTIONS)) {
  const answers = [];
  for (const name of NAMES) answers.push(await answer(name));
  console.log(`| ${question} | ${answers.join(" | ")} |`);
}
console.error = log;
