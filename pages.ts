/** The app's pages: the name that the session's trail stores, and the path. */
export const PAGES = {
  home: "/",
  show: "/show",
  session: "/session",
  lab: "/lab",
} as const;

export type Page = keyof typeof PAGES;

export const PAGE_NAMES = Object.keys(PAGES) as [Page, ...Page[]];
