// The seal against other implementations, and its own limits. What a sealed cookie
// opens, and how secrets are changed, is in rules_cookie_test.ts.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac, hkdfSync } from "node:crypto";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { rememberingSealer } from "../middleware/session/cookie/opened_seals.ts";
import {
  createSealer,
  type SealKind,
} from "../middleware/session/cookie/seal.ts";
import { OTHER_SECRET, SECRET } from "./support/test_app.ts";

const test = Deno.test;
const TOKEN = '["id",1800000000,0,{"name":"Zoë 👩‍🚀"}]';
const OPENED = { token: TOKEN, isOld: false };

const DEFAULTS = {
  secrets: [SECRET] as readonly string[],
  purpose: "session",
  cookieName: "session",
};

function sealer(seal: SealKind, given: Partial<typeof DEFAULTS> = {}) {
  return createSealer({ ...DEFAULTS, ...given, seal });
}

function key(seal: SealKind): Buffer {
  const info = `baton v1 session ${seal}`;
  return Buffer.from(hkdfSync("sha256", SECRET, "", info, 32));
}

const CONTEXT = Buffer.from("v1\0session\0session\0");

test("a value that node:crypto signed opens, and what we sign node:crypto would have signed", () => {
  const payload = Buffer.from(TOKEN).toString("base64url");
  const mac = createHmac("sha256", key("sign")).update(CONTEXT).update(payload)
    .digest("base64url");
  const value = `v1.${payload}.${mac}`;
  assert.deepEqual(sealer("sign").open(value), OPENED);
  assert.equal(sealer("sign").seal(TOKEN), value);
});

test("an encrypted value is a nonce and XChaCha20-Poly1305 with a key that node:crypto derives", () => {
  const nonce = Buffer.alloc(24, 7);
  const cipher = xchacha20poly1305(key("encrypt"), nonce, CONTEXT);
  const made = Buffer.from(cipher.encrypt(Buffer.from(TOKEN)));
  const payload = Buffer.concat([nonce, made.subarray(0, -16)]);
  const parts = [payload, made.subarray(-16)]
    .map((part) => part.toString("base64url"));
  assert.deepEqual(sealer("encrypt").open(`v1.${parts.join(".")}`), OPENED);
});

test("an encrypted value shows nothing of the token, and is another one each time", () => {
  const { seal, open } = sealer("encrypt");
  const values = Array.from({ length: 100 }, () => seal(TOKEN));
  assert.equal(new Set(values).size, 100);
  for (const value of values) {
    const [, payload = ""] = value.split(".");
    const bytes = Buffer.from(payload, "base64url").toString("latin1");
    assert.doesNotMatch(bytes, /name|1800000/);
    assert.deepEqual(open(value), OPENED);
  }
});

for (const seal of ["sign", "encrypt"] as const) {
  test(`${seal}: the version, the purpose, the cookie's name and the secret are all covered`, () => {
    const value = sealer(seal).seal(TOKEN);
    for (
      const other of [
        { purpose: "lab" },
        { cookieName: "__Host-session" },
        { secrets: [OTHER_SECRET] },
        // A purpose and a name cannot be cut at another place.
        { purpose: "session\0session", cookieName: "" },
      ]
    ) assert.equal(sealer(seal, other).open(value), "bad-seal");
    assert.equal(sealer(seal).open(value.replace("v1", "v2")), "malformed");
  });

  test(`${seal}: each bit of a value matters, and each has one spelling only`, () => {
    const { seal: make, open } = sealer(seal);
    const value = make("token");
    const characters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=%+/ ";
    for (let i = 0; i < value.length; i++) {
      for (const character of characters) {
        const other = value.slice(0, i) + character + value.slice(i + 1);
        if (other === value) continue;
        assert.equal(typeof open(other), "string", other);
      }
    }
    for (const other of ["=", "A", ".", " ", "\n"]) {
      assert.equal(typeof open(value + other), "string");
      assert.equal(typeof open(other + value), "string");
    }
    assert.deepEqual(open(value), { token: "token", isOld: false });
  });

  test(`${seal}: any text comes back, the empty one and one of 100,000 bytes too`, () => {
    const { seal: make, open } = sealer(seal);
    for (
      const token of ["", "\0", "\ufeffa", "é", "\ud83d\ude00", "x".repeat(1e5)]
    ) {
      assert.deepEqual(open(make(token)), { token, isOld: false });
    }
  });
}

test("encrypt: a payload too short for its nonce, or a signed value, is refused like any other", () => {
  const { open } = sealer("encrypt");
  const tag = "A".repeat(22);
  for (const payload of ["", "AAAA", "A".repeat(20), "A".repeat(32)]) {
    assert.equal(open(`v1.${payload}.${tag}`), "bad-seal");
  }
  assert.equal(open(sealer("sign").seal("x".repeat(100))), "bad-seal");
});

test("a sealer without a secret is refused", () => {
  assert.throws(() => sealer("sign", { secrets: [] }), TypeError);
});

test("a sealer that remembers checks a value once, opens nothing else, and forgets all at its limit", () => {
  const { seal, open } = sealer("sign");
  const checked: string[] = [];
  const counting = {
    seal,
    open: (value: string) => (checked.push(value), open(value)),
  };
  const remembering = rememberingSealer(counting, 10_000);
  const first = remembering.seal(TOKEN);
  const forged = `${first.slice(0, -1)}${first.endsWith("A") ? "E" : "A"}`;
  const times = (value: string) =>
    checked.filter((one) => one === value).length;
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(remembering.open(first), OPENED);
    assert.equal(remembering.open(forged), "bad-seal");
  }
  assert.equal(times(first), 1);
  assert.equal(times(forged), 3);
  remembering.open(seal("x".repeat(2000))); // its token counts four times
  const second = seal("another");
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(remembering.open(first), OPENED);
    remembering.open(second);
  }
  assert.deepEqual([times(first), times(second)], [2, 1]);
});
