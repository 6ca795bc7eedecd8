// Loaded before each test file of `deno task test`: a test that hangs, in a promise or in a loop,
// fails by its name instead of stopping the run. A test that needs longer has its own `timeout`.
const MILLISECONDS = 120_000;

const { test } = Deno;

/** The forms of `Deno.test` that take a name, options and a function, in this order. */
function limited(...given: unknown[]): void {
  const definition: Record<string, unknown> = { timeout: MILLISECONDS };
  for (const part of given) {
    if (typeof part === "string") definition["name"] = part;
    else if (typeof part === "function") definition["fn"] = part;
    else Object.assign(definition, part);
  }
  test(definition as unknown as Deno.TestDefinition);
}

Object.assign(Deno, { test: Object.assign(limited, test) });
