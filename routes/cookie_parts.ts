// A sealed cookie as learners see and edit it: v1.<payload>.<seal>.
import type { CookieParts } from "../components/cookie_text.tsx";

export function split(value: string): CookieParts {
  const [version = "", payload = "", ...rest] = value.split(".");
  return { version, payload, seal: rest.join(".") };
}

/** Enough to recognize it, too little to be of use to someone who looks over the visitor's shoulder. */
export function shorten(text: string): string {
  return `${text.slice(0, 6)}…`;
}

/** As a payload carries it: UTF-8 in base64url (RFC 4648, 5). */
export function payloadOf(text: string): string {
  return new TextEncoder().encode(text).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

/** The text of a payload that is readable. Throws SyntaxError or TypeError for any other. */
export function textOf(payload: string): string {
  const bytes = Uint8Array.fromBase64(payload, { alphabet: "base64url" });
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
    .decode(bytes);
}
