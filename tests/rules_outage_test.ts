// Rule 11: a store that fails is an outage.
import assert from "node:assert/strict";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import {
  memoryStore,
  session,
  SessionConflictError,
  type SessionEnvOf,
  type SessionStore,
  SessionStoreError,
} from "../middleware/session/mod.ts";
import { sealFor } from "../middleware/session/testing/mod.ts";
import { options, setCookie, testApp } from "./support/test_app.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { readApp } from "./support/rule_apps.ts";

const test = Deno.test;

test("rule 11: a store that fails is an outage: 503 with Retry-After, and the cookie stays", async () => {
  const backend = controlledStore();
  const given = options({ store: backend });
  const app = readApp(given);
  const cookie = await sealFor(session(given), { name: "Jay" });
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
  const backend = controlledStore();
  const given = options({ store: backend });
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

/** A sealed cookie, made while the store still works. */
async function sealForStore(
  backend: ReturnType<typeof controlledStore>,
  given: ReturnType<typeof options>,
): Promise<string> {
  backend.fail(undefined);
  const cookie = await sealFor(session(given), { name: "Jay" });
  backend.fail(new Error("down"));
  return cookie;
}

// A sign-in that was answered 503

/** The moments at which a write can be made that was not answered in time. */
const MOMENTS = ["at once", "after the time limit", "after an outage"] as const;
type Moment = typeof MOMENTS[number];

/**
 * A store that fails one write, the `nth` from now. With "at once" it is made,
 * and its answer is lost; else it is made later, when the app has given it up.
 */
function unansweredStore() {
  const memory = memoryStore();
  let [left, isAway, moment] = [Infinity, false, "at once" as Moment];
  let makeIt: () => Promise<unknown> = () => Promise.resolve();
  const ask = <R>(question: () => Promise<R>) =>
    isAway ? Promise.reject(new Error("away")) : question();
  const store: SessionStore = {
    ...memory,
    get: (key) => ask(() => memory.get(key)),
    remove: (key) => ask(() => memory.remove(key)),
    async swap(...args) {
      if (left-- !== 0) return await ask(() => memory.swap(...args));
      makeIt = () => memory.swap(...args);
      isAway = moment === "after an outage";
      if (moment === "at once") await makeIt();
      throw new Error("the connection was reset");
    },
  };
  return {
    store,
    failWrite(nth: number, when: Moment) {
      [left, moment] = [nth, when];
    },
    /** The write that was given up arrives, and the store is back. */
    async recover() {
      if (moment !== "at once") await makeIt();
      isAway = false;
    },
  };
}

for (
  const [who, write, nth] of [
    ["a first sign-in", "its session", 0],
    ["a sign-in that replaces a session", "the new session", 0],
    ["a sign-in that replaces a session", "the end of the old one", 1],
  ] as const
) {
  for (const moment of MOMENTS) {
    test(`rule 11: ${who} that was answered 503, because ${write} was written ${moment} without an answer, is never listed; what was there lives on`, async () => {
      const { store, failWrite, recover } = unansweredStore();
      const given = options({ store, owner: ({ name }) => name });
      const sessions = session(given);
      const app = new Hono<SessionEnvOf<typeof sessions>>().use(sessions)
        .get("/sign-in", async (c) => {
          const session = await c.var.session();
          session.restart();
          session.update({ name: "Jay" });
          return c.text("ok");
        })
        .get("/", async (c) => c.json((await c.var.session()).data.count));
      const isFirst = who === "a first sign-in";
      const old = isFirst ? {} : { name: "Jay", count: 7 };
      const headers: HeadersInit = isFirst
        ? {}
        : { cookie: await sealFor(sessions, old) };
      const before = await sessions.of("Jay").list();
      assert.equal(before.length, isFirst ? 0 : 1);

      failWrite(nth, moment);
      const answer = await app.request("/sign-in", { headers });
      assert.equal(answer.status, 503);
      assert.equal(setCookie(answer), undefined);
      await recover();
      assert.deepEqual(await sessions.of("Jay").list(), before);
      const page = await app.request("/", { headers });
      assert.equal(await page.json(), isFirst ? 0 : 7);
    });
  }
}
