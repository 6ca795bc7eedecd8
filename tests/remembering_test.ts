// What remembers verified cookies: bounded, exact, and nobody pushes others out.
import assert from "node:assert/strict";
import { remembering } from "../middleware/session/cookie/remembering.ts";
import type { Sealer } from "../middleware/session/cookie/seal.ts";

const test = Deno.test;

/** Opens what ends with "!", and counts how often it is asked. */
function countingSealer() {
  const asked = new Map<string, number>();
  const sealer: Sealer = {
    seal: (token) => `${token}!`,
    open(value) {
      asked.set(value, (asked.get(value) ?? 0) + 1);
      if (!value.endsWith("!")) return "bad-seal";
      return { token: value.slice(0, -1), isOld: false };
    },
  };
  return { sealer, asked };
}

/** The value of a session: 24 characters name the session, more follow; the end differs as a seal does. */
function value(session: number, state = 0): string {
  const name = String(session).padStart(24, "s");
  return `${name}${"d".repeat(40)}${session}.${state}!`;
}

/** So often that it is remembered, but for a chance of one in a billion. */
const OFTEN = 30;

function openOften(sealer: Sealer, value: string): void {
  for (let i = 0; i < OFTEN; i++) sealer.open(value);
}

test("a value that comes again and again is verified a few times at most", () => {
  const { sealer, asked } = countingSealer();
  const remembered = remembering(sealer);
  openOften(remembered, value(1));
  const before = asked.get(value(1)) ?? 0;
  assert(before >= 2 && before < OFTEN);
  for (let i = 0; i < 1000; i++) {
    assert.deepEqual(remembered.open(value(1)), {
      token: value(1).slice(0, -1),
      isOld: false,
    });
  }
  assert.equal(asked.get(value(1)), before);
});

test("a value that comes once takes no memory", () => {
  const remembered = remembering(countingSealer().sealer);
  for (let i = 0; i < 1000; i++) remembered.open(value(i));
  assert.equal(remembered.bytes, 0);
});

test("what is remembered is counted with its value and its token", () => {
  const remembered = remembering(countingSealer().sealer);
  openOften(remembered, value(1));
  // A character of a token may take two bytes, twice: as text, and as what was read from it.
  assert(remembered.bytes >= 5 * (value(1).length - 1));
  assert(remembered.bytes < 2000);
});

test("what does not open is never remembered, however often it comes", () => {
  const { sealer, asked } = countingSealer();
  const remembered = remembering(sealer);
  for (let i = 0; i < 100; i++) {
    assert.equal(remembered.open("forged"), "bad-seal");
  }
  assert.equal(asked.get("forged"), 100);
  assert.equal(remembered.bytes, 0);
});

test("a value is found by all of its characters", () => {
  const { sealer } = countingSealer();
  const remembered = remembering(sealer);
  openOften(remembered, value(1));
  assert.equal(remembered.open(value(1).replace("!", "?")), "bad-seal");
});

test("it never takes more bytes than it may, and who comes often stays", () => {
  const { sealer, asked } = countingSealer();
  const remembered = remembering(sealer, 20_000);
  openOften(remembered, value(0));
  const before = asked.get(value(0));
  for (let i = 1; i < 2000; i++) {
    openOften(remembered, value(i));
    remembered.open(value(0));
    assert(remembered.bytes <= 20_000, String(remembered.bytes));
  }
  assert(remembered.bytes > 5000);
  assert.equal(asked.get(value(0)), before);
  const last = asked.get(value(1)) ?? 0;
  remembered.open(value(1));
  assert.equal(asked.get(value(1)), last + 1); // long forgotten
});

test("one visitor pushes nobody out, with one cookie or with thousands of one session", () => {
  const { sealer, asked } = countingSealer();
  const remembered = remembering(sealer, 200_000);
  const others = Array.from({ length: 50 }, (_, i) => value(i + 1));
  for (const other of others) openOften(remembered, other);
  const before = others.map((other) => asked.get(other));
  const { bytes } = remembered;
  for (let i = 0; i < 20_000; i++) remembered.open(value(0));
  for (let i = 0; i < 2000; i++) openOften(remembered, value(0, i));
  assert(remembered.bytes - bytes < 1000, `${remembered.bytes - bytes} more`);
  for (const other of others) remembered.open(other);
  assert.deepEqual(others.map((other) => asked.get(other)), before);
});

test("by default some thousand visitors are remembered", () => {
  const { sealer, asked } = countingSealer();
  const remembered = remembering(sealer);
  for (let i = 0; i < 4000; i++) openOften(remembered, value(i));
  const before = [...asked.values()];
  for (let i = 0; i < 4000; i++) remembered.open(value(i));
  assert.deepEqual([...asked.values()], before);
});
