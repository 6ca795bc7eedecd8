// Mutants that no test can notice, because they change nothing that can be seen from outside:
// the lines before and after, as `deno task mutants` prints them.
export const EQUIVALENT: readonly {
  readonly from: string;
  readonly to: string;
  readonly because: string;
}[] = [];
