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
import {
  cookieOf,
  options,
  SECRET,
  setCookie,
  STORES,
  testApp,
} from "./support/test_app.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { readApp, whoIs } from "./support/rule_apps.ts";

const test = Deno.test;

test("rule 9: a cookie of 4,096 bytes passes, of 4,097 throws, and nothing is sent", async () => {
  const app = readApp({});
  app.onError((error, c) =>
    error instanceof SessionTooLargeError
      ? c.text(`${error.bytes} of ${error.limit}`, 500)
      : c.text(error.message, 400)
  );
  const sizes = new Map<number, number>(); // cookie bytes by length of the name
  for (let length = 2960; length < 3010; length++) {
    const response = await app.request(`/write/${"x".repeat(length)}`);
    const text = await response.text();
    if (response.status === 200) {
      sizes.set(length, cookieOf(response).length - 1); // without the "="
    } else {
      assert.match(text, /^(\d+) of 4096$/);
      assert(parseInt(text) > 4096);
      assert.equal(setCookie(response), undefined);
    }
  }
  assert(Math.max(...sizes.values()) > 4093);
  assert(Math.max(...sizes.values()) <= 4096);
});

test("rule 9: a stored record over 60,000 bytes throws, and what was there stays", async () => {
  const backend = controlledStore();
  const given = options({ store: backend });
  const app = readApp(given);
  app.onError((error, c) =>
    c.text(error instanceof SessionTooLargeError ? error.message : "?", 500)
  );
  const cookie = await sealFor(session(given), { name: "Jay" });
  const headers = { cookie };
  const response = await app.request(`/long/60000`, { headers });
  const [, bytes] =
    /would take (\d+) bytes.*60000/.exec(await response.text()) ??
      [];
  assert.equal(setCookie(response), undefined);
  assert.equal(await (await app.request("/", { headers })).text(), "Jay");
  const most = 60_000 - (Number(bytes) - 60_000);
  const one = await app.request(`/long/${most + 1}`, { headers });
  assert.match(await one.text(), /would take 60001 bytes/);
  const fits = await app.request(`/long/${most}`, { headers });
  assert.equal(await fits.text(), "ok");
});

test("rule 10: what no longer fits the schema is an empty session, never a crash, and stays until a write replaces it", async () => {
  const older = z.object({
    count: z.string().default("many"),
    name: z.string().optional(),
  });
  for (const store of Object.values(STORES)) {
    const { owner: _, ...given } = options(store());
    const cookie = await sealFor(session({ ...given, schema: older }), {
      name: "Jay",
    });
    assert.deepEqual(await whoIs(given)(cookie), ["schema", "kept"]);

    const before = { ...given, schema: older };
    const rolledBack = new Hono<SessionEnv<z.output<typeof older>>>()
      .use(session(before))
      .get("/", async (c) => c.text((await c.var.session()).data.count));
    const back = await rolledBack.request("/", { headers: { cookie } });
    assert.equal(await back.text(), "many");

    const visitor = browser(readApp(given));
    visitor.setCookie(cookie);
    assert.equal(await (await visitor.get("/count")).text(), "1");
    assert.equal(await (await visitor.get("/count")).text(), "2");
  }
});

test("rule 10: what a route writes is parsed by the schema too", async () => {
  const app = testApp({}, (app) => {
    app.get("/:what", async (c) => {
      const session = await c.var.session();
      const bad: Record<string, unknown> = {
        number: { count: "three" },
        unknown: { admin: true },
        date: { list: [new Date()] },
        nan: { count: NaN },
        promise: Promise.resolve({ count: 1 }),
        bigint: { count: 1n },
      };
      session.update(bad[c.req.param("what")] as { count: number });
      return c.text("accepted");
    });
  });
  app.onError((error, c) => c.text(error.name, 400));
  const names: Record<string, string> = {};
  for (
    const what of ["number", "unknown", "date", "nan", "promise", "bigint"]
  ) {
    const response = await app.request(`/${what}`);
    assert.equal(setCookie(response), undefined);
    names[what] = await response.text();
  }
  assert.deepEqual(names, {
    number: "ZodError",
    unknown: "TypeError",
    date: "TypeError",
    nan: "TypeError",
    promise: "TypeError",
    bigint: "TypeError",
  });
});

test("rule 10: the data is frozen all through, and no change of the caller's own object gets in", async () => {
  const app = testApp({}, (app) =>
    app.get("/", async (c) => {
      const session = await c.var.session();
      const list = ["a"];
      session.update({ list });
      list.push("sneaked in");
      assert(Object.isFrozen(session.data));
      assert(Object.isFrozen(session.data.list));
      assert.throws(() => (session.data.list as string[]).push("b"), TypeError);
      return c.json(session.data.list);
    }));
  assert.deepEqual(await (await app.request("/")).json(), ["a"]);
});

test("rule 14: data cannot be changed in place, at any depth, whatever the schema", async () => {
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
      const { data } = await c.var.session();
      for (
        const list of [data.a.roles, data.b.deep.list, data.any.nested.list]
      ) {
        assert.throws(() => (list as string[]).push("admin"), TypeError);
      }
      return c.json(data);
    })
    .get("/write", async (c) => {
      const session = await c.var.session();
      session.update({ a: { roles: ["reader"] } });
      assert.throws(
        () => (session.data.a.roles as string[]).push("admin"),
        TypeError,
      );
      return c.json(session.data);
    });
  const empty = {
    a: { roles: [] },
    b: { deep: { list: [] } },
    any: { nested: { list: [] } },
  };
  const visitor = browser(app);
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(await (await visitor.get("/")).json(), empty);
  }
  await visitor.get("/write");
  assert.deepEqual((await (await visitor.get("/")).json()).a.roles, ["reader"]);
});

test("rule 14: a default that contains itself is refused, not followed for ever", () => {
  const knot: { self?: unknown } = {};
  knot.self = knot;
  const schema = z.object({ knot: z.any().default(knot) });
  assert.throws(() => session({ schema, secrets: [SECRET] }), TypeError);
});

test("rule 10: what JSON would lose is refused by a message that names it", async () => {
  const app = testApp({}, (app) =>
    app.get("/", async (c) => {
      const session = await c.var.session();
      const refused: [unknown, RegExp][] = [
        [7, /update\(\) takes an object/],
        ["text", /update\(\) takes an object/],
        [null, /update\(\) takes an object/],
        [[], /update\(\) takes an object/],
        [{ count: NaN }, /count would not survive JSON \(NaN\)/],
        [{ list: [new Date()] }, /list\[0\] would not survive JSON \(Date\)/],
        [{ name: Symbol() }, /name would not survive JSON \(symbol\)/],
        [{ admin: true }, /the session's schema has no key "admin"/],
      ];
      for (const [change, message] of refused) {
        assert.throws(
          () => session.update(change as { count: number }),
          (error) => error instanceof TypeError && message.test(error.message),
          String(message),
        );
      }
      return c.text("ok");
    }));
  assert.equal((await app.request("/")).status, 200);
});
