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
  "what was never written is null": async (backend) => {
    same(await backend.get(randomId()), null);
  },

  "what was written is read, byte for byte": async (backend) => {
    const values = [
      Uint8Array.from({ length: 256 }, (_, i) => i),
      bytes("naïve · Ελληνικά · 👩‍🚀 · ‮right to left‬ · \0 · \u2028"),
      Uint8Array.from({ length: 60_000 }, (_, i) => i * 31),
    ];
    for (const value of values) {
      const key = randomId();
      same(await backend.swap(key, value, null, 60), true);
      const read = (await found(backend, key)).value;
      same(read.length, value.length);
      same(read.every((byte, i) => byte === value[i]), true);
    }
  },

  "a new key is written only where nothing is": async (backend) => {
    const key = randomId();
    same(await backend.swap(key, bytes("first"), null, 60), true);
    same(await backend.swap(key, bytes("second"), null, 60), false);
    same(await text(backend, key), "first");
  },

  "a value is replaced only at the version that was read": async (backend) => {
    const key = await written(backend, "1");
    const { version } = await found(backend, key);
    same(await backend.swap(key, bytes("2"), version, 60), true);
    same(await backend.swap(key, bytes("3"), version, 60), false);
    same(await text(backend, key), "2");
  },

  "the same bytes written again are another version": async (backend) => {
    const key = await written(backend, "same");
    const { version } = await found(backend, key);
    same(await backend.swap(key, bytes("same"), version, 60), true);
    same(await backend.swap(key, bytes("other"), version, 60), false);
  },

  "after a remove there is nothing, and no version brings it back": async (
    backend,
  ) => {
    const key = await written(backend, "here");
    const { version } = await found(backend, key);
    await backend.remove(key);
    same(await backend.get(key), null);
    same(await backend.swap(key, bytes("back"), version, 60), false);
    same(await backend.get(key), null);
  },

  "a version from before a remove does not fit what is written after it":
    async (backend) => {
      const key = await written(backend, "old");
      const { version } = await found(backend, key);
      await backend.remove(key);
      same(await backend.swap(key, bytes("new"), null, 60), true);
      same(await backend.swap(key, bytes("old"), version, 60), false);
      same(await text(backend, key), "new");
    },

  "removing what is not there is no error": async (backend) => {
    await backend.remove(randomId());
    const key = await written(backend, "x");
    await backend.remove(key);
    await backend.remove(key);
    same(await backend.get(key), null);
  },

  "of many who write a new key at once, one does": async (backend) => {
    const key = randomId();
    const answers = await atOnce((i) =>
      backend.swap(key, bytes(String(i)), null, 60)
    );
    same(answers.filter(Boolean).length, 1);
    same(await text(backend, key), String(answers.indexOf(true)));
  },

  "of many who replace one version at once, one does": async (backend) => {
    const key = await written(backend, "base");
    const { version } = await found(backend, key);
    const answers = await atOnce((i) =>
      backend.swap(key, bytes(String(i)), version, 60)
    );
    same(answers.filter(Boolean).length, 1);
    same(await text(backend, key), String(answers.indexOf(true)));
  },

  "a replace and a remove at once end without an old version": async (
    backend,
  ) => {
    const key = await written(backend, "base");
    const { version } = await found(backend, key);
    await Promise.all([
      backend.remove(key),
      backend.swap(key, bytes("next"), version, 60),
    ]);
    const left = await backend.get(key);
    same(left === null || left.version !== version, true);
  },

  "keys are compared letter by letter, and none is a pattern": async (
    backend,
  ) => {
    const key = "Aa" + randomId().slice(2);
    same(await backend.swap(key, bytes("mine"), null, 60), true);
    const others = [
      key.toLowerCase(),
      key.toUpperCase(),
      key.slice(0, -1) + (key.endsWith("A") ? "Q" : "A"),
      "_".repeat(22), // any letters, to LIKE
      "-".repeat(22),
    ];
    for (const other of others) {
      same(await backend.get(other), null);
      await backend.remove(other);
    }
    same(await text(backend, key), "mine");
  },

  "what has ended is not given out, and what lives on is": async (
    backend,
    ended,
  ) => {
    const short = await written(backend, "short", 1);
    const long = await written(backend, "long");
    const { version } = await found(backend, short);
    await ended(short);
    same(await backend.get(short), null);
    same(await backend.swap(short, bytes("back"), version, 60), false);
    same(await backend.swap(short, bytes("again"), null, 60), true);
    same(await text(backend, short), "again");
    same(await text(backend, long), "long");
  },

  "a later write moves the end, to later and to sooner": async (
    backend,
    ended,
  ) => {
    const later = await written(backend, "1", 1);
    await again(backend, later, 3600);
    const sooner = await written(backend, "1", 3600);
    await again(backend, sooner, 1);
    await ended(sooner);
    same(await backend.get(sooner), null);
    same(await text(backend, later), "again");
  },

  "an entry of a removed key's name is not ended with it": async (
    backend,
    ended,
  ) => {
    const key = await written(backend, "1", 1);
    await backend.remove(key);
    same(await backend.swap(key, bytes("2"), null, 3600), true);
    await ended(await written(backend, "short", 1));
    same(await text(backend, key), "2");
  },

  "what ends in four hundred days is there": async (backend) => {
    const key = await written(backend, "long", FOUR_HUNDRED_DAYS);
    await new Promise((resolve) => setTimeout(resolve, 5)); // a timer overflows into 1 ms
    same(await text(backend, key), "long");
  },

  "it says that it can serve": async (backend) => {
    await backend.ping();
  },

  ...OWNED_CASES,
};
