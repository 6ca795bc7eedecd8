import { randomId } from "../../cookie/base64url.ts";
import { atOnce, bytes, newOwner, same, type Test } from "./steps.ts";

/** The longest that a browser keeps a cookie, in seconds. */
const FOUR_HUNDRED_DAYS = 400 * 86_400;

/** More keys than a database gives out at once without being asked to. */
const MANY = 1000;

/** The duties of every store. The tests use nothing that only one runtime has. */
export const ALWAYS: Record<string, Test> = {
  "what is not there is null, and removing it is no error": async (t) => {
    same(await t.store.get(randomId()), null);
    await t.store.remove(randomId());
    const key = await t.write("x");
    await t.store.remove(key);
    await t.store.remove(key);
    same(await t.store.get(key), null);
  },

  "a value is read as it was written, byte for byte": async (t) => {
    const values = [
      Uint8Array.from({ length: 256 }, (_, i) => i),
      bytes("naïve · Ελληνικά · 👩‍🚀 · ‮right to left‬ · \0 · \u2028"),
      Uint8Array.from({ length: 60_000 }, (_, i) => i * 31),
    ];
    for (const value of values) {
      const key = randomId();
      same(await t.store.swap(key, value, null, 60), true);
      const read = (await t.find(key)).value;
      same(read.length, value.length);
      same(read.every((byte, i) => byte === value[i]), true);
    }
  },

  "a new key is written only where nothing is": async (t) => {
    const key = await t.write("first");
    same(await t.swap(key, "second", null), false);
    same(await t.text(key), "first");
  },

  "a value is replaced only at the version that was read": async (t) => {
    const key = await t.write("same");
    const { version } = await t.find(key);
    same(await t.swap(key, "same", version), true);
    same(await t.swap(key, "other", version), false);
    same(await t.text(key), "same");
  },

  "after a remove no version from before fits": async (t) => {
    const key = await t.write("old");
    const { version } = await t.find(key);
    await t.store.remove(key);
    same(await t.store.get(key), null);
    same(await t.swap(key, "back", version), false);
    same(await t.store.get(key), null);
    same(await t.swap(key, "new", null), true);
    same(await t.swap(key, "back", version), false);
    same(await t.text(key), "new");
  },

  "of many who write a new key, or replace a version, at once, one does":
    async (t) => {
      const old = await t.write("old");
      const { version } = await t.find(old);
      for (const [key, expected] of [[randomId(), null], [old, version]]) {
        const answers = await atOnce((i) => t.swap(key!, String(i), expected!));
        same(answers.filter(Boolean).length, 1);
        same(await t.text(key!), String(answers.indexOf(true)));
      }
    },

  "after a replace and a remove at once nothing is there": async (t) => {
    const key = await t.write("base");
    const { version } = await t.find(key);
    await Promise.all([t.store.remove(key), t.swap(key, "next", version)]);
    same(await t.store.get(key), null);
  },

  "keys are compared letter by letter, and none is a pattern": async (t) => {
    const key = "Aa" + randomId().slice(2);
    same(await t.swap(key, "mine", null), true);
    const others = [
      key.toLowerCase(),
      key.toUpperCase(),
      key.slice(0, -1) + (key.endsWith("A") ? "Q" : "A"),
      "_".repeat(22), // any letters, to LIKE
      "-".repeat(22),
    ];
    for (const other of others) {
      same(await t.store.get(other), null);
      await t.store.remove(other);
    }
    same(await t.text(key), "mine");
  },

  "an ended value is not given out, and a live one is": async (t) => {
    const short = await t.write("short", 1);
    const long = await t.write("long", 20);
    const { version } = await t.find(short);
    await t.ended(short);
    same(await t.store.get(short), null);
    same(await t.swap(short, "back", version), false);
    same(await t.swap(short, "again", null), true);
    same(await t.text(short), "again");
    same(await t.text(long), "long"); // a ttl is in seconds
  },

  "a later write moves the end, to later or to sooner": async (t) => {
    const later = await t.write("1", 1);
    await t.again(later, 3600);
    const removed = await t.write("1", 1);
    await t.store.remove(removed);
    same(await t.swap(removed, "2", null, 3600), true);
    const sooner = await t.write("1", 3600);
    await t.again(sooner, 1);
    await t.ended(sooner);
    same(await t.store.get(sooner), null);
    same(await t.text(later), "again");
    same(await t.text(removed), "2");
  },

  "a value that ends in four hundred days is there": async (t) => {
    const key = await t.write("long", FOUR_HUNDRED_DAYS);
    await new Promise((resolve) => setTimeout(resolve, 5)); // a timer overflows into 1 ms
    same(await t.text(key), "long");
  },

  "it says that it can serve": (t) => t.store.ping(),
};

/** The duties of a store that can list an owner's keys. */
export const WITH_OWNED: Record<string, Test> = {
  "an owner's keys are listed, and no others": async (t) => {
    const [owner, other] = [newOwner(), newOwner()];
    const mine = await atOnce(() => t.write("x", 60, owner));
    const theirs = await t.write("x", 60, other);
    const ownerless = await t.write("x");
    await t.lists(owner, mine);
    await t.lists(other, [theirs]);
    const keys = await t.store.owned?.(owner) ?? [];
    same(keys.includes(theirs) || keys.includes(ownerless), false);
    same((await t.store.owned?.(newOwner()))?.length, 0);
    // A write that is refused moves nothing.
    same(await t.swap(theirs, "y", null, 60, owner), false);
    await t.lists(other, [theirs]);
  },

  "all of an owner's keys are listed, however many": async (t) => {
    const owner = newOwner();
    const keys: string[] = [];
    while (keys.length <= MANY) {
      keys.push(...await atOnce(() => t.write("x", 60, owner)));
    }
    await t.lists(owner, keys);
  },

  "a key written with another owner, or its first, is theirs": async (t) => {
    const [owner, other] = [newOwner(), newOwner()];
    const moved = await t.write("x", 60, owner);
    const begun = await t.write("x");
    await t.again(moved, 60, other);
    await t.again(begun, 60, other);
    await t.lists(other, [moved, begun]);
    await t.again(moved, 60, owner);
    await t.lists(owner, [moved]);
    await t.lists(other, [begun]);
  },

  "removing one of an owner's keys leaves the others": async (t) => {
    const owner = newOwner();
    const left = await t.write("x", 60, owner);
    const removed = await t.write("x", 60, owner);
    await t.store.remove(removed);
    await t.lists(owner, [left]);
    same(await t.swap(removed, "x", null, 60, owner), true);
    await t.lists(owner, [left, removed]);
  },

  "an owner's keys are listed until each has ended": async (t) => {
    const owner = newOwner();
    const long = await t.write("x", 3600, owner);
    const touched = await t.write("x", 1, owner);
    await t.again(touched, 3600, owner);
    const short = await t.write("x", 1, owner); // written last
    await t.ended(short);
    await t.lists(owner, [long, touched]);
  },
};

/** The duties of a store that removes many keys in one question. */
export const WITH_REMOVE_ALL: Record<string, Test> = {
  "a thousand keys are removed at once, a missing one is no error, and the others stay":
    async (t) => {
      const owner = newOwner();
      const gone = await atOnce(() => t.write("x", 60, owner));
      const kept = await t.write("kept", 60, owner);
      const missing = Array.from({ length: 980 }, randomId);
      await t.store.removeAll?.([...missing, ...gone]);
      for (const key of gone) same(await t.store.get(key), null);
      await t.store.removeAll?.(gone);
      same(await t.text(kept), "kept");
      if (t.store.owned !== undefined) await t.lists(owner, [kept]);
    },
};
