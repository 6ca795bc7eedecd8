/** The app's pages: the name that the session's trail stores, and the path. */
export const PAGES = {
  forget: "/forget",
  home: "/",
  show: "/show",
  session: "/session",
  lab: "/lab",
  end: "/end",
  check: "/check",
  summary: "/summary",
} as const;

export type Page = keyof typeof PAGES;

export const PAGE_NAMES = Object.keys(PAGES) as [Page, ...Page[]];

/** The way through, step by step. */
export const STEPS = [
  "forget",
  "home",
  "session",
  "lab",
  "end",
  "check",
] as const satisfies Page[];

export type Step = typeof STEPS[number];

/** The step that a page belongs to. */
export function stepOf(page: Page): Step {
  if (page === "show") return "home";
  if (page === "summary") return "check";
  return page;
}
