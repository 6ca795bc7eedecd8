import type { SessionStore } from "../../stores/store.ts";
import {
  again,
  atOnce,
  bytes,
  newOwner,
  same,
  type Test,
  written,
} from "./steps.ts";

const TESTS: Record<string, Test> = {
  "an owner's keys are listed, and no others": async (store) => {
    const [owner, other] = [newOwner(), newOwner()];
    const mine = await atOnce(() => written(store, "x", 60, owner));
    const theirs = await written(store, "x", 60, other);
    const unowned = await written(store, "x", 60);
    await lists(store, owner, mine);
    await lists(store, other, [theirs]);
    const keys = await store.owned?.(owner) ?? [];
    same(keys.includes(theirs) || keys.includes(unowned), false);
    same((await store.owned?.(newOwner()))?.length, 0);
  },

  "a key that is written with another owner, or its first, is theirs": async (
    store,
  ) => {
    const [owner, other] = [newOwner(), newOwner()];
    const moved = await written(store, "x", 60, owner);
    const begun = await written(store, "x", 60);
    await again(store, moved, 60, other);
    await again(store, begun, 60, other);
    await lists(store, other, [moved, begun]);
    await again(store, moved, 60, owner);
    await lists(store, owner, [moved]);
    await lists(store, other, [begun]);
  },

  "a write that is refused moves nothing": async (store) => {
    const [owner, other] = [newOwner(), newOwner()];
    const key = await written(store, "x", 60, owner);
    same(await store.swap(key, bytes("y"), null, 60, other), false);
    await lists(store, owner, [key]);
  },

  "removing one of an owner's keys leaves the others": async (store) => {
    const owner = newOwner();
    const [left, removed] = [
      await written(store, "x", 60, owner),
      await written(store, "x", 60, owner),
    ];
    await store.remove(removed);
    await lists(store, owner, [left]);
    same(await store.swap(removed, bytes("x"), null, 60, owner), true);
    await lists(store, owner, [left, removed]);
  },

  "an owner's keys are listed until each has ended": async (
    store,
    ended,
  ) => {
    const owner = newOwner();
    const long = await written(store, "x", 3600, owner);
    const moved = await written(store, "x", 1, owner);
    await again(store, moved, 3600, owner);
    const short = await written(store, "x", 1, owner); // written last
    await ended(short);
    await lists(store, owner, [long, moved]);
  },
};

/** The contract of `owned`. A store without it passes. */
export const OWNED_CASES: Record<string, Test> = Object.fromEntries(
  Object.entries(TESTS).map(([name, test]) => [
    `${name} (where it has owned)`,
    async (store, ended) => {
      if (store.owned !== undefined) await test(store, ended);
    },
  ]),
);

async function lists(store: SessionStore, owner: string, keys: string[]) {
  const listed = await store.owned?.(owner);
  for (const key of keys) {
    if (!listed?.includes(key)) {
      throw new Error("a key of the owner is missing");
    }
  }
}
