// Random mutants that no test can notice, because they change nothing that anybody could see.

export interface EquivalentMutant {
  /** In `middleware/session/`. */
  readonly file: string;
  /** The whole line that was broken, without its indentation. */
  readonly line: string;
  /** What its part became. */
  readonly broken: string;
  readonly because: string;
}

export const EQUIVALENT: readonly EquivalentMutant[] = [];
