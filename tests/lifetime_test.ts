import assert from "node:assert/strict";
import {
  endsAt,
  isTouchDue,
  secondsLeft,
} from "../middleware/session/lifetime.ts";

const test = Deno.test;
const LIFETIME = { idle: 100, absolute: 1000 };

test("a session ends idle seconds after its last use, or absolute seconds after it began", () => {
  assert.deepEqual(endsAt({ createdAt: 5000, usedAt: 5300 }, LIFETIME), {
    idle: 5400,
    absolute: 6000,
  });
});

test("whichever comes first counts", () => {
  const left = (usedAt: number, now: number) =>
    secondsLeft({ createdAt: 0, usedAt }, LIFETIME, now);
  assert.equal(left(0, 40), 60);
  assert.equal(left(950, 960), 40);
  assert.equal(left(0, 100), 0);
  assert.equal(left(950, 1001), -1);
});

test("a date ends all sessions at its second, whenever they began", () => {
  const lifetime = { idle: 1e6, absolute: new Date(7_000_900) };
  for (const createdAt of [0, 6000]) {
    const times = { createdAt, usedAt: 6500 };
    assert.equal(endsAt(times, lifetime).absolute, 7000);
    assert.equal(secondsLeft(times, lifetime, 6999), 1);
    assert.equal(secondsLeft(times, lifetime, 7000), 0);
  }
});

test("a renewal is due when a tenth of idle has passed, not a second before", () => {
  const times = { createdAt: 0, usedAt: 50 };
  assert.equal(isTouchDue(times, LIFETIME, 59), false);
  assert.equal(isTouchDue(times, LIFETIME, 60), true);
  assert.equal(isTouchDue(times, LIFETIME, 40), false);
});
