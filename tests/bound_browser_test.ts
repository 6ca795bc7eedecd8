// Bound sessions in a real Chromium, over https: each scenario with one store or the other; with both in
// `deno task prove bound_browser`. Each takes seconds, because a browser's clock cannot be moved.
import assert from "node:assert/strict";
import { sqliteStore } from "../middleware/session/stores/sqlite/mod.ts";
import { cannotBind, type Rig, startMachine } from "./support/bound_rig.ts";
import { Device } from "./support/device.ts";
import { eventually } from "./support/eventually.ts";
import { SCALE } from "./support/scale.ts";

/** Short, so that a test takes seconds. */
const REFRESH_SECONDS = 5;

async function signIn(rig: Rig): Promise<void> {
  // On a busy machine the browser may be late for its first challenge.
  await eventually(async () => {
    assert.equal((await rig.visit("/sign-in")).user, "Jay");
    await isBound(rig, 10);
  }, 60);
}

/** Until the browser has made a key for its session. */
async function isBound(rig: Rig, seconds?: number): Promise<void> {
  await eventually(async () => {
    assert.equal((await rig.visit()).binding, "bound");
  }, seconds);
}

async function isJay(rig: Rig, page = rig.page): Promise<void> {
  // A machine that is busy for a second sends its proof too late: it opens nothing. The answer takes it away, so the
  // next one is new.
  const me = await eventually(async () => {
    const before = rig.log.length;
    const me = await rig.visit("/me", page);
    const isLate = me.rejected === "unproven" &&
      rig.log.slice(before).some((line) => /^GET \/me .*-proof/.test(line));
    assert.ok(!isLate, "no proof was in time");
    return me;
  });
  assert.deepEqual([me.user, me.binding], ["Jay", "bound"], rig.log.join("\n"));
}

type Cookies = readonly { readonly name: string; readonly value: string }[];

/** Until copied cookies are worth nothing; for how many milliseconds they opened the session. */
async function isWorthNothing(rig: Rig, cookies: Cookies): Promise<number> {
  const start = performance.now();
  let lastOpened = start;
  const me = await eventually(async () => {
    const asked = performance.now();
    const me = await (await rig.thief(cookies)).json();
    if (me.user !== "nobody") lastOpened = asked;
    assert.equal(me.user, "nobody");
    return me;
  });
  assert.equal(me.rejected, "unproven");
  return lastOpened - start;
}

const SCENARIOS: Record<string, (rig: Rig) => Promise<void>> = {
  "copied cookies work at once and are worth nothing soon, while the browser goes on":
    async (rig) => {
      await signIn(rig);
      const copied = await eventually(async () => {
        await isJay(rig);
        const copied = [...(await rig.jar()).values()];
        assert.deepEqual(copied.map(({ name }) => name).toSorted(), [
          "__Host-session",
          "__Host-session-proof",
          "__Secure-session-key",
        ]);
        assert.equal((await (await rig.thief(copied)).json()).user, "Jay");
        return copied;
      });
      assert(await isWorthNothing(rig, copied) <= 1000 * REFRESH_SECONDS);
      const write = await rig.thief(copied, "/count", "POST");
      assert.equal(write.status, 409);
      const refresh = await rig.thief(copied, "/session/refresh", "POST");
      assert.equal(refresh.headers.getSetCookie().length, 0);
      await isJay(rig);
    },

  "another site leads to the sign-in, and later, with the proof gone, to a page":
    async (rig) => {
      await rig.page.goto(`${rig.elsewhere}/idp`);
      assert.equal(JSON.parse(await rig.click()).user, "Jay");
      await isBound(rig);
      await rig.proofIsOver();
      await rig.page.goto(`${rig.elsewhere}/link`);
      assert.equal(JSON.parse(await rig.click()).user, "Jay");
      await isJay(rig);
      const jar = await rig.jar();
      const session = jar.get("__Host-session") ?? assert.fail();
      await isWorthNothing(rig, [session]);
    },

  "signing in twice, out, and in again, beside cookies of the key's name from a sibling host":
    async (rig) => {
      const other = new Device(rig, rig.origin);
      await other.request("/sign-in");
      const bound = (await other.bind()).headers.getSetCookie().join();
      const [, theirs = ""] = /-key=([^;]+)/.exec(bound) ?? [];
      for (const sibling of ["", "v1.c3RyYW5nZQ.c3RyYW5nZQ", theirs]) {
        if (sibling !== "") await rig.setFromSibling(sibling);
        await signIn(rig);
        await rig.visit("/sign-in");
        await rig.post("/renew");
        await rig.proofIsOver();
        await isJay(rig);
        await rig.post("/end");
        // A refresh that was under way may bring one more proof, which is worth nothing alone.
        const left = [...(await rig.jar()).keys()].join();
        assert.doesNotMatch(left, /-session(?:,|$)/);
        assert.equal((await rig.visit()).user, "nobody");
      }
    },

  "requests that had to wait for a proof: of two tabs, side by side, a post, a form":
    async (rig) => {
      await signIn(rig);
      const tab = await rig.context.newPage();
      await rig.proofIsOver();
      const [users, count] = await Promise.all([
        rig.page.evaluate(
          "Promise.all(Array.from({ length: 6 }, () => fetch('/me').then((answer) => answer.json()).then(({ user }) => user)))",
        ),
        rig.post("/count"),
        isJay(rig, tab),
      ]);
      assert.deepEqual([users, count], [Array(6).fill("Jay"), "200 Jay 1"]);
      await rig.page.goto(`${rig.origin}/form`);
      await rig.proofIsOver();
      assert.equal(await rig.click(), "Jay 2");
    },

  "an outage logs nobody out": async (rig) => {
    await signIn(rig);
    rig.isRefreshDown = true;
    await rig.proofIsOver();
    await isWorthNothing(rig, [...(await rig.jar()).values()]);
    const me = await rig.visit();
    assert.deepEqual([me.user, me.rejected], ["nobody", "unproven"]);
    assert.equal(await rig.post("/count"), "409 SessionUnprovenError");
    rig.isRefreshDown = false;
    await eventually(async () => {
      assert.equal((await rig.visit()).user, "Jay");
    });
  },
};

// Playwright keeps timers of its own for a moment, and scenarios that mostly wait run all at once.
const AT_ONCE = { sanitizeOps: false, sanitizeResources: false };
const name = "bound sessions in Chromium";

Deno.test({
  name: cannotBind === null ? name : `${name} (${cannotBind})`,
  ignore: cannotBind !== null,
  timeout: 300_000,
  ...AT_ONCE,
  async fn(t) {
    await using machine = await startMachine();
    for (let round = 0; round < Math.min(SCALE, 2); round++) {
      const scenarios = Object.entries(SCENARIOS);
      await Promise.all(scenarios.map(async ([name, scenario], i) => {
        const isSqlite = (i + round) % 2 === 0;
        await t.step({
          name: `${name} (${isSqlite ? "sqlite" : "cookie"} store)`,
          ...{ ...AT_ONCE, sanitizeExit: false },
          async fn() {
            const path = `${await Deno.makeTempDir()}/sessions.db`;
            await using store = isSqlite ? sqliteStore(path) : undefined;
            await using rig = await machine.rig(REFRESH_SECONDS, store);
            await scenario(rig);
          },
        });
      }));
    }
  },
});
