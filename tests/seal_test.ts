// The seal against other implementations, published vectors, and its own limits.
import assert from "node:assert/strict";
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
} from "node:crypto";
import { Buffer } from "node:buffer";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { rememberingSealer } from "../middleware/session/cookie/opened_seals.ts";
import {
  createSealer,
  type SealKind,
} from "../middleware/session/cookie/seal.ts";
import { OTHER_SECRET, SECRET } from "./support/test_app.ts";

const test = Deno.test;
const TOKEN = '["id",1800000000,0,{"name":"Zoë 👩‍🚀"}]';

function sealer(seal: SealKind, given: Partial<typeof DEFAULTS> = {}) {
  return createSealer({ ...DEFAULTS, ...given, seal });
}

const DEFAULTS = {
  secrets: [SECRET] as readonly string[],
  purpose: "session",
  cookieName: "session",
};

function key(seal: SealKind, secret = SECRET): Buffer {
  const info = `baton v1 session ${seal}`;
  return Buffer.from(hkdfSync("sha256", secret, "", info, 32));
}

const CONTEXT = Buffer.from("v1\0session\0session\0");

test("a value that node:crypto signed opens, and what we sign node:crypto would have signed", () => {
  const payload = Buffer.from(TOKEN).toString("base64url");
  const mac = createHmac("sha256", key("sign")).update(CONTEXT).update(payload)
    .digest("base64url");
  const value = `v1.${payload}.${mac}`;
  assert.deepEqual(sealer("sign").open(value), {
    token: TOKEN,
    isOld: false,
  });
  assert.equal(sealer("sign").seal(TOKEN), value);
});

test("a value that WebCrypto signed opens", async () => {
  const text = (text: string) => new TextEncoder().encode(text);
  const secret = await crypto.subtle.importKey(
    "raw",
    text(SECRET),
    "HKDF",
    false,
    ["deriveKey"],
  );
  const signing = await crypto.subtle.deriveKey(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: text("baton v1 session sign"),
    },
    secret,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign"],
  );
  const payload = text(TOKEN).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
  const mac = new Uint8Array(
    await crypto.subtle.sign(
      "HMAC",
      signing,
      text(`v1\0session\0session\0${payload}`),
    ),
  );
  const seal = mac.toBase64({ alphabet: "base64url", omitPadding: true });
  assert.deepEqual(sealer("sign").open(`v1.${payload}.${seal}`), {
    token: TOKEN,
    isOld: false,
  });
});

test("the cipher is XChaCha20-Poly1305 as published (draft-irtf-cfrg-xchacha-03, A.3.1)", () => {
  const hex = (text: string) => Uint8Array.fromHex(text);
  const plaintext = new TextEncoder().encode(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const vectorKey = hex(
    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
  );
  const nonce = hex("404142434445464748494a4b4c4d4e4f5051525354555657");
  const aad = hex("50515253c0c1c2c3c4c5c6c7");
  const sealed = hex(
    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb" +
      "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452" +
      "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9" +
      "21f9664c97637da9768812f615c68b13b52e" +
      "c0875924c1c7987947deafd8780acf49",
  );
  const cipher = xchacha20poly1305(vectorKey, nonce, aad);
  assert.deepEqual(cipher.encrypt(plaintext), sealed);
  assert.deepEqual(
    new Uint8Array(
      nodeOpen(Buffer.from(vectorKey), nonce, aad, sealed) ?? [],
    ),
    plaintext,
  );
});

test("what we encrypt node:crypto opens, and the reverse", () => {
  const encryption = key("encrypt");
  const [version, payload = "", tag = ""] = sealer("encrypt").seal(TOKEN)
    .split(".");
  assert.equal(version, "v1");
  const bytes = Buffer.from(payload, "base64url");
  const opened = nodeOpen(
    encryption,
    bytes.subarray(0, 24),
    CONTEXT,
    Buffer.concat([bytes.subarray(24), Buffer.from(tag, "base64url")]),
  );
  assert.equal(opened?.toString(), TOKEN);

  const nonce = Buffer.alloc(24, 7);
  const cipher = createCipheriv(
    "chacha20-poly1305",
    hchacha20(encryption, nonce),
    Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]),
    { authTagLength: 16 },
  );
  cipher.setAAD(CONTEXT, { plaintextLength: Buffer.byteLength(TOKEN) });
  const sealed = Buffer.concat([cipher.update(TOKEN), cipher.final()]);
  const value = `v1.${Buffer.concat([nonce, sealed]).toString("base64url")}.${
    cipher.getAuthTag().toString("base64url")
  }`;
  assert.deepEqual(sealer("encrypt").open(value), {
    token: TOKEN,
    isOld: false,
  });
});

test("an encrypted value shows nothing of the token, and is another one each time", () => {
  const { seal, open } = sealer("encrypt");
  const values = Array.from({ length: 100 }, () => seal(TOKEN));
  assert.equal(new Set(values).size, 100);
  for (const value of values) {
    assert.doesNotMatch(
      Buffer.from(value.split(".")[1] ?? "", "base64url").toString("latin1"),
      /name|1800000/,
    );
    assert.deepEqual(open(value), { token: TOKEN, isOld: false });
  }
});

for (const seal of ["sign", "encrypt"] as const) {
  test(`${seal}: the version, the purpose, the cookie's name and the secret are all covered`, () => {
    const value = sealer(seal).seal(TOKEN);
    assert.equal(sealer(seal, { purpose: "lab" }).open(value), "bad-seal");
    assert.equal(
      sealer(seal, { cookieName: "__Host-session" }).open(value),
      "bad-seal",
    );
    assert.equal(
      sealer(seal, { secrets: [OTHER_SECRET] }).open(value),
      "bad-seal",
    );
    // A purpose and a name cannot be cut at another place.
    assert.equal(
      sealer(seal, { purpose: "session\0session", cookieName: "" }).open(value),
      "bad-seal",
    );
    assert.equal(sealer(seal).open(value.replace("v1", "v2")), "malformed");
  });

  test(`${seal}: the first secret seals, all open, and what an older one sealed is stale`, () => {
    const old = sealer(seal, { secrets: [OTHER_SECRET] }).seal(TOKEN);
    const both = sealer(seal, { secrets: [SECRET, OTHER_SECRET] });
    assert.deepEqual(both.open(old), { token: TOKEN, isOld: true });
    assert.deepEqual(both.open(old), { token: TOKEN, isOld: true });
    assert.deepEqual(sealer(seal).open(both.seal(TOKEN)), {
      token: TOKEN,
      isOld: false,
    });
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
    for (const text of ["", "\0", "a", "é", "\ud83d\ude00", "x".repeat(1e5)]) {
      const { seal: make, open } = sealer(seal);
      assert.deepEqual(open(make(text)), { token: text, isOld: false });
    }
  });
}

test("a signed value is not opened as an encrypted one, nor the reverse", () => {
  assert.equal(sealer("encrypt").open(sealer("sign").seal(TOKEN)), "bad-seal");
  assert.equal(sealer("sign").open(sealer("encrypt").seal(TOKEN)), "bad-seal");
  const long = sealer("sign").seal("x".repeat(100));
  assert.equal(sealer("encrypt").open(long), "bad-seal");
});

test("encrypt: a payload too short for its nonce is refused like any other", () => {
  const tag = "A".repeat(22);
  for (const payload of ["", "AAAA", "A".repeat(20), "A".repeat(32)]) {
    assert.equal(sealer("encrypt").open(`v1.${payload}.${tag}`), "bad-seal");
  }
});

test("a sealer without a secret is refused", () => {
  assert.throws(() => sealer("sign", { secrets: [] }), TypeError);
});

test("what was never opened is never remembered", () => {
  const { seal, open } = rememberingSealer(sealer("sign"));
  const value = seal(TOKEN);
  const forged = `${value.slice(0, -1)}${value.endsWith("A") ? "E" : "A"}`;
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(open(value), { token: TOKEN, isOld: false });
    assert.equal(open(forged), "bad-seal");
    assert.equal(typeof open(value.slice(0, -1)), "string");
  }
});

test("a sealer that remembers checks a value once, and forgets all at its limit", () => {
  const { seal, open } = sealer("sign");
  const checked: string[] = [];
  const counting = {
    seal,
    open: (value: string) => (checked.push(value), open(value)),
  };
  const remembering = rememberingSealer(counting, 10_000);
  const first = seal("first");
  for (let i = 0; i < 3; i++) {
    assert.notEqual(remembering.open(first), "bad-seal");
  }
  assert.deepEqual(checked, [first]);
  for (let i = 0; i < 30; i++) remembering.open(seal(`visitor ${i}`));
  assert.deepEqual(remembering.open(first), { token: "first", isOld: false });
  assert.equal(checked.filter((value) => value === first).length, 2);
});

/** XChaCha20-Poly1305 from node:crypto's ChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03, 2.3). */
function nodeOpen(
  key: Buffer,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Buffer | undefined {
  const decipher = createDecipheriv(
    "chacha20-poly1305",
    hchacha20(key, nonce),
    Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]),
    { authTagLength: 16 },
  );
  const length = sealed.length - 16;
  decipher.setAAD(aad, { plaintextLength: length });
  decipher.setAuthTag(sealed.subarray(length));
  const opened = decipher.update(sealed.subarray(0, length));
  return Buffer.concat([opened, decipher.final()]);
}

/** The subkey of a key and the first 16 bytes of a nonce (the same draft, 2.2). */
function hchacha20(key: Buffer, nonce: Uint8Array): Buffer {
  const input = Buffer.concat([
    Buffer.from("expand 32-byte k"),
    key,
    nonce.subarray(0, 16),
  ]);
  const x = Uint32Array.from(
    { length: 16 },
    (_, i) => input.readUInt32LE(i * 4),
  );
  const add = (a: number, b: number) =>
    x[a] = ((x[a] ?? 0) + (x[b] ?? 0)) >>> 0;
  const rotate = (a: number, b: number, bits: number) => {
    const word = ((x[a] ?? 0) ^ (x[b] ?? 0)) >>> 0;
    x[a] = ((word << bits) | (word >>> (32 - bits))) >>> 0;
  };
  const quarter = (a: number, b: number, c: number, d: number) => {
    add(a, b), rotate(d, a, 16);
    add(c, d), rotate(b, c, 12);
    add(a, b), rotate(d, a, 8);
    add(c, d), rotate(b, c, 7);
  };
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 4; i++) quarter(i, i + 4, i + 8, i + 12);
    for (let i = 0; i < 4; i++) {
      quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
    }
  }
  const output = Buffer.alloc(32);
  for (let i = 0; i < 4; i++) {
    output.writeUInt32LE(x[i] ?? 0, i * 4);
    output.writeUInt32LE(x[12 + i] ?? 0, 16 + i * 4);
  }
  return output;
}
