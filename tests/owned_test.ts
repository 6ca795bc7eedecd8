// of(): the sessions of a person, and how to end them. Its races with requests are
// in interleavings_test.ts, those over databases in history_test.ts.
import assert from "node:assert/strict";
import { z } from "zod";
import {
  session,
  type SessionStore,
  SessionStoreError,
} from "../middleware/session/mod.ts";
import { sealFor } from "../middleware/session/testing/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import {
  add,
  byName,
  Clock,
  cookieOf,
  options,
  type Program,
  PROGRAMS,
  type TestAppOptions,
  world,
} from "./support/test_app.ts";

const test = Deno.test;

const own = (seconds: number): Program => (session) =>
  session.restart({ lifetime: { idle: seconds, absolute: seconds } });
const APP: Record<string, Program> = {
  ...{ ...PROGRAMS, short: own(60), long: own(90 * 86_400) },
  "sign-in"(session, c) {
    session.restart();
    session.update({ name: c.req.query("who") });
  },
  become: (session, c) => session.update({ name: c.req.query("who") }),
};

/** An app where people sign in: a session is the name's that it holds. */
function rig(
  store: SessionStore = controlledStore(),
  more: TestAppOptions = {},
) {
  const clock = more.clock ?? new Clock();
  const given = { store, owner: byName, ...more, clock };
  const { sessions, ask } = world(given, APP);

  /** Somebody's browser: it keeps the cookie. */
  function visitor(cookie = "") {
    return {
      id: "",
      async visit(path: string): Promise<number> {
        const response = await ask(`/${path}`, cookie);
        cookie = cookieOf(response, cookie);
        if (response.status === 200) [this.id] = await response.json();
        return response.status;
      },
      async who(): Promise<string | undefined> {
        return (await (await ask("/read", cookie)).json())[1].name;
      },
    };
  }
  return {
    ...{ store, clock, options: options(given), visitor },
    of: (owner: string) => sessions.of(owner),
    async signIn<N extends string[]>(...names: N) {
      const browsers = names.map(() => visitor());
      for (const [i, browser] of browsers.entries()) {
        assert.equal(await browser.visit(`sign-in?who=${names[i]}`), 200);
      }
      return browsers as { [K in keyof N]: ReturnType<typeof visitor> };
    },
    ids: async (owner: string) =>
      (await sessions.of(owner).list()).map(({ id }) => id),
  };
}

test("a person's sessions are listed, the one used last first", async () => {
  const { signIn, of, ids, clock } = rig();
  const began = clock.seconds;
  const [phone] = await signIn("ada");
  clock.seconds += 10;
  const [laptop] = await signIn("ada");
  clock.seconds += 10;
  await phone.visit("add");
  const list = await of("ada").list();
  assert.deepEqual(list, [
    {
      id: phone.id,
      ...{ createdAt: began, usedAt: began + 20 },
      endsAt: { idle: began + 20 + 1800, absolute: began + 28_800 },
      data: { name: "ada", count: 1, list: [] },
    },
    {
      id: laptop.id,
      ...{ createdAt: began + 10, usedAt: began + 10 },
      endsAt: { idle: began + 10 + 1800, absolute: began + 10 + 28_800 },
      data: { name: "ada", count: 0, list: [] },
    },
  ]);
  const [{ data } = assert.fail()] = list;
  assert.throws(() => (data as { count: number }).count++, TypeError);
  await laptop.visit("add"); // in the same second: then the one that began last
  assert.deepEqual(await ids("ada"), [laptop.id, phone.id]);
});

test("one person neither sees nor ends the sessions of another", async () => {
  const { signIn, of, ids, visitor } = rig();
  const [ada, eve] = await signIn("ada", "eve");
  const stranger = visitor();
  await stranger.visit("add");
  assert.deepEqual(await ids("eve"), [eve.id]);
  assert.deepEqual(await ids("mallory"), []);
  assert.equal(await of("eve").destroy(ada.id), false);
  assert.equal(await of("eve").destroy(stranger.id), false);
  assert.equal(await of("eve").destroyAll(), 1);
  assert.equal(await ada.who(), "ada");
});

test("two kinds of session over one store do not reach into each other", async () => {
  const { options, signIn, of, ids } = rig();
  const [customer] = await signIn("7");
  const staff = session({ ...options, cookieName: "staff" });
  await sealFor(staff, { name: "7" });
  const [{ id } = { id: "" }] = await staff.of("7").list();
  assert.deepEqual(await ids("7"), [customer.id]);
  assert.equal(await of("7").destroy(id), false);
  assert.equal(await of("7").destroyAll(), 1);
  assert.equal((await staff.of("7").list()).length, 1);
});

test("what has ended is not listed: signed out, left alone, or too old", async () => {
  const { signIn, ids, clock } = rig();
  const [out, idle, short, old] = await signIn("ada", "ada", "ada", "ada");
  const listed = async (...all: (typeof old)[]) => {
    const expected = all.map(({ id }) => id).sort();
    assert.deepEqual((await ids("ada")).sort(), expected);
  };
  await short.visit("short"); // a lifetime of its own
  await out.visit("destroy");
  await listed(idle, short, old);
  clock.seconds += 60;
  await listed(idle, old);
  for (let i = 0; i < 27; i++) {
    clock.seconds += 1000;
    await old.visit("read"); // it is touched
  }
  await listed(old);
  clock.seconds += 28_800 - 27_060;
  await listed();
});

test("the moment at which all sessions end ends those with a longer lifetime of their own", async () => {
  const undated = rig();
  const { store, clock } = undated;
  const moment = clock.seconds + 100;
  const lifetime = { idle: 1800, absolute: new Date(moment * 1000) };
  const dated = rig(store, { clock, lifetime });
  const [before] = await undated.signIn("ada");
  await before.visit("long");
  const [browser] = await dated.signIn("ada");
  await browser.visit("long");
  const list = await dated.of("ada").list();
  assert.deepEqual(list.map(({ endsAt }) => endsAt.absolute), [moment, moment]);

  clock.seconds = moment;
  assert.equal(await browser.who(), undefined);
  assert.deepEqual(await dated.ids("ada"), []);
  assert.equal(await before.who(), "ada"); // without the moment it goes on
  assert.equal(await dated.of("ada").destroyAll(), 0);
  assert.equal(await before.who(), undefined); // "all" does not depend on a clock
});

test("a session of before the option `owner` is entered when it is opened", async () => {
  const { options, visitor, of, ids } = rig();
  const { owner: _, ...without } = options;
  const older = { ...options, owner: () => "an owner of before" };
  for (const before of [session(without), session(older)]) {
    const browser = visitor(await sealFor(before, { name: "ada" }));
    assert.deepEqual(await ids("ada"), []);
    assert.equal(await browser.visit("read"), 200);
    assert.deepEqual(await ids("ada"), [browser.id]);
    assert.equal(await of("ada").destroyAll(), 1);
    assert.equal(await browser.who(), undefined);
  }
});

test("one is ended, or all are ended, or all but one; the others stay", async () => {
  const { signIn, of, ids } = rig();
  const [phone, laptop, car] = await signIn("ada", "ada", "ada");
  assert.equal(await of("ada").destroy(car.id), true);
  assert.equal(await of("ada").destroy(car.id), false);
  assert.equal(await of("ada").destroy("no such id"), false);
  assert.equal(await car.who(), undefined);
  assert.equal(await laptop.who(), "ada");
  assert.equal(await of("ada").destroyAll({ except: phone.id }), 1);
  assert.deepEqual(await ids("ada"), [phone.id]);
  assert.equal(await laptop.who(), undefined);
  assert.equal(await of("ada").destroyAll({ except: phone.id }), 0);
  assert.equal(await of("ada").destroyAll(), 1);
  assert.equal(await phone.who(), undefined);
  assert.equal(await of("ada").destroyAll(), 0);
});

test("a session whose owner changes moves; another id is another entry, and the old id ends nothing", async () => {
  const { visitor, ids, of } = rig();
  const browser = visitor();
  await browser.visit("add");
  for (
    const [path, owner] of [
      ...[["become?who=ada", "ada"], ["sign-in?who=eve", "eve"]],
      ...[["become?who=ada", "ada"], ["become", "none"]],
      ...[["become?who=ada", "ada"], ["regenerate", "ada"], ["restart", "ada"]],
    ] as [string, string][]
  ) {
    const { id } = browser;
    await browser.visit(path);
    for (const who of ["ada", "eve"]) {
      assert.deepEqual(await ids(who), who === owner ? [browser.id] : []);
      if (who === owner) continue;
      assert.equal(await of(who).destroy(browser.id), false);
    }
    if (id !== browser.id) assert.equal(await of("ada").destroy(id), false);
  }
  assert.equal(await browser.who(), "ada");
});

test("data that no longer fits the schema: not listed, but ended with all", async () => {
  const { options, signIn, of, ids } = rig();
  const [fits] = await signIn("ada");
  const schema = z.object({ name: z.string(), count: z.string() }).partial();
  const older = session({ ...options, schema, owner: byName });
  await sealFor(older, { name: "ada", count: "many" });
  const others = async () =>
    (await older.of("ada").list()).filter(({ id }) => id !== fits.id);
  const [unfit = assert.fail()] = await others();
  assert.deepEqual(await ids("ada"), [fits.id]);
  assert.equal(await of("ada").destroyAll({ except: unfit.id }), 1);
  assert.equal((await others())[0]?.data.count, "many");
  assert.equal(await of("ada").destroyAll(), 1);
  assert.deepEqual(await others(), []); // a bad deploy is reversible, "log out everywhere" is not
});

test("an empty owner is none; one that is no text is refused when the session is written", async () => {
  const { of, store, visitor, ids } = rig();
  const { sessions } = world({ store }); // without the option
  assert.throws(
    () => sessions.of("ada"),
    /give session\(\) the option `owner`/,
  );
  assert.throws(() => of(""), /a text that is not empty/);
  assert.throws(() => of(undefined as unknown as string), TypeError);
  await visitor().visit("become?who=ada");
  const anonymous = world({ store, owner: () => "" }, { add });
  assert.equal((await anonymous.ask("/add")).status, 200);

  const owner = () => 7 as unknown as string;
  const { app, ask } = world({ store, owner }, { add });
  app.onError((error, c) => c.text(`${error}`, 500));
  const answer = await ask("/add");
  assert.equal(answer.headers.get("Set-Cookie"), null);
  assert.match(
    await answer.text(),
    /^TypeError: owner returned number; return a string/,
  );
  assert.deepEqual(await ids("7"), []);
});

test("an index that names too many: only what says that it is theirs is believed", async () => {
  const kept = controlledStore();
  const everything = () => {
    const keys = [...kept.entries.keys()];
    return Promise.resolve([...keys, "A".repeat(22), ...keys]);
  };
  const { signIn, of, ids, clock } = rig({ ...kept, owned: everything });
  const [ada, eve] = await signIn("ada", "eve");
  assert.deepEqual(await ids("ada"), [ada.id]); // once
  assert.equal(await of("eve").destroy(ada.id), false);
  assert.equal(await of("eve").destroyAll(), 1);
  assert.equal(await ada.who(), "ada");
  assert.equal(await eve.who(), undefined);

  await ada.visit("restart"); // what is left of the old one has no owner
  assert.equal(await of("eve").destroyAll(), 0);
  clock.seconds += 1800; // the store's own clock stands still
  assert.deepEqual(await ids("ada"), []);
  assert.equal(await of("ada").destroy(ada.id), false);
  assert.equal(await of("ada").destroyAll(), 0);
});

/** `act` runs once, when a session is about to be removed. */
function interrupted() {
  let act: (() => Promise<unknown>) | undefined;
  const store = controlledStore({
    async turn(operation) {
      const once = operation === "remove" ? act : undefined;
      if (once !== undefined) act = undefined;
      await once?.();
    },
  });
  const interrupt = (by: () => Promise<unknown>) => void (act = by);
  return { ...rig(store), interrupt };
}

test("one that gets another id while it is ended is ended, and the one that stays may get another id", async () => {
  const { signIn, of, ids, interrupt } = interrupted();
  const [phone, laptop] = await signIn("ada", "ada");
  interrupt(() => phone.visit("regenerate"));
  assert.equal(await of("ada").destroyAll({ except: phone.id }), 1);
  assert.equal(await phone.who(), "ada");
  assert.equal(await laptop.who(), undefined);
  interrupt(() => phone.visit("regenerate"));
  assert.equal(await of("ada").destroy(phone.id), true);
  assert.deepEqual(await ids("ada"), []);
});

test("a client that never stops signing in does not hold destroyAll() up for ever", async () => {
  let signIns = 0;
  const { signIn, of, interrupt } = interrupted();
  const again = async () => {
    await signIn("ada");
    if (++signIns < 100) interrupt(again);
  };
  await signIn("ada");
  interrupt(again);
  await of("ada").destroyAll();
  assert(signIns < 50, `${signIns} sign-ins`);
});

test("a store that fails is an outage", async () => {
  const store = controlledStore();
  const { signIn, of } = rig(store);
  const [{ id }] = await signIn("ada");
  const list = () => of("ada").list();
  const endings = [() => of("ada").destroy(id), () => of("ada").destroyAll()];
  store.fail(new Error("down"));
  for (const ask of [list, ...endings]) {
    await assert.rejects(ask, SessionStoreError);
  }
  store.fail(new Error("read-only"), "writes");
  for (const ask of endings) await assert.rejects(ask, SessionStoreError);
  assert.equal((await list()).length, 1);
});
