import type { Backend } from "../../stores/store.ts";
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
  "an owner's keys are listed, and nobody else's": async (backend) => {
    const [owner, other] = [newOwner(), newOwner()];
    const mine = await atOnce(() => written(backend, "x", 60, owner));
    const theirs = await written(backend, "x", 60, other);
    const nobodys = await written(backend, "x", 60);
    await lists(backend, owner, mine);
    await lists(backend, other, [theirs]);
    const keys = await backend.owned?.(owner) ?? [];
    same(keys.includes(theirs) || keys.includes(nobodys), false);
    same((await backend.owned?.(newOwner()))?.length, 0);
  },

  "a key that is written with another owner, or its first, is theirs": async (
    backend,
  ) => {
    const [owner, other] = [newOwner(), newOwner()];
    const moved = await written(backend, "x", 60, owner);
    const begun = await written(backend, "x", 60);
    await again(backend, moved, 60, other);
    await again(backend, begun, 60, other);
    await lists(backend, other, [moved, begun]);
    await again(backend, moved, 60, owner);
    await lists(backend, owner, [moved]);
    await lists(backend, other, [begun]);
  },

  "a write that is refused moves nothing": async (backend) => {
    const [owner, other] = [newOwner(), newOwner()];
    const key = await written(backend, "x", 60, owner);
    same(await backend.swap(key, bytes("y"), null, 60, other), false);
    await lists(backend, owner, [key]);
  },

  "removing one of an owner's keys leaves the others": async (backend) => {
    const owner = newOwner();
    const [left, removed] = [
      await written(backend, "x", 60, owner),
      await written(backend, "x", 60, owner),
    ];
    await backend.remove(removed);
    await lists(backend, owner, [left]);
    same(await backend.swap(removed, bytes("x"), null, 60, owner), true);
    await lists(backend, owner, [left, removed]);
  },

  "an owner's keys are listed until each has ended": async (
    backend,
    ended,
  ) => {
    const owner = newOwner();
    const long = await written(backend, "x", 3600, owner);
    const renewed = await written(backend, "x", 1, owner);
    await again(backend, renewed, 3600, owner);
    const short = await written(backend, "x", 1, owner); // written last
    await ended(short);
    await lists(backend, owner, [long, renewed]);
  },
};

/** What a backend with `owned` must do; one without it may do nothing of it. */
export const OWNED_CASES: Record<string, Test> = Object.fromEntries(
  Object.entries(TESTS).map(([name, test]) => [
    `${name} (where it has owned)`,
    async (backend, ended) => {
      if (backend.owned !== undefined) await test(backend, ended);
    },
  ]),
);

async function lists(backend: Backend, owner: string, keys: string[]) {
  const listed = await backend.owned?.(owner);
  for (const key of keys) {
    if (!listed?.includes(key)) {
      throw new Error("a key of the owner is missing");
    }
  }
}
