import type { Language } from "./locales/mod.ts";

/** The lesson's own heading: it stays English in every language, and its colon at the end. */
export function SeedHeading({ language }: { readonly language: Language }) {
  return language === "en"
    ? <h1>User:</h1>
    : <h1 lang="en" dir="ltr">User:</h1>;
}
