// Rule 3: how often a save is tried again, and what a loser says. What two requests
// come to together is in interleavings_test.ts.
import assert from "node:assert/strict";
import { controlledStore } from "./support/controlled_store.ts";
import { Clock, type Program, PROGRAMS, world } from "./support/test_app.ts";

const test = Deno.test;

const CHANGES: Record<string, Program> = {
  ...PROGRAMS,
  skip: (session) => session.update({ name: "late" }, { onConflict: "skip" }),
  take: (session) => session.take("flash"),
  flash: (session) => session.update({ flash: "new" }),
};

/** An app over a store that counts; `/WHAT?OTHER` asks for `/OTHER` between its own opening and saving. */
async function rig(swap?: (kept: Kept) => Kept["swap"]) {
  const clock = new Clock();
  const operations: string[] = [];
  const kept = controlledStore({
    now: clock.now,
    turn: (operation) => Promise.resolve(void operations.push(operation)),
  });
  const store = swap ? { ...kept, swap: swap(kept) } : kept;
  const programs = Object.entries(CHANGES).map(([name, change]) => {
    const program: Program = async (session, c) => {
      await change(session, c);
      const other = new URL(c.req.url).search.slice(1);
      if (other) await ask(`/${other}`);
      if (other) operations.length = 0;
    };
    return [name, program];
  });
  const made = world({ clock, store }, Object.fromEntries(programs));
  const cookie = await made.seal({ count: 7, flash: "old" });
  operations.length = 0;
  const ask = (path: string) => made.ask(path, cookie);
  const read = () => made.read(cookie);
  return { clock, store, operations, ask, read };
}

type Kept = ReturnType<typeof controlledStore>;

/** Another request saves first, so many times: what is there, or that changed. */
function isLate(times = Infinity, change = (text: string) => text) {
  return ({ get, swap }: Kept): Kept["swap"] => async (...args) => {
    const [key, , expected] = args;
    if (expected !== null && times-- > 0) {
      const { value = assert.fail() } = await get(key) ?? {};
      const text = change(new TextDecoder().decode(value));
      await swap(key, new TextEncoder().encode(text), expected, 60);
    }
    return await swap(...args);
  };
}

test("a touch that loses is skipped without a retry", async () => {
  const { clock, operations, ask } = await rig();
  clock.seconds += 200;
  assert.equal((await ask("/read?add")).status, 200);
  assert.deepEqual(operations, ["swap"]);
});

test("a take is retried like an update, and leaves alone what was put there meanwhile", async () => {
  const { ask, read } = await rig();
  await ask("/take?flash");
  assert.equal((await read())?.flash, "new");
  const updates = Array.from({ length: 5 }, () => "/add");
  const paths = [...updates, "/take", ...updates];
  const answers = await Promise.all(paths.map(ask));
  for (const { status } of answers) assert.equal(status, 200);
  assert.deepEqual(await read(), { count: 17, list: [] });
});

test("after a restart nothing of the old session is left, ten seconds later", async () => {
  const { clock, store, ask } = await rig();
  await ask("/restart");
  clock.seconds += 10;
  const keys = [...store.entries.keys()];
  const found = await Promise.all(keys.map((key) => store.get(key)));
  assert.equal(found.filter((entry) => entry !== null).length, 1);
});

test("a write that said skip is given up after a few tries, and the answer is as good; many at once cost a few questions each", async () => {
  const late = await rig(isLate());
  assert.equal((await late.ask("/skip")).status, 200);
  assert(late.operations.length <= 12, String(late.operations));

  const { operations, ask } = await rig();
  const pages = await Promise.all(
    Array.from({ length: 200 }, () => ask("/skip")),
  );
  for (const { status } of pages) assert.equal(status, 200);
  assert(operations.length <= 200 * 6, `${operations.length}`);
});

test("retries are bounded, and step aside for a random moment: past the bound it is a conflict", async () => {
  const { setTimeout } = globalThis;
  const pauses: number[] = [];
  globalThis.setTimeout = ((fn: () => void, ms = 0) => {
    if (ms < 40) pauses.push(ms); // the ticks of the store's time limit are longer
    queueMicrotask(fn);
  }) as unknown as typeof setTimeout;
  try {
    const { operations, ask } = await rig(isLate());
    assert.equal((await ask("/add")).status, 409);
    const saves = operations.filter((what) => what === "swap").length / 2;
    assert.equal(saves, 200); // as docs/rules.md says
    // After four tries at once it steps aside, for at most 20 ms.
    assert.equal(saves - pauses.length, 4);
    assert(pauses.every((ms) => ms >= 0 && ms <= 20));
    assert(Math.max(...pauses) > 10);
    assert(new Set(pauses).size > 10);
  } finally {
    globalThis.setTimeout = setTimeout;
  }
});

test("a store that refuses a new key is a conflict, and no cookie is set", async () => {
  const store = { ...controlledStore(), swap: () => Promise.resolve(false) };
  const answer = await world({ store }, PROGRAMS).ask("/add");
  assert.equal(answer.status, 409);
  assert.deepEqual(answer.headers.getSetCookie(), []);
});

test("a session that ends while it is being saved is a conflict, not a longer life", async () => {
  const usedLong = (text: string) =>
    text.replaceAll(/\b18000\d{5}\b/g, "1799998200"); // this second is its end
  const { ask } = await rig(isLate(1, usedLong));
  assert.equal((await ask("/add")).status, 409);
});
