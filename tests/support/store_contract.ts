// Registers the package's store contract with Deno's test runner.
import type { SessionStore } from "../../middleware/session/mod.ts";
import { storeContract as contract } from "../../middleware/session/testing/mod.ts";
import { testWhere } from "./missing.ts";

type ContractOptions = NonNullable<Parameters<typeof contract>[1]>;
type TestOptions = NonNullable<Parameters<typeof testWhere>[3]>;

export interface StoreContractOptions extends ContractOptions, TestOptions {
  /** Why it cannot run here: it is then ignored, and says so. */
  readonly ignore?: string | null;
}

/**
 * Registers a test with a step for each of the contract's, over one store that `open`
 * makes. Those that wait for an end wait together, unless a test moves the store's clock.
 */
export function storeContract(
  name: string,
  open: () => SessionStore | Promise<SessionStore>,
  { ignore = null, ...options }: StoreContractOptions = {},
): void {
  const { sanitizeOps = true, sanitizeResources = true } = options;
  const sanitize = { sanitizeOps, sanitizeResources };
  testWhere(ignore, `${name} keeps the contract of a store`, async (t) => {
    const store = await open();
    const shared = { ...store, async [Symbol.asyncDispose]() {} };
    const steps = contract(() => shared, options).map(
      ({ name, ignore, run }) => ({
        ...{ name: ignore === undefined ? name : `${name} (${ignore})` },
        ...{ ignore: ignore !== undefined, fn: run },
        ...{ sanitizeOps: false, sanitizeResources: false },
        sanitizeExit: false,
      }),
    );
    const isWaiting = ({ name }: Deno.TestStepDefinition) =>
      options.pass === undefined && /\bend/.test(name);
    try {
      for (const step of steps) if (!isWaiting(step)) await t.step(step);
      await Promise.all(steps.filter(isWaiting).map((step) => t.step(step)));
    } finally {
      await store[Symbol.asyncDispose]?.();
    }
  }, sanitize);
}
