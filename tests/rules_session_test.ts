// Rules 3, 4 and 12, as far as one request goes; across requests they are in interleavings_test.ts.
import assert from "node:assert/strict";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import {
  session,
  SessionClosedError,
  type SessionEvent,
} from "../middleware/session/mod.ts";
import { browser } from "../middleware/session/testing/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import {
  add,
  Clock,
  cookieOf,
  isCleared,
  options,
  type Program,
  PROGRAMS,
  setCookie,
  STORES,
  world,
} from "./support/test_app.ts";

const test = Deno.test;

const { regenerate, restart } = PROGRAMS;

test("rule 3: within a request every change builds on the one before; take() reads once; a key set to undefined goes", async () => {
  const { ask, read, seal } = world({}, {
    async go(session, c) {
      const again = await c.var.session();
      session.update({ count: 1 });
      again.update(({ count }) => ({ count: count + 1 }));
      session.update(({ list }) => ({ list: [...list, "a"] }));
      again.update({ name: undefined });
      const inside = () =>
        session.update(() => ({ name: again.take("flash") }));
      assert.throws(inside, TypeError); // it would be lost
      assert.deepEqual(again.data, { count: 2, list: ["a"], flash: "Saved" });
      const taken = [session.take("flash"), session.take("count")];
      return [...taken, session.take("flash") ?? null];
    },
  });
  const cookie = await seal({ name: "Jay", flash: "Saved", count: 5 });
  const answer = await ask("/go", cookie);
  assert.deepEqual(await answer.json(), ["Saved", 2, null]);
  const data = { count: 0, list: ["a"] };
  assert.deepEqual(await read(cookieOf(answer)), data);
});

for (const [where, store] of Object.entries(STORES)) {
  test(`rule 4: destroy() clears the cookie, and a later write in this request throws (${where})`, async () => {
    const { ask, seal } = world(store(), {
      end(session) {
        session.update({ name: "Eve" });
        const { id } = session.info;
        session.restart();
        assert.notEqual(session.info.id, id);
        session.destroy();
        session.destroy(); // ending it twice is no write
        assert.equal(session.info.id, id);
        for (
          const write of [
            () => session.update({ count: 1 }),
            () => session.take("name"),
            () => session.regenerate(),
          ]
        ) assert.throws(write, SessionClosedError);
        return session.data;
      },
    });
    const response = await ask("/end", await seal({ name: "Jay" }));
    assert(isCleared(response));
    assert.deepEqual(await response.json(), { count: 0, list: [] });
    assert.equal(setCookie(await ask("/end")), undefined);
  });

  test(`rule 4: regenerate() keeps data and end under a new id, restart() begins a new end; the id is known at once; without a session neither does anything (${where})`, async () => {
    const clock = new Clock();
    const { app, ask, seal } = world({ ...store(), clock }, {
      info: ({ data, info }) => ({ ...info, name: data.name }),
      ...{ regenerate, restart },
      both(session) {
        session.restart();
        session.regenerate(); // a restart stays a restart
      },
      async commit(session) {
        session.regenerate();
        const commit = session.commit();
        assert(session.info.id); // also when it is looked at meanwhile
        await commit;
      },
    });
    const visitor = browser(app, { now: clock.now });
    visitor.setCookie(await seal({ name: "Jay" }));
    const began = clock.seconds;
    let last = await (await visitor.get("/info")).json();
    for (const how of ["regenerate", "commit", "restart", "both"]) {
      clock.seconds += 100;
      const [told] = await (await visitor.get(`/${how}`)).json();
      const now = await (await visitor.get("/info")).json();
      assert.deepEqual([told, now.name], [now.id, "Jay"]);
      assert.notEqual(told, last.id);
      const isSame = how === "regenerate" || how === "commit";
      const at = isSame ? began : clock.seconds;
      assert.equal(now.createdAt, at, how);
      assert.equal(now.endsAt.absolute, at + 28_800);
      last = now;
      assert.equal(setCookie(await ask(`/${how}`)), undefined);
    }
  });

  test(`a restart keeps the keys that it is told to, and what is written after it (${where})`, async () => {
    const { ask, read, seal } = world(store(), {
      restart(session, c) {
        session.update({ flash: "before" });
        const keep = c.req.queries("keep") as ["name"] | undefined;
        session.restart({ keep: keep ?? [] });
        session.update({ list: ["after"] });
        return session.data;
      },
    });
    const rest = { count: 0, list: ["after"] };
    for (
      const [path, expected] of [
        ["/restart", rest],
        ["/restart?keep=name", { ...rest, name: "Jay" }],
        ["/restart?keep=count&keep=flash", {
          ...rest,
          ...{ count: 7, flash: "before" },
        }],
      ] as const
    ) {
      const old = await seal({ name: "Jay", count: 7 });
      const answer = await ask(path, old);
      assert.deepEqual(await read(cookieOf(answer)), expected);
      if (where === "server") assert.equal(await read(old), null);
      assert.deepEqual(await answer.json(), expected);
    }
  });

  test(`remember me: a session's own lifetime is kept with it, and honoured everywhere (${where})`, async () => {
    const clock = new Clock();
    const month = 30 * 24 * 3600;
    const { app, ask } = world({ ...store(), clock }, {
      async "sign-in"(session) {
        const lifetime = { idle: month / 2, absolute: month };
        session.restart({ lifetime });
        await session.commit(); // with nothing to store yet, it waits for the first data
        session.update({ name: "Jay" });
        return session.info;
      },
      read: ({ data, info }) => ({ name: data.name, ...info }),
      regenerate,
    });
    const visitor = browser(app, { now: clock.now });
    const began = clock.seconds;
    const read = async (after: number) => {
      clock.seconds = began + after;
      const page = await visitor.get("/read");
      return { line: setCookie(page), ...await page.json() };
    };
    const signIn = await visitor.get("/sign-in");
    assert.match(setCookie(signIn) ?? "", new RegExp(`Max-Age=${month};`));
    const endsAt = { idle: began + month / 2, absolute: began + month };
    assert.deepEqual((await signIn.json()).endsAt, endsAt);
    // More than a tenth of the option's idle, less than one of its own.
    const { line, usedAt } = await read(1000);
    assert.deepEqual([line, usedAt], [undefined, began]);
    assert.equal((await read(month / 2 - 1)).name, "Jay");
    await visitor.get("/regenerate");
    assert.equal((await read(month - 2)).name, "Jay");
    const [cookie = []] = [...visitor.cookies];
    clock.seconds += 2;
    const { name, rejected } = await (await ask("/read", cookie.join("=")))
      .json();
    assert.equal(name, undefined);
    assert.match(rejected, /^(?:expired|unknown)$/); // a store may have removed it
  });

  test(`persistent: false sends no Max-Age, as long as the session lives, and info says so (${where})`, async () => {
    const signIn = (persistent: boolean): Program => (session) => {
      session.restart({ persistent });
      session.update({ name: "Jay" });
      return session.info.persistent;
    };
    const { app } = world(store(), {
      closed: signIn(false),
      kept: signIn(true),
      regenerate(session, c) {
        session.regenerate();
        add(session, c);
        return session.info.persistent;
      },
    });
    const visitor = browser(app);
    const kept = "Max-Age=28800; ";
    for (
      const [path, maxAge] of [
        ...[["closed", ""], ["regenerate", ""], ["regenerate", ""]],
        ...[["kept", kept], ["regenerate", kept]],
      ]
    ) {
      const answer = await visitor.get(`/${path}`);
      const attributes = setCookie(answer)?.replace(/^.*=v1\.[^;]+; /, "");
      assert.equal(attributes, `${maxAge}Path=/; HttpOnly; SameSite=Lax`);
      assert.equal(await answer.json(), maxAge !== "");
    }
  });

  test(`onEvent tells what happened to a session, and never a cookie or data (${where})`, async () => {
    const events: SessionEvent[] = [];
    const paths: string[] = [];
    const onEvent = async (event: SessionEvent, c: Context) => {
      events.push(event);
      paths.push(c.req.path);
      await c.var["session"](); // it may open the session, and is told once
    };
    const { app, ask } = world({ ...store(), onEvent }, PROGRAMS);
    const visitor = browser(app);
    const ids: string[] = [];
    for (
      const what of [
        ...["read", "add", "add", "read"],
        ...["regenerate", "restart", "destroy", "destroy"],
      ]
    ) ids.push((await (await visitor.get(`/${what}`)).json())[0]);
    await ask("/read", "session=v1.aaAA.AAAA");
    const [, began, saved, , renewed, restarted] = ids;
    assert.equal(began, saved);
    assert.deepEqual(events, [
      { type: "began", id: began },
      { type: "saved", id: began },
      { type: "regenerated", id: renewed, previousId: began },
      { type: "restarted", id: restarted, previousId: renewed },
      { type: "destroyed", id: restarted },
      { type: "rejected", reason: "bad-seal" },
    ]);
    assert.equal(paths.at(-1), "/read");
  });

  test(`info.bytes is what was stored when the request came, info.limit what may be (${where})`, async () => {
    const { ask, seal } = world(store(), {
      info(session, c) {
        add(session, c);
        return session.info;
      },
    });
    const first = await (await ask("/info")).json();
    assert.equal(first.bytes, 0);
    assert.equal(first.limit, where === "cookie" ? 4096 : 60_000);
    const cookie = await seal({ name: "x".repeat(100) });
    const { bytes } = await (await ask("/info", cookie)).json();
    if (where === "cookie") assert.equal(bytes, cookie.length - 1);
    else assert(bytes > 150 && bytes < 250, String(bytes));
  });

  test(`an opening with touch: false never moves the idle end, unless another one of the request touches (${where})`, async () => {
    const clock = new Clock();
    const { app, sessions, seal } = world({ ...store(), clock });
    app.use(sessions).get("/:how", async (c) => {
      const how = c.req.param("how");
      if (how === "touch, poll") await c.var.session();
      const session = await c.var.session({ touch: false });
      if (how === "poll, touch") await c.var.session();
      if (how === "poll, touch: true") await c.var.session({ touch: true });
      if (how === "write") {
        session.update(({ count }) => ({ count: count + 1 }));
      }
      if (how === "regenerate") session.regenerate();
      if (how === "commit") await session.commit();
      return c.json(session.info.usedAt);
    });
    const began = clock.seconds;
    const visitor = browser(app, { now: clock.now });
    const usedAt = async (how: string) => {
      await (await visitor.get(`/${how}`)).body?.cancel();
      return await (await visitor.get("/poll")).json();
    };
    visitor.setCookie(await seal());
    for (const how of ["poll", "write", "regenerate", "commit", "poll"]) {
      clock.seconds += 300;
      assert.equal(await usedAt(how), began, how);
    }
    for (const how of ["poll, touch", "touch, poll", "poll, touch: true"]) {
      clock.seconds += 200;
      assert.equal(await usedAt(how), clock.seconds, how);
    }
    clock.seconds += 1799;
    await visitor.get("/write");
    clock.seconds += 1;
    const page = await visitor.get("/poll");
    assert.equal(await page.json(), clock.seconds); // it is over: a new one
  });
}

for (const [how, isCommit] of [["saves", false], ["commits", true]] as const) {
  test(`the same form sent again and again: a sign-in that ${how} replaces the one before, but not one that was used, nor after ten seconds`, async () => {
    const clock = new Clock();
    const previous: unknown[] = [];
    const onEvent = (event: SessionEvent) =>
      void (event.type === "restarted" && previous.push(event.previousId));
    const given = { ...STORES.server(), clock, onEvent };
    const { ask, read, seal } = world(given, {
      async "sign-in"(session, c) {
        session.restart({ keep: ["list"] });
        if (isCommit) await session.commit();
        add(session, c);
      },
      ...PROGRAMS,
      async later(session, c) {
        await session.commit();
        add(session, c);
      },
    });
    const old = await seal({ list: ["assam"] });
    const [id] = await (await ask("/read", old)).json();
    let cookie = old;
    for (const seconds of [0, 0, 9]) {
      clock.seconds += seconds;
      const before = cookie;
      cookie = cookieOf(await ask("/sign-in", old));
      assert.deepEqual(await read(cookie), { count: 1, list: ["assam"] });
      assert.equal(await read(before), null);
    }
    assert.deepEqual(previous, [id, id, id]);
    clock.seconds += 1;
    assert.equal(setCookie(await ask("/restart", old)), undefined);
    assert.equal((await read(cookie))?.count, 1);
    for (const use of ["add", "later", "restart"]) {
      const other = await seal();
      const signedIn = cookieOf(await ask("/sign-in", other));
      const used = cookieOf(await ask(`/${use}`, signedIn), signedIn);
      assert.equal((await ask("/sign-in", other)).status, 409);
      assert.equal((await read(used))?.count, use === "restart" ? 1 : 2);
    }
  });
}

test("restart() refuses a wrong lifetime at once", async () => {
  const { ask } = world({}, {
    go(session) {
      const past = { idle: 1, absolute: new Date(0) };
      for (const lifetime of [null as never, past]) {
        const wrong = { name: "TypeError", message: /restart\(\): lifetime/ };
        assert.throws(() => session.restart({ lifetime }), wrong);
      }
      return "refused";
    },
  });
  assert.equal(await (await ask("/go")).json(), "refused");
});

/** `console.error` is where hono reports an error that no handler takes. */
async function quietly<R>(task: () => Promise<R>): Promise<R> {
  const { error } = console;
  console.error = () => {};
  try {
    return await task();
  } finally {
    console.error = error;
  }
}

test("onEvent is told of a conflict; what it throws, at once or later, changes no answer", async () => {
  const events: string[] = [];
  const store = controlledStore();
  const full = new Error("the log is full");
  for (const fail of [() => Promise.reject(full), () => assert.fail(full)]) {
    const { ask, seal } = world({
      store,
      onEvent({ type }) {
        events.push(type);
        return fail();
      },
    }, {
      async add(session, c) {
        add(session, c);
        if (session.info.isNew) return;
        for (const key of store.entries.keys()) await store.remove(key);
      },
    });
    for (const [cookie, status] of [["", 200], [await seal(), 409]] as const) {
      const answer = await quietly(() => ask("/add", cookie));
      assert.equal(answer.status, status);
    }
  }
  assert.equal(events.join(), "began,conflict,began,conflict");
});

// Rule 12: one session, one variable, one cookie

test("rule 12: a second session() over the same variable or cookie, or a foreign value in the variable, throws and says which", async () => {
  const first = session(options());
  const foreign: MiddlewareHandler = async (c, next) => {
    c.set("session", "another library's");
    await next();
  };
  const cases: [before: unknown, second: unknown, RegExp][] = [
    [
      first,
      session(options({ cookieName: "second" })),
      /session\(\) was called twice for c\.var\.session/,
    ],
    [
      first,
      session({ ...options(), variable: "cart" }),
      /Two sessions would write the cookie "session": give c\.var\.cart its own `cookieName`/,
    ],
    [
      foreign,
      first,
      /c\.var\.session is already set by other middleware; give session\(\) another `variable`/,
    ],
  ];
  for (const [before, second, message] of cases) {
    const app = new Hono().use(before as typeof first, second as typeof first);
    app.get("/", (c) => c.text("ok"));
    app.onError((error, c) => c.text(error.message, 500));
    assert.match(await (await app.request("/")).text(), message);
  }
});
