// A commit() that met an outage: what the route changed is still to be saved.
import assert from "node:assert/strict";
import {
  memoryStore,
  type SessionStore,
  SessionStoreError,
} from "../middleware/session/mod.ts";
import { browser } from "../middleware/session/testing/mod.ts";
import { Clock, testApp } from "./support/test_app.ts";

for (const how of ["a second commit", "the end of the route"]) {
  Deno.test(`what a failed commit did not store is saved by ${how}`, async () => {
    const clock = new Clock();
    const memory = memoryStore({ now: clock.now });
    let isAway = false;
    const store: SessionStore = {
      kind: "memory",
      get: (key) => memory.get(key),
      swap: (...given) =>
        isAway ? Promise.reject(new Error("away")) : memory.swap(...given),
      remove: (key) => memory.remove(key),
      ping: () => memory.ping(),
    };
    const app = testApp({ store, clock }, (app) => {
      app.get("/", async (c) => c.json((await c.var.session()).data));
      app.post("/begin", async (c) => {
        (await c.var.session()).update({ name: "old" });
        return c.text("");
      });
      app.post("/", async (c) => {
        const session = await c.var.session();
        session.update({ name: "new" });
        isAway = true;
        await assert.rejects(session.commit(), SessionStoreError);
        isAway = false;
        if (how === "a second commit") await session.commit();
        return c.text(session.data.name ?? "");
      });
    });
    const visitor = browser(app, { now: clock.now });
    await visitor.post("/begin", {});
    assert.equal(await (await visitor.post("/", {})).text(), "new");
    const { name } = await (await visitor.get("/")).json();
    assert.equal(name, "new");
  });
}
