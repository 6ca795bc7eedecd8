/** How much larger a proof is than in `deno task test`: `deno task prove` sets `SCALE`. */
export const SCALE: number = mayRead() ? Number(Deno.env.get("SCALE") ?? 1) : 1;

function mayRead(): boolean {
  const asked = { name: "env", variable: "SCALE" } as const;
  return Deno.permissions.querySync(asked).state === "granted";
}

/** Prints the figures of a proof at full size. */
export function figures(name: string, what: unknown): void {
  if (SCALE > 1) console.log(`${name}:`, what);
}
