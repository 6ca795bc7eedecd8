// A restart, signing in, survives: a logout, a renewal or an update
// meanwhile, and a process that is killed between its two writes.
import { session } from "../../middleware/session/mod.ts";
import assert from "node:assert/strict";
import type { SessionStore } from "../../middleware/session/mod.ts";
import { sqliteStore } from "../../middleware/session/stores/sqlite/mod.ts";
import { sealFor } from "../../middleware/session/testing/mod.ts";
import { Clock, cookieOf, options, type TestApp, testApp } from "./test_app.ts";

/** Routes that do one thing each after `?wait=` milliseconds, and say when they were done. */
export function restartApp(
  store: SessionStore,
  now = new Clock().now,
): TestApp {
  const app = testApp({ store, now }, (app) =>
    app.get("/:what", async (c) => {
      const session = await c.var.session();
      const wait = Number(c.req.query("wait") ?? 0);
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      switch (c.req.param("what")) {
        case "restart":
          session.restart();
          session.update({ name: "signed in" });
          break;
        case "renew":
          session.regenerate();
          break;
        case "add":
          session.update(({ count }) => ({ count: count + 1 }));
          break;
        case "destroy":
          session.destroy();
      }
      c.header("X-Done-At", String(performance.now()));
      return c.json({ ...session.data, isNew: session.info.isNew });
    }));
  app.onError((error, c) =>
    c.text(error.name, error.name === "SessionConflictError" ? 409 : 500)
  );
  return app;
}

export interface RestartRaces {
  /** Restarts that were answered 200, of a session whose logout had been answered before they saved. */
  readonly revived: number;
  /** Restarts that were answered 200, of a session that had been regenerated before they saved. */
  readonly copied: number;
  /** Updates that were answered 200 and are in no session. */
  readonly lost: number;
  /** Sessions that open although nobody should have them. */
  readonly doubled: number;
  /** How the restarts ended. */
  readonly restarted: number;
  readonly conflicts: number;
}

/** Each race: a restart, and beside it a logout, a renewal, or three updates. */
export async function restartRaces(
  store: SessionStore,
  races: number,
): Promise<RestartRaces> {
  const sum = {
    ...{ revived: 0, copied: 0, lost: 0, doubled: 0 },
    ...{ restarted: 0, conflicts: 0 },
  };
  const app = restartApp(store);
  async function visit(path: string, cookie: string) {
    const response = await app.request(path, { headers: { cookie } });
    const doneAt = Number(response.headers.get("X-Done-At"));
    const isSet = response.headers.getSetCookie().some((line) =>
      line.includes("=v1.")
    );
    const { status } = response;
    const set = isSet ? cookieOf(response) : undefined;
    const text = await response.text();
    return { status, doneAt, answeredAt: performance.now(), set, text };
  }
  async function alive(cookie: string | undefined) {
    if (cookie === undefined) return null;
    const { text } = await visit("/read", cookie);
    const data = JSON.parse(text);
    return data.isNew ? null : data as { count: number };
  }

  for (let race = 0; race < races; race++) {
    const cookie = await sealFor(session(options({ store })), { count: 10 });
    const wait = Math.random() * 3;
    const [other, times] =
      ([["destroy", 1], ["renew", 1], ["add", 3]] as const)[
        race % 3
      ] ?? assert.fail();
    const [restart, ...others] = await Promise.all([
      visit(`/restart?wait=${wait}`, cookie),
      ...Array.from({ length: times }, () => visit(`/${other}`, cookie)),
    ]);
    assert([200, 409].includes(restart.status), restart.text);
    sum[restart.status === 200 ? "restarted" : "conflicts"]++;
    const before = others.filter(({ status, answeredAt }) =>
      status === 200 && answeredAt < restart.doneAt
    );
    if (restart.status === 200 && before.length > 0) {
      if (other === "destroy") sum.revived++;
      if (other === "renew") sum.copied++;
    }
    const cookies = [cookie, restart.set, ...others.map(({ set }) => set)];
    const living = (await Promise.all(
      [...new Set(cookies)].map(alive),
    )).filter((session) => session !== null);
    if (living.length > 1) sum.doubled++;
    if (other === "add") {
      const added = others.filter(({ status }) => status === 200).length;
      const most = Math.max(0, ...living.map(({ count }) => count - 10));
      sum.lost += added - most;
    }
  }
  return sum;
}

/**
 * Kills a process that signs in before and after each of its two writes, on
 * SQLite; how often the session it replaces opens afterwards with its data.
 */
export async function restartKilled(path: string): Promise<string[]> {
  const script = new URL("./restart_process.ts", import.meta.url).pathname;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const { now } = new Clock();
  const found: string[] = [];
  for (const nth of ["1", "2"]) {
    for (const when of ["before", "after"]) {
      await using store = sqliteStore(path, { now });
      const cookie = await sealFor(session(options({ store })), { count: 10 });
      const { signal } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--allow-all", "--config", config, script],
          ...[path, cookie, nth, when],
        ],
        stderr: "null",
      }).output();
      assert.equal(signal, "SIGKILL");
      const response = await restartApp(store, now).request("/read", {
        headers: { cookie },
      });
      const { count, isNew } = await response.json();
      found.push(
        `${when} write ${nth}: ${isNew ? "ended" : `alive, ${count}`}`,
      );
    }
  }
  return found;
}
