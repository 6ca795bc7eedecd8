import assert from "node:assert/strict";
import { memoryStore } from "../middleware/session/stores/memory.ts";
import { storeContract } from "./support/store_contract.ts";

let now = 0;

storeContract("memory", () => memoryStore({ now: () => now }), {
  pass: () => void (now += 2),
});

Deno.test("memory: past its limit whatever would end first goes, what has ended before what lives, and no more than has to", async () => {
  let now = 0;
  const store = memoryStore({ limit: 50, now: () => now });
  const ends = new Map<string, number>();
  let [seed, ended, alive] = [1, 0, 0];
  for (let i = 0; i < 5000; i++) {
    seed = Math.imul(seed, 1664525) + 1013904223 >>> 0;
    now += (seed >>> 4) % 8;
    const key = String(seed % 97).padStart(22, "k");
    const isNew = !ends.has(key);
    const isFull = ends.size === 50;
    const { version = null } = await store.get(key) ?? {};
    assert.equal(version !== null, (ends.get(key) ?? 0) > now);
    ends.delete(key);
    const gone = (one: string) => !store.entries.has(one);
    if (seed % 5 === 0) {
      await store.remove(key);
      assert(![...ends.keys()].some(gone));
      continue;
    }
    const ttl = 1 + (seed >>> 8) % 1000;
    assert(await store.swap(key, new Uint8Array(1), version, ttl));
    const dropped = [...ends].filter(([one]) => gone(one));
    for (const [one] of dropped) ends.delete(one);
    const first = Math.min(...ends.values());
    assert(dropped.every(([, end]) => end <= first));
    const isAlive = dropped.some(([, end]) => end > now);
    if (isAlive) assert.equal(dropped.length, 1);
    if (dropped.length > 0) assert(isFull && version === null);
    else assert(!isFull || !isNew);
    if (isAlive) alive++;
    else ended += dropped.length;
    ends.set(key, now + ttl);
    assert.equal(store.entries.size, ends.size);
  }
  assert(ended > 50 && alive > 50, `${ended}, ${alive}`);
});

Deno.test("memory: a limit that is none is refused", () => {
  for (const limit of [0, -1, 1.5, NaN, Infinity]) {
    assert.throws(() => memoryStore({ limit }), /limit is .*; give/);
  }
});
