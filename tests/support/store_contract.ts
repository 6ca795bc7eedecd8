// Registers the package's store contract with Deno's test runner.
import type { SessionStore } from "../../middleware/session/mod.ts";
import { storeContract as contract } from "../../middleware/session/testing/mod.ts";
import { testWhere } from "./missing.ts";

type ContractOptions = NonNullable<Parameters<typeof contract>[1]>;

export interface StoreContractOptions extends ContractOptions {
  /** Why it cannot run here: its tests are then ignored, and say so. */
  readonly ignore?: string | null;
  /** Deno.test's: false when a connection stays open from one test to the next. */
  readonly sanitizeOps?: boolean;
  /** The same. */
  readonly sanitizeResources?: boolean;
}

/** Registers the contract's tests for the backend that `open` makes, anew for each. */
export function storeContract(
  name: string,
  open: () => SessionStore | Promise<SessionStore>,
  { ignore = null, sanitizeOps = true, sanitizeResources = true, ...options }:
    StoreContractOptions = {},
): void {
  for (const { name: what, ignore: lacks, run } of contract(open, options)) {
    testWhere(ignore ?? lacks ?? null, `${name}: ${what}`, run, {
      sanitizeOps,
      sanitizeResources,
    });
  }
}
