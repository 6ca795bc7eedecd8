// Rules 9, 10 and 14: what a session holds.
import assert from "node:assert/strict";
import { Hono } from "hono";
import { z } from "zod";
import {
  session,
  type SessionEnv,
  type SessionEnvOf,
  SessionTooLargeError,
} from "../middleware/session/mod.ts";
import { browser, sealFor } from "../middleware/session/testing/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import {
  add,
  Clock,
  cookieOf,
  options,
  SECRET,
  setCookie,
  STORES,
  type TestAppOptions,
  whoIs,
  world,
} from "./support/test_app.ts";

const test = Deno.test;

/** `/go?LENGTH` writes a text of this length; an error answers with its message. */
function lengthApp(given: TestAppOptions, text = "x") {
  const made = world(given, {
    go(session, c) {
      const length = Number(new URL(c.req.url).search.slice(1));
      session.update({ name: text.repeat(length) });
      return session.info.rejected ?? "ok";
    },
    read: () => "ok",
  });
  made.app.onError((error, c) =>
    c.text(error instanceof SessionTooLargeError ? error.message : "?", 500)
  );
  return made;
}

test("rule 9: a cookie of 4,096 bytes passes, of 4,097 throws, and nothing is sent; a touch that does not fit is left out", async () => {
  for (const seal of ["sign", "encrypt"] as const) {
    for (const origin of ["http://localhost", "https://localhost"]) {
      for (const text of ["x", "é", "\u{1f600}"]) {
        const answer = async (cookieName: string) => {
          const clock = new Clock();
          const { ask } = lengthApp({ seal, cookieName, clock }, text);
          const response = await ask(`${origin}/go?100`);
          const [line = ""] = response.headers.getSetCookie();
          const [pair = ""] = line.split(";");
          const again = await ask(`${origin}/go?1`, pair);
          clock.seconds += 200; // a touch is due, which is longer
          const read = await ask(`${origin}/read`, pair);
          const texts = [response, again, read].map((one) => one.text());
          return [pair.length - 1, ...await Promise.all(texts)] as const; // without the "="
        };
        const [used] = await answer("n");
        const most = 4096 - used + 1;
        const fits = await answer("n".repeat(most));
        assert.deepEqual(fits, [4096, '"ok"', '"ok"', '"ok"']);
        const [bytes, message] = await answer("n".repeat(most + 1));
        assert.equal(bytes, -1);
        assert.match(message ?? "", /would take 4097 bytes.*4096/);
      }
    }
  }
});

test("rule 9: a stored record over 60,000 bytes throws, and what was there stays", async () => {
  const store = controlledStore();
  const { ask, read, seal } = lengthApp({ store });
  const cookie = await seal({ name: "Jay" });
  assert.equal((await ask("/go?60000")).status, 500);
  assert.equal(store.entries.size, 1);
  const response = await ask("/go?60000", cookie);
  const [, bytes] =
    /would take (\d+) bytes.*60000/.exec(await response.text()) ?? [];
  assert.equal(setCookie(response), undefined);
  assert.equal((await read(cookie))?.name, "Jay");
  const most = 60_000 - (Number(bytes) - 60_000);
  const one = await ask(`/go?${most + 1}`, cookie);
  assert.match(await one.text(), /would take 60001 bytes/);
  assert.equal(await (await ask(`/go?${most}`, cookie)).json(), "ok");
});

for (const [where, store] of Object.entries(STORES)) {
  /** A cookie of an older release, and two of its requests. */
  const older = async (name?: string) => {
    const given = store();
    const { owner: _, ...all } = options(given);
    const schema = z.object({
      count: z.string().default("many"),
      name: z.string().optional(),
    });
    const before = session({ ...all, schema });
    const cookie = await sealFor(before, { name });
    const app = new Hono<SessionEnv<z.output<typeof schema>>>().use(before)
      .get("/:name", async (c) => {
        const session = await c.var.session();
        session.update({ name: c.req.param("name") });
        return c.text(session.data.count);
      });
    const write = (name: string) =>
      app.request(`/${name}`, { headers: { cookie } });
    return { given, cookie, write };
  };

  test(`rule 10: what no longer fits the schema is an empty session, never a crash, and stays until a write replaces it (${where})`, async () => {
    const { given, cookie, write } = await older("Jay");
    assert.equal(await whoIs(given)(cookie), "schema");
    assert.equal(await (await write("Jay")).text(), "many"); // rolled back
    const { app } = world(given, {
      async late(session, c) { // the other one saves first
        await write("Kay");
        add(session, c);
      },
      add,
      read: ({ data }) => data.count,
    });
    const visitor = browser(app);
    visitor.setCookie(cookie);
    for (const [i, path] of ["/late", "/add"].entries()) {
      assert.equal((await visitor.get(path)).status, 200);
      assert.equal(await (await visitor.get("/read")).json(), i + 1);
    }
  });

  test(`rules 4, 10: regenerate() gives another id also to what no longer fits the schema (${where})`, async () => {
    for (const [path, fits] of [["regenerate", "schema"], ["both", "fits"]]) {
      const { given, cookie } = await older();
      const { ask } = world(given, {
        read: ({ info }) => [info.id, info.rejected ?? "fits"],
        regenerate: (session) => session.regenerate(),
        both(session, c) {
          session.regenerate();
          add(session, c);
        },
      });
      const [oldId] = await (await ask("/read", cookie)).json();
      const answer = await ask(`/${path}`, cookie);
      const [id] = await answer.json();
      assert.notEqual(id, oldId);
      const found = await ask("/read", cookieOf(answer));
      assert.deepEqual(await found.json(), [id, fits]);
      const [, gone] = await (await ask("/read", cookie)).json();
      assert.equal(gone, where === "cookie" ? "schema" : "unknown");
    }
  });
}

test("rule 10: what a route writes is parsed by the schema too, and what JSON would lose is refused by its name", async () => {
  const refused: [unknown, RegExp][] = [
    ...[7, "text", null, [], Promise.resolve({ count: 1 })].map((
      change,
    ): [unknown, RegExp] => [change, /^update\(\) takes an object/]),
    [{ list: [JSON.parse('{"__proto__":1}')] }, /has the key "__proto__"/],
    [{ count: NaN }, /count would not survive JSON \(NaN\)/],
    [{ count: 1n }, /count would not survive JSON \(bigint\)/],
    [{ list: [new Date()] }, /list\[0\] would not survive JSON \(Date\)/],
    [{ name: Symbol() }, /name would not survive JSON \(symbol\)/],
    [{ admin: true }, /the session's schema has no key "admin"/],
  ];
  const { ask } = world({}, {
    go(session) {
      for (const [change, message] of refused) {
        for (const given of [change, () => change]) {
          const update = () => session.update(given as { count: number });
          assert.throws(update, { name: "TypeError", message });
        }
      }
      const update = () => session.update({ count: "3" as unknown as number });
      assert.throws(update, { name: "ZodError" });
      return session.data;
    },
  });
  const response = await ask("/go");
  assert.deepEqual(await response.json(), { count: 0, list: [] });
  assert.equal(setCookie(response), undefined);
});

test("rule 14: data cannot be changed in place, at any depth, whatever the schema, nor by the caller's own object", async () => {
  const schema = z.object({
    a: z.object({ roles: z.array(z.string()) }).default({ roles: [] })
      .readonly(),
    b: z.object({ deep: z.object({ list: z.array(z.string()) }).readonly() })
      .readonly().default(Object.freeze({ deep: { list: [] } })),
    any: z.any().default({ nested: { list: [] } }),
  });
  const sessions = session({ schema, secrets: [SECRET] });
  const app = new Hono<SessionEnvOf<typeof sessions>>().use(sessions)
    .get("/", async (c) => {
      const session = await c.var.session();
      const roles = ["reader"];
      if (c.req.query("write")) session.update({ a: { roles } });
      roles.push("sneaked in");
      const { data } = session;
      assert(Object.isFrozen(data));
      for (
        const list of [data.a.roles, data.b.deep.list, data.any.nested.list]
      ) {
        assert.throws(() => (list as string[]).push("admin"), TypeError);
      }
      return c.json(data);
    });
  const visitor = browser(app);
  const rest = { b: { deep: { list: [] } }, any: { nested: { list: [] } } };
  for (
    const [path, roles] of [
      ["/", []],
      ["/", []],
      ["/?write=1", ["reader"]],
      ["/", ["reader"]],
    ] as const
  ) {
    const data = await (await visitor.get(path)).json();
    assert.deepEqual(data, { ...rest, a: { roles } });
  }
});

const at = (type: z.ZodType) => z.object({ at: type });
const knot: { self?: unknown } = {};
knot.self = knot;

const REFUSED: [schema: z.ZodObject, RegExp][] = [
  [at(z.date().optional()), /at is a date: store z\.iso\.datetime/],
  [at(z.bigint().optional()), /at is a bigint: store z\.string/],
  [at(z.map(z.string(), z.string()).optional()), /at is a map: store z\.rec/],
  [at(z.set(z.string()).optional()), /at is a set: store z\.array/],
  [at(z.undefined()), /at is a undefined: make the key \.optional\(\)/],
  [at(z.nan().optional()), /at is a nan/],
  [at(z.string().optional().transform(Number)), /at is a pipe: transform bef/],
  [at(z.instanceof(URL).optional()), /at is a custom: it would not survive/],
  [at(z.literal(1n).optional()), /at has a literal that would not/],
  [at(z.literal([undefined, "a"])), /at has a literal that would not/],
  [at(z.array(z.object({ when: z.date() })).default([])), /at\.when is a date/],
  [
    at(z.object({ limit: z.number().default(Infinity) }).optional()),
    /the default of at\.limit would not survive JSON/,
  ],
  [at(z.unknown().default(new Map())), /default of at .*Map/],
  [at(z.any().default(knot)), /Converting circular/],
  [
    at(z.string().default(() => crypto.randomUUID())),
    /another value each time.*make the key optional/,
  ],
  [
    at(z.string().refine(async () => await true).optional()),
    /at has an async refinement: check before you store/,
  ],
  [at(z.array(z.string().check(async () => {})).default([])), /async refine/],
  [z.object({}).refine(async () => await true), /it has an async refinement/],
  [at(z.string()), /every key must be optional or have a default/],
];

test("rule 10: a schema that cannot keep its promises is refused, with what to do", () => {
  for (const [schema, message] of REFUSED) {
    const build = () => session({ schema, secrets: [SECRET] });
    assert.throws(build, { name: "TypeError", message });
  }
});
