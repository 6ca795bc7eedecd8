import { randomId } from "../../cookie/base64url.ts";
import { OWNED_CASES } from "./owned.ts";
import {
  again,
  atOnce,
  bytes,
  found,
  same,
  type Test,
  text,
  written,
} from "./steps.ts";

/** The longest that a browser keeps a cookie, in seconds. */
const FOUR_HUNDRED_DAYS = 400 * 86_400;

/** The tests by their names. They use nothing that only one runtime has. */
export const CASES: Record<string, Test> = {
  "a key that was never written is null": async (store) => {
    same(await store.get(randomId()), null);
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

  "a new key is written only where there is none": async (store) => {
    const key = randomId();
    same(await store.swap(key, bytes("first"), null, 60), true);
    same(await store.swap(key, bytes("second"), null, 60), false);
    same(await text(store, key), "first");
  },

  "a value is replaced only at the version that was read": async (store) => {
    const key = await written(store, "1");
    const { version } = await found(store, key);
    same(await store.swap(key, bytes("2"), version, 60), true);
    same(await store.swap(key, bytes("3"), version, 60), false);
    same(await text(store, key), "2");
  },

  "the same bytes written again are another version": async (store) => {
    const key = await written(store, "same");
    const { version } = await found(store, key);
    same(await store.swap(key, bytes("same"), version, 60), true);
    same(await store.swap(key, bytes("other"), version, 60), false);
  },

  "after a remove the key is gone, and no version brings it back": async (
    store,
  ) => {
    const key = await written(store, "here");
    const { version } = await found(store, key);
    await store.remove(key);
    same(await store.get(key), null);
    same(await store.swap(key, bytes("back"), version, 60), false);
    same(await store.get(key), null);
  },

  "a version from before a remove does not fit a value written after it":
    async (store) => {
      const key = await written(store, "old");
      const { version } = await found(store, key);
      await store.remove(key);
      same(await store.swap(key, bytes("new"), null, 60), true);
      same(await store.swap(key, bytes("old"), version, 60), false);
      same(await text(store, key), "new");
    },

  "removing a missing key is no error": async (store) => {
    await store.remove(randomId());
    const key = await written(store, "x");
    await store.remove(key);
    await store.remove(key);
    same(await store.get(key), null);
  },

  "of many writes of a new key at once, one succeeds": async (store) => {
    const key = randomId();
    const answers = await atOnce((i) =>
      store.swap(key, bytes(String(i)), null, 60)
    );
    same(answers.filter(Boolean).length, 1);
    same(await text(store, key), String(answers.indexOf(true)));
  },

  "of many writes over one version at once, one succeeds": async (store) => {
    const key = await written(store, "base");
    const { version } = await found(store, key);
    const answers = await atOnce((i) =>
      store.swap(key, bytes(String(i)), version, 60)
    );
    same(answers.filter(Boolean).length, 1);
    same(await text(store, key), String(answers.indexOf(true)));
  },

  "a replace and a remove at once end without an old version": async (
    store,
  ) => {
    const key = await written(store, "base");
    const { version } = await found(store, key);
    await Promise.all([
      store.remove(key),
      store.swap(key, bytes("next"), version, 60),
    ]);
    const left = await store.get(key);
    same(left === null || left.version !== version, true);
  },

  "keys are compared letter by letter, and none is a pattern": async (
    store,
  ) => {
    const key = "Aa" + randomId().slice(2);
    same(await store.swap(key, bytes("mine"), null, 60), true);
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
    const long = await written(store, "long");
    const { version } = await found(store, short);
    await ended(short);
    same(await store.get(short), null);
    same(await store.swap(short, bytes("back"), version, 60), false);
    same(await store.swap(short, bytes("again"), null, 60), true);
    same(await text(store, short), "again");
    same(await text(store, long), "long");
  },

  "a later write moves the end, to later or to sooner": async (
    store,
    ended,
  ) => {
    const later = await written(store, "1", 1);
    await again(store, later, 3600);
    const sooner = await written(store, "1", 3600);
    await again(store, sooner, 1);
    await ended(sooner);
    same(await store.get(sooner), null);
    same(await text(store, later), "again");
  },

  "a key that is written again after a remove does not end with the old value":
    async (
      store,
      ended,
    ) => {
      const key = await written(store, "1", 1);
      await store.remove(key);
      same(await store.swap(key, bytes("2"), null, 3600), true);
      await ended(await written(store, "short", 1));
      same(await text(store, key), "2");
    },

  "a value that ends in four hundred days is there": async (store) => {
    const key = await written(store, "long", FOUR_HUNDRED_DAYS);
    await new Promise((resolve) => setTimeout(resolve, 5)); // a timer overflows into 1 ms
    same(await text(store, key), "long");
  },

  "ping() says that it can serve": async (store) => {
    await store.ping();
  },

  ...OWNED_CASES,
};
