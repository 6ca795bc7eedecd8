// Rule 3: how often a save is tried again, and what a loser says. What two requests
// come to together is in interleavings_test.ts.
import assert from "node:assert/strict";
import { session } from "../middleware/session/mod.ts";
import { sealFor } from "../middleware/session/testing/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { Clock, options, testApp } from "./support/test_app.ts";

const test = Deno.test;

/** An app over a store that counts; `/WHAT/OTHER` asks for `/OTHER` between its own opening and saving. */
async function rig(swap?: typeof alwaysLate) {
  const clock = new Clock();
  const operations: string[] = [];
  const kept = controlledStore({
    now: clock.now,
    turn: (operation) => Promise.resolve(void operations.push(operation)),
  });
  const store = swap ? { ...kept, swap: swap(kept) } : kept;
  const given = { clock, store };
  const app = testApp(given, (app) => {
    app.get("/:what/:other?", async (c) => {
      const { what, other } = c.req.param();
      const session = await c.var.session();
      if (what === "add") {
        session.update(({ count }) => ({ count: count + 1 }));
      }
      if (what === "skip") {
        session.update({ name: "late" }, { onConflict: "skip" });
      }
      if (what === "take") session.take("flash");
      if (what === "flash") session.update({ flash: "new" });
      if (what === "restart") session.restart();
      if (what === "regenerate") session.regenerate();
      if (what === "destroy") session.destroy();
      if (other !== undefined) {
        await ask(`/${other}`);
        operations.length = 0;
      }
      return c.text(what === "read" ? session.data.flash ?? "none" : "ok");
    });
  });
  const data = { count: 7, flash: "old" };
  const cookie = await sealFor(session(options(given)), data);
  operations.length = 0;
  const ask = async (path: string) => await app.request(path, headers);
  const headers = { headers: { cookie } };
  return { clock, store, operations, ask };
}

/** Another request always saves first. */
const alwaysLate =
  (kept: ReturnType<typeof controlledStore>): typeof kept.swap =>
  async (...args) => {
    const [key, , expected] = args;
    if (expected === null) return await kept.swap(...args);
    const { value = assert.fail() } = await kept.get(key) ?? {};
    await kept.swap(key, value, expected, 60);
    return await kept.swap(...args);
  };

test("a touch that loses is skipped without a retry", async () => {
  const { clock, operations, ask } = await rig();
  clock.seconds += 200;
  assert.equal((await ask("/read/add")).status, 200);
  assert.deepEqual(operations, ["swap"]);
});

test("a change that meets a session which was destroyed or regenerated meanwhile is a 409 that says so, and sets no cookie", async () => {
  for (const what of ["add", "regenerate", "restart"]) {
    for (const other of ["destroy", "regenerate"]) {
      const answer = await (await rig()).ask(`/${what}/${other}`);
      assert.equal(answer.status, 409, `${what}, ${other}`);
      assert.deepEqual(answer.headers.getSetCookie(), []);
      assert.match(await answer.text(), /destroyed or regenerated/);
    }
  }
});

test("a take that is replayed leaves alone what was put there meanwhile", async () => {
  const { ask } = await rig();
  await ask("/take/flash");
  assert.equal(await (await ask("/read")).text(), "new");
  await ask("/take/add");
  assert.equal(await (await ask("/read")).text(), "none");
});

test("after a restart nothing of the old session is left, ten seconds later", async () => {
  const { clock, store, ask } = await rig();
  await ask("/restart");
  clock.seconds += 10;
  const found = await Promise.all(
    [...store.entries.keys()].map((key) => store.get(key)),
  );
  assert.equal(found.filter((entry) => entry !== null).length, 1);
});

test("a write that said skip is given up after a few tries, and the answer is as good", async () => {
  const { operations, ask } = await rig(alwaysLate);
  assert.equal((await ask("/skip")).status, 200);
  assert(operations.length <= 12, String(operations));
});

test("many requests of one visitor at once cost a few questions to the store each", async () => {
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
    const { operations, ask } = await rig(alwaysLate);
    assert.equal((await ask("/add")).status, 409);
    const saves = operations.filter((what) => what === "swap").length / 2;
    assert(saves > 100 && saves < 1000, String(saves));
    // After a few tries at once it steps aside, for at most 20 ms.
    assert(pauses.length > saves / 2, `${pauses.length} pauses`);
    assert(pauses.every((ms) => ms >= 0 && ms <= 20));
    assert(new Set(pauses).size > 10);
  } finally {
    globalThis.setTimeout = setTimeout;
  }
});

test("a session that ends while it is being saved is a conflict, not a longer life", async () => {
  let isFirst = true;
  // Between load and save, another server has written times long past.
  const longPast: typeof alwaysLate = (kept) => async (...args) => {
    const [key, , expected] = args;
    if (isFirst && expected !== null) {
      isFirst = false;
      const { value = assert.fail() } = await kept.get(key) ?? {};
      const old = new TextDecoder().decode(value)
        .replaceAll(/\b18000\d{5}\b/g, "1799990000");
      await kept.swap(key, new TextEncoder().encode(old), expected, 60);
    }
    return await kept.swap(...args);
  };
  assert.equal((await (await rig(longPast)).ask("/add")).status, 409);
});
