// Parts that a test needs and this machine may lack.

/** Whether tests may do all they need: run, read, write, listen. A plain `deno test` may not. */
export const mayDoAll: boolean = ["run", "read", "write", "net", "env"].every(
  (name) =>
    Deno.permissions.querySync({ name } as Deno.PermissionDescriptor).state ===
      "granted",
);

/**
 * The reason to ignore a test for want of `what`. On CI nothing may be missing,
 * so that no test is skipped for ever unnoticed.
 */
export function missing(what: string): string {
  if (!mayDoAll) return "needs --allow-all";
  if (Deno.env.get("CI") === "true") throw new Error(`CI lacks ${what}`);
  return `needs ${what}`;
}

/** Registers a test with the reason to ignore it, or null when it can run. */
export function testWhere(
  reason: string | null,
  name: string,
  fn: Deno.TestDefinition["fn"],
  options: Pick<
    Deno.TestDefinition,
    "sanitizeOps" | "sanitizeResources" | "timeout"
  > = {},
): void {
  Deno.test({
    name: reason === null ? name : `${name} (${reason})`,
    ignore: reason !== null,
    ...options,
    fn,
  });
}
