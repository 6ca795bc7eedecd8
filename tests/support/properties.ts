// Properties of the session middleware, for any number of runs: properties_test.ts
// takes seconds, fuzz.ts takes as long as it is told to.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "npm:fast-check@4.10.2";
import { Hono } from "hono";
import { z } from "zod";
import { createApp } from "../../app.ts";
import { session, type SessionEnv } from "../../middleware/session/mod.ts";
import { browser, sealFor } from "../../middleware/session/testing/mod.ts";
import { visitorSchema } from "../../visitor.ts";
import { SECRET, STORES } from "./test_app.ts";

/** How often, and from which seed: the same seed gives the same cases. */
export interface Run {
  readonly numRuns: number;
  readonly seed: number;
}

export const properties: Record<string, (run: Run) => Promise<void>> = {
  "no mutated cookie opens, breaks a page, or fills the log": mutatedCookies,
  "whatever data the schema takes comes back the same": roundTrip,
};

// Mutated cookies

/** Turns the value of a valid cookie, and of another, into a header's worth of something else. */
type Mutation = (valid: string, other: string) => string;

const CHARACTERS = [
  ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
];
const JUNK = [
  ...["\0", "%", "%00", "%zz", "%E0%A4", '"', " ", "\t", "\\"],
  ...["+", "/", "=", "==", "\u00e9", "\u00ff\u00fe", "~"],
];

const mutations: [weight: number, arbitrary: fc.Arbitrary<Mutation>][] = [
  // A character becomes another one.
  [
    6,
    fc.tuple(fc.nat(), fc.constantFrom(...CHARACTERS)).map(
      ([n, to]) => (valid) => {
        const at = n % valid.length;
        return valid.slice(0, at) + to + valid.slice(at + 1);
      },
    ),
  ],
  // Something is put between two.
  [
    4,
    fc.tuple(fc.nat(), fc.constantFrom(...JUNK)).map(([n, junk]) => (valid) => {
      const at = n % (valid.length + 1);
      return valid.slice(0, at) + junk + valid.slice(at);
    }),
  ],
  // It is cut off, or goes on as the other one does.
  [3, fc.nat().map((n) => (valid) => valid.slice(0, n % valid.length))],
  [
    3,
    fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => (valid, other) =>
      valid.slice(0, a % valid.length) + other.slice(b % other.length)
    ),
  ],
  [
    2,
    fc.nat(2).map((part) => (valid, other) =>
      valid.split(".").with(part, other.split(".")[part] ?? "").join(".")
    ),
  ],
  [
    1,
    fc.constantFrom("v0", "v2", "V1", "v01", "v11", "", "v1.v1")
      .map((version) => (valid) => valid.replace(/^v1/, version)),
  ],
  // It is something else altogether.
  [
    1,
    fc.constantFrom("", ".", "..", "v1", "v1.", "v1..", "v1...", "=")
      .map((text) => () => text),
  ],
  [
    1,
    fc.string({ unit: "binary-ascii", maxLength: 400 }).map((text) => () =>
      text
    ),
  ],
  [
    1,
    fc.integer({ min: 1000, max: 9000 }).map((length) => (valid) => {
      const [version, payload = "", seal] = valid.split(".");
      return `${version}.${payload.padEnd(length, "A")}.${seal}`;
    }),
  ],
  // Valid JSON under a seal that is none, whether or not it fits the schema.
  [
    1,
    fc.jsonValue().map((value) => (valid) => {
      const payload = Buffer.from(JSON.stringify(value)).toString("base64url");
      return `v1.${payload}.${valid.split(".")[2]}`;
    }),
  ],
];

const mutation = fc.oneof(
  ...mutations.map(([weight, arbitrary]) => ({ weight, arbitrary })),
);

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

// Data

async function roundTrip({ numRuns, seed }: Run): Promise<void> {
  const schema = z.object({ value: z.json().optional() });
  let next: z.output<typeof schema>["value"];
  const apps = Object.values(STORES).flatMap((store) =>
    (["sign", "encrypt"] as const).map((seal) =>
      new Hono<SessionEnv<z.output<typeof schema>>>()
        .use(session({ schema, secrets: [SECRET], seal, ...store() }))
        .all("/", async (c) => {
          const session = await c.var.session();
          if (c.req.method === "POST") session.update({ value: next });
          return c.body(JSON.stringify(session.data));
        })
    )
  );
  const property = fc.asyncProperty(
    fc.constantFrom(...apps),
    fc.jsonValue({ stringUnit: "binary" }).filter((value) =>
      JSON.stringify(value).length < 1500
    ),
    async (app, value) => {
      const accepted = schema.parse({ value });
      next = accepted.value;
      const visitor = browser(app);
      const posted = await (await visitor.post("/")).json();
      const read = await (await visitor.get("/")).json();
      assert.deepEqual(read, JSON.parse(JSON.stringify(accepted)));
      assert.deepEqual(posted, read);
    },
  );
  await fc.assert(property, { numRuns, seed });
}
