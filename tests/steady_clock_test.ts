import assert from "node:assert/strict";
import { createApp } from "../app.ts";
import { browser } from "../middleware/session/testing/mod.ts";
import { steadyClock } from "../server/steady_clock.ts";
import { SECRET } from "./support/test_app.ts";

const test = Deno.test;
const START = 1_800_000_000;

/** A machine whose clock can be set, while time passes. */
function machine() {
  let [elapsed, set] = [100, START];
  const lines: string[] = [];
  const now = steadyClock({
    log: (line) => lines.push(line),
    wall: () => set + elapsed,
    monotonic: () => elapsed,
  });
  return {
    now: () => now() - START,
    lines,
    clock: now,
    pass: (seconds: number) => void (elapsed += seconds),
    setClock: (by: number) => void (set += by),
  };
}

test("without a jump it is the system's clock, slow corrections included", () => {
  const { now, pass, setClock, lines } = machine();
  assert.equal(now(), 100);
  for (let i = 0; i < 100; i++) {
    pass(60);
    setClock(1); // NTP speeds the clock up
    now();
  }
  assert.equal(now(), 100 + 100 * 61);
  assert.deepEqual(lines, []);
});

for (const jump of [86_400, -86_400]) {
  test(`a jump of ${jump} s is not believed while it may be a mistake, and said once`, () => {
    const { now, pass, setClock, lines } = machine();
    setClock(jump);
    for (let i = 0; i < 9; i++) {
      assert.equal(now(), 100 + i * 60);
      pass(60);
    }
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", new RegExp(`clock jumped by ${jump} s`));
    setClock(-jump);
    assert.equal(now(), 640);
    assert.equal(lines.length, 2);
    assert.match(lines[1] ?? "", /back where it was/);
  });

  test(`a jump of ${jump} s is believed once the clock has stayed there for ten minutes`, () => {
    const { now, pass, setClock, lines } = machine();
    setClock(jump);
    assert.equal(now(), 100);
    pass(599);
    assert.equal(now(), 699);
    pass(1);
    assert.equal(now(), 700 + jump);
    assert.equal(lines.length, 2);
  });
}

test("a clock that jumps again is waited for again", () => {
  const { now, pass, setClock, lines } = machine();
  for (let i = 0; i < 5; i++) {
    setClock(3600);
    now();
    pass(500);
    now();
  }
  assert.equal(now(), 100 + 5 * 500);
  assert.equal(lines.length, 5);
});

test("a clock that jumps ahead for a moment logs nobody out", async () => {
  const { clock, pass, setClock } = machine();
  const app = createApp({
    secrets: [SECRET],
    store: "cookie",
    log: () => {},
    now: clock,
  });
  const visitor = browser(app);
  await visitor.post("/users", { name: "Jay", email: "jay@example.com" });
  setClock(7 * 86_400);
  const during = await visitor.get("/show");
  assert.equal(during.status, 200);
  assert.deepEqual(during.headers.getSetCookie(), []);
  pass(30);
  setClock(-7 * 86_400);
  assert.equal((await visitor.get("/show")).status, 200);
});
