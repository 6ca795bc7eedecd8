// A token becomes a cookie value that only this app can have made:
//
//     v1.<payload>.<seal>
//
// sign:     payload = token, readable by everyone; seal = HMAC-SHA-256 (RFC 2104)
// encrypt:  payload = a random nonce ‖ ciphertext; seal = the Poly1305 tag of
//           XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha)
//
// Either covers the version, the purpose and the cookie's name as well, so that
// a value minted for one cookie never opens as another. Each secret is turned
// into one key for each use by HKDF-SHA-256 (RFC 5869): a signing key that
// leaks still decrypts nothing.
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { concatBytes, managedNonce } from "@noble/ciphers/utils.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import {
  decode,
  decodeBinary,
  decodeText,
  encode,
  encodeText,
  SEALED,
} from "./base64url.ts";
import { COOKIE_LIMIT_BYTES } from "./cookie.ts";

/** "sign": everyone can read the cookie, but a changed one is rejected. "encrypt": only the server can read it. */
export type SealKind = "sign" | "encrypt";

export interface SealerOptions {
  /** Newest first: the first secret signs, every listed secret is accepted. */
  readonly secrets: readonly string[];
  readonly seal: SealKind;
  /** The purpose of the value, such as "session". */
  readonly purpose: string;
  /** The name of the cookie that carries it, with its prefix. */
  readonly cookieName: string;
}

/** A token that was sealed here. */
export interface Opened {
  readonly token: string;
  /** true when an older secret sealed it, so that it has to be sealed again. */
  readonly isOld: boolean;
  /** A value computed from the token alone, kept as long as this object. */
  derived?: unknown;
}

export interface Sealer {
  /** The cookie value for a token, under the newest secret. */
  seal(token: string): string;
  /** The token of a cookie value, or the reason why it has none. */
  open(value: string): Opened | "malformed" | "bad-seal";
}

/** Derives the keys once; sealing and opening are synchronous from then on. */
export function createSealer(
  { secrets, seal, purpose, cookieName }: SealerOptions,
): Sealer {
  const create = seal === "sign" ? signingKey : encryptionKey;
  const context = encoder.encode(`v1\0${purpose}\0${cookieName}\0`);
  const keys = secrets.map((secret) =>
    create(
      hkdf(
        sha256,
        encoder.encode(secret),
        undefined,
        encoder.encode(`baton v1 ${purpose} ${seal}`),
        32,
      ),
      context,
    )
  );
  const [newest] = keys;
  if (newest === undefined) {
    throw new TypeError("A sealer needs at least one secret");
  }

  return {
    seal: (token) => newest.seal(token),
    open(value) {
      const [, payload, tag] = SEALED.exec(value) ?? [];
      if (payload === undefined || tag === undefined) return "malformed";
      for (const key of keys) {
        const token = key.open(payload, tag);
        if (token !== null) return { token, isOld: key !== newest };
      }
      return "bad-seal";
    },
  };
}

interface Key {
  seal(token: string): string;
  open(payload: string, tag: string): string | null;
}

const encoder = new TextEncoder();

function signingKey(key: Uint8Array, context: Uint8Array): Key {
  // The key and the context are hashed once; each MAC continues from a copy.
  const keyed = hmac.create(sha256, key).update(context);
  const state = keyed.clone();
  const mac = new Uint8Array(32);
  const sign = (payload: string): Uint8Array => {
    keyed._cloneInto(state).update(asciiBytes(payload)).digestInto(mac);
    return mac;
  };
  return {
    seal(token) {
      const payload = encodeText(token);
      return `v1.${payload}.${encode(sign(payload))}`;
    },
    open: (payload, tag) =>
      equalInConstantTime(decodeBinary(tag), sign(payload))
        ? decodeText(payload)
        : null,
  };
}

const scratch = new Uint8Array(COOKIE_LIMIT_BYTES);

/** Valid until the next call: a text that fits in a cookie is written into one shared buffer. */
function asciiBytes(text: string): Uint8Array {
  if (text.length > scratch.length) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

const TAG_BYTES = 16;

function encryptionKey(key: Uint8Array, context: Uint8Array): Key {
  const cipher = managedNonce(xchacha20poly1305)(key, context);
  return {
    seal(token) {
      const sealed = cipher.encrypt(encoder.encode(token));
      const payload = encode(sealed.subarray(0, -TAG_BYTES));
      return `v1.${payload}.${encode(sealed.subarray(-TAG_BYTES))}`;
    },
    open(payload, tag) {
      const bytes = decode(payload);
      const seal = decode(tag);
      if (seal.length !== TAG_BYTES) return null;
      try {
        return decoder.decode(cipher.decrypt(concatBytes(bytes, seal)));
      } catch {
        return null; // the tag does not fit
      }
    },
  };
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The time it takes tells an attacker nothing about how much of a guess is right. */
function equalInConstantTime(guess: string, mac: Uint8Array): boolean {
  if (guess.length !== mac.length) return false;
  let difference = 0;
  for (let i = 0; i < guess.length; i++) {
    difference |= guess.charCodeAt(i) ^ (mac[i] ?? 0);
  }
  return difference === 0;
}
