// Two requests at once on one session, in every order that matters.
import assert from "node:assert/strict";
import { session, SessionConflictError } from "../middleware/session/mod.ts";
import { sealFor } from "../middleware/session/testing/mod.ts";
import { Clock, options, setCookie, testApp } from "./support/test_app.ts";
import { controlledStore } from "./support/controlled_store.ts";

const test = Deno.test;

/** An app whose `/slow/…` routes wait, between opening and returning, until they are let go. */
function slowApp() {
  const clock = new Clock();
  const operations: string[] = [];
  const backend = controlledStore({
    now: clock.now,
    turn: (operation) => Promise.resolve(void operations.push(operation)),
  });
  const given = { clock, store: backend };
  const gates: (() => void)[] = [];
  const app = testApp(given, (app) => {
    app.get("/:speed/:what", async (c) => {
      const session = await c.var.session();
      switch (c.req.param("what")) {
        case "add":
          session.update(({ count }) => ({ count: count + 1 }));
          break;
        case "name":
          session.update({ name: "late" });
          break;
        case "skip":
          session.update({ name: "late" }, { onConflict: "skip" });
          break;
        case "take":
          session.take("flash");
          break;
        case "flash":
          session.update({ flash: "new" });
          break;
        case "renew":
          session.regenerate();
          break;
        case "restart":
          session.restart();
          session.update({ name: "restarted" });
          break;
        case "fresh":
          session.restart({ keep: [] });
          session.update({ name: "fresh" });
          break;
        case "destroy":
          session.destroy();
      }
      if (c.req.param("speed") === "slow") {
        await new Promise<void>((resolve) => gates.push(resolve));
      }
      return c.json(c.req.param("what") === "destroy" ? {} : session.data);
    });
  });
  const visit = async (path: string, cookie: string) => {
    const response = await app.request(path, { headers: { cookie } });
    const set = setCookie(response)?.split(";")[0];
    return { status: response.status, set, body: await response.text() };
  };
  /** Starts the slow request, and lets it go when the other is through. */
  async function during(
    slow: string,
    cookie: string,
    other: () => Promise<unknown>,
  ) {
    const pending = visit(`/slow/${slow}`, cookie);
    while (gates.length === 0) await Promise.resolve();
    await other();
    gates.splice(0).forEach((open) => open());
    return await pending;
  }
  return {
    clock,
    backend,
    operations,
    visit,
    during,
    cookie: (data = {}) => sealFor(session(options(given)), data),
  };
}

async function data(
  { visit }: ReturnType<typeof slowApp>,
  cookie: string,
) {
  return JSON.parse((await visit("/fast/read", cookie)).body);
}

test("rule 3: 100 parallel requests that each add 1 leave 100", async () => {
  const rig = slowApp();
  const cookie = await rig.cookie();
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => rig.visit("/fast/add", cookie)),
  );
  assert(answers.every(({ status }) => status === 200));
  assert.equal((await data(rig, cookie)).count, 100);
});

test("rule 3: changes of two requests to different keys both stay", async () => {
  const rig = slowApp();
  const cookie = await rig.cookie();
  const slow = await rig.during(
    "name",
    cookie,
    () => rig.visit("/fast/add", cookie),
  );
  assert.equal(slow.status, 200);
  assert.equal(slow.set, undefined);
  assert.deepEqual(await data(rig, cookie), {
    count: 1,
    name: "late",
    list: [],
  });
});

for (const [ending, other] of [["ended", "destroy"], ["renewed", "renew"]]) {
  test(`rule 3: a change that meets a session ${ending} meanwhile is a conflict, and says so`, async () => {
    for (const change of ["add", "name", "renew"]) {
      const rig = slowApp();
      const cookie = await rig.cookie();
      const slow = await rig.during(
        change,
        cookie,
        () => rig.visit(`/fast/${other}`, cookie),
      );
      assert.equal(slow.status, 409, change);
      assert.equal(slow.set, undefined);
      assert.match(slow.body, /destroyed or regenerated/);
    }
  });

  test(`rule 3: what does not matter is skipped when the session was ${ending} meanwhile`, async () => {
    for (const change of ["skip", "take"]) {
      const rig = slowApp();
      const cookie = await rig.cookie({ flash: "old" });
      const slow = await rig.during(
        change,
        cookie,
        () => rig.visit(`/fast/${other}`, cookie),
      );
      assert.equal(slow.status, 200, change);
      assert.equal(slow.set, undefined);
    }
  });
}

test("rule 3: on replay, take() leaves alone what was put there meanwhile", async () => {
  const rig = slowApp();
  const cookie = await rig.cookie({ flash: "old" });
  await rig.during("take", cookie, () => rig.visit("/fast/flash", cookie));
  assert.equal((await data(rig, cookie)).flash, "new");
  await rig.during("take", cookie, () => rig.visit("/fast/add", cookie));
  assert.equal((await data(rig, cookie)).flash, undefined);
});

test("rule 3: a rolling renewal that loses is skipped without a retry", async () => {
  const rig = slowApp();
  const cookie = await rig.cookie();
  rig.clock.seconds += 200;
  const slow = await rig.during("read", cookie, async () => {
    await rig.visit("/fast/add", cookie);
    rig.operations.length = 0;
  });
  assert.equal(slow.status, 200);
  assert.deepEqual(rig.operations, ["swap"]);
});

test("rule 4: a slow request that saves after a logout brings nothing back, nor does a renewal", async () => {
  for (const slow of ["add", "skip", "take", "renew", "read"]) {
    const rig = slowApp();
    const cookie = await rig.cookie({ flash: "old" });
    rig.clock.seconds += 200; // a rolling renewal is due as well
    await rig.during(slow, cookie, () => rig.visit("/fast/destroy", cookie));
    assert.equal(rig.backend.entries.size, 0, slow);
    assert.equal((await data(rig, cookie)).count, 0);
  }
});

test("rule 4: destroy() ends a session that was renewed meanwhile", async () => {
  const rig = slowApp();
  const cookie = await rig.cookie();
  let renewed = "";
  await rig.during("destroy", cookie, async () => {
    renewed = (await rig.visit("/fast/renew", cookie)).set ?? "";
  });
  assert.notEqual(renewed, "");
  assert.equal(rig.backend.entries.size, 0);
  assert.equal((await rig.visit("/fast/renew", renewed)).set, undefined);
});

test("of two regenerates at once one wins, the other is a conflict, and no cookie is cleared", async () => {
  const rig = slowApp();
  const cookie = await rig.cookie({ name: "Jay" });
  let winner: Awaited<ReturnType<typeof rig.visit>> | undefined;
  const slow = await rig.during("renew", cookie, async () => {
    winner = await rig.visit("/fast/renew", cookie);
  });
  assert.equal(winner?.status, 200);
  assert.equal(slow.status, 409);
  assert.equal(slow.set, undefined);
  assert.equal((await data(rig, winner?.set ?? "")).name, "Jay");
  assert.equal((await data(rig, cookie)).name, undefined);
});

test("a double click on a form that signs in afresh ends well: each answer's cookie opens", async () => {
  const rig = slowApp();
  const cookie = await rig.cookie({ name: "Jay", count: 7 });
  let first: Awaited<ReturnType<typeof rig.visit>> | undefined;
  const second = await rig.during("fresh", cookie, async () => {
    first = await rig.visit("/fast/fresh", cookie);
  });
  assert.equal(first?.status, 200);
  assert.equal(second.status, 200);
  for (const set of [first?.set, second.set]) {
    const { name, count } = await data(rig, set ?? "");
    assert.deepEqual({ name, count }, { name: "fresh", count: 0 });
  }
  assert.equal((await data(rig, cookie)).name, undefined); // the old one is dead
});

for (
  const [ending, other] of [
    ["ended", "destroy"],
    ["regenerated", "renew"],
    ["restarted afresh", "fresh"],
  ] as const
) {
  test(`rule 3: a restart that meets a session ${ending} meanwhile is a conflict, and leaves nothing behind`, async () => {
    const rig = slowApp();
    const cookie = await rig.cookie({ count: 7 });
    let alive: string[] = [];
    const slow = await rig.during("restart", cookie, async () => {
      await rig.visit(`/fast/${other}`, cookie);
      alive = [...rig.backend.entries.keys()];
    });
    assert.equal(slow.status, 409);
    assert.equal(slow.set, undefined);
    assert.deepEqual([...rig.backend.entries.keys()], alive);
  });
}

test("rule 3: a restart replays its changes on what another request saved meanwhile", async () => {
  const rig = slowApp();
  const cookie = await rig.cookie({ count: 7 });
  const slow = await rig.during("restart", cookie, async () => {
    await rig.visit("/fast/add", cookie);
    await rig.visit("/fast/add", cookie);
  });
  assert.equal(slow.status, 200);
  assert.deepEqual(await data(rig, slow.set ?? ""), {
    count: 9,
    name: "restarted",
    list: [],
  });
  assert.equal((await data(rig, cookie)).count, 0);
});

test("after a restart nothing of the old session is left, ten seconds later", async () => {
  const rig = slowApp();
  const cookie = await rig.cookie({ count: 7 });
  await rig.visit("/fast/restart", cookie);
  rig.clock.seconds += 10;
  const found = await Promise.all(
    [...rig.backend.entries.keys()].map((key) => rig.backend.get(key)),
  );
  assert.equal(found.filter((entry) => entry !== null).length, 1);
});

test("a restart whose store fails at any step leaves the old session alive, or says so", async () => {
  for (let step = 0; step < 2; step++) {
    const rig = slowApp();
    const cookie = await rig.cookie({ count: 7 });
    const { swap } = rig.backend;
    let swaps = 0;
    rig.backend.swap = (...args) =>
      swaps++ === step ? Promise.reject(new Error("down")) : swap(...args);
    const failed = await rig.visit("/fast/restart", cookie);
    rig.backend.swap = swap;
    assert.equal(failed.status, 503);
    assert.equal(failed.set, undefined);
    assert.equal((await data(rig, cookie)).count, 7);
  }
});

test("rule 3: a write that said skip is given up after a few tries, and the answer is as good", async () => {
  const kept = controlledStore();
  let saves = 0;
  // Somebody else is always first.
  const store = {
    ...kept,
    async swap(...args: Parameters<typeof kept.swap>) {
      const [key, , expected] = args;
      if (expected === null) return await kept.swap(...args);
      saves++;
      const { value = assert.fail() } = await kept.get(key) ?? {};
      await kept.swap(key, value, expected, 60);
      return false;
    },
  };
  const app = testApp({ store }, (app) =>
    app.get("/", async (c) => {
      const session = await c.var.session();
      session.update({ name: "late" }, { onConflict: "skip" });
      return c.text("ok");
    }));
  const cookie = await sealFor(session(options({ store })), {});
  const response = await app.request("/", { headers: { cookie } });
  assert.equal(response.status, 200);
  assert(saves >= 1 && saves <= 3, String(saves));
});

test("rule 3: many requests of one visitor at once cost a few questions to the store each", async () => {
  const rig = slowApp();
  const cookie = await rig.cookie();
  rig.operations.length = 0;
  const pages = Array.from(
    { length: 200 },
    () => rig.visit("/fast/skip", cookie),
  );
  for (const { status } of await Promise.all(pages)) assert.equal(status, 200);
  assert(rig.operations.length <= 200 * 6, `${rig.operations.length}`);
});

test("retries are bounded: past the bound it is a conflict", async () => {
  const kept = controlledStore();
  let saves = 0;
  // Somebody else is always first.
  const store = {
    ...kept,
    async swap(...args: Parameters<typeof kept.swap>) {
      const [key, , expected] = args;
      if (expected === null) return await kept.swap(...args);
      saves++;
      const { value = assert.fail() } = await kept.get(key) ?? {};
      await kept.swap(key, value, expected, 60);
      return false;
    },
  };
  const { setTimeout } = globalThis;
  const pauses: number[] = [];
  globalThis.setTimeout = ((fn: () => void, ms = 0) => {
    if (ms < 40) pauses.push(ms); // the ticks of the store's time limit are longer
    queueMicrotask(fn);
  }) as unknown as typeof setTimeout;
  try {
    const app = testApp({ store }, (app) => {
      app.get("/", async (c) => {
        const session = await c.var.session();
        session.update(({ count }) => ({ count: count + 1 }));
        return c.text("ok");
      });
      app.onError((error, c) =>
        c.text(String(error instanceof SessionConflictError), 409)
      );
    });
    const cookie = await sealFor(session(options({ store })), {});
    const response = await app.request("/", { headers: { cookie } });
    assert.equal(await response.text(), "true");
    assert(saves > 100, String(saves));
    assert(saves < 1000, String(saves));
    // After a few tries at once it steps aside, for a random moment of at most 20 ms.
    assert(pauses.length > saves / 2, `${pauses.length} pauses`);
    assert(pauses.every((ms) => ms >= 0 && ms <= 20));
    assert(new Set(pauses).size > 10);
  } finally {
    globalThis.setTimeout = setTimeout;
  }
});

test("a session that ends while it is being saved is a conflict, not a longer life", async () => {
  const clock = new Clock();
  const backend = controlledStore(); // its own clock: it still has what has ended
  const store = backend;
  const app = testApp({ clock, store }, (app) =>
    app.get("/", async (c) => {
      const session = await c.var.session();
      session.update({ name: "late" });
      return c.text("ok");
    }));
  const given = options({ clock, store });
  const cookie = await sealFor(session(given), {});
  const [key = "", entry] = [...backend.entries][0] ?? [];
  assert(entry);
  const old = new TextEncoder().encode(
    new TextDecoder().decode(entry.value).replaceAll(
      String(clock.seconds),
      String(clock.seconds - 5000),
    ),
  );
  // Between load and save, another server has written times long past.
  const { swap } = backend;
  let isFirst = true;
  backend.swap = async (...args) => {
    if (isFirst) {
      isFirst = false;
      await swap(key, old, entry.version, 60);
    }
    return await swap(...args);
  };
  const response = await app.request("/", { headers: { cookie } });
  assert.equal(response.status, 409);
});
