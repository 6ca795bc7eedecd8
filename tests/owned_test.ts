// of(): the sessions of a person, and how to end them.
import assert from "node:assert/strict";
import { Hono } from "hono";
import { z } from "zod";
import {
  type Lifetime,
  memoryStore,
  session,
  type SessionEnv,
  type SessionOptions,
  type SessionStore,
  SessionStoreError,
} from "../middleware/session/mod.ts";
import { ownerHash } from "../middleware/session/options.ts";
import { encodeRecord } from "../middleware/session/stores/record.ts";
import { sqliteStore } from "../middleware/session/stores/sqlite/mod.ts";
import { sealFor } from "../middleware/session/testing/mod.ts";
import { denoKvStore } from "../middleware/session/stores/deno_kv.ts";
import { redisStore } from "../middleware/session/stores/redis/mod.ts";
import { openPostgres } from "../server/postgres_pool.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import { noPostgres, startPostgres } from "./support/postgres_server.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
import { Clock, OTHER_SECRET, SECRET, setCookie } from "./support/test_app.ts";

const schema = z.object({
  userId: z.string().optional(),
  count: z.number().default(0),
});
type Data = z.output<typeof schema>;

/** An app where people sign in, and whose `/slow/…` routes wait until they are let go. */
function rig(
  store: SessionStore,
  clock = new Clock(),
  more: Partial<SessionOptions<typeof schema>> = {},
) {
  const options = {
    ...{ schema, store, secrets: [SECRET], now: clock.now },
    owner: ({ userId }) => userId,
    ...more,
  } satisfies SessionOptions<typeof schema>;
  const gates: (() => void)[] = [];
  const sessions = session(options);
  const app = new Hono<SessionEnv<Data>>().use(sessions);
  app.get("/:speed/:what/:who?", async (c) => {
    const session = await c.var.session();
    const seconds = c.req.param("what") === "long" ? 90 * 86_400 : 60;
    const lifetime: Lifetime = { idle: seconds, absolute: seconds };
    switch (c.req.param("what")) {
      case "sign-in":
        session.restart();
        session.update({ userId: c.req.param("who") });
        break;
      case "short":
      case "long":
        session.restart({ lifetime });
        break;
      case "become":
        session.update({ userId: c.req.param("who") });
        break;
      case "add":
        session.update(({ count }) => ({ count: count + 1 }));
        break;
      case "regenerate":
        session.regenerate();
        break;
      case "restart":
        session.restart();
        break;
      case "destroy":
        session.destroy();
    }
    if (c.req.param("speed") === "slow") {
      await new Promise<void>((resolve) => gates.push(resolve));
    }
    return c.json([session.info.id, session.data]);
  });

  /** Somebody's browser: it keeps the cookie. */
  function visitor(cookie = "") {
    return {
      id: "",
      async visit(path: string): Promise<number> {
        const response = await app.request(path, {
          headers: cookie === "" ? {} : { cookie },
        });
        const set = setCookie(response)?.split(";")[0];
        if (set !== undefined) cookie = set;
        if (response.status === 200) [this.id] = await response.json();
        return response.status;
      },
      async userId(): Promise<string | undefined> {
        const headers = { cookie };
        const response = await app.request("/fast/read", { headers });
        return (await response.json())[1].userId;
      },
    };
  }
  type Visitor = ReturnType<typeof visitor>;

  return {
    ...{ store, options, clock, visitor },
    of: (owner: string) => sessions.of(owner),
    async signIn(who: string): Promise<Visitor> {
      const browser = visitor();
      assert.equal(await browser.visit(`/fast/sign-in/${who}`), 200);
      return browser;
    },
    /** Starts a slow request, and lets it go when the other is through. */
    async during(
      browser: Visitor,
      what: string,
      other: () => Promise<unknown>,
    ): Promise<number> {
      const pending = browser.visit(`/slow/${what}`);
      while (gates.length === 0) {
        await new Promise((resolve) => setTimeout(resolve));
      }
      await other();
      gates.splice(0).forEach((open) => open());
      return await pending;
    },
    async ids(owner: string): Promise<string[]> {
      const all = await sessions.of(owner).list();
      return all.map(({ id }) => id);
    },
  };
}

type Rig = ReturnType<typeof rig>;

/** In memory, and in an SQLite file. */
function test(name: string, fn: (rig: Rig) => Promise<void>): void {
  Deno.test(`memory: ${name}`, async () => {
    const clock = new Clock();
    await fn(rig(controlledStore({ now: clock.now }), clock));
  });
  Deno.test({
    name: `SQLite: ${name}${mayDoAll ? "" : " (needs --allow-all)"}`,
    ignore: !mayDoAll,
    async fn() {
      const clock = new Clock();
      const folder = await Deno.makeTempDir();
      {
        await using store = sqliteStore(`${folder}/s.db`, { now: clock.now });
        await fn(rig(store, clock));
      }
      await Deno.remove(folder, { recursive: true });
    },
  });
}

test("a person's sessions are listed, the one used last first", async ({ signIn, of, clock }) => {
  const began = clock.seconds;
  const phone = await signIn("ada");
  clock.seconds += 10;
  const laptop = await signIn("ada");
  clock.seconds += 10;
  await phone.visit("/fast/add");

  const list = await of("ada").list();
  assert.deepEqual(list, [
    {
      id: phone.id,
      ...{ createdAt: began, usedAt: began + 20 },
      endsAt: { idle: began + 20 + 1800, absolute: began + 28_800 },
      data: { userId: "ada", count: 1 },
    },
    {
      id: laptop.id,
      ...{ createdAt: began + 10, usedAt: began + 10 },
      endsAt: { idle: began + 10 + 1800, absolute: began + 10 + 28_800 },
      data: { userId: "ada", count: 0 },
    },
  ]);
  const [{ data } = assert.fail()] = list;
  assert.throws(() => (data as { count: number }).count++, TypeError);
});

test("one person neither sees nor ends the sessions of another", async ({ signIn, of, ids, visitor }) => {
  const ada = await signIn("ada");
  const eve = await signIn("eve");
  const nobody = visitor();
  await nobody.visit("/fast/add");
  assert.deepEqual(await ids("eve"), [eve.id]);
  assert.deepEqual(await ids("mallory"), []);
  assert.equal(await of("eve").destroy(ada.id), false);
  assert.equal(await of("eve").destroy(nobody.id), false);
  assert.equal(await of("eve").destroyAll(), 1);
  assert.equal(await ada.userId(), "ada");
});

test("two kinds of session over one store do not reach into each other", async ({ options, signIn, of, ids }) => {
  const customer = await signIn("7");
  const staff = session({ ...options, cookieName: "staff" });
  await sealFor(staff, { userId: "7" });
  const [{ id } = { id: "" }] = await staff.of("7").list();
  assert.deepEqual(await ids("7"), [customer.id]);
  assert.equal(await of("7").destroy(id), false);
  assert.equal(await of("7").destroyAll(), 1);
  assert.equal((await staff.of("7").list()).length, 1);
});

test("what has ended is not listed: signed out, left alone, or too old", async ({ signIn, ids, clock }) => {
  const [out, idle, short, old] = [
    await signIn("ada"),
    await signIn("ada"),
    await signIn("ada"),
    await signIn("ada"),
  ];
  await short.visit("/fast/short"); // a lifetime of its own
  await out.visit("/fast/destroy");
  assert.deepEqual(
    new Set(await ids("ada")),
    new Set([idle.id, short.id, old.id]),
  );
  clock.seconds += 60;
  assert.deepEqual(new Set(await ids("ada")), new Set([idle.id, old.id]));
  for (let i = 0; i < 27; i++) {
    clock.seconds += 1000;
    await old.visit("/fast/read"); // a rolling renewal
  }
  assert.deepEqual(await ids("ada"), [old.id]);
  clock.seconds += 28_800 - 27_060;
  assert.deepEqual(await ids("ada"), []);
});

test("the moment at which all sessions end ends those with a longer lifetime of their own", async (undated) => {
  const { store, clock } = undated;
  const moment = clock.seconds + 100;
  const absolute = new Date(moment * 1000);
  const dated = rig(store, clock, {
    lifetime: { idle: 1800, absolute },
  });
  const before = await undated.signIn("ada");
  await before.visit("/fast/long");
  const browser = await dated.signIn("ada");
  await browser.visit("/fast/long");
  const list = await dated.of("ada").list();
  assert.deepEqual(list.map(({ endsAt }) => endsAt.absolute), [moment, moment]);

  clock.seconds = moment;
  assert.equal(await browser.userId(), undefined);
  assert.deepEqual(await dated.ids("ada"), []);
  assert.equal(await dated.of("ada").destroy(before.id), false);
  assert.equal(await dated.of("ada").destroyAll(), 0);
  assert.equal(await before.userId(), undefined); // by no other clock either
});

test("a session of before the option `owner` is entered when it is opened", async ({ options, visitor, of, ids, during }) => {
  const { owner: _, ...without } = options;
  const older = { ...options, owner: () => "an owner of before" };
  for (const before of [session(without), session(older)]) {
    const browser = visitor(await sealFor(before, { userId: "ada" }));
    assert.deepEqual(await ids("ada"), []);
    assert.equal(await browser.visit("/fast/read"), 200);
    assert.deepEqual(await ids("ada"), [browser.id]);
    assert.equal(
      await during(browser, "add", () => of("ada").destroyAll()),
      409,
    );
    assert.equal(await browser.userId(), undefined);
  }
});

test("one session is ended, and the others stay", async ({ signIn, of, ids }) => {
  const phone = await signIn("ada");
  const laptop = await signIn("ada");
  assert.equal(await of("ada").destroy(laptop.id), true);
  assert.equal(await laptop.userId(), undefined);
  assert.equal(await phone.userId(), "ada");
  assert.deepEqual(await ids("ada"), [phone.id]);
  assert.equal(await of("ada").destroy(laptop.id), false);
  assert.equal(await of("ada").destroy("no such id"), false);
});

test("all are ended, or all but one", async ({ signIn, of, ids }) => {
  const [phone, laptop, car] = [
    await signIn("ada"),
    await signIn("ada"),
    await signIn("ada"),
  ];
  assert.equal(await of("ada").destroyAll({ except: phone.id }), 2);
  assert.deepEqual(await ids("ada"), [phone.id]);
  assert.equal(await laptop.userId(), undefined);
  assert.equal(await car.userId(), undefined);
  assert.equal(await of("ada").destroyAll({ except: phone.id }), 0);
  assert.equal(await of("ada").destroyAll(), 1);
  assert.equal(await phone.userId(), undefined);
  assert.equal(await of("ada").destroyAll(), 0);
});

for (const how of ["end", "endAll"] as const) {
  test(`a slow request that saves after ${how}() is a conflict, and nothing comes back`, async (rig) => {
    const { signIn, of, ids, during, clock } = rig;
    for (const what of ["add", "regenerate", "restart", "become/ada"]) {
      const browser = await signIn("ada");
      await browser.visit("/fast/become/ada");
      const status = await during(browser, what, async () => {
        if (how === "end") {
          assert.equal(await of("ada").destroy(browser.id), true);
        } else assert.equal(await of("ada").destroyAll(), 1);
      });
      assert.equal(status, what === "become/ada" ? 200 : 409, what); // it changed nothing
      assert.equal(await browser.userId(), undefined, what);
      assert.deepEqual(await ids("ada"), [], what);
    }
    const reader = await signIn("ada");
    clock.seconds += 500; // a rolling renewal is due
    const status = await during(reader, "read", () => of("ada").destroyAll());
    assert.equal(status, 200);
    assert.deepEqual(await ids("ada"), []);
  });
}

test("a session whose owner changes moves", async ({ visitor, ids, of }) => {
  const browser = visitor();
  await browser.visit("/fast/add");
  await browser.visit("/fast/become/ada");
  assert.deepEqual(await ids("ada"), [browser.id]);

  await browser.visit("/fast/sign-in/eve");
  assert.deepEqual(await ids("ada"), []);
  assert.deepEqual(await ids("eve"), [browser.id]);

  await browser.visit("/fast/become/ada");
  assert.equal(await of("eve").destroy(browser.id), false);
  assert.deepEqual(await ids("ada"), [browser.id]);

  await browser.visit("/fast/become"); // nobody
  assert.deepEqual(await ids("ada"), []);
  assert.equal(await of("ada").destroyAll(), 0);
  await browser.visit("/fast/become/ada");
  assert.deepEqual(await ids("ada"), [browser.id]);
});

test("another id is another entry, and the old id ends nothing", async ({ signIn, of, ids }) => {
  const browser = await signIn("ada");
  for (const what of ["regenerate", "restart"]) {
    const old = browser.id;
    await browser.visit(`/fast/${what}`);
    assert.notEqual(browser.id, old);
    assert.deepEqual(await ids("ada"), [browser.id]);
    assert.equal(await of("ada").destroy(old), false);
  }
  assert.equal(await browser.userId(), "ada");
});

test("data that no longer fits the schema: not listed, but ended with all", async ({ options, signIn, of, ids }) => {
  const fits = await signIn("ada");
  const older = z.object({ userId: z.string().optional(), count: z.string() })
    .partial();
  const before = {
    ...options,
    schema: older,
    owner: ({ userId }: z.output<typeof older>) => userId,
  };
  const cookie = await sealFor(session(before), {
    userId: "ada",
    count: "many",
  });
  const headers = { cookie };
  const rolledBack = new Hono<SessionEnv<z.output<typeof older>>>()
    .use(session(before))
    .get("/", async (c) => c.text((await c.var.session()).data.count ?? "-"));
  const seen = async () =>
    await (await rolledBack.request("/", { headers })).text();

  assert.deepEqual(await ids("ada"), [fits.id]);
  const [unfit = assert.fail()] = (await session(before).of("ada").list())
    .filter(({ id }) => id !== fits.id);
  assert.equal(await of("ada").destroyAll({ except: unfit.id }), 1);
  assert.equal(await seen(), "many");
  assert.equal(await of("ada").destroyAll(), 1);
  assert.equal(await seen(), "-"); // a bad deploy is reversible, "log out everywhere" is not
});

test("an empty owner is nobody", async ({ visitor, of, options }) => {
  const browser = visitor();
  const anonymous = { ...options, owner: () => "" };
  const app = new Hono<SessionEnv<Data>>().use(session(anonymous))
    .get("/", async (c) => {
      (await c.var.session()).update({ count: 1 });
      return c.text("ok");
    });
  assert.equal((await app.request("/")).status, 200);
  await browser.visit("/fast/become/ada");
  assert.throws(() => of(""), /a text that is not empty/);
});

test("an owner that is no text is refused when the session is written", async ({ options, ids }) => {
  const owner = () => 7 as unknown as string;
  const app = new Hono<SessionEnv<Data>>()
    .use(session({ ...options, owner }))
    .get("/", async (c) => {
      (await c.var.session()).update({ userId: "7" });
      return c.text("ok");
    });
  let thrown: unknown;
  app.onError((error, c) => {
    thrown = error;
    return c.text("", 500);
  });
  assert.equal((await app.request("/")).headers.get("Set-Cookie"), null);
  assert(thrown instanceof TypeError);
  assert.match(thrown.message, /owner returned number; return a string/);
  assert.deepEqual(await ids("7"), []);
});

test("sealFor() makes sessions that are listed", async ({ options, ids, visitor }) => {
  const browser = visitor(await sealFor(session(options), { userId: "ada" }));
  await browser.visit("/fast/read");
  assert.deepEqual(await ids("ada"), [browser.id]);
});

// In every database

/** The databases' own clocks cannot be moved. */
function realClock(): Clock {
  const clock = new Clock();
  clock.seconds = Math.floor(Date.now() / 1000);
  return clock;
}

/** Two apps share a store: the shop's user 42 is not the bank's. */
async function twoApps(store: SessionStore): Promise<void> {
  const { of, signIn } = rig(store, realClock());
  const bank = session({
    schema: z.object({ account: z.string(), count: z.string() }).partial(),
    ...{ store, secrets: [OTHER_SECRET], cookieName: "bank" },
    owner: ({ account }) => account,
  });
  const customer = await signIn("42");
  await sealFor(bank, { account: "42", count: "does not fit the shop" });
  const [atBank = assert.fail(), ...others] = await bank.of("42").list();
  assert.deepEqual(others, []);
  assert.deepEqual((await of("42").list()).map(({ id }) => id), [customer.id]);
  assert.equal(await of("42").destroy(atBank.id), false);
  assert.equal(await bank.of("42").destroyAll({ except: atBank.id }), 0);
  assert.equal(await of("42").destroyAll(), 1);
  assert.equal((await bank.of("42").list()).length, 1);
  assert.equal(await bank.of("42").destroyAll(), 1);
}

/** Longer than a database can hold: what is stored is capped. */
async function farEnds(store: SessionStore): Promise<void> {
  const absolute = new Date("9999-12-31");
  const { signIn, ids, of } = rig(store, realClock(), {
    lifetime: { idle: 1e13, absolute },
  });
  const browser = await signIn("far");
  assert.equal(await browser.visit("/fast/add"), 200);
  assert.equal(await browser.userId(), "far");
  assert.deepEqual(await ids("far"), [browser.id]);
  assert.equal(await of("far").destroyAll(), 1);
}

const noFiles = mayDoAll ? null : "needs --allow-all";
const DATABASES: [string, string | null, () => Promise<Database>][] = [
  ["memory", null, () => Promise.resolve({ store: memoryStore() })],
  ["SQLite", noFiles, () => {
    const store = sqliteStore(`${Deno.makeTempDirSync()}/s.db`);
    return Promise.resolve({ store });
  }],
  ["Redis", noRedis, async () => {
    const server = await startRedis();
    return { store: redisStore({ url: server.url }), server };
  }],
  ["Postgres", noPostgres, async () => {
    const server = await startPostgres();
    return { store: openPostgres(server.url), server };
  }],
  ["Deno KV", noFiles, async () => ({
    store: denoKvStore(await Deno.openKv(":memory:")),
  })],
];
interface Database {
  readonly store: SessionStore;
  readonly server?: AsyncDisposable;
}

for (const [name, reason, open] of DATABASES) {
  testWhere(
    reason,
    `${name}: two apps keep their owners apart, and far ends are stored`,
    async () => {
      const { store, server } = await open();
      try {
        await twoApps(store);
        await farEnds(store);
      } finally {
        await store[Symbol.asyncDispose]?.();
        await server?.[Symbol.asyncDispose]();
      }
    },
  );
}

// What only a backend of our own can show

const memory = Deno.test;

memory(
  "an index that names too many: only what says that it is theirs is believed",
  async () => {
    const backend = controlledStore();
    const everything = () => {
      const keys = [...backend.entries.keys()];
      return Promise.resolve([...keys, "A".repeat(22), ...keys]);
    };
    const { signIn, of, ids, clock } = rig(
      { ...backend, owned: everything },
    );
    const ada = await signIn("ada");
    const eve = await signIn("eve");
    assert.deepEqual(await ids("ada"), [ada.id]); // once
    assert.equal(await of("eve").destroy(ada.id), false);
    assert.equal(await of("eve").destroyAll(), 1);
    assert.equal(await ada.userId(), "ada");
    assert.equal(await eve.userId(), undefined);

    await ada.visit("/fast/restart"); // what is left of the old one is nobody's
    assert.equal(await of("eve").destroyAll(), 0);
    clock.seconds += 1800; // the store's own clock stands still
    assert.deepEqual(await ids("ada"), []);
    assert.equal(await of("ada").destroy(ada.id), false);
    assert.equal(await of("ada").destroyAll(), 0);
  },
);

/** `act` runs once, when somebody is about to do `operation`. */
function interrupted(operation: "get" | "swap" | "remove") {
  let act: (() => Promise<unknown>) | undefined;
  const backend = controlledStore({
    async turn(current) {
      if (current !== operation || act === undefined) return;
      const once = act;
      act = undefined;
      await once();
    },
  });
  const interrupt = (by: () => Promise<unknown>) => void (act = by);
  return { ...rig(backend), backend, interrupt };
}

memory(
  "a session that is restarted while all are ended does not slip through",
  async () => {
    const { signIn, of, ids, interrupt } = interrupted("remove");
    const browser = await signIn("ada");
    interrupt(async () =>
      assert.equal(await browser.visit("/fast/restart"), 200)
    );
    await of("ada").destroyAll();
    assert.equal(await browser.userId(), undefined);
    assert.deepEqual(await ids("ada"), []);
  },
);

memory("the one that stays may get another id meanwhile", async () => {
  const { signIn, of, interrupt } = interrupted("remove");
  const [phone, laptop] = [await signIn("ada"), await signIn("ada")];
  interrupt(() => phone.visit("/fast/regenerate"));
  assert.equal(await of("ada").destroyAll({ except: phone.id }), 1);
  assert.equal(await phone.userId(), "ada");
  assert.equal(await laptop.userId(), undefined);
});

memory("one that is regenerated while it is ended is ended", async () => {
  const { signIn, of, ids, interrupt } = interrupted("remove");
  const browser = await signIn("ada");
  interrupt(() => browser.visit("/fast/regenerate"));
  assert.equal(await of("ada").destroy(browser.id), true);
  assert.deepEqual(await ids("ada"), []);
});

memory(
  "a client that never stops signing in does not hold destroyAll() up for ever",
  async () => {
    let signIns = 0;
    const { signIn, of, interrupt } = interrupted("remove");
    const again = async () => {
      await signIn("ada");
      if (++signIns < 100) interrupt(again);
    };
    await signIn("ada");
    interrupt(again);
    await of("ada").destroyAll();
    assert(signIns < 50, `${signIns} sign-ins`);
  },
);

memory(
  "a restart that was killed halfway leaves one that nobody can open; it is listed, and ends with all",
  async () => {
    const backend = controlledStore();
    let writes = 0;
    const killed = rig({
      ...backend,
      async swap(...args) {
        if (writes++ > 0) throw new Error("killed"); // before the old one is retired
        return await backend.swap(...args);
      },
      remove: () => Promise.reject(new Error("killed")),
    });
    const { of, options, visitor } = rig(backend);
    const cookie = await sealFor(session(options), { userId: "ada" });
    assert.equal(await killed.visitor(cookie).visit("/fast/restart"), 503);

    assert.equal(await visitor(cookie).userId(), "ada"); // the old one is alive
    assert.equal((await of("ada").list()).length, 2);
    assert.equal(await of("ada").destroyAll(), 2);
    assert.equal(backend.entries.size, 0);
  },
);

memory("a store that fails is an outage", async () => {
  const backend = controlledStore();
  const { signIn, of } = rig(backend);
  const { id } = await signIn("ada");
  const sessions = of("ada");
  const fails = async (): Promise<void> => {
    for (
      const ask of [
        () => sessions.list(),
        () => sessions.destroy(id),
        () => sessions.destroyAll(),
      ]
    ) await assert.rejects(ask, SessionStoreError);
  };
  backend.fail(new Error("down"));
  await fails();
  backend.fail(new Error("read-only"), "writes");
  await assert.rejects(() => sessions.destroy(id), SessionStoreError);
  await assert.rejects(() => sessions.destroyAll(), SessionStoreError);
  assert.equal((await sessions.list()).length, 1);
});

/** Fewer in a plain `deno test`, which is quick. */
const MANY = mayDoAll ? 10_000 : 3000;

memory(`${MANY} sessions of one owner do not hold up others`, async () => {
  const store = memoryStore({ limit: MANY });
  const { of } = rig(store);
  for (let i = 0; i < MANY; i++) {
    const key = String(i).padStart(22, "0");
    const owner = ownerHash("session", "ada");
    const record = {
      ...{ key, id: key, createdAt: 1_800_000_000, usedAt: 1_800_000_000 },
      ...{ data: { userId: "ada", count: i }, terms: { owner } },
    };
    await store.swap(key, encodeRecord(record), null, 60, owner);
  }
  const turns = async (work: () => Promise<unknown>) => {
    let turns = 0;
    const timer = setInterval(() => turns++);
    await work();
    clearInterval(timer);
    return turns;
  };
  const listing = await turns(async () => {
    assert.equal((await of("ada").list()).length, MANY);
  });
  const ending = await turns(async () => {
    assert.equal(await of("ada").destroyAll(), MANY);
  });
  const least = MANY / 300; // about one for each batch
  assert(
    listing > least && ending > least,
    `${listing} and ${ending} turns`,
  );
});

memory("options that cannot work are refused at once, with the reason", () => {
  const { options } = rig(controlledStore());
  const { owner: _, ...ownerless } = options;
  const { store: __, ...inCookie } = options;
  const { owned: ___, ...cannotList } = controlledStore();
  const cases: [SessionOptions<typeof schema>, RegExp][] = [
    [ownerless, /give session\(\) the option `owner`/],
    [inCookie, /cannot list the cookies/],
    [{ ...options, store: "cookie" }, /cannot list the cookies/],
    [
      { ...options, store: cannotList },
      /the store "memory" cannot list sessions/,
    ],
    [{ ...options, secrets: [] }, /secrets/],
  ];
  for (const [given, message] of cases) {
    assert.throws(() => session(given).of("ada"), (error) => {
      assert(error instanceof TypeError);
      assert.match(error.message, message);
      return true;
    });
  }
  assert.throws(
    () => session(options).of(undefined as unknown as string),
    TypeError,
  );
});
