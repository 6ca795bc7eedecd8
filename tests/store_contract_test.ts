// The contract itself: it passes what is right, and notices each mistake that CONTRIBUTING names.
import assert from "node:assert/strict";
import type { SessionStore } from "../middleware/session/mod.ts";
import { memoryStore } from "../middleware/session/stores/memory.ts";
import { storeContract } from "../middleware/session/testing/mod.ts";

const second = 1000;
let now = 0;
const pass = () => void (now += 2 * second);

/** The names of the tests that a backend does not pass. */
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

function right(): ReturnType<typeof memoryStore> {
  return memoryStore({ now: () => now / second });
}

interface Entry {
  value: Uint8Array;
  version: string;
  endsAt: number;
  owner: string | undefined;
}

/** A backend with one thing wrong. */
function wrong(
  mistake: Partial<{
    version(key: string, value: Uint8Array, old: Entry | undefined): string;
    isLive(entry: Entry): boolean;
    key(key: string): string;
    wait(): Promise<void>;
    endsAt(ttlSeconds: number, old: Entry | undefined): number;
    isCurrent(found: Entry | undefined, expected: string | null): boolean;
    written(key: string, entry: Entry, entries: Map<string, Entry>): void;
    removed(key: string, old: Entry | undefined): void;
    removedAtOnce(keys: readonly string[]): readonly string[];
    owned(owner: string, entries: Map<string, Entry>): string[];
  }>,
): () => SessionStore {
  const {
    version = () => crypto.randomUUID(),
    isLive = ({ endsAt }) => endsAt > now,
    key: keyOf = (key) => key,
    wait,
    endsAt = (ttlSeconds) => now + ttlSeconds * second,
    isCurrent = (found, expected) => (found?.version ?? null) === expected,
    written = () => {},
    removed = () => {},
    removedAtOnce = (keys) => keys,
    owned = (owner, entries) =>
      [...entries].filter(([, entry]) => entry.owner === owner)
        .map(([key]) => key),
  } = mistake;
  return () => {
    const entries = new Map<string, Entry>();
    const find = (key: string) => {
      const entry = entries.get(keyOf(key));
      return entry && isLive(entry) ? entry : undefined;
    };
    return {
      kind: "wrong",
      get: (key) => Promise.resolve(find(key) ?? null),
      async swap(key, value, expected, ttlSeconds, owner) {
        const old = find(key);
        if (!isCurrent(old, expected)) return false;
        if (wait) await wait();
        const entry = {
          ...{ value, owner, version: version(key, value, old) },
          endsAt: endsAt(ttlSeconds, old),
        };
        entries.set(keyOf(key), entry);
        written(keyOf(key), entry, entries);
        return true;
      },
      remove(key) {
        removed(key, entries.get(keyOf(key)));
        entries.delete(keyOf(key));
        return Promise.resolve();
      },
      removeAll(keys) {
        for (const key of removedAtOnce(keys)) entries.delete(keyOf(key));
        return Promise.resolve();
      },
      owned: (owner) => Promise.resolve(owned(owner, entries)),
      ping: () => Promise.resolve(),
    };
  };
}

Deno.test("the contract: two stores that are right pass", async () => {
  assert.deepEqual(await failures(right), []);
  assert.deepEqual(await failures(wrong({})), []);
});

Deno.test("the contract: a store without a method fails its tests, or says so and has them ignored", async () => {
  for (const method of ["owned", "removeAll"] as const) {
    const { [method]: _, ...rest } = right();
    const failed = await failures(() => rest as SessionStore);
    const ignored = storeContract(right, { without: [method] })
      .flatMap(({ name, ignore }) =>
        ignore === `the store has no ${method}()` ? [name] : []
      );
    assert.notDeepEqual(failed, []);
    assert.deepEqual(failed, ignored);
    assert.deepEqual(await failures(() => rest as SessionStore, [method]), []);
  }
});

/** One owner's keys as a set that ends as a whole, at the end last written. */
function oneEnd() {
  const ends = new Map<string, number>();
  return wrong({
    written(_key, { owner, endsAt }) {
      if (owner !== undefined) ends.set(owner, endsAt);
    },
    owned: (owner, entries) =>
      (ends.get(owner) ?? 0) > now
        ? [...entries].filter(([, entry]) => entry.owner === owner)
          .map(([key]) => key)
        : [],
  });
}

/** An index that is written before it is known whether the swap is. */
function movedTooSoon(): SessionStore {
  const backend = wrong({})();
  const owners = new Map<string, string | undefined>();
  return {
    ...backend,
    swap(key, value, expected, ttlSeconds, owner) {
      owners.set(key, owner);
      return backend.swap(key, value, expected, ttlSeconds, owner);
    },
    owned: (owner) =>
      Promise.resolve(
        [...owners].filter(([, whose]) => whose === owner).map(([key]) => key),
      ),
  };
}

/** Only the first owner is written. */
function neverMoved(): SessionStore {
  const owners = new Map<string, string>();
  return wrong({
    written(key, { owner }) {
      if (owner !== undefined && !owners.has(key)) owners.set(key, owner);
    },
    owned: (owner) =>
      [...owners].filter(([, whose]) => whose === owner).map(([key]) => key),
  })();
}

const timers = new Set<ReturnType<typeof setTimeout>>();

/** Timers that a renewed entry does not end, and that overflow after 24.8 days. */
function withTimers(): SessionStore {
  return wrong({
    isLive: () => true,
    written(key, entry, entries) {
      const ms = entry.endsAt - now;
      const timer = setTimeout(
        () => entries.delete(key),
        ms > 2 ** 31 - 1 ? 1 : ms,
      );
      timers.add(timer);
    },
  })();
}

const MISTAKES: Record<string, () => SessionStore> = {
  "a version that counts from 1 again after a remove": wrong({
    version: (_key, _value, old) => String(Number(old?.version ?? 0) + 1),
  }),
  "a version that is a hash of the value": wrong({
    version: (_key, value) => value.join(),
  }),
  "a version of whole seconds": wrong({ version: () => String(now) }),
  "an ended entry that is given out": wrong({ isLive: () => true }),
  "an end that a later write does not move": wrong({
    endsAt: (ttlSeconds, old) => old?.endsAt ?? now + ttlSeconds * second,
  }),
  "an end that a later write only moves to later": wrong({
    endsAt: (ttlSeconds, old) =>
      Math.max(old?.endsAt ?? 0, now + ttlSeconds * second),
  }),
  "a swap that reads and then writes": wrong({ wait: () => Promise.resolve() }),
  "a swap that overwrites what a new key finds": wrong({
    isCurrent: (found, expected) =>
      expected === null || found?.version === expected,
  }),
  "a swap that writes where nothing is any more": wrong({
    isCurrent: (found, expected) =>
      found === undefined || found.version === expected,
  }),
  "a swap that looks at no version": wrong({
    isCurrent: (found, expected) =>
      (found === undefined) === (expected === null),
  }),
  "keys in lower case": wrong({ key: (key) => key.toLowerCase() }),
  "keys that are cut": wrong({ key: (key) => key.slice(0, 21) }),
  "a timer for each entry": withTimers,
  "values as text": wrong({
    written(_key, entry) {
      const text = new TextDecoder().decode(entry.value);
      entry.value = new TextEncoder().encode(text);
    },
  }),
  "values of 32 kB at most": wrong({
    written(_key, entry) {
      entry.value = entry.value.slice(0, 32_768);
    },
  }),
  "an error for a missing key": wrong({
    removed(_key, old) {
      if (old === undefined) throw new Error("no such key");
    },
  }),
  "a removal of many that stops at one that is missing": wrong({
    removedAtOnce: (keys) => keys.slice(0, -1),
  }),
  "a removal of many that removes all": () => {
    const store = right();
    return {
      ...store,
      removeAll: () => store.removeAll!([...store.entries.keys()]),
    };
  },
  "a removal of a hundred at most": wrong({
    removedAtOnce: (keys) => keys.slice(0, 100),
  }),
  "owners whose keys end together": oneEnd(),
  "an owner that moves before the swap": movedTooSoon,
  "an owner that never moves": neverMoved,
  "an owner that lists everything": wrong({
    owned: (_owner, entries) => [...entries.keys()],
  }),
  "an owner that lists ten at most": wrong({
    owned: (owner, entries) =>
      [...entries].filter(([, entry]) => entry.owner === owner)
        .map(([key]) => key).slice(0, 10),
  }),
  "a pattern": () => {
    const backend = wrong({})();
    let last = "";
    return {
      ...backend,
      swap(key, ...rest) {
        last = key;
        return backend.swap(key, ...rest);
      },
      get: (key) => backend.get(/^_+$/.test(key) ? last : key),
    };
  },
};

for (const [name, open] of Object.entries(MISTAKES)) {
  Deno.test(`the contract notices: ${name}`, async () => {
    try {
      assert.notDeepEqual(await failures(open), []);
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  });
}

Deno.test("the contract: a backend is closed after each test, passed or not", async () => {
  let open = 0;
  const counted = (backend: SessionStore) => () => {
    open++;
    return {
      ...backend,
      [Symbol.asyncDispose]: () => Promise.resolve(void open--),
    };
  };
  await failures(counted(right()));
  await failures(counted(wrong({ isLive: () => true })()));
  assert.equal(open, 0);
});

Deno.test("the contract without a clock of the test's own waits for the end", async () => {
  const [ends] = storeContract(memoryStore, { lateSeconds: 1 })
    .filter(({ name }) => name.startsWith("an ended value"));
  const [late] = storeContract(wrong({ isLive: () => true }), {
    lateSeconds: 0,
  }).filter(({ name }) => name.startsWith("an ended value"));
  await Promise.all([
    ends?.run(),
    assert.rejects(late?.run() ?? Promise.resolve(), /still given out/),
  ]);
});
