// The package's additions to a store: a time limit, owners, the truth for /healthz.
import assert from "node:assert/strict";
import {
  type SessionStore,
  SessionStoreError,
} from "../middleware/session/mod.ts";
import type { SessionRecord } from "../middleware/session/stores/record.ts";
import { serverRecords } from "../middleware/session/stores/server_store.ts";
import { memoryStore } from "../middleware/session/stores/memory.ts";
import { timeLimit } from "../middleware/session/stores/time_limit.ts";
import { randomId } from "../middleware/session/cookie/base64url.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { mayDoAll } from "./support/missing.ts";
import { storeContract } from "./support/store_contract.ts";

const test = Deno.test;

function record(owner?: string): SessionRecord {
  return {
    ...{ key: randomId(), id: randomId() },
    ...{ createdAt: 1000, usedAt: 1000, data: {} },
    ...(owner !== undefined && { terms: { owner } }),
  };
}

const never = () => new Promise<never>(() => {});
const SILENT: SessionStore = {
  ...{ kind: "silent", get: never, swap: never },
  ...{ owned: never, remove: never, ping: never },
};

test("a backend that never answers: every question is an error within about a second", async () => {
  const records = serverRecords(SILENT);
  const { key } = record();
  const start = performance.now();
  const questions: Promise<unknown>[] = [
    records.load(`${key}.${key}`),
    records.save(record(), null, 60),
    records.remove(key),
    records.ping(),
  ];
  await Promise.all(
    questions.map((question) =>
      assert.rejects(question, ({ cause }) => /no answer within/.test(cause))
    ),
  );
  const ms = performance.now() - start;
  assert.ok(ms > 900 && ms < 4000, `${ms} ms`); // 5000: one after the other
});

test("a list of an owner's keys may take a second, and longer only when the store asks for it in steps", async () => {
  const slow = () =>
    new Promise<[]>((resolve) => setTimeout(() => resolve([]), 2500));
  const store = { ...controlledStore(), owned: slow };
  const listed = (inSteps: boolean) =>
    Array.fromAsync(
      serverRecords({ ...store, ownedInSteps: inSteps }).owned?.("owner") ?? [],
    );
  await Promise.all([
    assert.rejects(listed(false), SessionStoreError),
    listed(true),
  ]);
});

test("the time limit: each question has its own time, and one that is answered has none left", async () => {
  const within = timeLimit(100);
  const first = assert.rejects(within(never), /within 100 ms/);
  assert.equal(await within(() => Promise.resolve("soon")), "soon");
  const start = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 40));
  await Promise.all([
    first,
    assert.rejects(within(never), /within 100 ms/),
  ]);
  assert.ok(performance.now() - start > 120); // not at the first one's 100
});

test("the time limit: an answer that comes too late takes no other question's limit away", async () => {
  const within = timeLimit(100);
  let answer = () => {};
  const asked = new Promise<void>((resolve) => answer = resolve);
  await assert.rejects(within(() => asked), /within 100 ms/);
  const next = assert.rejects(within(never), /within 100 ms/);
  answer();
  await next;
});

test("the time limit: a process that was busy itself still takes the answer that has arrived", async () => {
  const within = timeLimit(100);
  for (const beforeMs of [0, 80]) {
    const answer = within(() =>
      new Promise((resolve) => setTimeout(() => resolve("late"), 250))
    );
    await new Promise((resolve) => setTimeout(resolve, beforeMs));
    const start = performance.now();
    while (performance.now() - start < 400); // nothing else can run
    assert.equal(await answer, "late");
  }
});

// The truth for /healthz

test("ping reads a key as a session does, and fails when the store does not read, or does not write, though the database answers a ping", async () => {
  const keys: unknown[] = [];
  const store = controlledStore({
    turn: (what, on) => Promise.resolve(void (what === "get" && keys.push(on))),
  });
  const records = serverRecords(store);
  await records.ping();
  await records.ping();
  assert.match(keys.join(), /^[\w-]{22},[\w-]{22}$/);
  assert.notEqual(keys[0], keys[1]);
  assert.equal(store.entries.size, 0); // nothing is left behind

  const next = record();
  assert.notEqual(await records.save(next, null, 60), null);
  assert.equal(await records.save(next, null, 60), null);
  await records.ping(); // that another request came before is no failure
  store.fail(new Error("disk full"), "writes");
  await assert.rejects(records.save(record(), null, 60), SessionStoreError);
  await assert.rejects(records.ping(), SessionStoreError);
  const get = () => Promise.reject(new Error("the shard is away"));
  const away = serverRecords({ ...store, get });
  await assert.rejects(away.ping(), SessionStoreError);
});

test("a ping writes when the last write is ten seconds old, or failed", async () => {
  let now = 0;
  let writes = 0;
  const backend = controlledStore({
    turn: (what) => Promise.resolve(void (what === "swap" && writes++)),
  });
  const records = serverRecords(backend, () => now);
  const write = () => records.save(record(), null, 60);
  const check = async (at: number) => {
    now = at;
    writes = 0;
    const answer = await records.ping()
      .then(() => "ok", ({ cause }) => String(cause));
    return `${answer}, ${writes}`;
  };
  assert.equal(await check(0), "ok, 1");
  assert.equal(await check(9999), "ok, 0");
  assert.equal(await check(10_000), "ok, 1");
  now = 15_000;
  await write();
  assert.equal(await check(24_999), "ok, 0"); // a session was written meanwhile
  assert.equal(await check(25_000), "ok, 1");

  backend.fail(new Error("full"), "writes");
  await assert.rejects(write(), SessionStoreError);
  assert.equal(await check(25_001), "Error: full, 1");
  assert.equal(await check(25_002), "Error: full, 1");
  backend.fail(undefined);
  assert.equal(await check(25_003), "ok, 1");
  assert.equal(await check(25_004), "ok, 0");
});

// Owners

test("two hundred sessions of one owner: fifty are read at once, with a pause as long as each step", async () => {
  let atOnce = 0;
  let most = 0;
  const store = memoryStore();
  const records = serverRecords({
    ...store,
    async get(key) {
      most = Math.max(most, ++atOnce);
      const found = await store.get(key);
      atOnce--;
      return found;
    },
  });
  for (let i = 0; i < 200; i++) await records.save(record("Jay"), null, 60);
  const sizes: number[] = [];
  let endedAt = -Infinity;
  for await (const some of records.owned?.("Jay") ?? []) {
    const start = performance.now();
    assert.ok(start - endedAt >= 19, `${start - endedAt} ms of pause`);
    sizes.push(some.length);
    while (performance.now() - start < 20); // such as a removal
    endedAt = performance.now();
  }
  assert.deepEqual({ sizes, most }, { sizes: [50, 50, 50, 50], most: 50 });
});

// The example

if (mayDoAll) {
  const path = "../middleware/session/stores/store.ts";
  const source = await Deno.readTextFile(new URL(path, import.meta.url));
  const [, block = ""] = /^ \* ```ts\n(.*?)^ \* ```/ms.exec(source) ?? [];
  const code = encodeURIComponent(block.replace(/^ \* ?/gm, ""));
  const { store } = await import(`data:application/typescript,${code}`);
  storeContract("the store in SessionStore's documentation", () => store, {
    without: ["owned", "removeAll"],
  });
}

test("writes that could not be undone are tried when a write succeeds, a few at a time, and never for a read", async () => {
  let undone = 0;
  let isDown = true;
  const undo = () => {
    undone++;
    return isDown ? Promise.reject(new Error("down")) : Promise.resolve();
  };
  const records = serverRecords(memoryStore());
  for (let i = 0; i < 100; i++) await records.takeBack(undo);
  undone = 0;
  const { key } = record();
  await records.load(`${key}.${key}`);
  assert.equal(undone, 0);
  await records.save(record(), null, 60);
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(undone, 10); // each of them failed
  isDown = false;
  undone = 0;
  await records.save(record(), null, 60);
  while (undone < 100) await new Promise((resolve) => setTimeout(resolve));
  await records.save(record(), null, 60);
  assert.equal(undone, 100);
});

test("an owned() that answers no list of keys is an outage, not an empty list", async () => {
  for (const answer of [null, "key", new Set(["key"]), [1]]) {
    const owned = () => Promise.resolve(answer as unknown as string[]);
    const records = serverRecords({ ...memoryStore(), owned });
    const listed = Array.fromAsync(records.owned?.("owner") ?? []);
    await assert.rejects(listed, SessionStoreError);
  }
});
