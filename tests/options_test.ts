// Wrong options are refused when session() is built, all at once.
import assert from "node:assert/strict";
import { z } from "zod";
import { session } from "../middleware/session/mod.ts";
import { options, SECRET, testApp } from "./support/test_app.ts";

const test = Deno.test;

test("a wrong set-up throws when it is built, naming all that is wrong", () => {
  const build = () =>
    session({
      schema: z.object({ at: z.date(), name: z.string() }),
      secrets: ["short"],
      lifetime: { idle: 0, absolute: 1 },
      cookieName: "__Host-session",
      seal: "hide" as "sign",
    });
  assert.throws(build, (error: Error) => {
    assert(error instanceof TypeError);
    for (
      const part of [
        /schema: at is a date: store z\.iso\.datetime\(\)/,
        /secrets\[0\] has 5 bytes/,
        /lifetime\.idle is 0/,
        /leave the prefix off "__Host-session"/,
        /seal: give "sign" or "encrypt"/,
      ]
    ) assert.match(error.message, part);
    return true;
  });
  const refused: [Parameters<typeof testApp>[0], RegExp][] = [
    [{ secrets: [] }, /at least one/],
    [{ cookieName: "a b" }, /not a token/],
    [{ cookieName: "__secure-x" }, /leave the prefix off/],
    [{ cookieName: "x".repeat(4000) }, /too many/],
    [{ lifetime: { idle: Infinity, absolute: 1 } }, /idle/],
    [{ lifetime: { idle: 1, absolute: NaN } }, /absolute is NaN/],
    [{ lifetime: { idle: 1, absolute: -1 } }, /absolute is -1/],
    [{ lifetime: { idle: 1801, absolute: 1800 } }, /idle is 1801, longer/],
    [
      { lifetime: { idle: 61, absolute: 60 } },
      /longer than lifetime\.absolute/,
    ],
    [{ lifetime: { idle: 60, absolute: 86_400_000 } }, /at most .*400 days/],
    [{ secrets: [" ".repeat(32)] }, /1 different characters/],
    [{ secrets: ["ab".repeat(32)] }, /2 different characters/],
    [
      { secrets: ["at least 32 bytes that nobody can guess"] },
      /an example out of the documents/,
    ],
    [{ lifetime: { idle: 1, absolute: new Date(NaN) } }, /invalid Date/],
  ];
  for (const [given, message] of refused) {
    assert.throws(() => session(options(given)), message);
  }
  const needy = z.object({ name: z.string() });
  assert.throws(
    () => session({ schema: needy, secrets: [SECRET] }),
    /every key must be optional or have a default/,
  );
});

test("what JavaScript lets through is refused too, each fault in a line of its own", () => {
  const schema = z.object({ name: z.string().optional() });
  const secrets = [SECRET];
  const refused: [object, RegExp[]][] = [
    [{}, [
      /^- schema: give a z\.object\(\) of zod 4$/m,
      /^- secrets: give a list/m,
    ]],
    [{ schema, secrets: SECRET }, [/^- secrets: give a list of at least one/m]],
    [{ schema, secrets: [SECRET, 7] }, [/^- secrets\[1\] is not a string$/m]],
    // As an object of zod 3 looks.
    [
      { schema: { _def: { typeName: "ZodObject" }, parse() {} }, secrets },
      [/^- schema: give a z\.object\(\) of zod 4$/m],
    ],
    [
      { schema, secrets, maxAge: 60, onReject() {} },
      [
        /^- maxAge: there is no such option$/m,
        /^- onReject: there is no such option$/m,
      ],
    ],
    [{ schema, secrets, store: new Map() }, [
      /^- store: give "cookie", or a store/m,
    ]],
    [{ schema, secrets, store: null }, [
      /^- store: give "cookie", or a store/m,
    ]],
    [{ schema, secrets, lifetime: 1800 }, [/^- lifetime: give \{ idle/m]],
    [
      { schema, secrets, lifetime: { idle: "60", absolute: 1 } },
      [/^- lifetime\.idle is 60; give seconds/m],
    ],
    [
      { schema, secrets, sameSite: "None" },
      [/^- sameSite: give "lax" or "strict" or "none"$/m],
    ],
    [{ schema, secrets, trustProxy: "yes" }, [/^- trustProxy: give true or/m]],
    [{ schema, secrets, variable: "" }, [/^- variable: give a name$/m]],
    [
      { schema, secrets, now: 7, onEvent: true },
      [/^- now: give a function$/m, /^- onEvent: give a function$/m],
    ],
    [{ schema, secrets, cookieName: 7.5 }, [/^- cookieName: "7\.5" is not/m]],
    [
      { schema, secrets, owner: () => "jay" },
      [/^- owner: it needs a server store, because the server cannot list/m],
    ],
  ];
  for (const [given, messages] of refused) {
    assert.throws(
      () => session(given as ReturnType<typeof options>),
      (error) => {
        assert(error instanceof TypeError);
        for (const message of messages) assert.match(error.message, message);
        assert.equal(error.message.split("\n").length, messages.length + 1);
        return true;
      },
    );
  }
});

test("a secret that can be guessed is refused, and not shown", () => {
  const schema = z.object({ name: z.string().optional() });
  const guessed = [
    ...[" ".repeat(32), "0".repeat(64), "abab".repeat(16), "1234567".repeat(9)],
    "32 bytes or more, from `openssl rand -base64 32`",
    "at least 32 bytes that nobody can guess", // in .dev.vars.example
  ];
  for (const secret of guessed) {
    assert.throws(() => session({ schema, secrets: [secret] }), (error) => {
      assert(error instanceof TypeError);
      assert.match(error.message, /different characters|an example/);
      assert(!error.message.includes(secret));
      return true;
    });
  }
  session({ schema, secrets: ["12345678".repeat(4)] });
});
