// Servers whose clocks differ, and a clock that jumps: the table in docs/operations.md, "Clocks".
import assert from "node:assert/strict";
import { memoryStore, session } from "../middleware/session/mod.ts";
import {
  byName,
  Clock,
  cookieOf,
  options,
  readApp,
} from "./support/test_app.ts";

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** Servers over one store whose clock is right; each has a clock of its own. */
function fleet(where: "cookie" | "server", idle: number) {
  const right = new Clock();
  const shared = where === "server"
    ? { store: memoryStore({ now: right.now }), owner: byName }
    : {};
  function server(isOffBy: number) {
    const clock = { isOffBy };
    const now = () => right.seconds + clock.isOffBy;
    const lifetime = { idle, absolute: 480 * MINUTE };
    const given = { ...shared, lifetime, now };
    const app = readApp(given);
    return {
      clock,
      of: () => session(options(given)).of("Jay"),
      signIn: async () => cookieOf(await app.request("/write")),
      /** Who it is, or why there is none; and the cookie that the browser has then. */
      async sees(cookie: string): Promise<[who: string, cookie: string]> {
        const answer = await app.request("/who", { headers: { cookie } });
        return [await answer.text(), cookieOf(answer, cookie)];
      },
    };
  }
  /** Long after the end by a clock. */
  const gone = where === "cookie" ? "expired" : "unknown";
  return { where, right, gone, slow: server(0), fast: server(2 * MINUTE) };
}

function test(
  name: string,
  run: (servers: ReturnType<typeof fleet>) => Promise<void>,
  idle = 30 * MINUTE,
) {
  for (const where of ["cookie", "server"] as const) {
    Deno.test(`clocks: ${name} (${where})`, () => run(fleet(where, idle)));
  }
}

test("two servers that differ by two minutes serve a visitor in turn, all day", async ({ right, slow, fast }) => {
  for (const first of [slow, fast]) {
    let cookie = await first.signIn();
    let who = "";
    for (let visit = 0; visit < 18; visit++) {
      right.seconds += 25 * MINUTE;
      [who, cookie] = await [slow, fast][visit % 2]!.sees(cookie);
      assert.equal(who, "Jay");
    }
  }
});

test("on the fast one a session that was left alone ends two minutes sooner, on the slow one up to two minutes later", async ({ right, slow, fast }) => {
  const [bySlow, byFast] = [await slow.signIn(), await fast.signIn()];
  right.seconds += 28 * MINUTE;
  assert.equal((await fast.sees(bySlow))[0], "expired");
  assert.equal((await slow.sees(bySlow))[0], "Jay");
  right.seconds += 4 * MINUTE - 1;
  assert.equal((await slow.sees(byFast))[0], "Jay");
});

test(
  "with an idle time of a minute the fast one knows no session of the slow one, and ends none",
  async ({ slow, fast, gone }) => {
    const cookie = await slow.signIn();
    assert.deepEqual(await fast.sees(cookie), [gone, cookie]);
    assert.equal((await slow.sees(cookie))[0], "Jay");
  },
  MINUTE,
);

test("a clock that jumps a day ahead logs out those who come meanwhile, and gives them back; who signs in meanwhile stays as long as cookie or record do", async ({ where, right, slow, gone }) => {
  const before = await slow.signIn();
  slow.clock.isOffBy = DAY;
  right.seconds += 5 * MINUTE;
  assert.deepEqual(await slow.sees(before), [gone, before]);
  const meanwhile = await slow.signIn();
  slow.clock.isOffBy = 0;
  assert.equal((await slow.sees(before))[0], "Jay");
  right.seconds += 8 * 60 * MINUTE - 1;
  // The store's own clock is right: it removes a record that is not touched after an hour.
  const [who] = await slow.sees(meanwhile);
  assert.equal(who, where === "cookie" ? "Jay" : "unknown");
});

test("a clock that jumps a day back logs nobody out; who signs in meanwhile has to do it again when it is right", async ({ right, slow, gone }) => {
  const before = await slow.signIn();
  slow.clock.isOffBy = -DAY;
  right.seconds += 5 * MINUTE;
  const [who, kept] = await slow.sees(before);
  assert.equal(who, "Jay");
  const meanwhile = await slow.signIn();
  assert.equal((await slow.sees(meanwhile))[0], "Jay");
  slow.clock.isOffBy = 0;
  assert.equal((await slow.sees(kept))[0], "Jay");
  assert.equal((await slow.sees(meanwhile))[0], gone);
});

Deno.test("clocks: destroyAll() on a fast server also destroys what only its own clock has ended", async () => {
  const { right, slow, fast } = fleet("server", 30 * MINUTE);
  const cookie = await slow.signIn();
  right.seconds += 29 * MINUTE;
  assert.deepEqual(await fast.of().list(), []);
  assert.equal(await fast.of().destroyAll(), 0);
  assert.equal((await slow.sees(cookie))[0], "unknown");
});
