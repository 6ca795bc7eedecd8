// Rules 1 and 2: what a request saves and sends, over every kind of answer and beside other middleware.
import assert from "node:assert/strict";
import { Context, Hono, type MiddlewareHandler } from "hono";
import { every, except, some } from "hono/combine";
import { etag } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import { stream, streamSSE } from "hono/streaming";
import {
  type Binding,
  type Session,
  session,
  SessionClosedError,
  type SessionEnv,
} from "../middleware/session/mod.ts";
import { controlledStore, slowStore } from "./support/controlled_store.ts";
import {
  add,
  cookieOf,
  type Data,
  isCleared,
  options,
  setCookie,
  STORES,
  world,
} from "./support/test_app.ts";

const test = Deno.test;

/** Asserts that no shared cache keeps the answer. */
function isMarked({ headers }: Response, what?: string): void {
  assert.equal(headers.get("Cache-Control"), "private, no-store", what);
  assert.match(headers.get("Vary") ?? "", /\bCookie\b/, what);
}

type Guard = MiddlewareHandler<SessionEnv<Data>>;

// Every way in which a route can answer

const ANSWERS: Record<string, (c: Context) => Response | Promise<Response>> = {
  text: (c) => c.text("ok"),
  JSX: (c) => c.html("<p>ok</p>"),
  redirect: (c) => c.redirect("/", 303),
  "empty body": (c) => c.body(null, 204),
  "raw Response": () => new Response("raw", { headers: { "X-Raw": "1" } }),
  "raw Response for shared caches": () =>
    new Response("raw", { headers: { "Cache-Control": "public, s-maxage=9" } }),
  "Response with immutable headers": () =>
    Response.redirect("http://localhost/"),
  stream: (c) => stream(c, async (out) => void await out.write("chunk")),
  "event stream": (c) => streamSSE(c, (out) => out.writeSSE({ data: "event" })),
  "404": (c) => c.notFound(),
  "fetched Response": () => fetch("data:text/plain,body"), // its headers are immutable too
};

/** Cookies of the route itself, beside the session's. */
const COOKIES = ["theme=dark; Path=/", "other=1, 2"];

/** Opened in front of the route, by a library that sets a header, or in the route. */
const REQUESTS = Object.values(STORES).flatMap((store) =>
  [[], COOKIES].flatMap((own) =>
    [true, false].map((isEarly) => ({ store, own, isEarly }))
  )
);

for (const [kind, answer] of Object.entries(ANSWERS)) {
  test(`rule 1: one Set-Cookie after a change and none without one, the route's own beside it; rule 2: opening adds Cookie to Vary and makes the answer private, as middleware inside sees, on ${kind}`, async () => {
    for (const { store, own, isEarly } of REQUESTS) {
      const { app, sessions, ask, seal, read } = world(store());
      app.use(sessions, async (c, next) => {
        await next();
        isMarked(c.res);
      }, async (c, next) => {
        if (isEarly) await c.var.session();
        if (isEarly) c.header("X-Other", "library"); // hono then copies a raw Response
        await next();
      });
      app.get("/:what", async (c) => {
        const session = await c.var.session();
        const isWrite = c.req.param("what") === "write";
        session.update({ name: isWrite ? "Jay" : session.data.name });
        session.update(({ count }) => ({ count: count + (isWrite ? 1 : 0) }));
        session.take("flash");
        const response = await answer(c);
        if (own.length === 0) return response;
        const { body, status, headers } = new Response(response.body, response);
        headers.set("Cache-Control", "public, max-age=600");
        headers.set("Vary", "Accept-Language");
        for (const line of own) headers.append("Set-Cookie", line);
        return new Response(body, { status, headers });
      });
      const written = await ask("/write");
      const [line = "", ...more] = written.headers.getSetCookie().reverse();
      assert.match(
        line,
        /^session=v1\.[\w-]+\.[\w-]+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Lax$/,
      );
      assert.deepEqual(more.reverse(), own);
      const stored = await read(cookieOf(written));
      assert.deepEqual(stored, { count: 1, name: "Jay", list: [] });
      const method = kind.startsWith("fetched") ? "GET" : "HEAD"; // hono leaves its body unread
      const unchanged = [
        await ask("/same"),
        await ask("/same", await seal({ name: "Jay" })),
        await ask("/same", "", { method }),
      ];
      for (const { headers } of unchanged) {
        assert.deepEqual(headers.getSetCookie(), own);
      }
      for (const response of [written, ...unchanged]) {
        isMarked(response);
        const vary = response.headers.get("Vary");
        if (own.length > 0) assert.equal(vary, "Accept-Language, Cookie");
        await response.body?.cancel();
      }
    }
  });

  test(`rule 2: a request that never opens the session costs no read, no cookie and no header, on ${kind}`, async () => {
    const store = controlledStore();
    const { app, sessions, ask, seal } = world({ store });
    const cookie = await seal();
    store.fail(new Error("it may not be asked"));
    app.use("/with", sessions).get("/:which", answer);
    const with_ = await ask("/with", cookie);
    const without = await ask("/without");
    assert.deepEqual([...with_.headers], [...without.headers]);
    assert.equal(with_.status, without.status);
    await Promise.all([with_.body?.cancel(), without.body?.cancel()]);
  });
}

test("rule 1: a Response that a module or an error handler shares between requests carries no cookie to another one", async () => {
  for (const status of [200, 204, 303, 401]) {
    const shared = new Response(null, { status });
    const { app, sessions, ask } = world();
    app.onError(() => shared);
    const route: Guard = async (c) => {
      const session = await c.var.session();
      if (c.req.path === "/write") add(session, c);
      if (status === 401) throw new HTTPException(status);
      return shared;
    };
    app.use(every(sessions, route)).get("/*", (c) => c.text("never"));
    assert(setCookie(await ask("/write")));
    assert.equal(setCookie(await ask("/read")), undefined);
  }
});

// Every way in which a route can end, and what of it is saved

function throws(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

class Foreign extends Error {
  readonly status = 401;
  getResponse = () => new Response("Who are you?", { status: 401 });
}

type Ending = (c: Context<SessionEnv<Data>>) => Response | Promise<Response>;

const SAVED: Record<string, Ending> = {
  "an answer of 404": (c) => c.text("nothing here", 404),
  "a thrown HTTPException": throws(new HTTPException(401)),
  "a thrown HTTPException with its own Response": throws(
    new HTTPException(401, { res: new Response("?", { status: 401 }) }),
  ),
  "the HTTPException of another copy of hono": throws(new Foreign()),
  "a thrown Response": () => {
    throw new Response("Elsewhere", { status: 403 });
  },
  "a thrown Response with immutable headers": () => {
    throw Response.redirect("http://localhost/next", 303);
  },
};

const FAILED: Record<string, Ending> = {
  "an answer of 500": (c) => c.text("broken", 500),
  "a raw answer of 502": () => new Response("down", { status: 502 }),
  "a thrown Error": throws(new Error("broken")),
  "an Error that the app answers with 400": throws(
    Object.assign(new Error("broken"), { status: 400 }),
  ),
  "a thrown HTTPException of 500": throws(new HTTPException(500)),
  "a thrown Response of 502": () => {
    throw new Response("down", { status: 502 });
  },
  "a thrown string": throws("broken"),
  "a thrown undefined": throws(undefined),
  async "an error at commit"(c) {
    (await c.var.session()).update({ name: "x".repeat(61_000) });
    return c.text("ok");
  },
};

/** A change that commits is followed by one that does not. */
const CHANGES: Record<string, (session: Session<Data>) => unknown> = {
  update() {},
  regenerate: (session) => session.regenerate(),
  destroy: (session) => session.destroy(),
  commit: (session) => session.commit(),
  "regenerate and commit"(session) {
    session.regenerate();
    return session.commit();
  },
  "restart and commit"(session) {
    session.restart();
    return session.commit();
  },
};

/** The middleware before a route, or around a guard that answers in its place. */
const WAYS: Record<string, (sessions: Guard, route: Guard) => Guard[]> = {
  "app.use()": (sessions, route) => [sessions, route],
  "every()": (sessions, route) => [every(sessions, route)],
  "except()": (sessions, route) => [except("/public", sessions, route)],
  "a wrapper by hand": (sessions, route) => [
    (c, next) =>
      sessions(c, async () => {
        c.res = await route(c, next) ?? assert.fail();
      }),
  ],
  "session() twice": (sessions, route) => [every(sessions, sessions, route)],
};

for (const [way, wrap] of Object.entries(WAYS)) {
  for (const [where, store] of Object.entries(STORES)) {
    test(`rule 1: destroy() holds whatever the route ends with, and a failure saves nothing but what was committed: ${way} (${where})`, async () => {
      const { app, sessions, ask, seal, read } = world(store());
      let change = CHANGES["update"]!;
      let end = SAVED["an answer of 404"]!;
      let isCommitted = false;
      app.use(async (_, next) => {
        try {
          await next();
        } catch (thrown) { // hono passes on what is no Error
          if (thrown instanceof Response) return thrown;
          return new Response("caught", { status: 500 });
        }
      });
      app.use(...wrap(sessions, async (c) => {
        const session = await c.var.session();
        session.update({ name: "Eve" });
        await change(session);
        if (isCommitted) session.update({ name: "Zoe" });
        return await end(c);
      }));
      app.get("/", (c) => c.text("never"));

      for (const [ending, run] of Object.entries({ ...SAVED, ...FAILED })) {
        end = run;
        const isSaved = ending in SAVED;
        for (const [what, make] of Object.entries(CHANGES)) {
          change = make;
          isCommitted = what.includes("commit");
          for (const cookie of [await seal({ name: "Jay" }), ""]) {
            const isNew = cookie === "";
            const message = `${ending}, ${what}${isNew ? ", new" : ""}`;
            const answer = await ask("/", cookie);
            await answer.body?.cancel();
            assert(answer.status >= 303, message);
            isMarked(answer, message);
            if (what === "destroy") {
              assert.equal(isCleared(answer), !isNew, message);
              if (where === "cookie" || isNew) continue; // a copied cookie opens there
              assert.equal(await read(cookie), null, message);
              continue;
            }
            const line = setCookie(answer);
            const after = cookieOf(answer, cookie);
            const name = isCommitted
              ? (isSaved ? "Zoe" : "Eve")
              : (isSaved ? "Eve" : isNew ? undefined : "Jay");
            assert.equal((await read(after))?.name, name, message);
            if (!isSaved && !isCommitted) assert.equal(line, undefined);
            else if (/re/.test(what) && !isNew) {
              assert.notEqual(after, cookie);
              if (where === "server") assert.equal(await read(cookie), null);
            }
          }
        }
      }
    });
  }
}

for (const [where, store] of Object.entries(STORES)) {
  test(`rule 1: the route that runs after some() has given up a guard can no longer write (${where})`, async () => {
    for (const isOpened of [true, false]) {
      const { app, sessions, ask, seal, read } = world(store());
      const requireUser: Guard = async (c) => {
        if (isOpened) add(await c.var.session(), c);
        throw new HTTPException(401);
      };
      app.use(some(every(sessions, requireUser), (_, next) => next()));
      app.get("/", async (c) => {
        const write = async () => (await c.var.session()).update({ count: 9 });
        await assert.rejects(write, SessionClosedError);
        return new Response("private");
      });
      const cookie = await seal({ name: "Jay" });
      const answer = await ask("/", cookie);
      assert.equal(await answer.text(), "private");
      if (!isOpened) continue;
      isMarked(answer);
      const after = cookieOf(answer, cookie);
      assert.equal((await read(after))?.count, 1);
    }
  });
}

test("rule 1: what one session sends survives whatever happens to another one of the same app", async () => {
  const other = session({
    ...options({ store: controlledStore() }),
    ...{ variable: "cart", cookieName: "cart" },
  });
  const { app, sessions, ask, seal, read } = world(STORES.server());
  // The inner one is saved; then the outer one is too large. As the only
  // handler's, its error answer is never set on the context.
  app.get(
    "/",
    every(other as never, sessions as never, async (c: Context) => {
      (await c.var["cart"]()).update({ name: "x".repeat(61_000) });
      (await c.var["session"]()).regenerate();
      return c.text("ok");
    }) as never,
  );
  const cookie = await seal({ name: "Jay" });
  const answer = await ask("/", cookie);
  assert.equal(answer.status, 500);
  isMarked(answer);
  assert.equal(await read(cookie), null);
  assert.equal((await read(cookieOf(answer)))?.name, "Jay");
});

test("rule 1: a Response that was sent before is refused, so that no visitor gets the cookie of another", async () => {
  const page = new Response("kept by a module");
  const { app, sessions, ask, seal } = world();
  app.use(sessions).get("/:name?", async (c) => {
    const session = await c.var.session();
    const name = c.req.param("name");
    if (name !== undefined) session.update({ name });
    return page;
  });
  await (await ask("/")).text();
  const method = "HEAD";
  assert.equal((await ask("/Ann", "", { method })).status, 500);
  const response = await ask("/", await seal({ name: "Bob" }), { method });
  assert.equal(setCookie(response), undefined);
});

test("rules 1, 2: middleware between two sessions may change the cookie of the inner one; one with its own c.res hides no mark", async () => {
  const { app, sessions, ask } = world();
  const outer = session({ ...options(), variable: "o", cookieName: "o" });
  const found = Object.getOwnPropertyDescriptor(Context.prototype, "res");
  app.use((c, next) => {
    Object.defineProperty(c, "res", { ...found });
    return next();
  }).use(outer).use(async (c, next) => {
    await next();
    const [line] = c.res.headers.getSetCookie();
    c.res.headers.set("Set-Cookie", `${line}; Priority=High`);
  }).use(sessions).get("/", async (c) => {
    await (c.var as unknown as { o(): Promise<unknown> }).o();
    (await c.var.session()).update({ count: 1 });
    return c.text("ok");
  });
  const response = await ask("/");
  isMarked(response);
  assert.match(setCookie(response) ?? "", /; Priority=High$/);
});

test("rule 2: a response that somebody holds already is marked when the session is opened, and when it is saved", async () => {
  const { app, sessions, ask } = world();
  const marks: (string | null)[] = [];
  app.get("/opened", sessions, async (c, next) => {
    await next();
    const { headers } = c.res;
    await c.var.session();
    marks.push(headers.get("Cache-Control"));
  }, (c) => c.text("ok", 200, { "Cache-Control": "public" }));
  app.get("/saved", async (c) => {
    const response = c.text("ok", 200, { "Cache-Control": "public" });
    await sessions(c, async () => {
      (await c.var.session()).update({ count: 1 });
      c.res = response;
    });
    return response;
  });
  isMarked(await ask("/opened"));
  assert.deepEqual(marks, ["private, no-store"]);
  isMarked(await ask("/saved"));
});

test("rule 1: an error of a sub-app with a handler of its own is an answer, as anywhere", async () => {
  const { app, sessions, ask, seal, read } = world(STORES.server());
  const part = new Hono<SessionEnv<Data>>().use(sessions)
    .get("/:status", async (c) => {
      add(await c.var.session(), c);
      throw new HTTPException(Number(c.req.param("status")) as 404);
    });
  part.onError((error, c) =>
    c.text("part", (error as HTTPException).status as 404)
  );
  app.use("/twice/*", sessions).route("/twice", part).route("/part", part);
  const cookie = await seal();
  for (const [path, expected] of [["twice", 1], ["part", 2]] as const) {
    for (const status of [404, 500]) {
      const answer = await ask(`/${path}/${status}`, cookie);
      assert.equal(await answer.text(), "part");
      isMarked(answer);
    }
    assert.equal((await read(cookie))?.count, expected);
  }
});

test("rule 1: once the answer is made a write, a commit or a first session() fails with SessionClosedError; reading goes on", async () => {
  const { app, sessions, ask, seal } = world();
  let open: () => Promise<Session<Data>> = () => assert.fail();
  app.use(sessions).get("/:what", async (c) => {
    open = () => c.var.session();
    const what = c.req.param("what");
    if (what === "nothing") return c.text("ok");
    const session = await open();
    if (what === "write") session.update({ count: 1 });
    if (what === "destroy") session.destroy();
    return c.text("ok");
  });
  await ask("/nothing");
  await assert.rejects(open, SessionClosedError);
  for (const what of ["read", "write", "destroy"]) {
    await ask(`/${what}`, await seal({ name: "Jay" }));
    const session = await open();
    const { name } = session.data;
    assert.equal(name, what === "destroy" ? undefined : "Jay");
    for (
      const write of [
        ...[() => session.update({ name: "late" }), () => session.take("name")],
        ...[() => session.regenerate(), () => session.destroy()],
        () => session.commit(),
      ]
    ) await assert.rejects(async () => await write(), SessionClosedError);
  }
});

test("rule 1: a session that the route did not wait for is waited for, and what it writes is saved", async () => {
  const { app, sessions, ask, read, seal } = world({ store: slowStore() });
  app.use(sessions).get("/", (c) => {
    void c.var.session().then((session) => add(session, c));
    return c.text("ok");
  });
  const cookie = await seal();
  await ask("/", cookie);
  assert.equal((await read(cookie))?.count, 1);
});

test("rule 1: an error answer made at commit carries nothing of the route's response but the marks, CORS and X-Request-Id", async () => {
  const { app, sessions, ask } = world();
  let status: 500 | undefined = 500;
  app.onError((error, c) => c.text(error.name, status));
  app.use(requestId(), sessions).get("/:kind", async (c) => {
    (await c.var.session()).update({ name: "x".repeat(5000) });
    c.status(201);
    const headers = {
      ...{ "Location": "/next", "Content-Encoding": "br", "ETag": '"1"' },
      ...{ "Content-Type": "application/pdf", "Set-Cookie": "theme=dark" },
      ...{ "Vary": "Accept", "Cache-Control": "public, max-age=600" },
      "Access-Control-Allow-Origin": "https://friend.example",
    };
    if (c.req.param("kind") === "raw") {
      return new Response(null, { status: 303, headers });
    }
    c.header("Content-Language", "en");
    return c.body("gone", 303, headers);
  });
  for (const path of ["/raw", "/made"]) {
    const headers = { "X-Request-Id": "abc" };
    const response = await ask(path, "", { headers });
    assert.equal(response.status, 500);
    assert.equal(await response.text(), "SessionTooLargeError");
    assert.deepEqual(Object.fromEntries(response.headers), {
      ...{ "cache-control": "private, no-store", "x-request-id": "abc" },
      "access-control-allow-origin": "https://friend.example",
      ...{
        "content-type": "text/plain; charset=UTF-8",
        vary: "Accept, Cookie",
      },
    });
  }
  status = undefined; // a handler that gives none
  assert.equal((await ask("/raw")).status, 200);
});

test("rule 1: an error of the option owner at a read carries nothing of the route's response either", async () => {
  const store = controlledStore();
  const cookie = await world({ store }).seal({ name: "Ann" });
  const owner = () => assert.fail("no owner");
  const { app, sessions, ask } = world({ store, owner });
  app.use(sessions).get("/", async (c) => {
    await c.var.session();
    c.header("Set-Cookie", "theme=dark");
    return c.redirect("/next");
  });
  const { status, headers } = await ask("/", cookie);
  assert.equal(status, 500);
  assert.equal(headers.get("Location"), null);
  assert.deepEqual(headers.getSetCookie(), []);
});

// Rule 2, beside other middleware; a cache inside is in recipes_test.ts

test("rule 2: an etag() outside never drops the session's cookie, and still answers 304 without one", async () => {
  const { app, sessions, seal, read, ask } = world(STORES.server());
  app.use(etag(), etag({ weak: true }), sessions);
  app.get("/", async (c) => {
    const session = await c.var.session();
    if (c.req.query("new") !== undefined) session.regenerate();
    const isOwn = c.req.query("own") !== undefined;
    return c.text("page", 200, isOwn ? { ETag: '"own"' } : {});
  });
  for (const own of ["", "&own"]) {
    const cookie = await seal({ name: "Jay" });
    const tag = (await ask(`/?${own}`, cookie)).headers.get("ETag");
    const headers = { "If-None-Match": tag ?? assert.fail() };
    assert.equal((await ask(`/?${own}`, cookie, { headers })).status, 304);
    const renewed = await ask(`/?new${own}`, cookie, { headers });
    assert.equal((await read(cookieOf(renewed)))?.name, "Jay");
    if (own === "") continue;
    const first = await ask("/?new&own", cookieOf(renewed));
    assert.equal(first.headers.get("ETag"), '"own"'); // no 304 can come of it
  }
});

test("rule 2: a Vary and a Cache-Control that keep shared caches out stay; headers for one cache only are removed", async () => {
  let given: Record<string, string> = {};
  const { app, sessions, ask } = world();
  const guard: Guard = async (c) => {
    c.header("Vary", given["Vary"]);
    await c.var.session();
    throw new HTTPException(401);
  };
  app.use("/error", every(sessions, guard)).use(sessions);
  app.use(async (c, next) => {
    await c.var.session();
    await next();
    const isLate = c.req.path === "/late";
    for (const [name, value] of isLate ? Object.entries(given) : []) {
      c.header(name, value);
    }
  });
  app.get("/raw", () => new Response("page", { headers: given }));
  app.get("/late", (c) => c.text("page"));
  const after = async (headers: typeof given, path = "/raw") => {
    given = headers;
    return (await ask(path)).headers;
  };
  for (const Vary of ["Cookie", "Accept, cookie", "*"]) {
    assert.equal((await after({ Vary })).get("Vary"), Vary);
  }
  const vary = (await after({ Vary: "Accept" }, "/error")).get("Vary");
  assert.equal(vary, "Accept, Cookie");
  const cases: Record<string, boolean> = {
    ...{ "private": true, "private, max-age=60": true },
    ...{ "max-age=0, Private": true, "public, max-age=60": false },
    ...{ "max-age=60": false, "no-cache": false, "private, public": false },
    ...{ 'private="set-cookie"': false, "private, s-maxage=60": false },
    ...{ nonprivate: false },
  };
  for (const [value, isKept] of Object.entries(cases)) {
    const left = await after({ "Cache-Control": value });
    const expected = isKept ? value : "private, no-store";
    assert.equal(left.get("Cache-Control"), expected, value);
  }
  const forOne = {
    ...{ "CDN-Cache-Control": "max-age=60", "X-Other": "stays" },
    ...{ "Cloudflare-CDN-Cache-Control": "max-age=60" },
    ...{ "Deno-CDN-Cache-Control": "max-age=60" },
    ...{ "Surrogate-Control": "max-age=60", "X-Accel-Expires": "60" },
    Expires: new Date(2e12).toUTCString(),
  };
  for (const path of ["/raw", "/late"]) {
    const names = [...(await after(forOne, path)).keys()];
    const left = names.filter((name) => name !== "content-type");
    assert.deepEqual(left, ["cache-control", "vary", "x-other"], path);
  }
});

test("rule 2: a WebSocket's answer is marked and carries the cookie, is never copied, and binds nothing", async () => {
  let answers = 0;
  const attached = {
    respond: () => undefined,
    admit: () => ({}),
    finish: () => void answers++,
  };
  // As Deno.upgradeWebSocket() makes it: no constructor takes this status.
  const made = Object.defineProperty(new Response(), "status", { value: 101 });
  const { ask } = world({
    binding: { kind: "none", attach: () => attached } as Binding,
  }, {
    page: add,
    socket(session, c) {
      add(session, c);
      return made;
    },
  });
  for (const path of ["page", "socket"]) {
    const answer = await ask(`https://localhost/${path}`);
    assert(setCookie(answer));
    isMarked(answer);
    assert.equal(answer === made, path === "socket");
    assert.equal(answers, 1);
  }
});
