// Rules 1 and 2: what a request saves and sends, over every kind of answer that a route can give.
import assert from "node:assert/strict";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { stream, streamSSE } from "hono/streaming";
import { session, SessionClosedError } from "../middleware/session/mod.ts";
import { browser, sealFor } from "../middleware/session/testing/mod.ts";
import {
  isCleared,
  options,
  setCookie,
  STORES,
  testApp,
} from "./support/test_app.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { quietly } from "./support/rule_apps.ts";

const test = Deno.test;

/** Every way in which a route can answer. */
const ANSWERS: Record<string, (c: Context) => Response | Promise<Response>> = {
  text: (c) => c.text("ok"),
  json: (c) => c.json({ ok: true }),
  redirect: (c) => c.redirect("/", 303),
  "empty body": (c) => c.body(null, 204),
  "raw Response": () => new Response("raw", { headers: { "X-Raw": "1" } }),
  "Response with immutable headers": () =>
    Response.redirect("http://localhost/"),
  stream: (c) => stream(c, async (out) => void await out.write("chunk")),
  "event stream": (c) => streamSSE(c, (out) => out.writeSSE({ data: "event" })),
  "404": (c) => c.notFound(),
};

/** Ways in which a route can fail: what it did is not saved. */
const FAILED: Record<string, () => Response> = {
  "a thrown Error": () => {
    throw new Error("broken");
  },
  "a thrown HTTPException of 503": () => {
    throw new HTTPException(503);
  },
  "a thrown HTTPException of 500": () => {
    throw new HTTPException(500);
  },
  "an answer of 500": () => new Response("broken", { status: 500 }),
};

/** Ways in which a route can answer by throwing. */
const THROWN: Record<string, () => never> = {
  "a thrown HTTPException": () => {
    throw new HTTPException(401, { message: "Who are you?" });
  },
  "a thrown HTTPException with its own Response": () => {
    throw new HTTPException(401, { res: new Response("Who are you?") });
  },
};

for (const [kind, answer] of Object.entries(ANSWERS)) {
  for (const [where, store] of Object.entries(STORES)) {
    test(`rule 1: one Set-Cookie after a change, on ${kind} (${where})`, async () => {
      const app = testApp(store(), (app) => {
        app.get("/write", async (c) => {
          const session = await c.var.session();
          session.update({ name: "Jay" });
          session.update(({ count }) => ({ count: count + 1 }));
          return await answer(c);
        });
        app.get("/read", async (c) => c.json((await c.var.session()).data));
      });
      const visitor = browser(app);
      const written = await visitor.get("/write");
      assert.match(
        setCookie(written) ?? "",
        /^session=v1\.[\w-]+\.[\w-]+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Lax$/,
      );
      await written.body?.cancel();
      const read = await (await visitor.get("/read")).json();
      assert.deepEqual(read, { count: 1, name: "Jay", list: [] });
    });
  }

  test(`rule 1: no Set-Cookie when nothing changed, on ${kind}`, async () => {
    const app = testApp({}, (app) =>
      app.get("/", async (c) => {
        const session = await c.var.session();
        session.update({ name: session.data.name });
        session.update(({ count }) => ({ count }));
        session.take("flash");
        return await answer(c);
      }));
    const cookie = await sealFor(session(options()), { name: "Jay", count: 3 });
    for (const headers of [{}, { cookie }]) {
      const response = await app.request("/", { headers });
      assert.equal(setCookie(response), undefined);
      await response.body?.cancel();
    }
  });

  test(`rule 1: cookies that the route sets stay beside the session's, on ${kind}`, async () => {
    const app = testApp({}, (app) =>
      app.get("/", async (c) => {
        (await c.var.session()).update({ name: "Jay" });
        const response = await answer(c);
        const headers = new Headers(response.headers);
        headers.append("Set-Cookie", "theme=dark; Path=/");
        headers.append("Set-Cookie", "other=1");
        return new Response(response.body, {
          status: response.status,
          headers,
        });
      }));
    const response = await app.request("/");
    const names = response.headers.getSetCookie().map((line) =>
      line.split("=")[0]
    );
    assert.deepEqual(names.toSorted(), ["other", "session", "theme"]);
    await response.body?.cancel();
  });

  test(`rule 2: opening adds Cookie to Vary and makes the answer private, on ${kind}`, async () => {
    const app = testApp({}, (app) => {
      app.get("/opened", async (c) => {
        await c.var.session();
        return await answer(c);
      });
      app.get("/marked", async (c) => {
        await c.var.session();
        const response = await answer(c);
        const headers = new Headers(response.headers);
        headers.set("Cache-Control", "public, max-age=600");
        headers.set("Vary", "Accept-Language");
        return new Response(response.body, {
          status: response.status,
          headers,
        });
      });
      app.get("/untouched", answer);
    });
    const opened = await app.request("/opened");
    assert.equal(opened.headers.get("Cache-Control"), "private, no-store");
    assert.match(opened.headers.get("Vary") ?? "", /Cookie/);
    await opened.body?.cancel();

    const marked = await app.request("/marked");
    assert.equal(marked.headers.get("Cache-Control"), "private, no-store");
    assert.equal(marked.headers.get("Vary"), "Accept-Language, Cookie");
    await marked.body?.cancel();

    const cookie = "session=v1.rubbish.rubbish";
    const untouched = await app.request("/untouched", { headers: { cookie } });
    const own = await new Hono().get("/untouched", answer).request(
      "/untouched",
    );
    assert.deepEqual([...untouched.headers], [...own.headers]);
    await Promise.all([untouched.body?.cancel(), own.body?.cancel()]);
  });
}

for (const status of [200, 204, 303]) {
  test(`rule 1: a Response that a module shares between requests carries nobody's cookie to another (${status})`, async () => {
    const shared = new Response(null, { status });
    const app = testApp({}, (app) => {
      app.get("/write", async (c) => {
        (await c.var.session()).update({ name: "Jay" });
        return shared;
      });
      app.get("/plain", () => shared);
    });
    assert(setCookie(await app.request("/write")));
    assert.equal(setCookie(await app.request("/plain")), undefined);
  });
}

test("rule 1: a page with a cookie keeps its other headers, each Set-Cookie on a line of its own", async () => {
  const page = (headers: HeadersInit) => {
    const app = testApp({}, (app) => {
      app.get("/", async (c) => {
        (await c.var.session()).update({ name: "Jay" });
        return new Response("page", { headers });
      });
    });
    return app.request("/");
  };
  const given = [
    ["Content-Type", "text/css"],
    ["ETag", '"1"'],
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2, 3"],
  ] as [string, string][];
  for (const more of [[], [["Content-Encoding", "identity"]]]) {
    const response = await page([...given, ...more as [string, string][]]);
    const cookies = response.headers.getSetCookie();
    assert.deepEqual(cookies.slice(0, 2), ["a=1", "b=2, 3"]);
    assert.match(cookies[2] ?? "", /^session=v1\./);
    assert.equal(cookies.length, 3);
    assert.equal(response.headers.get("Content-Type"), "text/css");
    assert.equal(response.headers.get("ETag"), '"1"');
    assert.equal(await response.text(), "page");
  }
});

/** Routes that change the session, then do what `answer` does. */
function changeApp(
  given: ReturnType<typeof options>,
  answer: () => Response,
) {
  return testApp(given, (app) => {
    app.get("/change/:what", async (c) => {
      const session = await c.var.session();
      session.update({ name: "Eve" });
      if (c.req.param("what") === "regenerate") session.regenerate();
      if (c.req.param("what") === "destroy") session.destroy();
      return answer();
    });
    app.get(
      "/read",
      async (c) => c.text((await c.var.session()).data.name ?? "nobody"),
    );
  });
}

for (const [where, store] of Object.entries(STORES)) {
  for (const [kind, answer] of Object.entries(FAILED)) {
    test(`rule 1: a route that failed changes nothing, on ${kind} (${where})`, async () => {
      const given = options(store());
      const app = changeApp(given, answer);
      const cookie = await sealFor(session(given), { name: "Jay" });
      for (const what of ["update", "regenerate"]) {
        const response = await quietly(async () =>
          await app.request(`/change/${what}`, { headers: { cookie } })
        );
        assert(response.status >= 500);
        assert.equal(setCookie(response), undefined);
        assert.match(response.headers.get("Vary") ?? "", /Cookie/);
        assert.equal(
          response.headers.get("Cache-Control"),
          "private, no-store",
        );
        await response.body?.cancel();
      }
      const read = await app.request("/read", { headers: { cookie } });
      assert.equal(await read.text(), "Jay");
    });
  }

  for (const [kind, answer] of Object.entries({ ...FAILED, ...THROWN })) {
    test(`rule 1: destroy() holds whatever the route ends with: ${kind} (${where})`, async () => {
      const given = options(store());
      const app = changeApp(given, answer);
      const cookie = await sealFor(session(given), { name: "Jay" });
      const response = await quietly(async () =>
        await app.request("/change/destroy", { headers: { cookie } })
      );
      assert(response.status >= 400);
      assert(isCleared(response));
      await response.body?.cancel();
      if (where === "cookie") return; // nobody can end a copied cookie there
      const read = await app.request("/read", { headers: { cookie } });
      assert.equal(await read.text(), "nobody");
    });
  }

  for (const [kind, answer] of Object.entries(THROWN)) {
    test(`rule 1: an answer that was thrown saves what the route changed, on ${kind} (${where})`, async () => {
      const given = options(store());
      const app = changeApp(given, answer);
      for (const what of ["update", "regenerate"]) {
        const visitor = browser(app);
        visitor.setCookie(await sealFor(session(given), { name: "Jay" }));
        const response = await visitor.get(`/change/${what}`);
        assert.equal(response.status, 401);
        assert.equal(
          response.headers.get("Cache-Control"),
          "private, no-store",
        );
        await response.body?.cancel();
        assert.equal(await (await visitor.get("/read")).text(), "Eve");
      }
    });
  }
}

test("rule 1: a write, or a first session(), after the commit fails with SessionClosedError", async () => {
  const late: unknown[] = [];
  const attempt = async (fn: () => unknown) => {
    late.push(await Promise.resolve().then(fn).catch((error) => error));
  };
  const app = testApp({}, (app) => {
    app.get("/write/:first", async (c) => {
      const session = await c.var.session();
      if (c.req.param("first") === "early") session.update({ name: "early" });
      return stream(c, async (out) => {
        await new Promise((resolve) => setTimeout(resolve)); // the response is out by now
        await attempt(() => session.update({ name: "late" }));
        await attempt(() => session.take("name"));
        await attempt(() => session.regenerate());
        await attempt(() => session.destroy());
        await out.write("end");
      });
    });
    app.get("/open", (c) =>
      stream(c, async (out) => {
        await new Promise((resolve) => setTimeout(resolve));
        await attempt(() => c.var.session());
        await out.write("end");
      }));
  });
  await (await app.request("/write/nothing")).text();
  await (await app.request("/write/early")).text();
  await (await app.request("/open")).text();
  assert.equal(late.length, 9);
  for (const error of late) assert(error instanceof SessionClosedError);
});

test("rule 1: reading what was opened still works while the answer streams", async () => {
  const app = testApp({}, (app) =>
    app.get("/", async (c) => {
      const session = await c.var.session();
      return stream(c, async (out) => {
        await new Promise((resolve) => setTimeout(resolve));
        await out.write(`${(await c.var.session()).data.name}`);
        await out.write(` ${session.info.isNew}`);
      });
    }));
  const cookie = await sealFor(session(options()), { name: "Jay" });
  const response = await app.request("/", { headers: { cookie } });
  assert.equal(await response.text(), "Jay false");
});

test("rule 1: an error answer made at commit carries nothing of the route's response but the marks", async () => {
  const app = testApp({}, (app) =>
    app.get("/", async (c) => {
      (await c.var.session()).update({ name: "x".repeat(5000) });
      c.header("Access-Control-Allow-Origin", "https://friend.example");
      c.header("Content-Language", "en");
      return c.body("gone", 303, {
        "Location": "/next",
        "Content-Encoding": "br",
        "Content-Type": "application/pdf",
        "ETag": '"1"',
        "Vary": "Accept",
        "Cache-Control": "public, max-age=600",
        "Set-Cookie": "theme=dark",
      });
    }));
  app.onError((error, c) => c.text(error.name, 500));
  const response = await app.request("/");
  assert.equal(response.status, 500);
  assert.equal(await response.text(), "SessionTooLargeError");
  assert.deepEqual(Object.fromEntries(response.headers), {
    "access-control-allow-origin": "https://friend.example",
    "cache-control": "private, no-store",
    "content-type": "text/plain; charset=UTF-8",
    "vary": "Accept, Cookie",
  });
});

test("rule 1: an error answer at commit replaces a response with immutable headers too", async () => {
  const app = testApp({}, (app) =>
    app.get("/", async (c) => {
      (await c.var.session()).update({ name: "x".repeat(5000) });
      return Response.redirect("http://localhost/next");
    }));
  app.onError((error, c) => c.text(error.name, 500));
  const response = await app.request("/");
  assert.equal(await response.text(), "SessionTooLargeError");
  assert.equal(response.headers.get("Location"), null);
  assert.equal(response.headers.get("Cache-Control"), "private, no-store");
});

test("rule 2: a Vary that already says so is left alone", async () => {
  for (const vary of ["Cookie", "Accept, cookie", "*"]) {
    const app = testApp({}, (app) =>
      app.get("/", async (c) => {
        await c.var.session();
        return c.text("ok", 200, { Vary: vary });
      }));
    const response = await app.request("/");
    assert.equal(response.headers.get("Vary"), vary);
  }
});

test("rule 2: a request that never opens the session costs no read, no cookie and no header", async () => {
  const backend = controlledStore();
  backend.fail(new Error("nobody may ask"));
  const app = testApp(
    { store: backend },
    (app) => app.get("/", (c) => c.text("ok")),
  );
  const response = await app.request("/", {
    headers: { cookie: "session=rubbish" },
  });
  assert.equal(response.status, 200);
  assert.deepEqual([...response.headers.keys()], ["content-type"]);
});

test("rule 2: a route's own Cache-Control stays when it keeps shared caches out", async () => {
  const after = async (given: string) => {
    const app = testApp({}, (app) =>
      app.get("/", async (c) => {
        await c.var.session();
        return c.text("ok", 200, { "Cache-Control": given });
      }));
    return (await app.request("/")).headers.get("Cache-Control");
  };
  for (
    const kept of [
      "private",
      "private, max-age=60",
      "max-age=0, Private",
      "private, no-store",
    ]
  ) assert.equal(await after(kept), kept);
  for (
    const replaced of [
      "public, max-age=60",
      "max-age=60",
      "no-cache",
      'private="set-cookie"',
      "private, public",
      "private, s-maxage=60",
      "nonprivate",
    ]
  ) assert.equal(await after(replaced), "private, no-store", replaced);
});

test("rule 1: an HTTPException of another copy of hono is an answer too, unless it ends as a 5xx", async () => {
  class Foreign extends Error {
    readonly status = 401;
    getResponse(): Response {
      return new Response("Who are you?", { status: 401 });
    }
  }
  for (const [status, name] of [[401, "Eve"], [500, "Jay"]] as const) {
    const given = options(STORES.server());
    const app = testApp(given, (app) => {
      app.get("/change", async (c) => {
        (await c.var.session()).update({ name: "Eve" });
        throw new Foreign();
      });
      app.get(
        "/read",
        async (c) => c.text((await c.var.session()).data.name ?? "nobody"),
      );
    });
    app.onError((_, c) => c.text("Answered", status));
    const cookie = await sealFor(session(given), { name: "Jay" });
    await app.request("/change", { headers: { cookie } });
    const read = await app.request("/read", { headers: { cookie } });
    assert.equal(await read.text(), name);
  }
});

test("rule 1: an error saves nothing, also where the app answers it as if it were none", async () => {
  const given = options(STORES.server());
  const app = testApp(given, (app) => {
    app.get("/change", async (c) => {
      (await c.var.session()).update({ name: "Eve" });
      throw new TypeError("broken");
    });
    app.get(
      "/read",
      async (c) => c.text((await c.var.session()).data.name ?? "nobody"),
    );
  });
  app.onError((_, c) => c.text("Try something else", 400));
  const cookie = await sealFor(session(given), { name: "Jay" });
  const changed = await app.request("/change", { headers: { cookie } });
  assert.equal(changed.status, 400);
  const read = await app.request("/read", { headers: { cookie } });
  assert.equal(await read.text(), "Jay");
});
