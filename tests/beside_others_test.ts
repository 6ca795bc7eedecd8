// Beside other middleware: errors that pass through session(), caches, commit(), and what an app asks twice.
import assert from "node:assert/strict";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { cache } from "hono/cache";
import { every, except, some } from "hono/combine";
import { compress } from "hono/compress";
import { etag } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import { stream } from "hono/streaming";
import { timeout } from "hono/timeout";
import { z } from "zod";
import {
  type Session,
  session,
  SessionClosedError,
  SessionConflictError,
  type SessionEnv,
  type Sessions,
  SessionStoreError,
  SessionTooLargeError,
} from "../middleware/session/mod.ts";
import { sqliteStore } from "../middleware/session/stores/sqlite/mod.ts";
import { browser, sealFor } from "../middleware/session/testing/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import { quietly } from "./support/rule_apps.ts";
import {
  Clock,
  cookieOf,
  type Data,
  isCleared,
  type Options,
  options,
  SECRET,
  setCookie,
  STORES,
  type TestApp,
} from "./support/test_app.ts";

const test = Deno.test;

const MARKS = { "cache-control": "private, no-store", "vary": "Cookie" };

function isMarked({ headers }: Response): void {
  assert.equal(headers.get("Cache-Control"), MARKS["cache-control"]);
  assert.match(headers.get("Vary") ?? "", /\bCookie\b/);
}

interface World {
  readonly given: Options;
  readonly sessions: Sessions<Data>;
  /** An app without a middleware. */
  readonly app: TestApp;
  /** A session with this data: its Cookie header. */
  seal(data: Partial<Data>): Promise<string>;
  /** The data that a cookie opens now, or null. */
  read(cookie: string): Promise<Data | null>;
}

function world(given: Partial<Options> = {}): World {
  const all = options(given);
  const sessions = session(all);
  const reader = new Hono<SessionEnv<Data>>().use(sessions)
    .get("/", async (c) => {
      const { data, info } = await c.var.session({ touch: false });
      return c.json(info.isNew ? null : data);
    });
  return {
    given: all,
    sessions,
    app: new Hono<SessionEnv<Data>>(),
    seal: (data) => sealFor(sessions, data),
    async read(cookie) {
      return await (await reader.request("/", { headers: { cookie } })).json();
    },
  };
}

/** Opens, counts one more, and ends the session when the address says so. */
async function count(c: Context<SessionEnv<Data>>): Promise<Session<Data>> {
  const session = await c.var.session();
  session.update(({ count }) => ({ count: count + 1 }));
  if (c.req.query("end") !== undefined) session.destroy();
  return session;
}

/** Middleware that passes errors on to `session()`, around it and a guard. */
type Guard = MiddlewareHandler<SessionEnv<Data>>;
const WRAPPERS: Record<string, (sessions: Guard, guard: Guard) => Guard> = {
  "every()": (sessions, guard) => every(sessions, guard),
  "except()": (sessions, guard) => except("/public", sessions, guard),
  "a wrapper by hand": (sessions, guard) => (c, next) =>
    sessions(c, async () => void await guard(c, next)),
  "session() twice": (sessions, guard) => every(sessions, sessions, guard),
};

for (const [how, wrap] of Object.entries(WRAPPERS)) {
  for (const [where, store] of Object.entries(STORES)) {
    test(`rule 1: an error that passes through session() saves, marks and ends as one inside: ${how} (${where})`, async () => {
      for (const status of [404, 500] as const) {
        const { app, sessions, seal, read } = world(store());
        app.use(wrap(sessions, async (c) => {
          await count(c);
          throw new HTTPException(status);
        }));
        app.get("/", (c) => c.text("never"));
        const cookie = await seal({ count: 1 });
        const headers = { cookie };
        const answer = await app.request("/", { headers });
        assert.equal(answer.status, status);
        isMarked(answer);
        const isSaved = status < 500;
        const after = where === "server" || !isSaved
          ? cookie
          : cookieOf(answer);
        assert.equal((await read(after))?.count, isSaved ? 2 : 1);

        const ended = await app.request("/?end", { headers });
        assert.equal(ended.status, status);
        isMarked(ended);
        assert(isCleared(ended));
        if (where === "server") assert.equal(await read(cookie), null);
      }
    });
  }
}

/** What a route can throw that is no Error, and whether what it changed is saved. */
const NO_ERRORS: Record<string, [() => unknown, boolean]> = {
  "a Response": [() => new Response("Elsewhere", { status: 403 }), true],
  "a Response with immutable headers": [
    () => Response.redirect("http://localhost/next", 303),
    true,
  ],
  "a Response of 502": [() => new Response("down", { status: 502 }), false],
  "a string": [() => "broken", false],
  "undefined": [() => undefined, false],
};

for (const [what, [make, isSaved]] of Object.entries(NO_ERRORS)) {
  test(`rule 1: ${what} that a route throws ends the request for the session`, async () => {
    const { app, sessions, seal, read } = world(STORES.server());
    app.use(async (_, next) => {
      try {
        await next();
      } catch (thrown) {
        if (thrown instanceof Response) return thrown;
        return new Response("caught", { status: 500 });
      }
    });
    app.use(sessions);
    app.get("/", async (c) => {
      await count(c);
      throw make();
    });
    const cookie = await seal({});
    const headers = { cookie };
    isMarked(await app.request("/", { headers }));
    assert.equal((await read(cookie))?.count, isSaved ? 1 : 0);
    const ended = await app.request("/?end", { headers });
    isMarked(ended);
    assert(isCleared(ended));
    assert.equal(await read(cookie), null);
  });
}

for (const [where, store] of Object.entries(STORES)) {
  test(`rule 1: the route that runs after some() has given up a guard can no longer write (${where})`, async () => {
    const errors: unknown[] = [];
    for (const isOpened of [true, false]) {
      const { app, sessions, seal, read } = world(store());
      const requireUser: Guard = async (c) => {
        if (isOpened) await count(c);
        throw new HTTPException(401);
      };
      const bearer: Guard = (_, next) => next();
      app.use(some(every(sessions, requireUser), bearer));
      app.get("/", async (c) => {
        const attempt = async () => {
          (await c.var.session()).update({ name: "Eve" });
        };
        errors.push(await attempt().catch((error) => error));
        return new Response("private");
      });
      const cookie = await seal({ name: "Jay" });
      const answer = await app.request("/", { headers: { cookie } });
      assert.equal(await answer.text(), "private");
      if (isOpened) {
        isMarked(answer);
        const after = setCookie(answer) ? cookieOf(answer) : cookie;
        const { name, count } = await read(after) ?? assert.fail();
        assert.deepEqual([name, count], ["Jay", 1]);
      }
    }
    assert.equal(errors.length, 2);
    for (const error of errors) assert(error instanceof SessionClosedError);
  });
}

test("rule 1: what one session sends survives whatever happens to another one of the same app", async () => {
  const other = session({
    ...options({ store: controlledStore() }),
    ...{ variable: "cart", cookieName: "cart" },
  });
  const { app, sessions, seal, read } = world(STORES.server());
  const both = app as unknown as Hono<
    SessionEnv<Data> & SessionEnv<Data, "cart">
  >;
  // The one ends while an error passes through it; then the other is opened.
  both.use(
    "/wrapped",
    some(
      every(sessions as never, async (c: Context) => {
        (await c.var["session"]()).destroy();
        throw new HTTPException(401);
      }),
      other as never,
    ),
  );
  both.get("/wrapped", async (c) => {
    (await c.var.cart()).update({ name: "cart" });
    return new Response("raw");
  });
  // The inner one is saved; then the outer one is in conflict.
  both.use("/nested", other as never, sessions as never);
  both.get("/nested", async (c) => {
    const cart = await c.var.cart();
    cart.update({ name: "x".repeat(61_000) });
    (await c.var.session()).regenerate();
    return c.text("ok");
  });
  const cookie = await seal({ name: "Jay" });
  const wrapped = await both.request("/wrapped", { headers: { cookie } });
  const names = wrapped.headers.getSetCookie().map((line) =>
    line.split("=")[0]
  );
  assert.deepEqual(names.toSorted(), ["cart", "session"]);
  assert(isCleared(wrapped));
  isMarked(wrapped);

  const second = await seal({ name: "Jay" });
  const nested = await quietly(async () =>
    await both.request("/nested", { headers: { cookie: second } })
  );
  assert.equal(nested.status, 500);
  assert.equal(await read(second), null);
  assert.equal((await read(cookieOf(nested)))?.name, "Jay");
});

test("rule 1: an error of a sub-app with a handler of its own is an answer, as anywhere", async () => {
  const { app, sessions, seal, read } = world(STORES.server());
  const part = new Hono<SessionEnv<Data>>().use(sessions)
    .get("/:status", async (c) => {
      await count(c);
      throw new HTTPException(Number(c.req.param("status")) as 404);
    });
  part.onError((error, c) =>
    c.text("part", (error as HTTPException).status as 404)
  );
  app.use("/twice/*", sessions).route("/twice", part).route("/part", part);
  const cookie = await seal({});
  for (const [path, expected] of [["twice", 1], ["part", 2]] as const) {
    for (const status of [404, 500]) {
      const headers = { cookie };
      const answer = await app.request(`/${path}/${status}`, { headers });
      assert.equal(await answer.text(), "part");
      isMarked(answer);
    }
    assert.equal((await read(cookie))?.count, expected);
  }
});

test("rule 1: a route that timeout() has answered for can no longer write", async () => {
  const { app, sessions, seal, read } = world(STORES.server());
  const isOver = Promise.withResolvers<void>();
  const isTried = Promise.withResolvers<unknown>();
  app.use(sessions, timeout(1));
  app.get("/", async (c) => {
    const session = await count(c);
    await isOver.promise;
    isTried.resolve(await session.commit().catch((error) => error));
    return c.text("late");
  });
  const cookie = await seal({});
  const answer = await app.request("/", { headers: { cookie } });
  assert.equal(answer.status, 504);
  isOver.resolve();
  assert(await isTried.promise instanceof SessionClosedError);
  assert.equal((await read(cookie))?.count, 0);
});

/** Every way in which a route can answer with a body of its own. */
const ANSWERS: Record<string, (c: Context) => Response | Promise<Response>> = {
  text: (c) => c.text("body"),
  JSX: (c) => c.html("<p>body</p>"),
  redirect: (c) => c.redirect("/next", 303),
  "raw Response": () => new Response("body"),
  "raw Response for shared caches": () =>
    new Response("body", {
      headers: { "Cache-Control": "public, s-maxage=9" },
    }),
  "null body": (c) => c.body(null, 204),
  stream: (c) => stream(c, async (out) => void await out.write("body")),
  "fetched Response": async (c) => await fetch(c.req.query("from") ?? ""),
};

/** A server whose answers, fetched, have immutable headers. */
function elsewhere(): Deno.HttpServer<Deno.NetAddr> {
  const headers = { "Cache-Control": "public, max-age=60" };
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("body", { headers }),
  );
}

const METHODS = ["GET", "HEAD"];
const needsNet = mayDoAll ? null : "needs --allow-all";

for (const [kind, answer] of Object.entries(ANSWERS)) {
  const reason = kind.startsWith("fetched") ? needsNet : null;
  testWhere(
    reason,
    `rule 2: middleware inside sees the marks, on ${kind}`,
    async () => {
      await using server = reason === null && kind.startsWith("fetched")
        ? elsewhere()
        : undefined;
      const from = `?from=http://127.0.0.1:${server?.addr.port}/`;
      const seen: Response[] = [];
      const look: Guard = async (c, next) => {
        await next();
        seen.push(c.res);
        isMarked(c.res);
      };
      for (const isEarly of [true, false]) {
        const { app, sessions, seal } = world();
        app.use(sessions);
        app.use(look);
        app.use(async (c, next) => {
          c.header("X-Other", "library"); // hono then copies a raw Response
          if (isEarly) await c.var.session();
          await next();
        });
        app.get("/", async (c) => {
          if (!isEarly) await count(c);
          return await answer(c);
        });
        for (const headers of [{}, { cookie: await seal({}) }]) {
          for (const method of kind.startsWith("fetched") ? ["GET"] : METHODS) {
            const response = await app.request(`/${from}`, { method, headers });
            isMarked(response);
            await response.body?.cancel();
          }
        }
      }
      assert.equal(seen.length, kind.startsWith("fetched") ? 4 : 8);
    },
  );
}

/** hono's cache() needs `caches`, which few platforms have. */
async function withCaches(
  run: (stored: ReadonlyMap<string, Response>) => Promise<void>,
): Promise<void> {
  const stored = new Map<string, Response>();
  const own = Object.getOwnPropertyDescriptor(globalThis, "caches");
  const fake = {
    open: () =>
      Promise.resolve({
        match: (key: string) => Promise.resolve(stored.get(key)?.clone()),
        put: (key: string, response: Response) =>
          Promise.resolve(void stored.set(key, response)),
      }),
  };
  Object.defineProperty(globalThis, "caches", {
    value: fake,
    configurable: true,
  });
  try {
    await run(stored);
  } finally {
    if (own) Object.defineProperty(globalThis, "caches", own);
    else Reflect.deleteProperty(globalThis, "caches");
  }
}

test("rule 2: a cache inside keeps no page of a visitor, and still keeps what asks for no session", async () => {
  await withCaches(async (stored) => {
    for (const directives of ["max-age=60", "public, max-age=60"]) {
      const { app, sessions, seal } = world();
      app.use(sessions);
      app.use(cache({ cacheName: "c", wait: true, cacheControl: directives }));
      app.get("/me", async (c) => {
        const { data } = await c.var.session();
        const name = data.name ?? "stranger";
        return c.req.query("raw") ? new Response(name) : c.text(name);
      });
      app.get("/same", (c) => c.text("for all"));
      for (const path of ["/me", "/me?raw=1"]) {
        for (const name of ["Ann", "Ben"]) {
          const headers = { cookie: await seal({ name }) };
          const page = await app.request(path, { headers });
          assert.equal(await page.text(), name);
        }
        const page = await app.request(path);
        assert.equal(await page.text(), "stranger");
        assert.match(page.headers.get("Cache-Control") ?? "", /^private/);
      }
      assert.deepEqual(
        [...stored.keys()].filter((key) => /%2Fme/.test(key)),
        [],
      );
      await app.request("/same");
    }
    assert.equal(stored.size, 1);
  });
});

test("rule 2: etag() and compress() inside leave the marks and the cookie", async () => {
  const { app, sessions } = world();
  app.use(sessions, compress({ threshold: 1 }), etag());
  app.get("/", async (c) => {
    await count(c);
    return c.text("page ".repeat(100));
  });
  const visitor = browser(app);
  const first = await visitor.get("/");
  const tag = first.headers.get("ETag") ?? assert.fail();
  await first.body?.cancel();
  for (const more of [{}, { "If-None-Match": tag }]) {
    const headers = { "Accept-Encoding": "gzip", ...more };
    const page = await visitor.get("/", { headers });
    assert.equal(page.status, "If-None-Match" in more ? 304 : 200);
    isMarked(page);
    assert(setCookie(page));
    await page.body?.cancel();
  }
});

test("rule 2: an etag() outside never drops the session's cookie, and still answers 304 without one", async () => {
  const { app, sessions, read, seal } = world(STORES.server());
  app.use(etag(), etag({ weak: true }), sessions);
  app.get("/", async (c) => {
    const session = await c.var.session();
    if (c.req.query("new") !== undefined) session.regenerate();
    return c.req.query("own") === undefined
      ? c.text("page")
      : c.text("page", 200, { ETag: '"own"' });
  });
  for (const own of ["", "&own"]) {
    const cookie = await seal({ name: "Jay" });
    const ask = (query: string, more = {}) =>
      app.request(`/?${query}${own}`, { headers: { cookie, ...more } });
    const tag = (await ask("")).headers.get("ETag") ?? assert.fail();
    assert.equal((await ask("", { "If-None-Match": tag })).status, 304);
    const renewed = await ask("new", { "If-None-Match": tag });
    assert.equal((await read(cookieOf(renewed)))?.name, "Jay");
  }
});

test("rule 2: headers that speak to one cache only are removed", async () => {
  const { app, sessions } = world();
  const headers: Record<string, string> = { "X-Other": "stays" };
  for (
    const name of [
      ...["CDN-Cache-Control", "Cloudflare-CDN-Cache-Control"],
      ...["Deno-CDN-Cache-Control", "Surrogate-Control", "X-Accel-Expires"],
    ]
  ) headers[name] = "max-age=60";
  headers["Expires"] = new Date(2e12).toUTCString();
  app.use(sessions);
  app.get("/raw", async (c) => {
    await c.var.session();
    return new Response("page", { headers });
  });
  app.get("/text", async (c) => {
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    await c.var.session();
    return c.text("page");
  });
  app.get("/late", async (c, next) => {
    await c.var.session();
    await next();
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
  }, (c) => c.text("page"));
  for (const path of ["/raw", "/text", "/late"]) {
    const response = await app.request(path);
    const left = [...response.headers.keys()].filter((name) =>
      name !== "content-type"
    );
    assert.deepEqual(left, ["cache-control", "vary", "x-other"], path);
    isMarked(response);
  }
});

test("rule 2: a response that is taken back and replaced is marked too", async () => {
  const { app, sessions } = world();
  app.use(sessions);
  app.use(async (c, next) => {
    await next();
    c.res = undefined;
    if (c.req.query("with")) c.res = new Response("new");
  });
  app.get("/", async (c) => {
    await count(c);
    return c.text("old");
  });
  for (const query of ["", "?with=1"]) {
    const response = await app.request(`/${query}`);
    assert.equal(await response.text(), query ? "new" : "");
    isMarked(response);
    assert(setCookie(response));
  }
});

test("rule 2: a wrapper by hand that returns the route's Response itself sends it marked, with its own headers", async () => {
  const { app, sessions, read, seal } = world(STORES.server());
  app.get("/", async (c) => {
    let response = new Response("never");
    await sessions(c, async () => {
      (await count(c)).regenerate();
      response = new Response("raw", { headers: { Vary: "Accept" } });
    });
    return response;
  }, (c) => c.text("never"));
  const answer = await app.request("/", {
    headers: { cookie: await seal({}) },
  });
  assert.equal(await answer.text(), "raw");
  isMarked(answer);
  assert.match(answer.headers.get("Vary") ?? "", /Accept/);
  assert.equal((await read(cookieOf(answer)))?.count, 1);
});

test("rule 2: an app that is mounted under this one is marked, and keeps its own answers", async () => {
  const { app, sessions, seal, read } = world(STORES.server());
  app.use("/opened/*", sessions, async (c, next) => {
    await count(c);
    await next();
  });
  app.mount(
    "/opened",
    (request) => new Response(new URL(request.url).pathname),
  );
  app.mount("/free", () => new Response("free"));
  const cookie = await seal({});
  const headers = { cookie };
  const opened = await app.request("/opened/part", { headers });
  isMarked(opened);
  assert.equal(await opened.text(), "/part");
  assert.equal((await read(cookie))?.count, 1);
  const free = await app.request("/free/x", { headers });
  assert.equal(free.headers.get("Vary"), null);
});

testWhere(
  needsNet,
  "rule 2: a WebSocket opens, whatever its route does with the session",
  async () => {
    const { app, sessions, read, seal } = world();
    app.use(sessions);
    app.get("/", async (c) => {
      await count(c);
      const { response, socket } = Deno.upgradeWebSocket(c.req.raw);
      socket.onopen = () => socket.send("hello");
      return response;
    });
    const upgrades: Response[] = [];
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        const response = await app.fetch(request);
        upgrades.push(response);
        return response;
      },
    );
    const headers = { cookie: await seal({ count: 1 }) };
    const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/`, {
      headers,
    });
    const told = Promise.withResolvers<unknown>();
    socket.onmessage = ({ data }) => told.resolve(data);
    socket.onclose = () => told.resolve("closed");
    assert.equal(await told.promise, "hello");
    const closed = Promise.withResolvers<void>();
    socket.onclose = () => closed.resolve();
    socket.close();
    await closed.promise;
    const [upgrade = assert.fail()] = upgrades;
    assert.equal((await read(cookieOf(upgrade)))?.count, 2);
  },
);

test("rule 1: our own error answers keep X-Request-Id", async () => {
  const { app, sessions, seal } = world();
  app.use(requestId(), sessions);
  app.get("/", async (c) => {
    (await c.var.session()).update({ name: "x".repeat(5000) });
    return new Response("page", { headers: { "X-Page": "1" } });
  });
  app.onError((error, c) => c.text(error.name, 500));
  const headers = { cookie: await seal({}), "X-Request-Id": "abc" };
  const answer = await app.request("/", { headers });
  assert.equal(await answer.text(), "SessionTooLargeError");
  assert.equal(answer.headers.get("X-Request-Id"), "abc");
  assert.equal(answer.headers.get("X-Page"), null);
  isMarked(answer);
});

/** An app whose routes are programs, each over a session that another program may change meanwhile. */
function programs(
  { app, sessions }: World,
  all: Record<
    string,
    (session: Session<Data>, c: Context<SessionEnv<Data>>) => unknown
  >,
): TestApp {
  app.use(sessions);
  app.all("/:program", async (c) => {
    const run = all[c.req.param("program")] ?? assert.fail();
    const answer = await run(await c.var.session(), c);
    return answer instanceof Response ? answer : c.json(answer ?? null);
  });
  app.onError((error, c) =>
    c.text(error.name, error instanceof HTTPException ? error.status : 500)
  );
  return app;
}

function add(session: Session<Data>): void {
  session.update(({ count }) => ({ count: count + 1 }));
}

const ENDINGS: Record<string, (c: Context) => unknown> = {
  "an answer of 500": (c) => c.text("broken", 500),
  "a raw answer of 502": () => new Response("down", { status: 502 }),
  "a thrown Error": () => {
    throw new Error("broken");
  },
  "a thrown HTTPException of 503": () => {
    throw new HTTPException(503);
  },
  "an error at commit": async (c) => {
    (await c.var["session"]()).update({ name: "x".repeat(61_000) });
  },
};

for (const [where, store] of Object.entries(STORES)) {
  for (const [how, end] of Object.entries(ENDINGS)) {
    for (const change of ["nothing", "regenerate", "restart"] as const) {
      test(`rule 15: what was committed stays, and its cookie goes out, after ${change} and ${how} (${where})`, async () => {
        const w = world(store());
        programs(w, {
          async go(session, c) {
            add(session);
            if (change !== "nothing") session[change]();
            await session.commit();
            session.update({ name: "not committed" });
            return await end(c);
          },
        });
        for (const cookie of [await w.seal({ count: 4 }), ""]) {
          const answer = await w.app.request("/go", { headers: { cookie } });
          assert(answer.status >= 500);
          isMarked(answer);
          await answer.body?.cancel();
          const isSame = where === "server" && cookie && change === "nothing";
          const after = isSame ? cookie : cookieOf(answer);
          const { name, count } = await w.read(after) ?? assert.fail();
          assert.deepEqual([name, count], [undefined, cookie ? 5 : 1]);
          if (where === "server" && cookie && !isSame) {
            assert.equal(await w.read(cookie), null);
          }
        }
      });
    }
  }

  test(`rule 15: what was committed stays when an error passes through session() (${where})`, async () => {
    const { app, sessions, seal, read } = world(store());
    app.use(async (_, next) => {
      await next().catch(() => {});
      return new Response("caught", { status: 502 });
    });
    app.use(every(sessions, async (c: Context<SessionEnv<Data>>) => {
      const session = await count(c);
      session.regenerate();
      await session.commit();
      add(session);
      throw "broken";
    }));
    const cookie = await seal({});
    const answer = await app.request("/", { headers: { cookie } });
    assert.equal(await answer.text(), "caught");
    isMarked(answer);
    assert.equal((await read(cookieOf(answer)))?.count, 1);
  });

  test(`rule 15: changes before, between and after commits are all saved, with one cookie and one event (${where})`, async () => {
    const events: string[] = [];
    const w = world({ ...store(), onEvent: ({ type }) => events.push(type) });
    programs(w, {
      async go(session) {
        add(session);
        await session.commit();
        add(session);
        session.update({ flash: "once" });
        await session.commit();
        await session.commit();
        session.take("flash");
        add(session);
        return [session.data.count, session.info.id];
      },
    });
    const first = await w.app.request("/go");
    const [count, id] = await first.json();
    assert.equal(count, 3);
    const cookie = cookieOf(first);
    assert.deepEqual(await w.read(cookie), { count: 3, list: [] });
    const second = await w.app.request("/go", { headers: { cookie } });
    assert.deepEqual(await second.json(), [6, id]);
    const after = setCookie(second) ? cookieOf(second) : cookie;
    assert.equal((await w.read(after))?.count, 6);
    assert.deepEqual(events, ["began", "saved"]);
  });

  test(`rule 15: after destroy() commit() ends the session at once, and nothing brings it back (${where})`, async () => {
    const w = world(store());
    programs(w, {
      async go(session, c) {
        session.destroy();
        await session.commit();
        if (where === "server") assert.equal(await w.read(cookie), null);
        assert.throws(
          () => session.update({ name: "Eve" }),
          SessionClosedError,
        );
        assert.throws(() => session.restart(), SessionClosedError);
        await session.commit();
        return c.text("broken", 500);
      },
    });
    const cookie = await w.seal({});
    const answer = await w.app.request("/go", { headers: { cookie } });
    assert.equal(await answer.text(), "broken");
    assert(isCleared(answer));
  });

  test(`rule 15: what is too large is not stored, and a route may go on without it (${where})`, async () => {
    const w = world(store());
    programs(w, {
      async go(session) {
        session.update({ name: "x".repeat(61_000) });
        await assert.rejects(session.commit(), SessionTooLargeError);
        assert.equal(session.data.name, "Jay");
        add(session);
      },
    });
    const cookie = await w.seal({ name: "Jay" });
    const answer = await w.app.request("/go", { headers: { cookie } });
    assert.equal(answer.status, 200);
    const after = setCookie(answer) ? cookieOf(answer) : cookie;
    const { name, count } = await w.read(after) ?? assert.fail();
    assert.deepEqual([name, count], ["Jay", 1]);
  });
}

test("rule 15: of ten requests that claim the same thing one wins, and all see which", async () => {
  const w = world(STORES.server());
  let opened = 0;
  const all = Promise.withResolvers<void>();
  programs(w, {
    async claim(session, c) {
      if (++opened === 10) all.resolve();
      await all.promise;
      const me = c.req.query("me") ?? "";
      session.update(({ name }) => name === undefined ? { name: me } : {});
      await session.commit();
      return [session.data.name, session.data.name === me];
    },
  });
  const headers = { cookie: await w.seal({}) };
  const answers = await Promise.all(
    Array.from({ length: 10 }, async (_, i) => {
      const answer = await w.app.request(`/claim?me=${i}`, { headers });
      return await answer.json();
    }),
  );
  assert.equal(answers.filter(([, isMine]) => isMine).length, 1);
  assert.equal(new Set(answers.map(([winner]) => winner)).size, 1);
});

test("rule 15: a value that is taken and committed is used once, by one of five posts", async () => {
  for (let run = 0; run < 20; run++) {
    const w = world(STORES.server());
    let charged = 0;
    programs(w, {
      async pay(session) {
        const nonce = session.take("flash");
        await session.commit();
        if (nonce !== undefined) charged++;
        return nonce;
      },
    });
    const headers = { cookie: await w.seal({ flash: "nonce" }) };
    const answers = await Promise.all(Array.from({ length: 5 }, async () => {
      const answer = await w.app.request("/pay", { method: "POST", headers });
      return [answer.status, await answer.text()].join(" ");
    }));
    const expected = [
      '200 "nonce"',
      ...Array(4).fill("409 SessionConflictError"),
    ];
    assert.deepEqual(answers.toSorted(), expected);
    assert.equal(charged, 1);
  }
});

for (const meanwhile of ["destroy", "regenerate", "restart", "take"] as const) {
  test(`rule 15: a commit that meets a ${meanwhile} is a conflict, and nothing of it is saved when the route catches it`, async () => {
    const w = world(STORES.server());
    programs(w, {
      other(session) {
        if (meanwhile === "take") session.take("flash");
        else session[meanwhile]();
      },
      async go(session, c) {
        session.update({ name: "Eve" });
        session.take("flash");
        const other = await w.app.request("/other", { headers });
        if (meanwhile !== "take" && meanwhile !== "destroy") {
          after = cookieOf(other);
        }
        await assert.rejects(session.commit(), SessionConflictError);
        assert.equal(session.data.name, "Jay");
        return c.req.query("write") ? add(session) : "caught";
      },
    });
    let after = "";
    let headers = { cookie: "" };
    for (const [path, status] of [["go", 200], ["go?write=1", 409]] as const) {
      const cookie = await w.seal({ name: "Jay", flash: "nonce" });
      headers = { cookie };
      after = cookie;
      const answer = await w.app.request(`/${path}`, { headers });
      const isThere = meanwhile === "take";
      assert.equal(answer.status, isThere ? 200 : status);
      await answer.body?.cancel();
      const left = await w.read(after);
      if (meanwhile === "destroy") assert.equal(left, null);
      else assert.equal(left?.name, "Jay");
      if (isThere) {
        assert.deepEqual([left?.flash, left?.count], [
          undefined,
          status === 200 ? 0 : 1,
        ]);
      }
    }
  });
}

test("rule 15: data is read anew, also when this request's change came to nothing or there is none", async () => {
  const w = world(STORES.server());
  programs(w, {
    other: (session) => session.update({ name: "new" }),
    async nothing(session) {
      await w.app.request("/other", { headers });
      await session.commit();
      return session.data.name;
    },
    async same(session) {
      session.update(({ count }) => ({ count }));
      await w.app.request("/other", { headers });
      await session.commit();
      return session.data.name;
    },
    async skip(session) {
      session.update(() => ({}), { onConflict: "skip" });
      await w.app.request("/other", { headers });
      await session.commit();
      return session.data.name;
    },
  });
  let headers = { cookie: "" };
  for (const path of ["nothing", "same", "skip"]) {
    headers = { cookie: await w.seal({ name: "old" }) };
    const answer = await w.app.request(`/${path}`, { headers });
    assert.equal(await answer.json(), "new", path);
  }
});

test("rule 15: a commit without a change, in a session that was destroyed meanwhile, is a conflict", async () => {
  const w = world(STORES.server());
  programs(w, {
    end: (session) => session.destroy(),
    async go(session) {
      await w.app.request("/end", { headers });
      await session.commit();
    },
  });
  const headers = { cookie: await w.seal({}) };
  assert.equal((await w.app.request("/go", { headers })).status, 409);
});

test("rule 15: an outage at commit is told, and what a route makes of it saves nothing of it", async () => {
  const store = controlledStore();
  const w = world({ store });
  programs(w, {
    async go(session, c) {
      session.update({ name: "Eve" });
      session.take("flash");
      if (c.req.query("how") === "regenerate") session.regenerate();
      if (c.req.query("how") === "restart") session.restart({ keep: [] });
      store.fail(new Error("down"), "writes");
      const commit = session.commit();
      await assert.rejects(commit, SessionStoreError).finally(() =>
        store.fail(undefined)
      );
      assert.equal(session.data.name, "Jay");
      add(session);
    },
  });
  for (const how of ["", "?how=regenerate", "?how=restart"]) {
    const cookie = await w.seal({ name: "Jay", flash: "kept" });
    const answer = await w.app.request(`/go${how}`, { headers: { cookie } });
    assert.equal(answer.status, 200);
    assert.equal(setCookie(answer), undefined);
    const data = { name: "Jay", flash: "kept", count: 1, list: [] };
    assert.deepEqual(await w.read(cookie), data);
  }
});

test("rule 15: an outage at the commit of a destroy() is made good after the route, or told once more", async () => {
  const store = controlledStore();
  const w = world({ store });
  programs(w, {
    async go(session, c) {
      session.destroy();
      store.fail(new Error("down"));
      await assert.rejects(session.commit(), SessionStoreError);
      if (c.req.query("over")) store.fail(undefined);
      return "signed out";
    },
  });
  const cookie = await w.seal({});
  const headers = { cookie };
  const during = await w.app.request("/go", { headers });
  assert.equal(during.status, 503);
  assert.equal(setCookie(during), undefined);
  store.fail(undefined);
  const answer = await w.app.request("/go?over=1", { headers });
  assert(isCleared(answer));
  assert.equal(await w.read(cookie), null);
});

for (const isNew of [true, false]) {
  test(`rule 15: a commit that the route does not wait for is waited for (${isNew ? "a new session" : "another id"})`, async () => {
    const store = controlledStore({
      turn: () => new Promise((resolve) => setTimeout(resolve)),
    });
    const w = world({ store });
    programs(w, {
      go(session, c) {
        add(session);
        if (!isNew) session.regenerate();
        void session.commit();
        return c.text("done", c.req.query("fail") ? 500 : 200);
      },
    });
    for (const query of ["", "?fail=1"]) {
      const cookie = isNew ? "" : await w.seal({});
      const headers = { cookie };
      const answer = await w.app.request(`/go${query}`, { headers });
      assert.equal((await w.read(cookieOf(answer)))?.count, 1);
    }
  });
}

test("rule 15: a commit that the route does not wait for, and that fails, is the answer", async () => {
  const store = controlledStore({
    turn: () => new Promise((resolve) => setTimeout(resolve)),
  });
  const w = world({ store });
  programs(w, {
    go(session) {
      session.update({ name: "Eve" });
      void session.commit();
      return "done";
    },
  });
  const cookie = await w.seal({ name: "Jay" });
  store.fail(new Error("down"), "writes");
  const answer = await w.app.request("/go", { headers: { cookie } });
  assert.equal(answer.status, 503);
  store.fail(undefined);
  assert.equal((await w.read(cookie))?.name, "Jay");
});

test("rule 15: a later change that no longer fits is its own conflict, not the commit's", async () => {
  const limited = z.object({ list: z.array(z.string()).max(2).default([]) });
  const sessions = session({
    ...{ schema: limited, secrets: [SECRET], store: controlledStore() },
  });
  const app = new Hono<SessionEnv<z.output<typeof limited>>>().use(sessions);
  const push = (list: readonly string[], item: string) => ({
    list: [...list, item],
  });
  app.get("/push/:item", async (c) => {
    const session = await c.var.session();
    session.update(({ list }) => push(list, c.req.param("item")));
    return c.json(session.data.list);
  });
  app.get("/go", async (c) => {
    const session = await c.var.session();
    await app.request("/push/other", { headers });
    session.update(({ list }) => push(list, "first"));
    const commit = session.commit();
    session.update(({ list }) => push(list, "second"));
    committed = await commit.then(() => session.data.list, (error) => error);
    return c.text("done");
  });
  let committed: unknown;
  const headers = { cookie: await sealFor(sessions, {}) };
  const answer = await app.request("/go", { headers });
  assert.equal(answer.status, 409);
  assert.deepEqual(committed, ["other", "first"]);
  const read = await app.request("/push/more", { headers });
  assert.equal(read.status, 500); // both places are taken
});

test("rule 15: a sign-in that commits, and changes more, may be sent twice", async () => {
  const w = world(STORES.server());
  programs(w, {
    async "sign-in"(session) {
      session.restart({ keep: ["list"] });
      session.update({ name: "Jay" });
      await session.commit();
      add(session);
    },
    add,
  });
  const headers = { cookie: await w.seal({ list: ["assam"] }) };
  const first = await w.app.request("/sign-in", { headers });
  const second = await w.app.request("/sign-in", { headers });
  assert.deepEqual([first.status, second.status], [200, 200]);
  const data = { name: "Jay", count: 1, list: ["assam"] };
  assert.deepEqual(await w.read(cookieOf(second)), data);
  assert.equal(await w.read(cookieOf(first)), null);
  // Whoever has used the session has it: the old one can no longer be restarted.
  const used = { headers: { cookie: cookieOf(second) } };
  assert.equal((await w.app.request("/add", used)).status, 200);
  const third = await w.app.request("/sign-in", { headers });
  assert.equal(third.status, 409);
});

test("rule 15: restart({ keep: [] }) cannot conflict after a commit either, won or lost", async () => {
  const w = world(STORES.server());
  programs(w, {
    end: (session) => session.destroy(),
    async go(session, c) {
      const isLost = c.req.query("lost") !== undefined;
      add(session);
      if (!isLost) await session.commit();
      await w.app.request("/end", { headers });
      if (isLost) await assert.rejects(session.commit(), SessionConflictError);
      session.restart({ keep: [] });
      session.update({ name: "Eve" });
    },
  });
  let headers = { cookie: "" };
  for (const query of ["", "?lost"]) {
    headers = { cookie: await w.seal({ flash: "old" }) };
    const answer = await w.app.request(`/go${query}`, { headers });
    assert.equal(answer.status, 200);
    const data = { name: "Eve", count: 0, list: [] };
    assert.deepEqual(await w.read(cookieOf(answer)), data);
  }
});

test("rule 15: what is changed while a commit is under way is saved once, by the next one or after the route", async () => {
  const store = controlledStore({
    turn: () => new Promise((resolve) => setTimeout(resolve)),
  });
  const w = world({ store });
  programs(w, {
    other: add,
    async go(session) {
      add(session);
      const other = w.app.request("/other", { headers });
      const first = session.commit();
      add(session);
      const rest = [session.commit(), session.commit()];
      add(session);
      await Promise.all([first, ...rest, other]);
      await session.commit();
      const { count } = session.data;
      add(session);
      return count;
    },
  });
  const headers = { cookie: await w.seal({}) };
  for (const before of [0, 5]) {
    const answer = await w.app.request("/go", { headers });
    assert.equal(await answer.json(), before + 4);
    assert.equal((await w.read(headers.cookie))?.count, before + 5);
  }
});

test("rule 3: a replay that no longer fits the schema is a conflict", async () => {
  const limited = z.object({ count: z.number().max(1).default(0) });
  const sessions = session({
    ...{ schema: limited, secrets: [SECRET], store: controlledStore() },
  });
  const app = new Hono<SessionEnv<z.output<typeof limited>>>().use(sessions);
  app.get("/:mode", async (c) => {
    const session = await c.var.session();
    session.update(({ count }) => ({ count: count + 1 }));
    if (c.req.param("mode") === "commit") await session.commit();
    return c.text("ok");
  });
  for (const mode of ["commit", "save"]) {
    const headers = { cookie: await sealFor(sessions, {}) };
    const both = await Promise.all([
      app.request(`/${mode}`, { headers }),
      app.request(`/${mode}`, { headers }),
    ]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 409]);
  }
});

test("rule 3: take() beside ten updates gives the value once, in 100 runs", async () => {
  for (let run = 0; run < 100; run++) {
    const w = world(STORES.server());
    programs(w, { add, take: (session) => session.take("flash") });
    const headers = { cookie: await w.seal({ flash: "once" }) };
    const ask = async (path: string) => {
      const answer = await w.app.request(path, { headers });
      assert.equal(answer.status, 200);
      return await answer.json();
    };
    const updates = Array.from({ length: 5 }, () => "/add");
    const paths = [...updates, "/take", ...updates];
    const answers = await Promise.all(paths.map(ask));
    assert.equal(answers[5], "once");
    assert.equal(await ask("/take"), null);
    assert.equal((await w.read(headers.cookie))?.count, 10);
  }
});

for (const [where, store] of Object.entries(STORES)) {
  test(`an opening with touch: false never moves the idle end, unless another one of the request touches (${where})`, async () => {
    const clock = new Clock();
    const w = world({ ...store(), now: clock.now });
    const { app, sessions } = w;
    app.use(sessions);
    app.get("/:how", async (c) => {
      const how = c.req.param("how");
      if (how === "touch, poll") await c.var.session();
      const session = await c.var.session({ touch: false });
      if (how === "poll, touch") await c.var.session();
      if (how === "poll, touch: true") await c.var.session({ touch: true });
      if (how === "write") add(session);
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
    visitor.setCookie(await w.seal({}));
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

for (
  const [name, open] of Object.entries({
    memory: (clock: Clock) => ({
      ...controlledStore({ now: clock.now }),
      async [Symbol.asyncDispose]() {},
    }),
    SQLite: (clock: Clock) => sqliteStore(":memory:", { now: clock.now }),
  })
) {
  for (
    const [idle, absolute, isSaid] of [
      [1800, 28_800, 1800],
      [7200, 28_800, 3600],
      [600, 600, 600],
    ] as const
  ) {
    const reason = name === "SQLite" ? needsNet : null;
    testWhere(
      reason,
      `rule 5: ${name} says expired for ${isSaid} s after an idle end of ${idle} s, then unknown`,
      async () => {
        const clock = new Clock();
        await using store = open(clock);
        const lifetime = { idle, absolute };
        const w = world({ store, now: clock.now, lifetime });
        programs(w, {
          read: ({ info }) => info.rejected ?? "live",
          add,
          end: (session) => session.destroy(),
        });
        const began = clock.seconds;
        const cookie = await w.seal({});
        const why = async (after: number, path = "read") => {
          clock.seconds = began + idle + after;
          const answer = await w.app.request(`/${path}`, {
            headers: { cookie },
          });
          if (path === "read") assert.equal(setCookie(answer), undefined);
          else assert(cookieOf(answer) !== cookie);
          return await answer.json();
        };
        assert.equal(await why(0), "expired");
        assert.equal(await why(isSaid - 1), "expired");
        assert.equal(await why(isSaid - 1, "add"), null); // begins another one
        assert.equal(await why(isSaid - 1), "expired");
        assert.equal(await why(isSaid), "unknown");
      },
    );
  }
}

test("rule 10: a schema that cannot keep its promises is refused, with what to do", () => {
  const refused: [z.ZodObject, RegExp][] = [
    [
      z.object({ id: z.string().default(() => crypto.randomUUID()) }),
      /another value each time.*make the key optional/,
    ],
    [
      z.object({
        a: z.object({ n: z.number().default(Math.random) }).prefault({}),
      }),
      /another value each time/,
    ],
    [
      z.object({ name: z.string().refine(async () => await true).optional() }),
      /name has an async refinement: check before you store/,
    ],
    [
      z.object({
        all: z.array(z.string().check(async () => {})).default([]),
      }),
      /async refinement/,
    ],
    [z.object({}).refine(async () => await true), /it has an async refinement/],
    [z.object({ any: z.unknown().default(new Map()) }), /default of any .*Map/],
    [
      z.object({ any: z.any().default(() => new Date()) }),
      /default of any .*Date/,
    ],
    [
      z.object({ any: z.unknown().default({ deep: [1n] }) }),
      /default of any\.deep\[0\] .*bigint/,
    ],
  ];
  for (const [schema, message] of refused) {
    assert.throws(
      () => session({ schema, secrets: [SECRET] }),
      (error: Error) => {
        assert(error instanceof TypeError);
        assert.match(error.message, message);
        return true;
      },
    );
  }
});
