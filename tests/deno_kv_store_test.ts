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

function test(
  name: string,
  fn: (kv: Deno.Kv, store: ReturnType<typeof denoKvStore>) => Promise<void>,
): void {
  testWhere(ignore, `Deno KV: ${name}`, async () => {
    const kv = await Deno.openKv(":memory:");
    await using store = denoKvStore(kv);
    await fn(kv, store);
  });
}

test(
  "two apps with another prefix share a database, and not their sessions",
  async (kv, other) => {
    const app = denoKvStore(kv, { prefix: "app" });
    assert.equal(await app.swap(KEY, VALUE, null, 60, "owner"), true);
    assert.equal(await other.get(KEY), null);
    assert.deepEqual(await other.owned?.("owner"), []);
    await other.remove(KEY);
    assert.deepEqual(await app.owned?.("owner"), [KEY]);
    assert.throws(() => denoKvStore(kv, { prefix: "" }), /prefix: give/);
  },
);

test("sessions of before the option `prefix` are read", async (kv, store) => {
  const ends = Date.now() / 1000 + 60;
  await kv.set(["session", KEY], { ends, value: VALUE, owner: "owner" });
  await kv.set(["session_owner", "owner", KEY], true);
  assert.deepEqual((await store.get(KEY))?.value, VALUE);
  assert.deepEqual(await store.owned?.("owner"), [KEY]);
});

test(
  "the entries that owners have go with their sessions, also with many at once",
  async (kv, store) => {
    const write = async (key: string, owner: string) => {
      const { version = null } = await store.get(key) ?? {};
      await store.swap(key, VALUE, version, 60, owner);
    };
    const keys = Array.from({ length: 250 }, (_, i) => `key ${i}`);
    await write("key 0", "an owner of before");
    for (const key of keys) await write(key, "owner");
    await store.removeAll?.([...keys.slice(1), "missing"]);
    const entries = await Array.fromAsync(kv.list({ prefix: [] }));
    assert.deepEqual(entries.map(({ key }) => key.at(-1)), ["key 0", "key 0"]);
  },
);
