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

export const EQUIVALENT: readonly EquivalentMutant[] = [
  {
    file: "mount.ts",
    line: "if (mounted.includes(settings)) return false;",
    broken: "true",
    because:
      "nobody can open this second time, so there is nothing to save after it either",
  },
];
