import type { Context } from "hono";
import type { Settings } from "../options.ts";

/** Where a context keeps which sessions are mounted on it. */
const MOUNTED = Symbol("session()");

/**
 * Puts `open` on the context under the session's variable; false when this very
 * `session()` is there already, as when a sub-app mounts it again.
 *
 * @throws when another session has the variable or the cookie, or something else has the variable
 */
export function mount<T>(
  c: Context,
  settings: Settings<T>,
  open: () => Promise<unknown>,
): boolean {
  const { variable, cookieName } = settings;
  const mounted: readonly Settings<T>[] = c.get(MOUNTED as never) ?? [];
  if (mounted.includes(settings)) return false;
  for (const other of mounted) {
    if (other.variable === variable) {
      throw new Error(
        `c.var.${variable} has a session() already: give the other one its own \`variable\` and \`cookieName\``,
      );
    }
    if (other.cookieName === cookieName) {
      throw new Error(
        `Two sessions would write the cookie "${cookieName}": give c.var.${variable} its own \`cookieName\``,
      );
    }
  }
  if (c.get(variable) !== undefined) {
    throw new Error(
      `c.var.${variable} is taken by something else, perhaps another library: give session() another \`variable\``,
    );
  }
  c.set(MOUNTED as never, [...mounted, settings] as never);
  c.set(variable, open);
  return true;
}
