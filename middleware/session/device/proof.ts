// A DBSC proof, by which a browser shows that it holds a key: a JWT signed by
// ES256. Checked by WebCrypto, which is the same on Deno, Node and Workers.
import { sha256 } from "@noble/hashes/sha2.js";
import { CANONICAL, decode, decodeText, encode } from "../cookie/base64url.ts";

/** A public key on P-256: its coordinates x and y, in base64url, 43 characters each. */
export type DeviceKey = string & { readonly kind?: "device key" };

/** A well-formed proof, not verified yet. */
export interface DeviceProof {
  /** The challenge that it answers. */
  readonly challenge: string;
  /** The key in it, when a browser binds itself. */
  readonly key: DeviceKey | undefined;
  isSignedBy(key: DeviceKey): Promise<boolean>;
}

const LENGTH_LIMIT = 4096;

const JWT = new RegExp(`^(${CANONICAL})\\.(${CANONICAL})\\.(${CANONICAL})$`);
/** 32 bytes in their one spelling. */
const COORDINATE = /^[\w-]{42}[AEIMQUYcgkosw048]$/;
const SIGNATURE_BYTES = 64;

const ES256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const encoder = new TextEncoder();

/** The proof in `Secure-Session-Response`; undefined when there is none, or none that is well-formed. */
export function parseProof(
  header: string | undefined,
): DeviceProof | undefined {
  const jwt = parseString(header) ?? "";
  const [, head, payload, tail] = JWT.exec(jwt) ?? [];
  if (head === undefined || payload === undefined || tail === undefined) {
    return undefined;
  }
  try {
    const { typ, alg, jwk } = JSON.parse(decodeText(head));
    const { jti } = JSON.parse(decodeText(payload));
    const signature = decode(tail);
    const isProof = typ === "dbsc+jwt" && alg === "ES256" &&
      typeof jti === "string" && signature.length === SIGNATURE_BYTES;
    if (!isProof) return undefined;
    const signed = encoder.encode(`${head}.${payload}`);
    return {
      challenge: jti,
      key: readKey(jwk),
      isSignedBy: (key) => isSigned(key, signature, signed),
    };
  } catch {
    return undefined; // no JSON, or no text
  }
}

/** A string of a structured field (RFC 9651), or bare, as Chromium sends it; parameters are left out. */
export function parseString(header: string | undefined): string | undefined {
  if (header === undefined || header.length > LENGTH_LIMIT) return undefined;
  return /^"([\w.-]*)"(?:;|$)/.exec(header)?.[1] ?? header;
}

function readKey(jwk: unknown): DeviceKey | undefined {
  if (typeof jwk !== "object" || jwk === null) return undefined;
  const { kty, crv, x, y } = jwk as Record<string, unknown>;
  return kty === "EC" && crv === "P-256" && isCoordinate(x) && isCoordinate(y)
    ? x + y
    : undefined;
}

function isCoordinate(value: unknown): value is string {
  return typeof value === "string" && COORDINATE.test(value);
}

function coordinates(key: DeviceKey): { x: string; y: string } {
  return { x: key.slice(0, 43), y: key.slice(43) };
}

async function isSigned(
  key: DeviceKey,
  signature: Uint8Array<ArrayBuffer>,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const { x, y } = coordinates(key);
  const { subtle } = crypto;
  try {
    const jwk = { kty: "EC", crv: "P-256", x, y };
    const imported = await subtle
      .importKey("jwk", jwk, ES256, false, ["verify"]);
    return await subtle.verify(ES256, imported, signature, signed);
  } catch {
    return false; // no point of the curve
  }
}

/** The browser's name for the binding: the key's thumbprint (RFC 7638). */
export function thumbprint(key: DeviceKey): string {
  const { x, y } = coordinates(key);
  const json = JSON.stringify({ crv: "P-256", kty: "EC", x, y });
  return encode(sha256(encoder.encode(json)));
}

/** The device that a session is bound to, as the record stores it. */
export interface Bond {
  readonly key: DeviceKey;
  /** The time of the binding, in seconds since the epoch. */
  readonly since: number;
}

export function boundTo({ key, since }: Bond): string {
  return `${key}.${since}`;
}

export function bondOf(bound: string): Bond {
  const [key = "", since] = bound.split(".");
  return { key, since: Number(since) };
}
