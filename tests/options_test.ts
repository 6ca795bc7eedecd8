// Wrong options are refused when session() is built, all at once.
import assert from "node:assert/strict";
import { z } from "zod";
import { memoryStore, session } from "../middleware/session/mod.ts";
import { options, SECRET } from "./support/test_app.ts";

const test = Deno.test;

/** Wrong options, those that only JavaScript lets through too. Each fault is a line of its own. */
const REFUSED: [given: object, ...faults: RegExp[]][] = [
  [
    {
      schema: z.object({ at: z.date(), name: z.string() }),
      secrets: ["short", 7],
      lifetime: { idle: 0, absolute: 1 },
      cookieName: "__Host-session",
      seal: "hide",
    },
    /^- schema: at is a date: store z\.iso\.datetime\(\)/m,
    /^- secrets\[0\] has 5 bytes/m,
    /^- secrets\[1\] is not a string$/m,
    /^- lifetime\.idle is 0/m,
    /^- cookieName: leave the prefix off "__Host-session"/m,
    /^- seal: give "sign" or "encrypt"/m,
  ],
  [
    { schema: undefined, secrets: undefined },
    /^- schema: give a z\.object\(\) of zod 4$/m,
    /^- secrets: give a list of at least one/m,
  ],
  // As an object of zod 3 looks.
  [
    { schema: { _def: { typeName: "ZodObject" }, parse() {} } },
    /^- schema: give a z\.object\(\) of zod 4$/m,
  ],
  [{ secrets: [] }, /at least one/],
  [
    { secrets: [undefined] },
    /^- secrets\[0\] is undefined; is its environment/m,
  ],
  [{ secrets: SECRET }, /^- secrets: give a list of at least one/m],
  [{ cookieName: "a b" }, /not a token/],
  [{ cookieName: 7.5 }, /^- cookieName: "7\.5" is not/m],
  [{ cookieName: "__secure-x" }, /leave the prefix off/],
  [{ cookieName: "x".repeat(4000) }, /too many/],
  [{ lifetime: 1800 }, /^- lifetime: give \{ idle/m],
  [{ lifetime: { idle: "60", absolute: 1 } }, /^- lifetime\.idle is 60; give/m],
  [{ lifetime: { idle: Infinity, absolute: 1 } }, /idle/],
  [{ lifetime: { idle: 1, absolute: NaN } }, /absolute is NaN/],
  [{ lifetime: { idle: 1, absolute: -1 } }, /absolute is -1/],
  [{ lifetime: { idle: 1801, absolute: 1800 } }, /1801, longer than lifetime/],
  [{ lifetime: { idle: 60, absolute: 86_400_000 } }, /at most .*400 days/],
  [{ lifetime: { idle: 1, absolute: new Date(NaN) } }, /invalid Date/],
  [{ store: new Map() }, /^- store: give "cookie", or a store/m],
  [{ store: null }, /^- store: give "cookie", or a store/m],
  [{ sameSite: "None" }, /^- sameSite: give "lax" or "strict" or "none"$/m],
  [{ trustProxy: "yes" }, /^- trustProxy: give true or/m],
  [{ variable: "" }, /^- variable: give a name$/m],
  [
    { now: 7, onEvent: true },
    /^- now: give a function$/m,
    /^- onEvent: give a function$/m,
  ],
  [
    { maxAge: 60, onReject() {} },
    /^- maxAge: there is no such option$/m,
    /^- onReject: there is no such option$/m,
  ],
  [
    { owner: () => "jay" },
    /^- owner: it needs a server store, because the server cannot list/m,
  ],
  [
    { owner: () => "jay", store: { ...memoryStore(), owned: undefined } },
    /store "memory" cannot list sessions/,
  ],
];

test("a wrong set-up throws when it is built, naming all that is wrong, each fault in a line of its own", () => {
  for (const [given, ...faults] of REFUSED) {
    const build = () =>
      session({ ...options(), ...given } as ReturnType<typeof options>);
    assert.throws(build, (error) => {
      assert(error instanceof TypeError);
      for (const fault of faults) assert.match(error.message, fault);
      assert.equal(error.message.split("\n").length, faults.length + 1);
      return true;
    });
  }
});

test("a secret that can be guessed is refused, and not shown", () => {
  for (
    const secret of [
      ...[" ".repeat(32), "0".repeat(64), "ab".repeat(32), "1234567".repeat(9)],
      "32 bytes or more, from `openssl rand -base64 32`",
      "at least 32 bytes that nobody can guess", // in .dev.vars.example
    ]
  ) {
    assert.throws(() => session(options({ secrets: [secret] })), (error) => {
      assert(error instanceof TypeError);
      assert.match(error.message, /different characters|an example/);
      assert(!error.message.includes(secret));
      return true;
    });
  }
  session(options({ secrets: ["12345678".repeat(4)] }));
});
