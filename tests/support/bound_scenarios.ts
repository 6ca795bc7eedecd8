// Rules that must hold in a real browser. Each takes seconds, because a browser's clock cannot be moved.
import assert from "node:assert/strict";
import { sqliteStore } from "../../middleware/session/stores/sqlite/mod.ts";
import { eventually } from "./eventually.ts";
import type { Me } from "./contract_app.ts";
import type { Machine, Rig } from "./bound_rig.ts";
import { Device } from "./device.ts";

type Scenario = (rig: Rig) => Promise<void>;

async function signIn(rig: Rig, times = 1): Promise<void> {
  // On a busy machine the browser may be late for its first challenge.
  await eventually(async () => {
    const { user, binding } = await rig.visit("/sign-in");
    assert.equal(user, "Jay");
    assert.match(binding, /^(?:offered|bound)$/);
    await rig.isBound(times, 10);
  }, 60);
  await isJay(rig);
}

async function isJay(rig: Rig, page = rig.page): Promise<void> {
  // A machine that is busy for a second sends its proof too late: it opens nothing, or binds nothing yet. The answer
  // takes it away, so the next one is new.
  const me = await eventually(async () => {
    const before = rig.log.length;
    const me = await rig.visit("/me", page);
    const isLate = (me.rejected === "unproven" || me.binding === "offered") &&
      rig.log.slice(before).some((line) => /^GET \/me .*-proof/.test(line));
    assert.ok(!isLate, "no proof was in time");
    return me;
  });
  assert.deepEqual([me.user, me.binding], ["Jay", "bound"], rig.log.join("\n"));
}

/** Copies the cookies of a browser that has just given a proof. */
async function steal(rig: Rig): Promise<Cookies> {
  return await eventually(async () => {
    await isJay(rig);
    const copied = [...(await rig.jar()).values()];
    assert.equal(copied.length, 3);
    assert.equal((await whoIs(rig, copied)).user, "Jay");
    return copied;
  });
}

async function whoIs(rig: Rig, cookies: Cookies): Promise<Me> {
  return await (await rig.thief(cookies)).json();
}

/** Until copied cookies are worth nothing; for how many milliseconds they opened the session. */
async function isWorthNothing(rig: Rig, cookies: Cookies): Promise<number> {
  const start = performance.now();
  let lastOpened = start;
  const me = await eventually(async () => {
    const asked = performance.now();
    const me = await whoIs(rig, cookies);
    if (me.user !== "nobody") lastOpened = asked;
    assert.equal(me.user, "nobody");
    return me;
  });
  assert.equal(me.rejected, "unproven");
  return lastOpened - start;
}

type Cookies = readonly { readonly name: string; readonly value: string }[];

const SCENARIOS: Record<string, Scenario> = {
  "copied cookies work at once and are worth nothing soon, while the browser goes on":
    async (rig) => {
      await signIn(rig);
      const copied = await steal(rig);
      assert.deepEqual(copied.map(({ name }) => name).toSorted(), [
        "__Host-session",
        "__Host-session-proof",
        "__Secure-session-key",
      ]);
      assert(await isWorthNothing(rig, copied) <= 1000 * rig.refreshSeconds);
      const write = await rig.thief(copied, "/count", "POST");
      assert.equal(write.status, 409);
      const refresh = await rig.thief(copied, "/session/refresh", "POST");
      assert.equal(refresh.headers.getSetCookie().length, 0);
      await isJay(rig);
      await rig.proofIsOver();
      await isJay(rig);
    },

  "a link on another site, with the proof gone": async (rig) => {
    await signIn(rig);
    await rig.proofIsOver();
    await rig.page.goto(`${rig.elsewhere}/link`);
    assert.equal(JSON.parse(await rig.click()).user, "Jay");
    await isJay(rig);
  },

  "a sign-in that another site led to": async (rig) => {
    await rig.page.goto(`${rig.elsewhere}/idp`);
    assert.equal(JSON.parse(await rig.click()).user, "Jay");
    await rig.isBound();
    await isJay(rig);
    await rig.proofIsOver();
    await isJay(rig);
    const jar = await rig.jar();
    const session = jar.get("__Host-session") ?? assert.fail();
    await isWorthNothing(rig, [session]);
  },

  "signing in again, out, and in again": async (rig) => {
    await signIn(rig);
    await rig.visit("/sign-in");
    await rig.proofIsOver();
    await isJay(rig);
    await rig.page.evaluate("fetch('/renew', { method: 'POST' })");
    await isJay(rig);
    await rig.page.evaluate("fetch('/end', { method: 'POST' })");
    // A refresh that was under way may bring one more proof, which is worth nothing alone.
    const left = [...(await rig.jar()).keys()];
    assert.deepEqual(left.filter((name) => !name.endsWith("-proof")), []);
    assert.equal((await rig.visit()).user, "nobody");
    await signIn(rig, 2);
    await rig.proofIsOver();
    await isJay(rig);
  },

  "requests that had to wait for a proof: of two tabs, side by side, a post, a form":
    async (rig) => {
      await signIn(rig);
      const tab = await rig.context.newPage();
      await rig.proofIsOver();
      await Promise.all([isJay(rig), isJay(rig, tab)]);
      await rig.proofIsOver();
      const users = await rig.page.evaluate(
        "Promise.all(Array.from({ length: 6 }, () => fetch('/me').then((answer) => answer.json()).then(({ user }) => user)))",
      );
      assert.deepEqual(users, Array(6).fill("Jay"));
      await rig.proofIsOver();
      const text = await rig.page.evaluate(
        "fetch('/count', { method: 'POST' }).then((answer) => answer.text())",
      );
      assert.equal(text, "Jay 1");
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
    const write = await rig.page.evaluate(
      "fetch('/count', { method: 'POST' }).then((answer) => answer.status)",
    );
    assert.equal(write, 409);
    rig.isRefreshDown = false;
    await eventually(async () => {
      assert.equal((await rig.visit()).user, "Jay");
    });
  },

  "cookies of the key's name from a sibling host": async (rig) => {
    const other = new Device(rig, rig.origin);
    await other.request("/sign-in");
    const theirs = /-key=([^;]+)/.exec(
      (await other.bind()).headers.getSetCookie().join(),
    )?.[1];
    for (const value of ["v1.c3RyYW5nZQ.c3RyYW5nZQ", theirs ?? ""]) {
      await rig.setFromSibling(value);
      await signIn(rig, rig.timesBound + 1);
      await rig.proofIsOver();
      await isJay(rig);
      await rig.page.evaluate("fetch('/end', { method: 'POST' })");
      assert.equal((await rig.visit()).user, "nobody");
    }
  },
};

/** Short, so that a test takes seconds. */
const REFRESH_SECONDS = 5;

export interface Outcome {
  readonly name: string;
  /** undefined: it passed. */
  readonly error: unknown;
}

/**
 * All of them at once: each has an app and a browser of its own that mostly
 * waits. Every second one has a server store; in an odd round, the others.
 */
export async function runScenarios(
  machine: Machine,
  round: number,
): Promise<Outcome[]> {
  const entries = Object.entries(SCENARIOS);
  return await Promise.all(entries.map(async ([name, scenario], i) => {
    const kind = (i + round) % 2 === 0 ? "sqlite" : "cookie";
    const folder = await Deno.makeTempDir();
    let error: unknown;
    try {
      await using store = kind === "sqlite"
        ? sqliteStore(`${folder}/sessions.db`)
        : undefined;
      await using rig = await machine.rig({
        refreshSeconds: REFRESH_SECONDS,
        ...(store && { store }),
      });
      await scenario(rig);
    } catch (thrown) {
      error = thrown;
    }
    await Deno.remove(folder, { recursive: true });
    return { name: `${name} (${kind} store)`, error };
  }));
}
