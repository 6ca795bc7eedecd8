// Rule 15, as far as one request and its neighbours go. Who wins is in
// interleavings_test.ts; what stays, whatever the answer becomes, in rules_response_test.ts.
import assert from "node:assert/strict";
import { z } from "zod";
import {
  SessionClosedError,
  SessionConflictError,
  SessionStoreError,
  SessionTooLargeError,
} from "../middleware/session/mod.ts";
import { controlledStore, slowStore } from "./support/controlled_store.ts";
import {
  add,
  cookieOf,
  isCleared,
  type Program,
  schema,
  setCookie,
  STORES,
  world,
} from "./support/test_app.ts";

const test = Deno.test;
const destroy: Program = (session) => session.destroy();

for (const [where, store] of Object.entries(STORES)) {
  test(`rule 15: changes before, between and after commits are all saved, with one cookie and one event (${where})`, async () => {
    const events: string[] = [];
    const onEvent = ({ type }: { type: string }) => void events.push(type);
    const { ask, read } = world({ ...store(), onEvent }, {
      async go(session, c) {
        add(session, c);
        await session.commit();
        add(session, c);
        session.update({ flash: "once" });
        await session.commit();
        await session.commit();
        session.take("flash");
        add(session, c);
        return [session.data.count, session.info.id];
      },
    });
    const first = await ask("/go");
    const [count, id] = await first.json();
    assert.equal(count, 3);
    const cookie = cookieOf(first);
    assert.deepEqual(await read(cookie), { count: 3, list: [] });
    const second = await ask("/go", cookie);
    assert.deepEqual(await second.json(), [6, id]);
    const after = cookieOf(second, cookie);
    assert.equal((await read(after))?.count, 6);
    assert.deepEqual(events, ["began", "saved"]);
  });

  test(`rule 15: after destroy() commit() ends the session at once, and nothing brings it back (${where})`, async () => {
    const { ask, read, seal } = world(store(), {
      async go(session, c) {
        session.destroy();
        await session.commit();
        if (where === "server") assert.equal(await read(cookie), null);
        assert.throws(() => add(session, c), SessionClosedError);
        assert.throws(() => session.restart(), SessionClosedError);
        await session.commit();
        return c.text("broken", 500);
      },
    });
    const cookie = await seal();
    const answer = await ask("/go", cookie);
    assert.equal(await answer.text(), "broken");
    assert(isCleared(answer));
  });

  test(`rule 15: what is too large is not stored, and a route may go on without it (${where})`, async () => {
    const { ask, read, seal } = world(store(), {
      async go(session, c) {
        session.update({ name: "x".repeat(61_000) });
        await assert.rejects(session.commit(), SessionTooLargeError);
        assert.equal(session.data.name, "Jay");
        add(session, c);
      },
    });
    const cookie = await seal({ name: "Jay" });
    const answer = await ask("/go", cookie);
    assert.equal(answer.status, 200);
    const after = cookieOf(answer, cookie);
    const data = { name: "Jay", count: 1, list: [] };
    assert.deepEqual(await read(after), data);
  });
}

/** A server store, and the events that are told of its sessions. */
function told() {
  const events: string[] = [];
  const onEvent = ({ type }: { type: string }) => void events.push(type);
  return { events, given: { ...STORES.server(), onEvent } };
}

for (const meanwhile of ["destroy", "regenerate", "restart", "take"] as const) {
  test(`rule 15: a commit that meets a ${meanwhile} is a conflict, and nothing of it is saved when the route catches it`, async () => {
    const isThere = meanwhile === "take";
    const { events, given } = told();
    let [cookie, after] = ["", ""];
    const { ask, read, seal } = world(given, {
      other: (session) =>
        isThere ? session.take("flash") : session[meanwhile](),
      async go(session, c) {
        session.update({ name: "Eve" });
        session.take("flash");
        const other = await ask("/other", cookie);
        if (/^re/.test(meanwhile)) after = cookieOf(other);
        await assert.rejects(session.commit(), SessionConflictError);
        const { name, flash } = session.data;
        assert.deepEqual([name, flash], ["Jay", isThere ? undefined : "nonce"]);
        return c.req.query("add") ? add(session, c) : "caught";
      },
    });
    for (const path of ["/go", "/go?add=1"]) {
      after = cookie = await seal({ name: "Jay", flash: "nonce" });
      const isSaved = path !== "/go" && isThere;
      const { status } = await ask(path, cookie);
      assert.equal(status, path === "/go" || isSaved ? 200 : 409);
      assert.equal(events.at(-1), isSaved ? "saved" : "conflict");
      const left = await read(after);
      assert.equal(left?.name, meanwhile === "destroy" ? undefined : "Jay");
      if (meanwhile === "destroy") assert.equal(left, null);
      if (!isThere) continue;
      assert.equal(left?.flash, undefined);
      assert.equal(left?.count, isSaved ? 1 : 0);
    }
  });
}

test("rule 15: data is read anew, also when this request's change came to nothing or there is none", async () => {
  const changes: Record<string, Program> = {
    nothing() {},
    same: (session) => session.update(({ count }) => ({ count })),
    skip: (session) => session.update(() => ({}), { onConflict: "skip" }),
    "a take of nothing": (session) => session.take("flash"),
  };
  let cookie = "";
  const { ask, seal } = world(STORES.server(), {
    other: (session) => session.update({ name: "new", flash: "new" }),
    end: destroy,
    async go(session, c) {
      await changes[c.req.query("change") ?? ""]?.(session, c);
      await ask(`/${c.req.query("other")}`, cookie);
      await session.commit();
      return session.data.name;
    },
  });
  for (const change of Object.keys(changes)) {
    cookie = await seal({ name: "old" });
    const answer = await ask(`/go?other=other&change=${change}`, cookie);
    assert.equal(await answer.json(), "new", change);
  }
  cookie = await seal();
  const answer = await ask("/go?other=end&change=nothing", cookie);
  assert.equal(answer.status, 409); // also without a change
});

test("rule 15: an outage at commit is told, and what a route makes of it saves nothing of it", async () => {
  const asked: string[] = [];
  const store = controlledStore({
    turn: (operation) => Promise.resolve(void asked.push(operation)),
  });
  const { ask, read, seal } = world({ store }, {
    async go(session, c) {
      session.update({ name: "Eve" });
      session.take("flash");
      if (c.req.query("how") === "regenerate") session.regenerate();
      if (c.req.query("how") === "restart") session.restart({ keep: [] });
      store.fail(new Error("down"), "writes");
      asked.length = 0;
      await assert.rejects(session.commit(), SessionStoreError)
        .finally(() => store.fail(undefined));
      assert(!asked.includes("get")); // it is not asked what is there
      assert.equal(session.data.name, "Jay");
      add(session, c);
    },
    async begin(session) {
      session.update({ name: "Eve" });
      store.fail(new Error("down"), "writes");
      await assert.rejects(session.commit(), SessionStoreError)
        .finally(() => store.fail(undefined));
      assert.deepEqual(session.data, { count: 0, list: [] });
    },
  });
  assert.equal((await ask("/begin")).status, 200);
  for (const how of ["", "?how=regenerate", "?how=restart"]) {
    const cookie = await seal({ name: "Jay", flash: "kept" });
    const answer = await ask(`/go${how}`, cookie);
    assert.equal(answer.status, 200);
    assert.equal(setCookie(answer), undefined);
    const data = { name: "Jay", flash: "kept", count: 1, list: [] };
    assert.deepEqual(await read(cookie), data);
  }
});

test("rule 15: an outage at the commit of a destroy() is made good after the route, or told once more; data is empty, whatever a commit beside it does", async () => {
  const store = controlledStore();
  const isEmpty: Program = ({ data }) =>
    assert.deepEqual(data, { count: 0, list: [] });
  const { ask, read, seal } = world({ store }, {
    async outage(session, c) {
      add(session, c);
      session.destroy();
      store.fail(new Error("down"));
      await assert.rejects(session.commit(), SessionStoreError);
      if (c.req.query("over")) store.fail(undefined);
      isEmpty(session, c);
    },
    async beside(session, c) {
      add(session, c);
      const commit = session.commit();
      session.destroy();
      await commit;
      isEmpty(session, c);
    },
  });
  const cookie = await seal({ name: "Jay" });
  const during = await ask("/outage", cookie);
  assert.equal(during.status, 503);
  assert.equal(setCookie(during), undefined);
  store.fail(undefined);
  assert(isCleared(await ask("/outage?over=1", cookie)));
  assert.equal(await read(cookie), null);
  assert(isCleared(await ask("/beside", await seal({ name: "Jay" }))));
});

test("rule 15: a commit that the route does not wait for is waited for, and its failure is the answer", async () => {
  const store = slowStore();
  const { ask, read, seal } = world({ store }, {
    go(session, c) {
      add(session, c);
      if (!session.info.isNew) session.regenerate();
      void session.commit();
      return c.text("done", c.req.query("fail") ? 500 : 200);
    },
    large(session, c) {
      session.update({ name: "x".repeat(61_000) });
      void session.commit();
      add(session, c);
    },
  });
  for (const path of ["/go", "/go?fail=1"]) {
    for (const cookie of ["", await seal()]) {
      const answer = await ask(path, cookie);
      assert.equal((await read(cookieOf(answer)))?.count, 1);
    }
  }
  const cookie = await seal();
  assert.equal((await ask("/large", cookie)).status, 500);
  store.fail(new Error("down"), "writes");
  assert.equal((await ask("/go", cookie)).status, 503);
  store.fail(undefined);
  assert.equal((await read(cookie))?.count, 0); // what came after it is not saved either
});

test("rule 15: what is changed while a commit is under way is saved once, by the next one or after the route", async () => {
  const store = slowStore();
  let cookie = "";
  const { ask, read, seal } = world({ store }, {
    other: add,
    async go(session, c) {
      add(session, c);
      const other = cookie === "" ? null : ask("/other", cookie);
      const first = session.commit();
      add(session, c);
      const rest = [session.commit(), session.commit()];
      add(session, c);
      await Promise.all([first, ...rest, other]);
      await session.commit();
      const { count } = session.data;
      add(session, c);
      return count;
    },
  });
  for (const [before, made] of [["", 3], [await seal(), 4]] as const) {
    cookie = before;
    const answer = await ask("/go", cookie);
    assert.equal(await answer.json(), made);
    assert.equal((await read(cookieOf(answer, cookie)))?.count, made + 1);
  }
  assert.equal(store.entries.size, 2); // a new visitor has one session
});

test("rule 15: what is changed while a commit reads is kept, though a take beside it came too late", async () => {
  const { ask, read, seal } = world({ store: slowStore() }, {
    take: (session) => session.take("flash"),
    async go(session, c) {
      await ask("/take", cookie);
      const commit = session.commit();
      session.take("flash");
      add(session, c);
      session.regenerate();
      await commit;
      return session.data.count;
    },
  });
  const cookie = await seal({ flash: "nonce" });
  const answer = await ask("/go", cookie);
  assert.equal(await answer.json(), 1);
  assert.equal((await read(cookieOf(answer)))?.count, 1);
  assert.equal(await read(cookie), null);
});

test("rules 3, 15: a replay that no longer fits the schema is a conflict; a later change's is its own, not the commit's", async () => {
  const list = z.array(z.string()).max(2).default([]);
  const given = { ...STORES.server(), schema: schema.extend({ list }) };
  let cookie = "";
  let committed: unknown;
  const { ask, seal } = world(given, {
    async push(session, c) {
      const how = c.req.query("how") ?? "other";
      const push = (item: string) =>
        session.update(({ list }) => ({ list: [...list, item] }));
      if (how !== "other") await ask("/push", cookie);
      push(how);
      if (how === "before") push("second");
      if (how === "error") {
        session.update(({ list: { length } }) => {
          if (length > 1) throw new RangeError("the route's own");
          return {};
        });
      }
      const isCommit = ["after", "commit"].includes(how);
      const commit = isCommit ? session.commit() : undefined;
      if (how === "after") push("second");
      committed = await commit?.then(() => session.data.list, (error) => error);
    },
  });
  const expected = { error: 500, before: 409, after: 409 };
  for (const [how, status] of Object.entries(expected)) {
    cookie = await seal();
    const answer = await ask(`/push?how=${how}`, cookie);
    assert.equal(answer.status, status, how);
  }
  assert.deepEqual(committed, ["other", "after"]);
  cookie = await seal({ list: ["one"] });
  assert.equal((await ask("/push?how=commit", cookie)).status, 200);
  assert(committed instanceof SessionConflictError);
  assert.equal((await ask("/push", cookie)).status, 500); // both places are taken
});

test("rule 15: a commit saves what was changed so far, the second one too", async () => {
  const { ask, seal, read } = world({ store: controlledStore() }, {
    async fail(session) {
      session.update({ count: 1 });
      await session.commit();
      session.update({ name: "claimed" });
      const commit = session.commit();
      session.update({ flash: "later" });
      await commit;
      throw new Error("the route fails");
    },
  });
  const cookie = await seal();
  await ask("/fail", cookie);
  assert.deepEqual(await read(cookie), {
    ...{ count: 1, name: "claimed", list: [] },
  });
});

test("rule 15: restart({ keep: [] }) cannot conflict after a commit either, won or lost, and is what onEvent is told", async () => {
  let cookie = "";
  const { events, given } = told();
  const { ask, read, seal } = world(given, {
    end: destroy,
    async go(session, c) {
      const isLost = c.req.query("lost") !== undefined;
      add(session, c);
      if (!isLost) await session.commit();
      await ask("/end", cookie);
      if (isLost) await assert.rejects(session.commit(), SessionConflictError);
      session.restart({ keep: [] });
      session.update({ name: "Eve" });
    },
  });
  for (const path of ["/go", "/go?lost"]) {
    cookie = await seal({ flash: "old" });
    const answer = await ask(path, cookie);
    assert.equal(answer.status, 200);
    const data = { name: "Eve", count: 0, list: [] };
    assert.deepEqual(await read(cookieOf(answer)), data);
    assert.deepEqual(events.splice(0), ["destroyed", "restarted"]);
  }
});

test("rules 11, 15: an opening, or a commit that no one waits for, that fails before the route is done is the answer, and ends no process", async () => {
  const store = controlledStore();
  const later = () => new Promise((resolve) => setTimeout(resolve, 5));
  const { app, sessions, ask, seal } = world({ store });
  app.use(sessions).get("/opening", async (c) => {
    const opening = c.var.session();
    await later();
    return c.json((await opening).data);
  });
  app.get("/commit", async (c) => {
    const session = await c.var.session();
    add(session, c);
    store.fail(new Error("down"), "writes");
    void session.commit();
    await later();
    store.fail(undefined);
    add(session, c);
    return c.text("ok");
  });
  const cookie = await seal();
  assert.equal((await ask("/commit", cookie)).status, 503);
  store.fail(new Error("down"));
  assert.equal((await ask("/opening", cookie)).status, 503);
});
