import { randomId } from "../../cookie/base64url.ts";
import {
  again,
  atOnce,
  bytes,
  found,
  newOwner,
  same,
  swapped,
  type Test,
  text,
  written,
} from "./steps.ts";

/** The longest that a browser keeps a cookie, in seconds. */
const FOUR_HUNDRED_DAYS = 400 * 86_400;

/** More keys than a database gives out at once without being asked to. */
const MANY = 1000;

/** The duties of every store. The tests use nothing that only one runtime has. */
export const ALWAYS: Record<string, Test> = {
  "what is not there is null, and removing it is no error": async (store) => {
    same(await store.get(randomId()), null);
    await store.remove(randomId());
    const key = await written(store, "x");
    await store.remove(key);
    await store.remove(key);
    same(await store.get(key), null);
  },

  "an answer is a promise, and a version is text": async (store) => {
    const reading = store.get(await written(store, "x"));
    same(typeof reading.then, "function");
    same(typeof (await reading)?.version, "string");
  },

  "a value is read as it was written, byte for byte": async (store) => {
    const values = [
      Uint8Array.from({ length: 256 }, (_, i) => i),
      bytes("naïve · Ελληνικά · 👩‍🚀 · ‮right to left‬ · \0 · \u2028"),
      Uint8Array.from({ length: 60_000 }, (_, i) => i * 31),
    ];
    for (const value of values) {
      const key = randomId();
      same(await store.swap(key, value, null, 60), true);
      const read = (await found(store, key)).value;
      same(read.length, value.length);
      same(read.every((byte, i) => byte === value[i]), true);
    }
  },

  "a new key is written only where nothing is": async (store) => {
    const key = await written(store, "first");
    same(await swapped(store, key, "second", null), false);
    same(await text(store, key), "first");
  },

  "a value is replaced only at the version that was read": async (store) => {
    const key = await written(store, "same");
    const { version } = await found(store, key);
    same(await swapped(store, key, "same", version), true);
    same(await swapped(store, key, "other", version), false);
    same(await text(store, key), "same");
  },

  "after a remove no version from before fits, whatever is written": async (
    store,
  ) => {
    const key = await written(store, "old");
    const { version } = await found(store, key);
    await store.remove(key);
    same(await store.get(key), null);
    same(await swapped(store, key, "back", version), false);
    same(await store.get(key), null);
    same(await swapped(store, key, "new", null), true);
    same(await swapped(store, key, "back", version), false);
    same(await text(store, key), "new");
  },

  "of many who write a new key, or replace a version, at once, one does":
    async (store) => {
      const old = await written(store, "old");
      const { version } = await found(store, old);
      for (const [key, expected] of [[randomId(), null], [old, version]]) {
        const answers = await atOnce((i) =>
          swapped(store, key!, String(i), expected!)
        );
        same(answers.filter(Boolean).length, 1);
        same(await text(store, key!), String(answers.indexOf(true)));
      }
    },

  "a replace and a remove at once end without an old version": async (
    store,
  ) => {
    const key = await written(store, "base");
    const { version } = await found(store, key);
    await Promise.all([
      store.remove(key),
      swapped(store, key, "next", version),
    ]);
    const left = await store.get(key);
    same(left === null || left.version !== version, true);
  },

  "keys are compared letter by letter, and none is a pattern": async (
    store,
  ) => {
    const key = "Aa" + randomId().slice(2);
    same(await swapped(store, key, "mine", null), true);
    const others = [
      key.toLowerCase(),
      key.toUpperCase(),
      key.slice(0, -1) + (key.endsWith("A") ? "Q" : "A"),
      "_".repeat(22), // any letters, to LIKE
      "-".repeat(22),
    ];
    for (const other of others) {
      same(await store.get(other), null);
      await store.remove(other);
    }
    same(await text(store, key), "mine");
  },

  "an ended value is not given out, and a live one is": async (
    store,
    ended,
  ) => {
    const short = await written(store, "short", 1);
    const long = await written(store, "long", 20);
    const { version } = await found(store, short);
    await ended(short);
    same(await store.get(short), null);
    same(await swapped(store, short, "back", version), false);
    same(await swapped(store, short, "again", null), true);
    same(await text(store, short), "again");
    same(await text(store, long), "long"); // a ttl is in seconds
  },

  "a later write moves the end, to later or to sooner": async (
    store,
    ended,
  ) => {
    const later = await written(store, "1", 1);
    await again(store, later, 3600);
    const removed = await written(store, "1", 1);
    await store.remove(removed);
    same(await swapped(store, removed, "2", null, 3600), true);
    const sooner = await written(store, "1", 3600);
    await again(store, sooner, 1);
    await ended(sooner);
    same(await store.get(sooner), null);
    same(await text(store, later), "again");
    same(await text(store, removed), "2");
  },

  "a value that ends in four hundred days is there": async (store) => {
    const key = await written(store, "long", FOUR_HUNDRED_DAYS);
    await new Promise((resolve) => setTimeout(resolve, 5)); // a timer overflows into 1 ms
    same(await text(store, key), "long");
  },

  "it says that it can serve": (store) => store.ping(),
};

/** The duties of a store that can list an owner's keys. */
export const WITH_OWNED: Record<string, Test> = {
  "an owner's keys are listed, and no others": async (store) => {
    const [owner, other] = [newOwner(), newOwner()];
    const mine = await atOnce(() => written(store, "x", 60, owner));
    const theirs = await written(store, "x", 60, other);
    const nobodys = await written(store, "x");
    await lists(store, owner, mine);
    await lists(store, other, [theirs]);
    const keys = await store.owned?.(owner) ?? [];
    same(keys.includes(theirs) || keys.includes(nobodys), false);
    same((await store.owned?.(newOwner()))?.length, 0);
  },

  "all of an owner's keys are listed, however many": async (store) => {
    const owner = newOwner();
    const keys: string[] = [];
    while (keys.length <= MANY) {
      keys.push(...await atOnce(() => written(store, "x", 60, owner)));
    }
    await lists(store, owner, keys);
  },

  "a key that is written with another owner, or its first, is theirs": async (
    store,
  ) => {
    const [owner, other] = [newOwner(), newOwner()];
    const moved = await written(store, "x", 60, owner);
    const begun = await written(store, "x");
    await again(store, moved, 60, other);
    await again(store, begun, 60, other);
    await lists(store, other, [moved, begun]);
    await again(store, moved, 60, owner);
    await lists(store, owner, [moved]);
    await lists(store, other, [begun]);
  },

  "a write that is refused moves nothing": async (store) => {
    const owner = newOwner();
    const key = await written(store, "x", 60, owner);
    same(await swapped(store, key, "y", null, 60, newOwner()), false);
    await lists(store, owner, [key]);
  },

  "removing one of an owner's keys leaves the others": async (store) => {
    const owner = newOwner();
    const left = await written(store, "x", 60, owner);
    const removed = await written(store, "x", 60, owner);
    await store.remove(removed);
    await lists(store, owner, [left]);
    same(await swapped(store, removed, "x", null, 60, owner), true);
    await lists(store, owner, [left, removed]);
  },

  "an owner's keys are listed until each has ended": async (store, ended) => {
    const owner = newOwner();
    const long = await written(store, "x", 3600, owner);
    const touched = await written(store, "x", 1, owner);
    await again(store, touched, 3600, owner);
    const short = await written(store, "x", 1, owner); // written last
    await ended(short);
    await lists(store, owner, [long, touched]);
  },
};

/** The duties of a store that removes many keys in one question. */
export const WITH_REMOVE_ALL: Record<string, Test> = {
  "a thousand keys are removed at once, a missing one is no error, and the others stay":
    async (store) => {
      const owner = newOwner();
      const gone = await atOnce(() => written(store, "x", 60, owner));
      const kept = await written(store, "kept", 60, owner);
      const missing = Array.from({ length: 980 }, randomId);
      await store.removeAll?.([...missing, ...gone]);
      for (const key of gone) same(await store.get(key), null);
      await store.removeAll?.(gone);
      same(await text(store, kept), "kept");
      if (store.owned !== undefined) await lists(store, owner, [kept]);
    },
};

async function lists(
  store: Parameters<Test>[0],
  owner: string,
  keys: string[],
): Promise<void> {
  const listed = await store.owned?.(owner);
  for (const key of keys) same(listed?.includes(key), true);
}
