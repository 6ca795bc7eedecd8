// A real Chromium for tests, or why there is none.
import type { Browser } from "npm:playwright-core@1.65.1";
import { missing } from "./missing.ts";

const PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** Where Chromium is, if it is anywhere. */
export const chromiumPath: string | undefined = findChromium();

/** So that it asks nobody but the test's own server. */
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

function findChromium(): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "run" });
  if (state !== "granted") return undefined;
  return PATHS.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

export async function startChromium(): Promise<Browser> {
  const { chromium } = await import("npm:playwright-core@1.65.1"); // reads the environment at once
  return await chromium.launch({
    executablePath: chromiumPath ?? "chromium",
    args: QUIET,
  });
}
