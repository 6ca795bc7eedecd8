// Random cookies and random data; a failure names its seed. `deno task prove properties` tries a million cookies.
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { Hono } from "hono";
import { z } from "zod";
import { createApp } from "../app.ts";
import { session, type SessionEnv } from "../middleware/session/mod.ts";
import { browser, sealFor } from "../middleware/session/testing/mod.ts";
import { visitorSchema } from "../visitor.ts";
import { SCALE } from "./support/scale.ts";
import { SECRET, STORES } from "./support/test_app.ts";

/** Turns the value of a valid cookie, and of another, into a header's worth of something else. */
type Mutation = (valid: string, other: string) => string;

/** Characters of base64url, and what may stand in a header besides. */
const PIECES = [
  ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
  ...["\0", "%", "%00", "%zz", "%E0%A4", '"', " ", "\t", "\\"],
  ...["+", "/", "=", "==", ".", "\u00e9", "\u00ff\u00fe", "~"],
  ...["v0", "v2", "V1", "v1.", "A".repeat(9000)],
];

/** A text's beginning. */
const cut = (text: string, n: number) => text.slice(0, n % (text.length + 1));

/** Something is put between two characters, or in place of one; or it is cut off there. */
const spliced: fc.Arbitrary<Mutation> = fc.tuple(
  ...[fc.nat(), fc.nat(1), fc.constantFrom("", ...PIECES)] as const,
).map(([n, replaced, piece]) => (valid) => {
  const before = cut(valid, n);
  return piece && before + piece + valid.slice(before.length + replaced) ||
    before;
});

/** It goes on as the other one does, or one part of it is the other one's. */
const mixed: fc.Arbitrary<Mutation> = fc.tuple(fc.nat(), fc.nat(3)).map(
  ([n, part]) => (valid, other) => {
    const parts = valid.split(".");
    if (part === 3) return cut(valid, n) + other.slice(n % other.length);
    return parts.with(part, other.split(".")[part] ?? "").join(".");
  },
);

const anything: fc.Arbitrary<Mutation> = fc.oneof(
  fc.constantFrom("", ".", "..", "v1", "v1.", "v1..", "v1...", "="),
  fc.string({ unit: "binary-ascii", maxLength: 400 }),
).map((text) => () => text);

const mutation = fc.oneof(
  { weight: 12, arbitrary: spliced },
  { weight: 4, arbitrary: mixed },
  { weight: 2, arbitrary: anything },
);

/** Whether an HTTP client can send it: no NUL, no line break, nothing beyond Latin-1. */
function isSendable(header: string): boolean {
  return /^[^\0\r\n\u0100-\uffff]*$/.test(header);
}

Deno.test("no mutated cookie opens, breaks a page, or fills the log", async () => {
  const lines: string[] = [];
  const kinds = (["sign", "encrypt"] as const).flatMap((seal) =>
    ["http://localhost/show", "https://localhost/show"]
      .map((url) => ({ seal, url }))
  );
  const targets = await Promise.all(kinds.map(async ({ seal, url }) => {
    const given = { schema: visitorSchema, secrets: [SECRET], seal };
    const log = (line: string) => lines.push(line);
    const app = createApp({ ...given, store: "cookie", log });
    const cookies = await Promise.all(
      ["Jay", "Zoë"].map((name) =>
        sealFor(session(given), { name, email: "a@example.com" }, { url })
      ),
    );
    const [name = ""] = cookies[0]!.split("=");
    const values = cookies.map((cookie) => cookie.split("=")[1] ?? "");
    return { app, url, name, values };
  }));

  const property = fc.asyncProperty(
    fc.constantFrom(...targets),
    fc.nat(1),
    fc.array(mutation, { minLength: 1, maxLength: 3 }),
    async ({ app, url, name, values }, which, mutations) => {
      const [valid = "", other = ""] = [values[which], values[1 - which]];
      const mutated = mutations.map((mutate) => mutate(valid, other));
      // Some mutations change nothing, or give back another valid one.
      fc.pre(!mutated.some((value) => values.includes(value.trim())));
      const pairs = mutated.map((value) => `${name}=${value}`);
      // A valid value under another name opens nothing either.
      const header = `language=en; x${name}=${valid}; ${pairs.join("; ")}`;
      fc.pre(isSendable(header));
      const response = await app.request(url, { headers: { cookie: header } });
      assert.equal(response.status, 303, header);
      assert.match(response.headers.get("Location") ?? "", /^\/\?why=\w+$/);
      for (const line of lines.splice(0)) assert(line.length <= 200, line);
    },
  );
  await fc.assert(property, { numRuns: 500 * SCALE });
});

Deno.test("whatever data the schema takes comes back the same", async () => {
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
  await fc.assert(property, { numRuns: 500 * Math.ceil(SCALE / 10) });
});
