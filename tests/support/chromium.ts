// A real Chromium for tests, or why there is none.
import { existsSync } from "node:fs";
import type { Browser, Page } from "npm:playwright-core@1.65.1";
import { mayDoAll, missing } from "./missing.ts";

const PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** The same engine without a window's parts: a page takes less than half the time. It binds no session. */
const SHELL = "/usr/bin/chromium-headless-shell";

/** Where Chromium is, if it is anywhere. */
export const chromiumPath: string | undefined = mayDoAll
  ? PATHS.find((path) => existsSync(path))
  : undefined;

/** So that it asks only the test's own server. */
export const QUIET: string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Why no Chromium can be started, or null when it can. */
export const noChromium: string | null = chromiumPath === undefined
  ? missing("Chromium")
  : null;

export async function startChromium(): Promise<Browser> {
  const { chromium } = await import("npm:playwright-core@1.65.1"); // reads the environment at once
  return await chromium.launch({
    executablePath: [SHELL, ...PATHS].find((path) => existsSync(path))!,
    args: QUIET,
  });
}

const RULES = {
  runOnly: [
    ...["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "best-practice",
  ],
  resultTypes: ["violations"],
  preload: false, // only an experimental rule reads style sheets
};

/** All that is folded away is looked at too. */
const FAULTS = `
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  axe.run(${JSON.stringify(RULES)}).then(({ violations }) =>
    violations.map(({ id, nodes }) =>
      id + ": " + nodes.map((node) => node.html).join(" ")))`;

/** The faults that axe finds. The page must bypass its CSP, as axe is a script. */
export async function faultsOf(page: Page): Promise<string[]> {
  const { default: axe } = await import("npm:axe-core@4.14.1"); // reads the environment at once
  return await page.evaluate(`${axe.source};${FAULTS}`);
}
