// A sealed cookie as learners see and edit it: v1.<payload>.<seal>.
import type { CookieParts } from "../components/cookie_text.tsx";

export function split(value: string): CookieParts {
  const [version = "", payload = "", ...rest] = value.split(".");
  return { version, payload, seal: rest.join(".") };
}

/** A part that is empty is left out, and its dot with it. */
export function join({ version, payload, seal }: CookieParts): string {
  return [version, payload, seal].filter((part) => part !== "").join(".");
}

/** A text as the payload of a cookie. */
export function encode(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const characters = Array.from(bytes, (byte) => String.fromCharCode(byte));
  return btoa(characters.join(""))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The text of a payload. Throws when it is not base64url. */
export function decode(payload: string): string {
  const binary = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return new TextDecoder().decode(bytes);
}

/** Enough to recognize it, too little to be of use to who looks over the visitor's shoulder. */
export function shorten(text: string): string {
  return `${text.slice(0, 6)}…`;
}
