import assert from "node:assert/strict";
import {
  denoKvStore,
  type KvDatabase,
} from "../middleware/session/stores/deno_kv.ts";
import { mayDoAll } from "./support/missing.ts";
import { storeContract } from "./support/store_contract.ts";

let now = 0;

storeContract(
  "Deno KV",
  async () => denoKvStore(await Deno.openKv(":memory:"), { now: () => now }),
  {
    ignore: mayDoAll ? null : "needs --allow-all",
    pass: () => {
      now += 2;
      return Promise.resolve();
    },
  },
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
