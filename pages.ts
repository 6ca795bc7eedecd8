/** The app's pages: the name that the session's trail stores, and the path. */
export const PAGES = {
  forget: "/forget",
  home: "/",
  show: "/show",
  session: "/session",
  lab: "/lab",
  secret: "/lab/secret",
  limits: "/lab/limits",
  end: "/end",
  check: "/check",
  summary: "/summary",
  teach: "/teach",
} as const;

export type Page = keyof typeof PAGES;

export const PAGE_NAMES = Object.keys(PAGES) as [Page, ...Page[]];

/** The way through, step by step, and the minutes that each takes. */
export const STEPS = {
  forget: 3,
  home: 6,
  session: 6,
  lab: 9,
  end: 3,
  check: 3,
} as const satisfies Partial<Record<Page, number>>;

export type Step = keyof typeof STEPS;

export const STEP_NAMES = Object.keys(STEPS) as Step[];

/** The step that a page belongs to; undefined: to none. */
export function stepOf(page: Page): Step | undefined {
  switch (page) {
    case "show":
      return "home";
    case "secret":
    case "limits":
      return "lab";
    case "summary":
      return "check";
    case "teach":
      return undefined;
    default:
      return page;
  }
}
