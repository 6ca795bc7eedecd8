import assert from "node:assert/strict";
import { memoryStore } from "../middleware/session/stores/memory.ts";
import { storeContract } from "./support/store_contract.ts";

let now = 0;

storeContract("memory", () => memoryStore({ now: () => now }), {
  pass: () => void (now += 2),
});

const KEYS = ["a", "b", "c", "d", "e"].map((letter) => letter.repeat(22));
const VALUE = new Uint8Array(1);

async function write(
  backend: ReturnType<typeof memoryStore>,
  key: string,
  ttlSeconds: number,
): Promise<void> {
  const version = (await backend.get(key))?.version ?? null;
  assert.ok(await backend.swap(key, VALUE, version, ttlSeconds));
}

Deno.test("memory: whatever is written, the sessions kept are those that end last", async () => {
  const backend = memoryStore({ limit: 50, now: () => 0 });
  const ends = new Map<string, number>();
  let seed = 1;
  for (let i = 0; i < 5000; i++) {
    seed = Math.imul(seed, 1664525) + 1013904223 >>> 0;
    const key = String(seed % 97).padStart(22, "k");
    const ttl = 1 + (seed >>> 8) % 1000;
    if (seed % 5 === 0) {
      await backend.remove(key);
      ends.delete(key);
    } else {
      if (!ends.has(key) && ends.size === 50) {
        const least = Math.min(...ends.values());
        const first = [...ends.keys()].filter((k) => ends.get(k) === least);
        if (first.length > 1) continue; // any of them may be dropped
        ends.delete(first[0] ?? "");
      }
      await write(backend, key, ttl);
      ends.set(key, ttl);
    }
    const kept = [...backend.entries.keys()].sort();
    assert.deepEqual(kept, [...ends.keys()].sort());
  }
});

Deno.test("memory: past its limit all that has ended is dropped, and nothing that lives", async () => {
  let now = 0;
  const backend = memoryStore({ limit: 4, now: () => now });
  const [a = "", b = "", c = "", d = "", e = ""] = KEYS;
  await write(backend, a, 5);
  await write(backend, b, 6);
  for (const key of [c, d]) await write(backend, key, 5);
  now = 5;
  assert.equal(await backend.get(a), null);
  await write(backend, e, 1);
  assert.deepEqual([...backend.entries.keys()], [b, e]);
});

Deno.test("memory: a limit that is none is refused", () => {
  for (const limit of [0, -1, 1.5, NaN, Infinity]) {
    assert.throws(() => memoryStore({ limit }), /limit is .*; give/);
  }
});
