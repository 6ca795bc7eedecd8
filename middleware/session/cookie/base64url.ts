// base64url without padding (RFC 4648, 5). `btoa` and `atob` are on every
// platform and faster than anything written in JavaScript.

/** One group of four characters a time; the last may be short, its unused bits zero. */
export const CANONICAL =
  "(?:[\\w-]{4})*(?:[\\w-]{2}[AEIMQUYcgkosw048]|[\\w-][AQgw])?";

/** `v1.<payload>.<seal>`, each part in the one spelling that `encode` gives it. */
export const SEALED: RegExp = new RegExp(
  `^v1\\.(${CANONICAL})\\.(${CANONICAL})$`,
);

const NOT_ASCII = /[^\0-\x7f]/;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function encode(bytes: Uint8Array): string {
  return encodeBinary(toBinary(bytes));
}

/** `text` is a canonical spelling. */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  return fromBinary(decodeBinary(text));
}

export function encodeText(text: string): string {
  return encodeBinary(
    NOT_ASCII.test(text) ? toBinary(encoder.encode(text)) : text,
  );
}

/** `text` is a canonical spelling of UTF-8. */
export function decodeText(text: string): string {
  const binary = decodeBinary(text);
  return NOT_ASCII.test(binary) ? decoder.decode(fromBinary(binary)) : binary;
}

/** 128 bits from the platform's CSPRNG, as 22 characters. */
export function randomId(): string {
  return encode(crypto.getRandomValues(new Uint8Array(16)));
}

function encodeBinary(binary: string): string {
  const padded = btoa(binary).replaceAll("+", "-").replaceAll("/", "_");
  return padded.slice(0, Math.ceil(binary.length * 4 / 3));
}

/** Bytes as a string of characters up to U+00FF. */
export function decodeBinary(text: string): string {
  return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
}

// A call takes some tens of thousands of arguments at most.
const CHUNK = 8192;

function toBinary(bytes: Uint8Array): string {
  if (bytes.length > CHUNK) {
    return toBinary(bytes.subarray(0, CHUNK)) + toBinary(bytes.subarray(CHUNK));
  }
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}

function fromBinary(binary: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
