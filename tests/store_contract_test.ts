// The contract itself: it passes what is right, and notices each mistake that CONTRIBUTING names.
import assert from "node:assert/strict";
import { memoryStore, type SessionStore } from "../middleware/session/mod.ts";
import { storeContract } from "../middleware/session/testing/mod.ts";

let now = 0;
const pass = () => void (now += 2);

/** The names of the tests that a store does not pass. */
async function failures(
  open: () => SessionStore,
  without: readonly ("owned" | "removeAll")[] = [],
): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, ignore, run } of storeContract(open, { pass, without })) {
    if (ignore !== undefined) continue;
    await run().catch(() => failed.push(name));
  }
  return failed;
}

const right = () => memoryStore({ now: () => now });
type Store = ReturnType<typeof right>;
type Swap = SessionStore["swap"];

/** A right store with one thing changed. */
function but(change: (store: Store) => Partial<SessionStore>) {
  return () => {
    const store = right();
    return { ...store, ...change(store) };
  };
}

/** Other arguments for swap than those that it was given. */
function swapping(other: (...args: Parameters<Swap>) => Parameters<Swap>) {
  return but((store) => ({ swap: (...args) => store.swap(...other(...args)) }));
}

/** Another key than the one that was asked for. */
function keys(other: (key: string) => string) {
  return but((store) => ({
    get: (key) => store.get(other(key)),
    swap: (key, ...rest) => store.swap(other(key), ...rest),
    remove: (key) => store.remove(other(key)),
  }));
}

/** Versions that are not random. */
function versions(next: (value: Uint8Array, old: string) => string) {
  return but((store) => {
    const all = new Map<string, string>();
    return {
      async get(key) {
        const found = await store.get(key);
        return found && { ...found, version: all.get(key) ?? "" };
      },
      async swap(key, value, expected, ...rest) {
        const found = (await store.get(key)) && (all.get(key) ?? "");
        if (found !== expected) return false;
        all.set(key, next(value, expected ?? "0"));
        await store.remove(key);
        return await store.swap(key, value, null, ...rest);
      },
    };
  });
}

/** A swap that looks at something else than `expected`. */
function expecting(
  other: (found: string | null, expected: string | null) => string | null,
) {
  return but((store) => ({
    async swap(key, value, expected, ...rest) {
      const found = (await store.get(key))?.version ?? null;
      return await store.swap(key, value, other(found, expected), ...rest);
    },
  }));
}

/** Ends at another time; `old` is 0 for a new key. */
function ends(other: (end: number, old: number) => number) {
  const all = new Map<string, number>();
  return swapping((key, value, expected, ttlSeconds, owner) => {
    const end = other(now + ttlSeconds, all.get(key) ?? 0);
    all.set(key, end);
    return [key, value, expected, end - now, owner];
  });
}

const timers = new Set<ReturnType<typeof setTimeout>>();

/** Timers that a renewed entry does not end, and that overflow after 24.8 days. */
const timed = but((store) => ({
  swap(key, value, expected, ttlSeconds, owner) {
    const ms = ttlSeconds * 1000;
    const overflown = ms > 2 ** 31 - 1 ? 1 : ms;
    timers.add(setTimeout(() => store.remove(key), overflown));
    return store.swap(key, value, expected, 2 ** 31, owner);
  },
}));

/** An index of owners that is written when `isNoted` says so. */
function noting(isNoted: (isWritten: boolean, isFirst: boolean) => boolean) {
  return but((store) => {
    const owners = new Map<string, string | undefined>();
    return {
      async swap(key, ...rest) {
        const isWritten = await store.swap(key, ...rest);
        if (isNoted(isWritten, !owners.has(key))) owners.set(key, rest[3]);
        return isWritten;
      },
      owned: (owner) =>
        Promise.resolve(
          [...owners.keys()].filter((key) => owners.get(key) === owner),
        ),
    };
  });
}

/** One owner's keys as a set that ends as a whole, at the end last written. */
const oneEnd = but((store) => {
  const ends = new Map<string, number>();
  return {
    swap(...args) {
      const [, , , ttlSeconds, owner] = args;
      if (owner) ends.set(owner, now + ttlSeconds);
      return store.swap(...args);
    },
    owned: async (owner) =>
      (ends.get(owner) ?? 0) > now ? await store.owned?.(owner) ?? [] : [],
  };
});

/** Removes others than those that it was asked for. */
function removing(
  other: (keys: readonly string[], store: Store) => readonly string[],
) {
  return but((store) => ({
    removeAll: async (keys) => await store.removeAll?.(other(keys, store)),
  }));
}

const MISTAKES: Record<string, () => SessionStore> = {
  "a version that counts from 1 again after a remove": versions((_, old) =>
    String(Number(old) + 1)
  ),
  "a version that is a hash of the value": versions((value) => value.join()),
  "an ended entry that is given out": but(({ entries }) => ({
    get: (key) => Promise.resolve(entries.get(key) ?? null),
  })),
  "an end that a later write does not move": ends((end, old) => old || end),
  "an end that a later write only moves to later": ends(Math.max),
  "a swap that reads and then writes": but((store) => ({
    async swap(key, value, expected, ...rest) {
      const found = (await store.get(key))?.version ?? null;
      if (found !== expected) return false;
      void store.remove(key);
      return await store.swap(key, value, null, ...rest);
    },
  })),
  "a swap that overwrites what a new key finds": expecting((found, expected) =>
    expected === null ? found : expected
  ),
  "a swap that writes where nothing is any more": expecting((found, expected) =>
    found === null ? null : expected
  ),
  "a swap that looks at no version": expecting((found, expected) =>
    expected === null ? null : found ?? expected
  ),
  "keys in lower case": keys((key) => key.toLowerCase()),
  "a pattern": but((store) => ({
    get: (key) =>
      store.get(/^_+$/.test(key) ? [...store.entries.keys()].at(-1)! : key),
  })),
  "a timer for each entry": timed,
  "values as text": swapping((key, value, ...rest) => {
    const text = new TextDecoder().decode(value);
    return [key, new TextEncoder().encode(text), ...rest];
  }),
  "an error for a missing key": but((store) => ({
    async remove(key) {
      if (await store.get(key) === null) throw new Error("no such key");
      await store.remove(key);
    },
  })),
  "a removal of many that stops at one that is missing": removing((keys) =>
    keys.slice(0, -1)
  ),
  "a removal of many that removes all": removing((_, { entries }) => [
    ...entries.keys(),
  ]),
  "owners whose keys end together": oneEnd,
  "an owner that moves though the swap is refused": noting(() => true),
  "an owner that never moves": noting((isWritten, isFirst) =>
    isWritten && isFirst
  ),
  "an owner that lists everything": but(({ entries }) => ({
    owned: () => Promise.resolve([...entries.keys()]),
  })),
};

Deno.test("the contract notices each mistake, and a store that is right passes", async (t) => {
  for (const [name, open] of Object.entries(MISTAKES)) {
    await t.step(name, async () => {
      assert.notDeepEqual(await failures(open), []);
    });
  }
  for (const timer of timers) clearTimeout(timer);
  assert.deepEqual(await failures(right), []);
});

Deno.test("the contract: a store without a method fails its tests, or says so and has them ignored", async () => {
  for (const method of ["owned", "removeAll"] as const) {
    const { [method]: _, ...rest } = right();
    const failed = await failures(() => rest as SessionStore);
    const ignored = storeContract(right, { without: [method] })
      .filter(({ ignore }) => ignore === `the store has no ${method}()`)
      .map(({ name }) => name);
    assert.notDeepEqual(failed, []);
    assert.deepEqual(failed, ignored);
    assert.deepEqual(await failures(() => rest as SessionStore, [method]), []);
  }
});

Deno.test("the contract: a store is closed after each test, passed or not", async () => {
  let open = 0;
  const failing = but(() => {
    open++;
    return {
      get: () => Promise.reject(new Error("away")),
      [Symbol.asyncDispose]: () => Promise.resolve(void open--),
    };
  });
  assert((await failures(failing)).length < storeContract(failing).length);
  assert.equal(open, 0);
});

Deno.test("the contract without a clock of the test's own waits for the end", async () => {
  const endsTest = (open: () => SessionStore, lateSeconds: number) =>
    storeContract(open, { lateSeconds })
      .find(({ name }) => name.startsWith("an ended value"))!.run();
  await Promise.all([
    endsTest(memoryStore, 1),
    assert.rejects(
      endsTest(MISTAKES["an ended entry that is given out"]!, 0),
      /still given out/,
    ),
  ]);
});
