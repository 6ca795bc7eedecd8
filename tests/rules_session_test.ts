// Rules 3, 4 and 12, as far as one request goes; across requests they are in interleavings_test.ts.
import assert from "node:assert/strict";
import { Hono } from "hono";
import { z } from "zod";
import {
  session,
  SessionClosedError,
  type SessionEnv,
  type SessionEnvOf,
  type SessionEvent,
} from "../middleware/session/mod.ts";
import { browser, sealFor } from "../middleware/session/testing/mod.ts";
import {
  Clock,
  isCleared,
  options,
  SECRET,
  setCookie,
  STORES,
  testApp,
} from "./support/test_app.ts";
import { quietly } from "./support/rule_apps.ts";
import { controlledStore } from "./support/controlled_store.ts";

const test = Deno.test;

test("rule 3: within a request every change builds on the one before", async () => {
  const app = testApp({}, (app) =>
    app.get("/", async (c) => {
      const session = await c.var.session();
      const again = await c.var.session();
      session.update({ count: 1 });
      again.update(({ count }) => ({ count: count + 1 }));
      session.update(({ list }) => ({ list: [...list, "a"] }));
      again.update(({ list }) => ({ list: [...list, "b"] }));
      return c.json(session.data);
    }));
  const response = await app.request("/");
  assert.deepEqual(await response.json(), { count: 2, list: ["a", "b"] });
});

test("rule 3: take() reads once: the next request finds the default", async () => {
  const app = testApp({}, (app) => {
    app.post("/", async (c) => {
      (await c.var.session()).update({ flash: "Saved", count: 5 });
      return c.body(null, 204);
    });
    app.get("/", async (c) => {
      const session = await c.var.session();
      const taken = [session.take("flash"), session.take("count")];
      return c.json([...taken, session.take("flash") ?? null]);
    });
  });
  const visitor = browser(app);
  await visitor.post("/");
  assert.deepEqual(await (await visitor.get("/")).json(), ["Saved", 5, null]);
  assert.deepEqual(await (await visitor.get("/")).json(), [null, 0, null]);
});

test("rule 3: a key set to undefined goes", async () => {
  const app = testApp({}, (app) =>
    app.get("/", async (c) => {
      const session = await c.var.session();
      session.update({ name: undefined });
      return c.json(session.data);
    }));
  const cookie = await sealFor(session(options()), { name: "Jay", count: 4 });
  const response = await app.request("/", { headers: { cookie } });
  assert.deepEqual(await response.json(), { count: 4, list: [] });
});

for (const [where, store] of Object.entries(STORES)) {
  test(`rule 4: destroy() clears the cookie, and a later write in this request throws (${where})`, async () => {
    const given = options(store());
    const app = testApp(given, (app) =>
      app.get("/", async (c) => {
        const session = await c.var.session();
        session.update({ name: "Eve" });
        session.destroy();
        session.destroy(); // ending it twice is no write
        assert.throws(() => session.update({ count: 1 }), SessionClosedError);
        assert.throws(() => session.take("name"), SessionClosedError);
        assert.throws(() => session.regenerate(), SessionClosedError);
        return c.json(session.data);
      }));
    const cookie = await sealFor(session(given), { name: "Jay" });
    const response = await app.request("/", { headers: { cookie } });
    assert(isCleared(response));
    assert.deepEqual(await response.json(), { count: 0, list: [] });
    const anonymous = await app.request("/");
    assert.equal(setCookie(anonymous), undefined);
  });

  test(`rule 4: regenerate() keeps the data and the end, under a new id (${where})`, async () => {
    const clock = new Clock();
    const given = options({ ...store(), clock });
    const app = testApp(given, (app) => {
      app.post("/:restart", async (c) => {
        const session = await c.var.session();
        if (c.req.param("restart") === "restart") session.restart();
        else session.regenerate();
        return c.body(null, 204);
      });
      app.get("/", async (c) => {
        const { data, info } = await c.var.session();
        return c.json({ name: data.name, ...info });
      });
    });
    const visitor = browser(app, { now: clock.now });
    visitor.setCookie(await sealFor(session(given), { name: "Jay" }));
    const first = await (await visitor.get("/")).json();

    clock.seconds += 100;
    await visitor.post("/same");
    const second = await (await visitor.get("/")).json();
    assert.notEqual(second.id, first.id);
    assert.equal(second.name, "Jay");
    assert.equal(second.createdAt, first.createdAt);
    assert.equal(second.endsAt.absolute, first.endsAt.absolute);

    clock.seconds += 100;
    await visitor.post("/restart");
    const third = await (await visitor.get("/")).json();
    assert.notEqual(third.id, second.id);
    assert.equal(third.name, "Jay");
    assert.equal(third.createdAt, clock.seconds);
    assert.equal(third.endsAt.absolute, clock.seconds + 28_800);
  });

  test(`rule 4: regenerate() of an empty session that nobody has sets no cookie (${where})`, async () => {
    const app = testApp(store(), (app) =>
      app.get("/", async (c) => {
        const session = await c.var.session();
        if (c.req.query("restart") === "1") session.restart();
        else session.regenerate();
        return c.body(null, 204);
      }));
    for (const path of ["/", "/?restart=1"]) {
      assert.equal(setCookie(await app.request(path)), undefined);
    }
  });
}

test("rule 4: a restart stays a restart, whatever is asked for after it", async () => {
  const clock = new Clock();
  const given = options({ clock });
  const app = testApp(given, (app) =>
    app.get("/", async (c) => {
      const session = await c.var.session();
      session.restart();
      session.regenerate();
      return c.body(null, 204);
    }));
  const cookie = await sealFor(session(given), { name: "Jay" });
  clock.seconds += 100;
  const response = await app.request("/", { headers: { cookie } });
  assert.match(setCookie(response) ?? "", /Max-Age=28800;/);
});

test("rule 12: a second session() over the same variable in one request throws", async () => {
  const app = new Hono<SessionEnv<unknown>>();
  app.use(session(options()));
  app.use(session(options({ cookieName: "second" })));
  app.get("/", (c) => c.text("ok"));
  app.onError((error, c) => c.text(error.message, 500));
  const response = await app.request("/");
  assert.match(
    await response.text(),
    /session\(\) was called twice for c\.var\.session/,
  );
});

test("two visitors never see each other's data, under 1,000 interleaved requests", async () => {
  for (const store of [() => "cookie" as const, () => controlledStore()]) {
    const app = testApp({ store: store() }, (app) => {
      app.post("/:name", async (c) => {
        (await c.var.session()).update({ name: c.req.param("name") });
        return c.redirect("/", 303);
      });
      app.get("/", async (c) => {
        const session = await c.var.session();
        await new Promise((resolve) => queueMicrotask(() => resolve(0)));
        return c.text(session.data.name ?? "nobody");
      });
    });
    const visitors = ["Ann", "Ben"].map((name) => ({
      name,
      browser: browser(app),
    }));
    for (const { name, browser } of visitors) await browser.post(`/${name}`);
    const seen = await Promise.all(
      Array.from({ length: 1000 }, async (_, i) => {
        const { name, browser } = visitors[i % 2] ?? assert.fail();
        const response = i % 10 < 2
          ? await browser.post(`/${name}`, {}, { follow: true })
          : await browser.get("/");
        return await response.text() === name;
      }),
    );
    assert.equal(seen.filter(Boolean).length, 1000);
  }
});

test("rule 12: the same session() mounted again on the way does nothing", async () => {
  const sessions = session(options());
  const part = new Hono<SessionEnvOf<typeof sessions>>().use(sessions)
    .get("/", async (c) => {
      const session = await c.var.session();
      session.update(({ count }) => ({ count: count + 1 }));
      return c.text(String(session.data.count));
    });
  const app = new Hono<SessionEnvOf<typeof sessions>>().use(sessions)
    .use(async (c, next) => {
      (await c.var.session()).update({ count: 5 });
      await next();
    })
    .route("/part", part);
  const response = await app.request("/part");
  assert.equal(await response.text(), "6");
  assert.equal(response.headers.getSetCookie().length, 1);
});

test("rule 12: another session over the same cookie, or a foreign value in the variable, throws and says which", async () => {
  const message = async (app: Hono) => {
    app.get("/", (c) => c.text("ok"));
    app.onError((error, c) => c.text(error.message, 500));
    return await (await app.request("/")).text();
  };
  assert.match(
    await message(
      new Hono().use(session(options()))
        .use(session({ ...options(), variable: "cart" })) as unknown as Hono,
    ),
    /Two sessions would write the cookie "session": give c\.var\.cart its own `cookieName`/,
  );
  assert.match(
    await message(
      new Hono<{ Variables: { session: unknown } }>()
        .use(async (c, next) => {
          c.set("session", { user: "another library's" });
          await next();
        })
        .use(session(options())) as unknown as Hono,
    ),
    /c\.var\.session is already set by other middleware; give session\(\) another `variable`/,
  );
});

test("one app can have two sessions, each with its variable and its cookie, both typed", async () => {
  const cart = session({
    schema: z.object({ items: z.array(z.string()).default([]) }),
    secrets: [SECRET],
    variable: "cart",
    cookieName: "cart",
  });
  const app = new Hono().use(session(options())).use(cart)
    .get("/add", async (c) => {
      const [session, cart] = await Promise.all([
        c.var.session(),
        c.var.cart(),
      ]);
      session.update(({ count }) => ({ count: count + 1 }));
      cart.update(({ items }) => ({ items: [...items, "apple"] }));
      return c.json({ count: session.data.count, items: cart.data.items });
    })
    .get("/end", async (c) => {
      (await c.var.cart()).destroy();
      return c.text("ok");
    });
  const visitor = browser(app);
  await visitor.get("/add");
  const second = await visitor.get("/add");
  assert.deepEqual(await second.json(), {
    count: 2,
    items: ["apple", "apple"],
  });
  assert.deepEqual([...visitor.cookies.keys()].sort(), ["cart", "session"]);
  await visitor.get("/end");
  assert.deepEqual(await (await visitor.get("/add")).json(), {
    count: 3,
    items: ["apple"],
  });
});

for (const [where, store] of Object.entries(STORES)) {
  test(`info.id is the new id as soon as it is asked for, and the one that is saved (${where})`, async () => {
    const given = options(store());
    const app = testApp(given, (app) => {
      app.get("/id", async (c) => c.text((await c.var.session()).info.id));
      app.get("/:what", async (c) => {
        const session = await c.var.session();
        const before = session.info.id;
        if (c.req.param("what") === "restart") session.restart();
        else session.regenerate();
        return c.json([before, session.info.id]);
      });
    });
    const visitor = browser(app);
    visitor.setCookie(await sealFor(session(given), { name: "Jay" }));
    for (const what of ["same", "restart"]) {
      const old = await (await visitor.get("/id")).text();
      const [before, told] = await (await visitor.get(`/${what}`)).json();
      assert.equal(before, old);
      assert.notEqual(told, old);
      assert.equal(await (await visitor.get("/id")).text(), told);
    }
  });

  test(`a restart keeps the keys that it is told to, and what is written after it (${where})`, async () => {
    const given = options(store());
    const app = testApp(given, (app) => {
      app.get("/restart/:keep?", async (c) => {
        const session = await c.var.session();
        session.update({ flash: "before" });
        const keep = c.req.param("keep")?.split(",").filter(Boolean) as [
          "name",
        ];
        session.restart({ keep: keep ?? [] });
        session.update({ list: ["after"] });
        return c.json(session.data);
      });
      app.get("/", async (c) => c.json((await c.var.session()).data));
    });
    for (
      const [path, expected] of [
        ["/restart", { count: 0, list: ["after"] }],
        ["/restart/name", { count: 0, list: ["after"], name: "Jay" }],
        ["/restart/count,flash", {
          count: 7,
          list: ["after"],
          flash: "before",
        }],
      ] as const
    ) {
      const visitor = browser(app);
      visitor.setCookie(
        await sealFor(session(given), { name: "Jay", count: 7 }),
      );
      assert.deepEqual(await (await visitor.get(path)).json(), expected);
      assert.deepEqual(await (await visitor.get("/")).json(), expected);
    }
  });

  test(`remember me: a session's own lifetime is kept with it, and honoured everywhere (${where})`, async () => {
    const clock = new Clock();
    const given = options({ ...store(), clock });
    const month = 30 * 24 * 3600;
    const app = testApp(given, (app) => {
      app.get("/sign-in", async (c) => {
        const session = await c.var.session();
        session.restart({
          lifetime: { idle: month / 2, absolute: month },
        });
        session.update({ name: "Jay" });
        return c.json(session.info);
      });
      app.get("/", async (c) => {
        const { data, info } = await c.var.session();
        return c.json({ name: data.name ?? null, ...info });
      });
      app.get("/renew", async (c) => {
        (await c.var.session()).regenerate();
        return c.text("ok");
      });
    });
    const visitor = browser(app, { now: clock.now });
    const began = clock.seconds;
    const signIn = await visitor.get("/sign-in");
    assert.match(setCookie(signIn) ?? "", new RegExp(`Max-Age=${month};`));
    assert.deepEqual((await signIn.json()).endsAt, {
      idle: began + month / 2,
      absolute: began + month,
    });
    clock.seconds = began + 1000; // more than a tenth of the option's idle, less than one of its own
    const soon = await visitor.get("/");
    assert.equal(setCookie(soon), undefined);
    assert.equal((await soon.json()).usedAt, began);
    const unmoved = await visitor.get("/");
    assert.equal((await unmoved.json()).usedAt, began);
    clock.seconds = began + month / 2 - 1;
    const half = await (await visitor.get("/")).json();
    assert.equal(half.name, "Jay");
    await visitor.get("/renew");
    clock.seconds = began + month - 2;
    assert.equal((await (await visitor.get("/")).json()).name, "Jay");
    const [cookie = ["", ""]] = [...visitor.cookies];
    clock.seconds += 2;
    const over = await app.request("/", {
      headers: { cookie: cookie.join("=") },
    });
    const { name, rejected } = await over.json();
    assert.equal(name, null);
    assert.match(rejected, /^(?:expired|unknown)$/); // a store may have removed it
  });

  test(`persistent: false sends no Max-Age, as long as the session lives (${where})`, async () => {
    const clock = new Clock();
    const given = options({ ...store(), clock });
    const app = testApp(given, (app) => {
      app.get("/sign-in/:kept", async (c) => {
        const persistent = c.req.param("kept") === "kept";
        const session = await c.var.session();
        session.restart({ persistent });
        session.update({ name: "Jay" });
        return c.text("ok");
      });
      app.get("/renew", async (c) => {
        const session = await c.var.session();
        session.regenerate();
        session.update(({ count }) => ({ count: count + 1 }));
        return c.text("ok");
      });
    });
    const visitor = browser(app, { now: clock.now });
    for (const path of ["/sign-in/closed", "/renew", "/renew"]) {
      const line = setCookie(await visitor.get(path)) ?? "";
      assert.match(
        line,
        /^session=v1\.[^;]+; Path=\/; HttpOnly; SameSite=Lax$/,
      );
    }
    for (const path of ["/sign-in/kept", "/renew"]) {
      const line = setCookie(await visitor.get(path)) ?? "";
      assert.match(line, /; Max-Age=28800;/);
    }
  });
}

test("a session without anything of its own is stored as before, not a byte longer", async () => {
  const backend = controlledStore();
  const given = options({ store: backend });
  const app = testApp(given, (app) =>
    app.get("/", async (c) => {
      const session = await c.var.session();
      session.restart({ persistent: true });
      session.update({ count: 1 });
      return c.text("ok");
    }));
  await app.request("/");
  const [stored] = [...backend.entries.values()];
  const parts = JSON.parse(new TextDecoder().decode(stored?.value));
  assert.equal(parts.length, 4);
});

test("restart() refuses a wrong lifetime at once", async () => {
  const app = testApp({}, (app) =>
    app.get("/", async (c) => {
      const session = await c.var.session();
      for (
        const lifetime of [
          { idle: 0, absolute: 1 },
          { idle: 1, absolute: new Date(0) },
        ]
      ) {
        assert.throws(
          () => session.restart({ lifetime }),
          (error) =>
            error instanceof TypeError && /lifetime\./.test(error.message),
        );
      }
      return c.text(String(session.info.isNew));
    }));
  assert.equal(await (await app.request("/")).text(), "true");
});

for (const [where, store] of Object.entries(STORES)) {
  test(`onEvent tells what happened to a session, and never a cookie or data (${where})`, async () => {
    const events: SessionEvent[] = [];
    const paths: string[] = [];
    const given = options({
      ...store(),
      onEvent: (event, c) => {
        events.push(event);
        paths.push(c.req.path);
      },
    });
    const app = testApp(given, (app) =>
      app.get("/:what", async (c) => {
        const session = await c.var.session();
        switch (c.req.param("what")) {
          case "write":
            session.update(({ count }) => ({ count: count + 1 }));
            break;
          case "renew":
            session.regenerate();
            break;
          case "restart":
            session.restart();
            break;
          case "end":
            session.destroy();
        }
        return c.text(session.info.id);
      }));
    const visitor = browser(app);
    const ids: string[] = [];
    const walk = [
      "read",
      "write",
      "write",
      "read",
      "renew",
      "restart",
      "end",
      "end",
    ];
    for (const what of walk) {
      ids.push(await (await visitor.get(`/${what}`)).text());
    }
    await app.request("/read", { headers: { cookie: "session=v1.aaAA.AAAA" } });
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
}

test("onEvent is told of a conflict; what it throws, at once or later, changes no answer", async () => {
  const events: SessionEvent[] = [];
  const kept = controlledStore();
  const store = {
    ...kept,
    swap: async (...args: Parameters<typeof kept.swap>) => {
      if (args[2] === null) return await kept.swap(...args);
      await kept.remove(args[0]);
      return false;
    },
  };
  let isAsync = false;
  const given = options({
    store,
    onEvent: (event) => {
      events.push(event);
      if (isAsync) return Promise.reject(new Error("the log is full"));
      throw new Error("the log is full");
    },
  });
  const app = testApp(given, (app) =>
    app.get("/", async (c) => {
      (await c.var.session()).update({ name: "Jay" });
      return c.text("ok");
    }));
  for (isAsync of [false, true]) {
    const cookie = await sealFor(session(given), {});
    const answers = await quietly(async () => [
      (await app.request("/")).status,
      (await app.request("/", { headers: { cookie } })).status,
    ]);
    assert.deepEqual(answers, [200, 409]);
  }
  assert.deepEqual(events.map(({ type }) => type), [
    "began",
    "conflict",
    "began",
    "conflict",
  ]);
});

test("info.bytes is what was stored when the request came, info.limit what may be", async () => {
  for (const [where, store] of Object.entries(STORES)) {
    const given = options(store());
    const app = testApp(given, (app) =>
      app.get("/", async (c) => {
        const session = await c.var.session();
        session.update(({ count }) => ({ count: count + 1 }));
        return c.json(session.info);
      }));
    const first = await (await app.request("/")).json();
    assert.equal(first.bytes, 0);
    assert.equal(first.limit, where === "cookie" ? 4096 : 60_000);
    const cookie = await sealFor(session(given), { name: "x".repeat(100) });
    const { bytes } = await (await app.request("/", { headers: { cookie } }))
      .json();
    if (where === "cookie") assert.equal(bytes, cookie.length - 1);
    else assert(bytes > 150 && bytes < 250, String(bytes));
  }
});
