// Properties of the session middleware, for any number of runs: properties_test.ts
// takes seconds, fuzz.ts takes as long as it is told to.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "npm:fast-check@4.10.2";
import { Hono } from "hono";
import { z } from "zod";
import { createApp } from "../../app.ts";
import {
  session,
  type SessionEnv,
  SessionTooLargeError,
} from "../../middleware/session/mod.ts";
import { browser, sealFor } from "../../middleware/session/testing/mod.ts";
import { visitorSchema } from "../../visitor.ts";
import {
  Clock,
  type Data,
  SECRET,
  STORES,
  type TestApp,
  testApp,
} from "./test_app.ts";
import { changedProofs } from "./bound_properties.ts";
import { controlledStore } from "./controlled_store.ts";

/** How often, and from which seed: the same seed gives the same cases. */
export interface Run {
  readonly numRuns: number;
  readonly seed: number;
}

export const properties: Record<string, (run: Run) => Promise<void>> = {
  "no mutated cookie opens, breaks a page, or fills the log": mutatedCookies,
  "no changed proof is accepted, or answered by a 5xx": (run) =>
    changedProofs(run, mutation),
  "requests one after another do what a trivial model says": serialPrograms,
  "whatever data the schema takes comes back the same": roundTrip,
  "the size limit is exact, whatever the name and the value": sizeLimit,
};

// Mutated cookies

type Mutation = (valid: string, other: string) => string;

const CHARACTERS =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Each turns the value of a valid cookie, and of another, into a header's worth of something else. */
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.nat(), fc.nat(63)).map(flipCharacter) },
  { weight: 3, arbitrary: fc.nat().map(truncate) },
  { weight: 3, arbitrary: fc.tuple(fc.nat(), fc.nat()).map(splice) },
  { weight: 2, arbitrary: fc.nat(2).map(swapPart) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("v0", "v2", "V1", "v01", "v11", "", "v1.v1")
      .map((tag): Mutation => (valid) => valid.replace(/^v1/, tag)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", ".", "..", "v1", "v1.", "v1..", "v1...", "=")
      .map((text): Mutation => () => text),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.nat(),
      fc.constantFrom("\0", "%", "%00", "%zz", "%E0%A4", '"', " ", "\t", "\\"),
    )
      .map(([at, junk]): Mutation => (valid) => insert(valid, at, junk)),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.nat(),
      fc.constantFrom("+", "/", "=", "==", "\u00e9", "\u00ff\u00fe", "~"),
    )
      .map(([at, junk]): Mutation => (valid) => insert(valid, at, junk)),
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: "binary-ascii", maxLength: 400 }).map((
      text,
    ): Mutation =>
    () => text),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1000, max: 9000 }).map((
      length,
    ): Mutation =>
    (valid) => {
      const [version, payload = "", seal] = valid.split(".");
      return `${version}.${payload.padEnd(length, "A")}.${seal}`;
    }),
  },
  {
    weight: 1,
    // Valid JSON under a seal that is none, whether or not it fits the schema.
    arbitrary: fc.jsonValue().map((value): Mutation => (valid) => {
      const payload = Buffer.from(JSON.stringify(value)).toString("base64url");
      return `v1.${payload}.${valid.split(".")[2]}`;
    }),
  },
);

function flipCharacter([at, to]: [number, number]): Mutation {
  return (valid) => {
    const i = at % valid.length;
    return valid.slice(0, i) + CHARACTERS[to] + valid.slice(i + 1);
  };
}

function truncate(length: number): Mutation {
  return (valid) => valid.slice(0, length % valid.length);
}

function splice([a, b]: [number, number]): Mutation {
  return (valid, other) =>
    valid.slice(0, a % valid.length) + other.slice(b % other.length);
}

function swapPart(part: number): Mutation {
  return (valid, other) => {
    const [parts, others] = [valid.split("."), other.split(".")];
    return parts.with(part, others[part] ?? "").join(".");
  };
}

function insert(text: string, at: number, junk: string): string {
  const i = at % (text.length + 1);
  return text.slice(0, i) + junk + text.slice(i);
}

async function mutatedCookies({ numRuns, seed }: Run): Promise<void> {
  const lines: string[] = [];
  const targets = await Promise.all(
    (["sign", "encrypt"] as const).flatMap((seal) =>
      ["http://localhost/show", "https://localhost/show"].map(async (url) => {
        const given = { schema: visitorSchema, secrets: [SECRET], seal };
        const app = createApp({
          ...given,
          store: "cookie",
          log: (line) => lines.push(line),
        });
        const cookies = await Promise.all(
          ["Jay", "Eve", "Zoë"].map((name) =>
            sealFor(session(given), { name, email: "a@example.com" }, { url })
          ),
        );
        const name = cookies[0]?.split("=")[0] ?? "";
        // What the same secret sealed for another name is as good as a mutation.
        const foreign = await sealFor(
          session({ ...given, cookieName: "other" }),
          { name: "Eve", email: "a@example.com" },
          { url },
        );
        const values = cookies.map((cookie) => cookie.split("=")[1] ?? "");
        return { app, url, name, values, foreign: foreign.split("=")[1] ?? "" };
      })
    ),
  );

  const property = fc.asyncProperty(
    fc.constantFrom(...targets),
    fc.nat(2),
    fc.array(mutation, { minLength: 1, maxLength: 3 }),
    fc.constantFrom("alone", "twice", "after others", "foreign", "renamed"),
    async ({ app, url, name, values, foreign }, which, mutations, how) => {
      const [valid = "", other = ""] = [
        values[which],
        values[(which + 1) % 3],
      ];
      const mutated = mutations.map((mutate) => mutate(valid, other));
      // Some mutations change nothing, or give back another valid one.
      fc.pre(!mutated.some((value) => values.includes(value.trim())));
      const [value = ""] = mutated;
      const header = {
        "alone": `${name}=${value}`,
        "twice": mutated.map((value) => `${name}=${value}`).join("; "),
        "after others": `language=en; x=${valid}; ${name}=${value}`,
        "foreign": `${name}=${foreign}`,
        "renamed": `${name}x=${valid}; x${name}=${valid}; ${name} =${value}`,
      }[how];
      fc.pre(isSendable(header));
      const response = await app.request(url, { headers: { cookie: header } });
      assert.equal(response.status, 303, header);
      assert.match(response.headers.get("Location") ?? "", /^\/\?why=\w+$/);
      for (const line of lines.splice(0)) assert(line.length <= 200, line);
    },
  );
  await fc.assert(property, { numRuns, seed });
}

/** Whether an HTTP client can send it: no NUL, no line break, nothing beyond Latin-1. */
function isSendable(header: string): boolean {
  return [...header].every((character) =>
    character <= "\u00ff" && !"\0\r\n".includes(character)
  );
}

// Programs: what one request does to its session

type Step =
  | { readonly do: "set"; readonly name: string }
  | { readonly do: "add"; readonly by: number }
  | { readonly do: "append"; readonly item: string }
  | { readonly do: "flash"; readonly text: string }
  | { readonly do: "take" }
  | { readonly do: "skip"; readonly name: string }
  | { readonly do: "regenerate" }
  | { readonly do: "restart" }
  | { readonly do: "destroy" }
  | { readonly do: "throw" };

const word = fc.constantFrom("a", "b", "c", "é");

const commonSteps: fc.Arbitrary<Step>[] = [
  word.map((name) => ({ do: "set", name })),
  fc.integer({ min: 0, max: 3 }).map((by) => ({ do: "add", by })),
  word.map((item) => ({ do: "append", item })),
  word.map((text) => ({ do: "flash", text })),
  fc.constant({ do: "take" }),
  word.map((name) => ({ do: "skip", name })),
  fc.constant({ do: "regenerate" }),
  fc.constant({ do: "restart" }),
  fc.constant({ do: "destroy" }),
  fc.constant({ do: "throw" }),
];

/** A route that runs a program, sent as JSON in a header. */
function programApp(given: Parameters<typeof testApp>[0]): TestApp {
  const app = testApp(given, (app) => {
    app.get("/run", async (c) => {
      const session = await c.var.session();
      const steps: Step[] = JSON.parse(c.req.header("X-Program") ?? "[]");
      for (const step of steps) {
        switch (step.do) {
          case "set":
            session.update({ name: step.name });
            break;
          case "add":
            session.update(({ count }) => ({ count: count + step.by }));
            break;
          case "append":
            session.update(({ list }) => ({ list: [...list, step.item] }));
            break;
          case "flash":
            session.update({ flash: step.text });
            break;
          case "take":
            session.take("flash");
            break;
          case "skip":
            session.update({ name: step.name }, { onConflict: "skip" });
            break;
          case "regenerate":
            session.regenerate();
            break;
          case "restart":
            session.restart();
            break;
          case "destroy":
            session.destroy();
            return c.json({ data: session.data });
          case "throw":
            throw new Error("the program threw");
        }
      }
      return c.json({ data: session.data });
    });
  });
  app.onError((error, c) => c.text(error.name, 500));
  return app;
}

function header(program: readonly Step[]): Record<string, string> {
  // Headers carry Latin-1 at most; JSON can say everything in ASCII.
  const json = JSON.stringify(program).replace(
    /[^ -~]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return { "X-Program": json };
}

/** What a program makes of data; the model of everything. */
function apply(data: Data, program: readonly Step[]): Data {
  let { count, list, name, flash } = data;
  for (const step of program) {
    switch (step.do) {
      case "set":
      case "skip":
        name = step.name;
        break;
      case "add":
        count += step.by;
        break;
      case "append":
        list = [...list, step.item];
        break;
      case "flash":
        flash = step.text;
        break;
      case "take":
        flash = undefined;
        break;
      case "destroy":
        return EMPTY;
      case "regenerate":
      case "restart":
      case "throw":
    }
  }
  return {
    count,
    list,
    ...(name !== undefined && { name }),
    ...(flash !== undefined && { flash }),
  };
}

const EMPTY: Data = { count: 0, list: [] };

function has(program: readonly Step[], what: Step["do"]): boolean {
  const end = program.findIndex((step) => step.do === "destroy");
  const run = end < 0 ? program : program.slice(0, end + 1);
  return run.some((step) => step.do === what);
}

function same(a: unknown, b: unknown): boolean {
  const sorted = (value: unknown) =>
    JSON.stringify(
      Object.entries(value as object).toSorted(([a], [b]) => a < b ? -1 : 1),
    );
  return sorted(a) === sorted(b);
}

// One request after another

interface Model {
  readonly data: Data;
  readonly createdAt: number;
  readonly usedAt: number;
}

async function serialPrograms({ numRuns, seed }: Run): Promise<void> {
  const request = fc.record({
    wait: fc.constantFrom(0, 1, 179, 180, 1799, 1800, 5000, -50),
    program: fc.array(fc.oneof(...commonSteps), { maxLength: 4 }),
  });
  const property = fc.asyncProperty(
    fc.constantFrom(...Object.keys(STORES) as (keyof typeof STORES)[]),
    fc.constantFrom("sign" as const, "encrypt" as const),
    fc.array(request, { minLength: 1, maxLength: 12 }),
    async (where, seal, requests) => {
      const clock = new Clock();
      const lifetime = { idle: 1800, absolute: 6000 };
      const store = where === "cookie"
        ? "cookie"
        : controlledStore({ now: clock.now });
      const app = programApp({ clock, seal, lifetime, store });
      const visitor = browser(app, { now: clock.now });
      let model: Model | null = null;
      for (const { wait, program } of requests) {
        clock.seconds += wait;
        const now = clock.seconds;
        const isOver: boolean = model !== null &&
          (now >= model.usedAt + 1800 || now >= model.createdAt + 6000);
        // A session that was left alone opens again if the clock goes back, while
        // the browser has its cookie.
        const mayReturn = model !== null && now < model.createdAt + 6000;
        if (isOver && !mayReturn) model = null;
        const kept: Model | null = model;
        if (isOver) model = null;
        const before: Data = model?.data ?? EMPTY;
        const response = await visitor.get("/run", {
          headers: header(program),
        });
        const lines = response.headers.getSetCookie();
        assert(lines.length <= 1);
        const sealed = lines.filter((line) => !line.includes("=; Max-Age=0;"));
        if (has(program, "throw")) {
          assert.equal(response.status, 500);
          await response.body?.cancel();
          assert.deepEqual(sealed, []);
          model = kept;
          continue;
        }
        assert.equal(response.status, 200);
        const after = apply(before, program);
        assert(same((await response.json()).data, after));
        if (has(program, "destroy")) {
          model = null;
          assert.deepEqual(sealed, []);
          continue;
        }
        const isChanged = !same(before, after);
        if (model === null) {
          if (isChanged) model = { data: after, createdAt: now, usedAt: now };
          else {
            model = kept;
            assert.deepEqual(sealed, []); // no anonymous cookie
          }
        } else if (has(program, "restart")) {
          model = { data: after, createdAt: now, usedAt: now };
        } else if (
          isChanged || has(program, "regenerate") || now - model.usedAt >= 180
        ) {
          const { createdAt, usedAt }: Model = model;
          model = { data: after, createdAt, usedAt: Math.max(now, usedAt) };
        }
      }
    },
  );
  await fc.assert(property, { numRuns, seed });
}

// Data

async function roundTrip({ numRuns, seed }: Run): Promise<void> {
  const schema = z.object({ value: z.json().optional() });
  const apps = Object.values(STORES).flatMap((store) =>
    (["sign", "encrypt"] as const).map((seal) => {
      const app = new Hono<SessionEnv<z.output<typeof schema>>>();
      app.use(session({ schema, secrets: [SECRET], seal, ...store() }));
      let next: z.output<typeof schema>["value"];
      app.post("/", async (c) => {
        const session = await c.var.session();
        session.update({ value: next });
        return c.body(JSON.stringify(session.data));
      });
      app.get(
        "/",
        async (c) => c.body(JSON.stringify((await c.var.session()).data)),
      );
      return {
        app,
        set: (value: typeof next) => next = value,
      };
    })
  );
  const property = fc.asyncProperty(
    fc.constantFrom(...apps),
    fc.jsonValue({ stringUnit: "binary" }).filter((value) =>
      JSON.stringify(value).length < 1500
    ),
    async ({ app, set }, value) => {
      const accepted = schema.parse({ value });
      set(accepted.value);
      const visitor = browser(app);
      const posted = await (await visitor.post("/")).json();
      const read = await (await visitor.get("/")).json();
      assert.deepEqual(read, JSON.parse(JSON.stringify(accepted)));
      assert.deepEqual(posted, read);
    },
  );
  await fc.assert(property, { numRuns, seed });
}

// The size limit

async function sizeLimit({ numRuns, seed }: Run): Promise<void> {
  const property = fc.asyncProperty(
    fc.constantFrom("sign" as const, "encrypt" as const),
    fc.constantFrom("http:", "https:"),
    fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
    fc.nat(3000),
    fc.array(fc.constantFrom(..."azAZ09!#$%&'*.^_`|~+-"), {
      minLength: 8,
      maxLength: 8,
    }),
    async (seal, scheme, text, length, letters) => {
      // As much text as fits in about `length` characters of a cookie.
      const wanted = Math.max(1, length - 300);
      let name = "";
      while (sealedLength(seal, name + text) < wanted) name += text;
      const value = sealedLength(seal, name);
      const prefix = scheme === "https:" ? "__Host-".length : 0;
      for (const [bytes, fits] of [[4096, true], [4097, false]] as const) {
        const nameLength = bytes - value - prefix;
        if (nameLength > 3900) return;
        const cookieName = letters.join("").repeat(500).slice(0, nameLength);
        const app = testApp(
          { seal, cookieName },
          (app) =>
            app.get("/", async (c) => {
              (await c.var.session()).update({ name });
              return c.text("ok");
            }),
        );
        app.onError((error, c) => {
          assert(error instanceof SessionTooLargeError, error.stack);
          return c.text(`${error.bytes} of ${error.limit}`, 500);
        });
        const response = await app.request(`${scheme}//localhost/`);
        const [line] = response.headers.getSetCookie();
        if (fits) {
          assert.equal(response.status, 200);
          const [pair = ""] = (line ?? "").split(";");
          assert.equal(pair.length - 1, 4096); // without the "="
        } else {
          assert.equal(await response.text(), "4097 of 4096");
          assert.equal(line, undefined);
        }
      }
    },
  );
  await fc.assert(property, { numRuns, seed });
}

/** The length of a cookie value, reckoned from its format alone. */
function sealedLength(seal: "sign" | "encrypt", name: string): number {
  const data = { count: 0, list: [], name };
  const token = ["x".repeat(22), 1_800_000_000, 0, data];
  const bytes = Buffer.byteLength(JSON.stringify(token));
  const base64 = (bytes: number) => Math.ceil(bytes * 4 / 3);
  return seal === "sign"
    ? "v1.".length + base64(bytes) + ".".length + base64(32)
    : "v1.".length + base64(24 + bytes) + ".".length + base64(16);
}
