import assert from "node:assert/strict";
import {
  denoKvStore,
  type KvDatabase,
} from "../middleware/session/stores/deno_kv.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import { storeContract } from "./support/store_contract.ts";

let now = 0;

const ignore = mayDoAll ? null : "needs --allow-all";
const KEY = "A".repeat(22);
const VALUE = new Uint8Array(1);

storeContract(
  "Deno KV",
  async () => denoKvStore(await Deno.openKv(":memory:"), { now: () => now }),
  { ignore, pass: () => void (now += 2) },
);

Deno.test("Deno KV: a database that is locked for a moment is asked again, and for ever is an error", async () => {
  let locked = 3;
  const kv = {
    get() {
      if (locked-- > 0) {
        return Promise.reject(new TypeError("database is locked"));
      }
      return Promise.resolve({ value: null, versionstamp: null });
    },
  } as unknown as KvDatabase;
  const backend = denoKvStore(kv);
  assert.equal(await backend.get("key"), null);
  locked = Infinity;
  await assert.rejects(backend.get("key"), /database is locked/);
});

testWhere(
  ignore,
  "Deno KV: two apps with another prefix share a database, and not their sessions",
  async () => {
    const kv = await Deno.openKv(":memory:");
    await using app = denoKvStore(kv, { prefix: "app" });
    const other = denoKvStore(kv);
    assert.equal(await app.swap(KEY, VALUE, null, 60, "owner"), true);
    assert.equal(await other.get(KEY), null);
    assert.deepEqual(await other.owned?.("owner"), []);
    await other.remove(KEY);
    assert.deepEqual(await app.owned?.("owner"), [KEY]);
    assert.throws(() => denoKvStore(kv, { prefix: "" }), /prefix: give/);
  },
);

testWhere(
  ignore,
  "Deno KV: sessions of before the option `prefix` are read",
  async () => {
    const kv = await Deno.openKv(":memory:");
    await using backend = denoKvStore(kv);
    const entry = {
      ends: Date.now() / 1000 + 60,
      value: VALUE,
      owner: "owner",
    };
    await kv.set(["session", KEY], entry);
    await kv.set(["session_owner", "owner", KEY], true);
    assert.deepEqual((await backend.get(KEY))?.value, VALUE);
    assert.deepEqual(await backend.owned?.("owner"), [KEY]);
  },
);

testWhere(
  ignore,
  "Deno KV: the entries that owners have go with their sessions, also with many at once",
  async () => {
    const kv = await Deno.openKv(":memory:");
    await using backend = denoKvStore(kv);
    const write = async (key: string, owner: string) => {
      const { version = null } = await backend.get(key) ?? {};
      await backend.swap(key, VALUE, version, 60, owner);
    };
    const keys = Array.from({ length: 250 }, (_, i) => `key ${i}`);
    await write("key 0", "an owner of before");
    for (const key of keys) await write(key, "owner");
    await backend.removeAll?.([...keys.slice(1), "missing"]);
    const entries = await Array.fromAsync(kv.list({ prefix: [] }));
    assert.deepEqual(entries.map(({ key }) => key.at(-1)), ["key 0", "key 0"]);
  },
);
