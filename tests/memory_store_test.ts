import assert from "node:assert/strict";
import { memoryStore } from "../middleware/session/stores/memory.ts";
import { storeContract } from "./support/store_contract.ts";

let now = 0;

storeContract("memory", () => memoryStore({ now: () => now }), {
  pass: () => void (now += 2),
});

Deno.test("memory: past its limit all that has ended is dropped or, if nothing has, the session that would end first", async () => {
  let now = 0;
  const store = memoryStore({ limit: 50, now: () => now });
  const ends = new Map<string, number>();
  let [seed, dropped, pushedOut] = [1, 0, 0];
  for (let i = 0; i < 5000; i++) {
    seed = Math.imul(seed, 1664525) + 1013904223 >>> 0;
    const key = String(seed % 97).padStart(22, "k");
    if (seed % 5 === 0) {
      await store.remove(key);
      ends.delete(key);
    } else {
      const { version = null } = await store.get(key) ?? {};
      assert.equal(version !== null, (ends.get(key) ?? 0) > now);
      if (version === null && ends.size === 50) {
        const ended = [...ends.keys()].filter((one) => ends.get(one)! <= now);
        const least = Math.min(...ends.values());
        const first = [...ends.keys()].filter((one) => ends.get(one) === least);
        if (ended.length === 0 && first.length > 1) continue; // any of them may be dropped
        if (ended.length > 0) dropped++;
        else pushedOut++;
        for (const one of ended.length > 0 ? ended : first) ends.delete(one);
      }
      const ttl = 1 + (seed >>> 8) % 1000;
      assert(await store.swap(key, new Uint8Array(1), version, ttl));
      ends.set(key, now + ttl);
    }
    now += (seed >>> 4) % 8;
    const kept = [...store.entries.keys()].sort();
    assert.deepEqual(kept, [...ends.keys()].sort());
  }
  assert(dropped > 50 && pushedOut > 50, `${dropped}, ${pushedOut}`);
});

Deno.test("memory: a limit that is none is refused", () => {
  for (const limit of [0, -1, 1.5, NaN, Infinity]) {
    assert.throws(() => memoryStore({ limit }), /limit is .*; give/);
  }
});
