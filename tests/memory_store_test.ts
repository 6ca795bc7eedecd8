import assert from "node:assert/strict";
import { memoryStore } from "../middleware/session/stores/memory.ts";
import { storeContract } from "./support/store_contract.ts";

let now = 0;

storeContract("memory", () => memoryStore({ now: () => now }), {
  pass: () => void (now += 2),
});

Deno.test("memory: a full store removes the twentieth that would end first, so what has ended before what lives, and only for a new session", async () => {
  let now = 0;
  const store = memoryStore({ limit: 60, now: () => now });
  const write = (i: number, version: string | null = null) =>
    store.swap(`${i}`.padStart(22, "0"), new Uint8Array(1), version, i + 1);
  const kept = () => [...store.entries.keys()].map((key) => Number(key));
  const numbers = Array.from({ length: 60 }, (_, i) => (i * 7) % 60);
  for (const i of numbers) await write(i);
  const last = await store.get("59".padStart(22, "0"));
  assert(await write(59, last?.version));
  assert.deepEqual(kept(), numbers); // it replaced one
  now = 1.5; // one has ended
  assert(await write(60));
  assert.deepEqual(kept(), [...numbers.filter((i) => i > 2), 60]);
  for (const i of [61, 62]) await write(i);
  assert.equal(store.entries.size, 60);
});

Deno.test("memory: a limit that is none is refused", () => {
  for (const limit of [0, -1, 1.5, NaN, Infinity]) {
    assert.throws(() => memoryStore({ limit }), /limit is .*; give/);
  }
});
