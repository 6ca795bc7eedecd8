// Rule 11: a store that fails is an outage.
import assert from "node:assert/strict";
import { HTTPException } from "hono/http-exception";
import {
  SessionConflictError,
  type SessionStore,
  SessionStoreError,
} from "../middleware/session/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { add, byName, PROGRAMS, setCookie, world } from "./support/test_app.ts";

const test = Deno.test;

test("rule 11: a store that fails is an outage: 503 with Retry-After, and the cookie stays", async () => {
  const store = controlledStore();
  const { app, sessions, ask, read, seal } = world({ store });
  app.use(sessions).get("/read", async (c) => {
    return c.json((await c.var.session()).data);
  });
  app.get("/write", async (c) => {
    (await c.var.session()).update({ name: "Eve" });
    return c.text("ok");
  });
  app.get("/catch", async (c) => {
    const error = await c.var.session().catch((error) => error);
    assert(error instanceof SessionStoreError);
    assert(error instanceof HTTPException);
    assert.match((error.cause as Error).message, /hunter2/);
    return c.text("without a session");
  });
  app.onError((error) => (error as HTTPException).getResponse());
  const cookie = await seal({ name: "Jay" });
  store.fail(new Error("redis://user:hunter2@host"));
  for (const [path, brought] of [["/read", cookie], ["/write", ""]] as const) {
    const response = await ask(path, brought);
    assert.equal(response.status, 503); // of /write the route ran; the commit failed
    assert.equal(response.headers.get("Retry-After"), "1");
    assert.equal(setCookie(response), undefined);
    assert.doesNotMatch(await response.text(), /hunter2/);
  }
  const caught = await ask("/catch", cookie);
  assert.equal(await caught.text(), "without a session");
  assert.equal(setCookie(caught), undefined);
  store.fail(undefined);
  assert.equal((await read(cookie))?.name, "Jay");
});

test("rule 11: a store that answers with anything but what it should is an outage; undefined is as good as null", async () => {
  const kept = controlledStore();
  const { seal } = world({ store: kept });
  const cookie = await seal({ name: "Jay" });
  const value = new Uint8Array();
  for (
    const [method, answer, status] of [
      ["get", undefined, 200],
      ...[5, { value: "text", version: "1" }, { value }]
        .map((answer) => ["get", answer, 503] as const),
      ...[undefined, "OK", 1].map((answer) => ["swap", answer, 503] as const),
    ] as const
  ) {
    const store = { ...kept, [method]: () => Promise.resolve(answer) };
    const response = await world({ store }, { add }).ask("/add", cookie);
    assert.equal(response.status, status);
    assert.equal(setCookie(response) !== undefined, status === 200);
  }
});

test("rule 11: a conflict is a 409 in an app without onError", () => {
  assert.equal(new SessionConflictError("said").getResponse().status, 409);
});

// A sign-in that was answered 503

/**
 * The moments at which a write can be made that was not answered in time: at
 * once, so that its answer is lost, or when the app has given it up.
 */
const MOMENTS = ["at once", "after the time limit", "after an outage"] as const;

for (
  const [who, write, nth] of [
    ["a first write", "its session", 0],
    ["a first sign-in", "its session", 0],
    ["a sign-in that replaces a session", "the new session", 0],
    ["a sign-in that replaces a session", "the end of the old one", 1],
  ] as const
) {
  for (const moment of MOMENTS) {
    test(`rule 11: ${who} that was answered 503, because ${write} was written ${moment} without an answer, is never listed; what was there lives on`, async () => {
      const kept = controlledStore();
      let left = Infinity; // so many writes are answered
      let late = () => Promise.resolve(true);
      const store: SessionStore = {
        ...kept,
        async swap(...args) {
          if (left-- !== 0) return await kept.swap(...args);
          if (moment === "at once") await kept.swap(...args);
          else late = () => kept.swap(...args);
          if (moment === "after an outage") kept.fail(new Error("away"));
          throw new Error("no answer");
        },
      };
      const { ask, read, seal, sessions } = world({ store, owner: byName }, {
        "sign-in"(session) {
          if (who !== "a first write") session.restart();
          session.update({ name: "Jay" });
        },
      });
      const isFirst = who.startsWith("a first");
      const cookie = isFirst ? "" : await seal({ name: "Jay", count: 7 });
      const before = await sessions.of("Jay").list();
      assert.equal(before.length, isFirst ? 0 : 1);

      left = nth;
      const answer = await ask("/sign-in", cookie);
      assert.equal(answer.status, 503);
      assert.equal(setCookie(answer), undefined);
      kept.fail(undefined);
      await late();
      assert.deepEqual(await sessions.of("Jay").list(), before);
      if (!isFirst) assert.equal((await read(cookie))?.count, 7);
    });
  }
}

test("rule 11: a sign-in that was answered 503 takes back nothing of another request", async () => {
  const kept = controlledStore();
  let isNext = false;
  const { ask, read, seal } = world({
    store: {
      ...kept,
      async swap(...args) {
        if (!isNext || args[2] === null) return await kept.swap(...args);
        isNext = false; // the end of the old one: the other request is first
        await ask("/add", cookie);
        throw new Error("no answer");
      },
    },
  }, PROGRAMS);
  const cookie = await seal();
  isNext = true;
  assert.equal((await ask("/restart", cookie)).status, 503);
  assert.equal((await read(cookie))?.count, 1);
});
