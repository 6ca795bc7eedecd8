// The session's rules, one by one, over every kind of answer that a route can give.
import assert from "node:assert/strict";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { stream, streamSSE } from "hono/streaming";
import { z } from "zod";
import {
  cookieStore,
  serverStore,
  session,
  SessionClosedError,
  SessionConflictError,
  type SessionEnv,
  SessionStoreError,
  SessionTooLargeError,
} from "../middleware/session/mod.ts";
import { createSealer } from "../middleware/session/seal.ts";
import { browser, sealFor } from "../middleware/session/testing.ts";
import {
  Clock,
  cookieOf,
  isCleared,
  options,
  OTHER_SECRET,
  SECRET,
  setCookie,
  STORES,
  testApp,
} from "./support/test_app.ts";
import { memoryBackend } from "./support/memory_backend.ts";

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
    const cookie = await sealFor(options(), { name: "Jay", count: 3 });
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

test("rule 1: a Response that a module shares between requests carries nobody's cookie to another", async () => {
  const shared = new Response(null, { status: 204 });
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
      const cookie = await sealFor(given, { name: "Jay" });
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
      const cookie = await sealFor(given, { name: "Jay" });
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
        visitor.setCookie(await sealFor(given, { name: "Jay" }));
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
  const cookie = await sealFor(options(), { name: "Jay" });
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
  const backend = memoryBackend();
  backend.fail(new Error("nobody may ask"));
  const app = testApp(
    { store: serverStore(backend) },
    (app) => app.get("/", (c) => c.text("ok")),
  );
  const response = await app.request("/", {
    headers: { cookie: "session=rubbish" },
  });
  assert.equal(response.status, 200);
  assert.deepEqual([...response.headers.keys()], ["content-type"]);
});

// Rules 3 and 4, as far as one request goes; across requests they are in races_test.ts.

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
  const cookie = await sealFor(options(), { name: "Jay", count: 4 });
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
    const cookie = await sealFor(given, { name: "Jay" });
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
        const restart = c.req.param("restart") === "restart";
        (await c.var.session()).regenerate({ restart });
        return c.body(null, 204);
      });
      app.get("/", async (c) => {
        const { data, info } = await c.var.session();
        return c.json({ name: data.name, ...info });
      });
    });
    const visitor = browser(app, { now: clock.now });
    visitor.setCookie(await sealFor(given, { name: "Jay" }));
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
        session.regenerate({ restart: c.req.query("restart") === "1" });
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
      session.regenerate({ restart: true });
      session.regenerate();
      return c.body(null, 204);
    }));
  const cookie = await sealFor(given, { name: "Jay" });
  clock.seconds += 100;
  const response = await app.request("/", { headers: { cookie } });
  assert.match(setCookie(response) ?? "", /Max-Age=28800;/);
});

test("rule 5: an id that this app did not mint is not adopted", async () => {
  const backend = memoryBackend();
  const given = options({ store: serverStore(backend) });
  const app = testApp(given, (app) => {
    app.get("/", async (c) => {
      const { info } = await c.var.session();
      return c.text(`${info.rejected ?? "none"} ${info.isNew}`);
    });
    app.post("/", async (c) => {
      (await c.var.session()).update({ name: "Jay" });
      return c.text((await c.var.session()).info.id);
    });
  });
  const visitor = browser(app);
  const chosen = `${"A".repeat(22)}.${"B".repeat(22)}`;
  visitor.setCookie(`session=${chosen}`);
  assert.equal(await (await visitor.get("/")).text(), "malformed true");
  const id = await (await visitor.post("/")).text();
  assert.match(id, /^[\w-]{22}$/); // 132 bits of text for 128 random ones
  assert(!chosen.includes(id));
});

test("rule 5: 1,000 ids are 1,000 different ones, of 22 characters", async () => {
  const app = testApp({}, (app) =>
    app.get("/", async (c) => {
      const session = await c.var.session();
      session.update({ count: 1 });
      return c.text(session.info.id);
    }));
  const ids = new Set<string>();
  for (let i = 0; i < 1000; i++) {
    ids.add(await (await app.request("/")).text());
  }
  assert.equal(ids.size, 1000);
  for (const id of ids) assert.match(id, /^[\w-]{22}$/);
});

test("rule 5: the id that a new session was told is the one it is saved under", async () => {
  for (const store of Object.values(STORES)) {
    const app = testApp(store(), (app) => {
      app.post("/", async (c) => {
        const session = await c.var.session();
        session.update({ count: 1 });
        return c.text(session.info.id);
      });
      app.get("/", async (c) => c.text((await c.var.session()).info.id));
    });
    const visitor = browser(app);
    const told = await (await visitor.post("/")).text();
    assert.equal(await (await visitor.get("/")).text(), told);
  }
});

test("rule 6: a cookie is sealed for its name: minted under another it does not open", async () => {
  const app = whoIs({});
  const cookie = await sealFor(
    { ...options(), cookieName: "other" },
    { name: "Eve" },
  );
  const renamed = cookie.replace("other=", "session=");
  assert.deepEqual(await app(renamed), ["bad-seal", "cleared"]);
});

test("rule 6: what http sealed does not open over https, nor the reverse", async () => {
  const http = await sealFor(options(), { name: "Eve" });
  const https = await sealFor(options(), { name: "Eve" }, {
    url: "https://localhost/",
  });
  assert.match(https, /^__Host-session=/);
  assert.deepEqual(
    await whoIs({}, "https://localhost/")(
      http.replace("session=", "__Host-session="),
    ),
    ["bad-seal", "cleared"],
  );
  assert.deepEqual(
    await whoIs({})(https.replace("__Host-session=", "session=")),
    ["bad-seal", "cleared"],
  );
});

test("rule 6: a value sealed by an older secret opens, and is sealed again with the newest", async () => {
  const old = await sealFor(options({ secrets: [OTHER_SECRET] }), {
    name: "Jay",
  });
  const app = readApp({ secrets: [SECRET, OTHER_SECRET] });
  const response = await app.request("/", { headers: { cookie: old } });
  assert.equal(await response.text(), "Jay");
  const cookie = cookieOf(response);
  assert.notEqual(cookie, old);
  const newest = await readApp({ secrets: [SECRET] }).request("/", {
    headers: { cookie },
  });
  assert.equal(await newest.text(), "Jay");
  assert.equal(setCookie(newest), undefined);
});

test("rule 6: with a server store too, a write under an older secret seals the cookie again", async () => {
  const store = serverStore(memoryBackend());
  const old = options({ store, secrets: [OTHER_SECRET] });
  const cookie = await sealFor(old, { name: "Jay" });
  const app = readApp({ store, secrets: [SECRET, OTHER_SECRET] });
  const response = await app.request("/count", { headers: { cookie } });
  const newest = readApp({ store, secrets: [SECRET] });
  const headers = { cookie: cookieOf(response) };
  assert.equal(await (await newest.request("/count", { headers })).text(), "2");
});

test("rule 6: the first of two cookies that is well-formed is read", async () => {
  const cookie = await sealFor(options(), { name: "Jay" });
  const app = readApp({});
  for (const header of [cookie, `a=1; ${cookie}`, `${cookie}; session=junk`]) {
    const response = await app.request("/", { headers: { cookie: header } });
    assert.equal(await response.text(), "Jay", header);
  }
});

// What never opens. Each: the Cookie header, the reason, and whether the cookie is cleared.

const REJECTED: Record<
  string,
  (cookie: string) => string | Promise<string>
> = {
  "no seal at all": (cookie) => cookie.slice(0, cookie.lastIndexOf(".")),
  "a percent-encoded character": (cookie) => cookie.replace("v1.", "v1.%41"),
  "not UTF-8": () => "session=v1.\u00ff\u00fe.\u00ff",
  "not base64url": (cookie) => cookie.replace("v1.", "v1.+/"),
  "4,097 bytes": () => `session=v1.${"A".repeat(4096)}.${"A".repeat(43)}`,
  "a part more": (cookie) => `${cookie}.AAAA`,
};

for (const [what, mutate] of Object.entries(REJECTED)) {
  test(`rule 5: malformed and cleared: ${what}`, async () => {
    const cookie = await mutate(await sealFor(options(), { name: "Jay" }));
    assert.deepEqual(await whoIs({})(cookie), ["malformed", "cleared"]);
  });
}

/** Cookies ignore ports: another app on this host may use the same name. */
const FOREIGN: Record<string, (cookie: string) => string> = {
  "an empty value": () => "session=",
  "another version": (cookie) => cookie.replace("=v1.", "=v2."),
  "a percent-encoded version": (cookie) => cookie.replace("v1.", "v1%2E"),
  "quotes around it": (cookie) => cookie.replace("=", '="') + '"',
  "another app's": () => "session=eyJ1c2VyIjoxfQ.aQ3xYw.c2lnbmF0dXJl",
};

for (const [what, mutate] of Object.entries(FOREIGN)) {
  test(`rule 5: malformed and left alone, because another app wrote it: ${what}`, async () => {
    const cookie = mutate(await sealFor(options(), { name: "Jay" }));
    assert.deepEqual(await whoIs({})(cookie), ["malformed", "kept"]);
  });
}

const FORGED: Record<string, (cookie: string) => string | Promise<string>> = {
  "a changed payload": (cookie) => flip(cookie, cookie.indexOf(".") + 12),
  "a changed seal": (cookie) => flip(cookie, cookie.lastIndexOf(".") + 5),
  "a seal cut short": (cookie) => cookie.slice(0, -3),
  "an empty seal": (cookie) => cookie.slice(0, cookie.lastIndexOf(".") + 1),
  "an empty payload": (cookie) => cookie.replace(/v1\.[\w-]+\./, "v1.."),
  "the seal of another session": async (cookie) => {
    const other = await sealFor(options(), { name: "Eve" });
    return cookie.slice(0, cookie.lastIndexOf(".")) +
      other.slice(other.lastIndexOf("."));
  },
  "a retired secret": () =>
    sealFor(options({ secrets: [OTHER_SECRET] }), { name: "Eve" }),
  "the other kind of seal": () =>
    sealFor(options({ seal: "encrypt" }), { name: "Eve" }),
};

for (const [what, mutate] of Object.entries(FORGED)) {
  test(`rule 5: bad-seal and cleared: ${what}`, async () => {
    const cookie = await mutate(await sealFor(options(), { name: "Jay" }));
    assert.deepEqual(await whoIs({})(cookie), ["bad-seal", "cleared"]);
  });
}

test("rule 5: unknown is not cleared: another request may just have renewed the id", async () => {
  const cookie = await sealFor(
    options({ store: serverStore(memoryBackend()) }),
    { name: "Eve" },
  );
  const store = serverStore(memoryBackend());
  assert.deepEqual(await whoIs({ store })(cookie), ["unknown", "kept"]);
});

test("rule 5: what a cookie store sealed is unknown to a server store", async () => {
  const cookie = await sealFor(options(), { name: "Eve" });
  const store = serverStore(memoryBackend());
  assert.deepEqual(await whoIs({ store })(cookie), ["unknown", "kept"]);
});

test("rule 5: what a server store sealed opens nothing in a cookie store", async () => {
  const store = serverStore(memoryBackend());
  const cookie = await sealFor(options({ store }), { name: "Eve" });
  assert.deepEqual(await whoIs({})(cookie), ["unknown", "kept"]);
});

test("rule 5: a value of another shape under our own seal is unknown to a cookie store", async () => {
  const sealer = createSealer({
    secrets: [SECRET],
    seal: "sign",
    purpose: "session",
    cookieName: "session",
  });
  const now = new Clock().seconds;
  const tokens = [
    "",
    "null",
    "{}",
    "[]",
    '"text"',
    `[7,${now},0,{}]`,
    `["id","${now}",0,{}]`,
    `["id",${now},0,{}`,
  ];
  for (const token of tokens) {
    const cookie = `session=${sealer.seal(token)}`;
    assert.deepEqual(await whoIs({})(cookie), ["unknown", "kept"], token);
  }
});

for (const [where, store] of Object.entries(STORES)) {
  test(`rule 7: a session ends when it was left alone for idle seconds, at the very second (${where})`, async () => {
    const clock = new Clock();
    const given = options({ ...store(), clock });
    const cookie = await sealFor(given, { name: "Jay" });
    const used = await sealFor(given, { name: "Jay" });
    clock.seconds += 1799;
    assert.deepEqual((await whoIs(given)(used))[0], "Jay");
    clock.seconds += 1;
    assert.deepEqual(await whoIs(given)(cookie), ["expired", "cleared"]);
  });

  test(`rule 7: a session in use ends with its absolute lifetime (${where})`, async () => {
    const clock = new Clock();
    const given = options({ ...store(), clock });
    const app = readApp(given);
    const visitor = browser(app, { now: clock.now });
    await visitor.get("/write");
    for (let seconds = 1700; seconds < 28_800; seconds += 1700) {
      clock.seconds += 1700;
      assert.equal(await (await visitor.get("/")).text(), "Jay");
    }
    clock.seconds = 1_800_000_000 + 28_799;
    const [name = "", value = ""] = [...visitor.cookies][0] ?? [];
    assert.equal(await (await visitor.get("/")).text(), "Jay");
    clock.seconds += 1;
    assert.equal(visitor.cookies.size, 0); // the browser forgot it at the same second
    assert.deepEqual(await whoIs(given)(`${name}=${value}`), [
      "expired",
      "cleared",
    ]);
  });

  test(`rule 7: a date ends every session at that moment (${where})`, async () => {
    const clock = new Clock();
    const lifetime = {
      idle: 10_000,
      absolute: new Date((clock.seconds + 3600) * 1000),
    };
    const given = options({ ...store(), clock, lifetime });
    const app = readApp(given);
    const who = whoIs(given);
    const response = await app.request("/write");
    assert.match(setCookie(response) ?? "", /Max-Age=3600;/);
    const cookie = cookieOf(response);
    clock.seconds += 3599;
    assert.deepEqual((await who(cookie))[0], "Jay");
    clock.seconds += 1;
    assert.deepEqual(await who(cookie), ["expired", "cleared"]);
    const late = await quietly(async () => await app.request("/write"));
    assert.equal(late.status, 503); // a session begun now would be over at once
    assert.equal(setCookie(late), undefined);
  });

  test(`rule 7: renewal writes only when a tenth of idle has passed (${where})`, async () => {
    const clock = new Clock();
    const given = options({ ...store(), clock });
    const app = readApp(given);
    const visitor = browser(app, { now: clock.now });
    visitor.setCookie(await sealFor(given, { name: "Jay" }));
    const end = async () => {
      const response = await visitor.get("/end");
      return { line: setCookie(response), idle: Number(await response.text()) };
    };
    const first = await end();
    clock.seconds += 179;
    assert.deepEqual(await end(), first);
    clock.seconds += 1;
    const renewing = await end();
    // Only a session that travels in the cookie needs a new cookie for that.
    assert.equal(renewing.line !== undefined, where === "cookie");
    const renewed = await end();
    assert.equal(renewed.line, undefined);
    assert.equal(renewed.idle, first.idle + 180);
  });

  test(`rule 7: a clock that went back does not end a session, nor bring its end nearer (${where})`, async () => {
    const clock = new Clock();
    const given = options({ ...store(), clock });
    const cookie = await sealFor(given, { name: "Jay" });
    clock.seconds -= 100;
    const app = readApp(given);
    const response = await app.request("/count", { headers: { cookie } });
    assert.equal(await response.text(), "1");
    const after = setCookie(response)?.split(";")[0] ?? cookie;
    clock.seconds += 100 + 1799;
    assert.deepEqual((await whoIs(given)(after))[0], "Jay");
  });
}

test("rule 7: Max-Age is what remains of absolute, rounded up, at least 1, at most 400 days", async () => {
  const maxAge = async (absolute: number | Date, elapsed = 0) => {
    const clock = new Clock();
    const given = options({ clock, lifetime: { idle: 1e9, absolute } });
    const cookie = await sealFor(given, { name: "Jay" });
    clock.seconds += elapsed;
    const response = await readApp(given).request("/count", {
      headers: { cookie },
    });
    return Number(/Max-Age=(\d+);/.exec(setCookie(response) ?? "")?.[1]);
  };
  assert.equal(await maxAge(1000), 1000);
  assert.equal(await maxAge(1000, 300), 700);
  assert.equal(await maxAge(1000.5), 1001);
  assert.equal(await maxAge(1000, 999.9), 1);
  assert.equal(await maxAge(1e9), 400 * 24 * 3600);
});

test("rule 8: over https the cookie is __Host-, Secure; over http neither", async () => {
  const app = readApp({});
  const http = setCookie(await app.request("http://localhost/write"));
  const https = setCookie(await app.request("https://localhost/write"));
  assert.match(
    http ?? "",
    /^session=[\w.-]+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  assert.match(
    https ?? "",
    /^__Host-session=[\w.-]+; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
});

test("rule 8: only the name that fits the scheme is read", async () => {
  const http = await sealFor(options(), { name: "http" });
  const https = await sealFor(options(), { name: "https" }, {
    url: "https://localhost/",
  });
  const app = readApp({});
  const cookie = `${http}; ${https}`;
  const read = async (origin: string) =>
    await (await app.request(`${origin}/`, { headers: { cookie } })).text();
  assert.equal(await read("http://localhost"), "http");
  assert.equal(await read("https://localhost"), "https");
});

test("rule 8: X-Forwarded-Proto is believed only when the app says so", async () => {
  const line = async (trustProxy: boolean, forwarded: string) =>
    setCookie(
      await readApp({ trustProxy }).request("/write", {
        headers: { "X-Forwarded-Proto": forwarded },
      }),
    ) ?? "";
  assert.match(await line(true, "https"), /^__Host-session=.*Secure/);
  assert.match(await line(true, "HTTPS, http"), /^__Host-session=/);
  assert.match(await line(true, "http, https"), /^session=/);
  assert.match(await line(true, "httpsx"), /^session=/);
  assert.match(await line(false, "https"), /^session=/);
});

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
  const backend = memoryBackend();
  const given = options({ store: serverStore(backend) });
  const app = readApp(given);
  app.onError((error, c) =>
    c.text(error instanceof SessionTooLargeError ? error.message : "?", 500)
  );
  const cookie = await sealFor(given, { name: "Jay" });
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
    const cookie = await sealFor({ ...given, schema: older }, { name: "Jay" });
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

test("rule 11: a store that fails is an outage: 503 with Retry-After, and the cookie stays", async () => {
  const backend = memoryBackend();
  const given = options({ store: serverStore(backend) });
  const app = readApp(given);
  const cookie = await sealFor(given, { name: "Jay" });
  const secret = "redis://user:hunter2@host";
  backend.fail(new Error(secret));
  for (const path of ["/", "/count", "/end"]) {
    const response = await app.request(path, { headers: { cookie } });
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("Retry-After"), "1");
    assert.equal(setCookie(response), undefined);
    assert.doesNotMatch(await response.text(), /hunter2/);
  }
  const response = await app.request("/write");
  assert.equal(response.status, 503); // the route ran; the commit failed
  assert.equal(response.headers.get("Retry-After"), "1");
  backend.fail(undefined);
  const after = await app.request("/", { headers: { cookie } });
  assert.equal(await after.text(), "Jay");
});

test("rule 11: a route may answer an outage itself, and the errors say what they are", async () => {
  const backend = memoryBackend();
  const given = options({ store: serverStore(backend) });
  const app = testApp(given, (app) =>
    app.get("/", async (c) => {
      try {
        await c.var.session();
        return c.text("opened");
      } catch (error) {
        assert(error instanceof SessionStoreError);
        assert(error instanceof HTTPException);
        assert.equal((error.cause as Error).message, "down");
        return c.text("without a session");
      }
    }));
  backend.fail(new Error("down"));
  const cookie = await sealForStore(backend, given);
  const response = await app.request("/", { headers: { cookie } });
  assert.equal(await response.text(), "without a session");
  assert.equal(setCookie(response), undefined);
});

test("rule 11: a conflict is a 409 in an app without onError", () => {
  const error = new SessionConflictError("said");
  assert(error instanceof HTTPException);
  assert.equal(error.getResponse().status, 409);
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
    /c\.var\.session has a session\(\) already/,
  );
});

test("onEvent hears the reason of a cookie that opens nothing, once a request", async () => {
  const reasons: string[] = [];
  const app = testApp(
    {
      onEvent: (event, c) => {
        if (event.type === "rejected") {
          reasons.push(`${event.reason} ${c.req.path}`);
        }
      },
    },
    (app) =>
      app.get("/", async (c) => {
        await c.var.session();
        await c.var.session();
        return c.text("ok");
      }),
  );
  await app.request("/", { headers: { cookie: "session=junk" } });
  await app.request("/");
  assert.deepEqual(reasons, ["malformed /"]);
});

test("a wrong set-up throws when it is built, naming all that is wrong", () => {
  const build = () =>
    session({
      schema: z.object({ at: z.date(), name: z.string() }),
      secrets: ["short"],
      lifetime: { idle: 0, absolute: new Date(0) },
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
        /lifetime\.absolute is 1970/,
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
    [{ lifetime: { idle: 1, absolute: new Date(NaN) } }, /invalid Date/],
  ];
  for (const [given, message] of refused) {
    assert.throws(() => session(options(given)), message);
  }
  const needy = z.object({ name: z.string() });
  assert.throws(
    () => session({ schema: needy, secrets: [SECRET] }),
    /parse\(\{\}\) must succeed/,
  );
});

test("two visitors never see each other's data, under 1,000 interleaved requests", async () => {
  for (const store of [cookieStore, () => serverStore(memoryBackend())]) {
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

// What several tests ask of an app.

function readApp(given: Parameters<typeof testApp>[0]) {
  return testApp(given, (app) => {
    app.get(
      "/",
      async (c) => c.text((await c.var.session()).data.name ?? "nobody"),
    );
    app.get("/write/:name?", async (c) => {
      (await c.var.session()).update({ name: c.req.param("name") ?? "Jay" });
      return c.text("ok");
    });
    app.get("/long/:length", async (c) => {
      const name = "x".repeat(Number(c.req.param("length")));
      (await c.var.session()).update({ name });
      return c.text("ok");
    });
    app.get("/count", async (c) => {
      const session = await c.var.session();
      session.update(({ count }) => ({ count: count + 1 }));
      return c.text(String(session.data.count));
    });
    app.get(
      "/end",
      async (c) => c.text(String((await c.var.session()).info.endsAt.idle)),
    );
  });
}

/** What a Cookie header comes to: the name or the reason, and what happens to the cookie. */
function whoIs(
  given: Parameters<typeof testApp>[0],
  url = "http://localhost/",
): (cookie: string) => Promise<[string, string]> {
  const app = testApp(given, (app) =>
    app.get("/", async (c) => {
      const { data, info } = await c.var.session();
      return c.text(info.rejected ?? data.name ?? "nobody");
    }));
  return async (cookie) => {
    const response = await app.request(url, { headers: { cookie } });
    assert.equal(response.status, 200);
    return [await response.text(), isCleared(response) ? "cleared" : "kept"];
  };
}

/** Another character of base64url at this place. */
function flip(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === "Q" ? "g" : "Q") +
    text.slice(at + 1);
}

/** A sealed cookie, made while the store still works. */
async function sealForStore(
  backend: ReturnType<typeof memoryBackend>,
  given: ReturnType<typeof options>,
): Promise<string> {
  backend.fail(undefined);
  const cookie = await sealFor(given, { name: "Jay" });
  backend.fail(new Error("down"));
  return cookie;
}
