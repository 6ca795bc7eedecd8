// The contract itself: it passes what is right, and notices each mistake that docs/stores.md names.
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

interface Entry {
  readonly value: Uint8Array;
  readonly version: string;
  readonly end: number;
}

type Entries = ReadonlyMap<string, Entry>;

/** What a store decides, and decides rightly here. Each mistake is another answer to one of these questions. */
const RIGHT = {
  keyOf: (key: string, _all: Entries) => key,
  bytesOf: (value: Uint8Array) => value,
  versionOf: (_value: Uint8Array, _old?: Entry) =>
    crypto.randomUUID() as string,
  /** `old` is the end of what is replaced, 0 for a new key. */
  endOf: (end: number, _old: number) => end,
  isOver: ({ end }: Entry) => end <= now,
  fits: (found: string | null, expected: string | null) => found === expected,
  isSwapSlow: false,
  isOwnerNoted: (isWritten: boolean, _isFirst: boolean) => isWritten,
  /** `entries` are all of one owner, the one written last comes last. */
  areListed: (_entries: readonly Entry[]) => true,
  isListed: (owner: string | undefined, asked: string) => owner === asked,
  removed: (keys: readonly string[], _all: Entries): Iterable<string> => keys,
  onMissing() {},
};

/** A store in a Map. */
function store(mistake: Partial<typeof RIGHT> = {}): SessionStore {
  const it = { ...RIGHT, ...mistake };
  const all = new Map<string, Entry>();
  const owners = new Map<string, string | undefined>();
  const find = (key: string) => {
    const entry = all.get(key);
    return entry === undefined || it.isOver(entry) ? undefined : entry;
  };
  return {
    kind: "map",
    ping: () => Promise.resolve(),
    get: (key) => Promise.resolve(find(it.keyOf(key, all)) ?? null),
    async swap(given, value, expected, ttlSeconds, owner) {
      const key = it.keyOf(given, all);
      const old = find(key);
      if (it.isSwapSlow) await Promise.resolve();
      const isWritten = it.fits(old?.version ?? null, expected);
      if (it.isOwnerNoted(isWritten, !owners.has(key))) owners.set(key, owner);
      if (!isWritten) return false;
      all.delete(key); // so that it comes last
      all.set(key, {
        value: it.bytesOf(value),
        version: it.versionOf(value, old),
        end: it.endOf(now + ttlSeconds, old?.end ?? 0),
      });
      return true;
    },
    async remove(key) {
      if (!all.delete(it.keyOf(key, all))) await it.onMissing();
    },
    removeAll(keys) {
      for (const key of it.removed(keys, all)) all.delete(key);
      return Promise.resolve();
    },
    owned(owner) {
      const keys = [...all.keys()]
        .filter((key) => it.isListed(owners.get(key), owner));
      const entries = keys.map((key) => all.get(key)!);
      return Promise.resolve(it.areListed(entries) ? keys : []);
    },
  };
}

const ENDED_IS_GIVEN_OUT = { isOver: () => false };

const MISTAKES: Record<string, Partial<typeof RIGHT>> = {
  "a version that counts from 1 again after a remove": {
    versionOf: (_, old) => String(Number(old?.version ?? 0) + 1),
  },
  "a version that is a hash of the value": {
    versionOf: (value) => value.join(),
  },
  "an ended entry that is given out": ENDED_IS_GIVEN_OUT,
  "an end that a later write does not move": {
    endOf: (end, old) => old || end,
  },
  "an end that a later write only moves to later": { endOf: Math.max },
  "a timer for each entry, which a later write does not stop": {
    endOf: (end, old) => Math.min(end, old || end),
  },
  "a timer that is over after 24.8 days": {
    endOf: (end) => end - now > 2 ** 31 / 1000 ? now : end,
  },
  "a swap that reads, waits, and then writes": { isSwapSlow: true },
  "a swap that overwrites what a new key finds": {
    fits: (found, expected) => expected === null || found === expected,
  },
  "a swap that writes where nothing is any more": {
    fits: (found, expected) => found === null || found === expected,
  },
  "a swap that looks at no version": {
    fits: (found, expected) => (found === null) === (expected === null),
  },
  "keys in lower case": { keyOf: (key) => key.toLowerCase() },
  "a key that is a pattern": {
    keyOf: (key, all) => /^_+$/.test(key) ? [...all.keys()].at(-1)! : key,
  },
  "values as text": {
    bytesOf: (value) =>
      new TextEncoder().encode(new TextDecoder().decode(value)),
  },
  "an error for a missing key": {
    onMissing() {
      throw new Error("no such key");
    },
  },
  "a removal of many that leaves the last": {
    removed: (keys) => keys.slice(0, -1),
  },
  "a removal of many that removes all": { removed: (_, all) => all.keys() },
  "owners whose keys end together, with the one written last": {
    areListed: (entries) => (entries.at(-1)?.end ?? 0) > now,
  },
  "an owner that moves though the swap is refused": {
    isOwnerNoted: () => true,
  },
  "an owner that never moves": {
    isOwnerNoted: (isWritten, isFirst) => isWritten && isFirst,
  },
  "an owner that lists everything": { isListed: () => true },
};

Deno.test("the contract notices each mistake, and a store that is right passes", async (t) => {
  for (const [name, mistake] of Object.entries(MISTAKES)) {
    await t.step(name, async () => {
      assert.notDeepEqual(await failures(() => store(mistake)), []);
    });
  }
  assert.deepEqual(await failures(store), []);
});

Deno.test("the contract: a store without a method fails its tests, or says so and has them ignored", async () => {
  for (const method of ["owned", "removeAll"] as const) {
    const { [method]: _, ...rest } = store();
    const failed = await failures(() => rest as SessionStore);
    const ignored = storeContract(store, { without: [method] })
      .filter(({ ignore }) => ignore === `the store has no ${method}()`)
      .map(({ name }) => name);
    assert.notDeepEqual(failed, []);
    assert.deepEqual(failed, ignored);
    assert.deepEqual(await failures(() => rest as SessionStore, [method]), []);
  }
});

Deno.test("the contract: a store is closed after each test, passed or not", async () => {
  let open = 0;
  const failing = () => {
    open++;
    return {
      ...store(),
      get: () => Promise.reject(new Error("away")),
      [Symbol.asyncDispose]: () => Promise.resolve(void open--),
    };
  };
  assert((await failures(failing)).length < storeContract(failing).length);
  assert.equal(open, 0);
});

Deno.test("the contract without a clock of the test's own waits for the end", async () => {
  const endsTest = (open: () => SessionStore) =>
    storeContract(open)
      .find(({ name }) => name.startsWith("an ended value"))!.run();
  await Promise.all([
    endsTest(memoryStore),
    assert.rejects(
      endsTest(() => store(ENDED_IS_GIVEN_OUT)),
      /still given out/,
    ),
  ]);
});
