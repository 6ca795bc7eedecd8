// Rule 11: a store that fails is an outage.
import assert from "node:assert/strict";
import { HTTPException } from "hono/http-exception";
import {
  memoryStore,
  SessionConflictError,
  type SessionStore,
  SessionStoreError,
} from "../middleware/session/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { add, world } from "./support/rule_apps.ts";
import { byName, setCookie, testApp } from "./support/test_app.ts";

const test = Deno.test;

test("rule 11: a store that fails is an outage: 503 with Retry-After, and the cookie stays", async () => {
  const store = controlledStore();
  const { read, seal } = world({ store });
  const app = testApp({ store }, (app) => {
    app.get("/read", async (c) => c.json((await c.var.session()).data));
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
  });
  const cookie = await seal({ name: "Jay" });
  store.fail(new Error("redis://user:hunter2@host"));
  for (
    const [path, headers] of [["/read", { cookie }], ["/write", {}]] as const
  ) {
    const response = await app.request(path, { headers });
    assert.equal(response.status, 503); // of /write the route ran; the commit failed
    assert.equal(response.headers.get("Retry-After"), "1");
    assert.equal(setCookie(response), undefined);
    assert.doesNotMatch(await response.text(), /hunter2/);
  }
  const caught = await app.request("/catch", { headers: { cookie } });
  assert.equal(await caught.text(), "without a session");
  assert.equal(setCookie(caught), undefined);
  store.fail(undefined);
  assert.equal((await read(cookie))?.name, "Jay");
});

test("rule 11: a store that answers with anything but what it should is an outage; undefined is as good as null", async () => {
  const kept = controlledStore();
  const { seal } = world({ store: kept });
  const cookie = await seal({ name: "Jay" });
  const answers = async (wrong: Partial<Record<"get" | "swap", unknown>>) => {
    const { get, swap } = kept;
    const store = {
      ...{ ...kept, get, swap },
      ...Object.fromEntries(
        Object.entries(wrong).map(([name, answer]) => [
          name,
          () => Promise.resolve(answer),
        ]),
      ),
    };
    const { ask } = world({ store }, { add });
    const response = await ask("/add", cookie);
    return [response.status, setCookie(response) !== undefined];
  };
  assert.deepEqual(await answers({ get: undefined }), [200, true]);
  const value = new Uint8Array();
  for (const get of [5, { value: "text", version: "1" }, { value }]) {
    assert.deepEqual(await answers({ get }), [503, false]);
  }
  for (const swap of [undefined, "OK", 1]) {
    assert.deepEqual(await answers({ swap }), [503, false]);
  }
});

test("rule 11: a conflict is a 409 in an app without onError", () => {
  const error = new SessionConflictError("said");
  assert(error instanceof HTTPException);
  assert.equal(error.getResponse().status, 409);
});

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
      throw new Error("no answer");
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
    ["a first write", "its session", 0],
    ["a first sign-in", "its session", 0],
    ["a sign-in that replaces a session", "the new session", 0],
    ["a sign-in that replaces a session", "the end of the old one", 1],
  ] as const
) {
  for (const moment of MOMENTS) {
    test(`rule 11: ${who} that was answered 503, because ${write} was written ${moment} without an answer, is never listed; what was there lives on`, async () => {
      const { store, failWrite, recover } = unansweredStore();
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

      failWrite(nth, moment);
      const answer = await ask("/sign-in", cookie);
      assert.equal(answer.status, 503);
      assert.equal(setCookie(answer), undefined);
      await recover();
      assert.deepEqual(await sessions.of("Jay").list(), before);
      if (!isFirst) assert.equal((await read(cookie))?.count, 7);
    });
  }
}
