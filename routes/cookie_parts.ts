// A sealed cookie as learners see and edit it: v1.<payload>.<seal>.

export interface CookieParts {
  readonly version: string;
  readonly payload: string;
  /** Empty: it has none. */
  readonly seal: string;
}

export function split(value: string): CookieParts {
  const [version = "", payload = "", ...rest] = value.split(".");
  return { version, payload, seal: rest.join(".") };
}

/** The cookie value of a payload that is still text. */
export function join(text: string, seal: string): string {
  const bytes = new TextEncoder().encode(text);
  const characters = Array.from(bytes, (byte) => String.fromCharCode(byte));
  const payload = btoa(characters.join(""))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `v1.${payload}.${seal}`;
}

/** The text of a payload. Throws when it is not base64url. */
export function decode(payload: string): string {
  const binary = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder().decode(
    Uint8Array.from(binary, (character) => character.charCodeAt(0)),
  );
}
