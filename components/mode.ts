/**
 * Where a session is, and who can read its cookie. "signed" and "encrypted":
 * the session itself travels in the cookie; "server": the cookie holds an id,
 * and a store on the server holds the session. What is true differs by it.
 */
export type Mode = "signed" | "encrypted" | "server";

export function modeOf(store: string, seal: "sign" | "encrypt" = "sign"): Mode {
  if (store !== "cookie") return "server";
  return seal === "sign" ? "signed" : "encrypted";
}

/** A text for each mode, in the order of {@linkcode Mode}. */
export function byMode<T>(
  signed: T,
  encrypted: T,
  server: T,
): Readonly<Record<Mode, T>> {
  return { signed, encrypted, server };
}

/** One text for both modes in which the session itself travels in the cookie, and one for a store. */
export function byPlace<T>(cookie: T, server: T): Readonly<Record<Mode, T>> {
  return byMode(cookie, cookie, server);
}
