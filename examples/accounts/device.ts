/** The more specific first: Edge says that it is Chrome too, and Chrome that it is Safari. */
const BROWSERS: readonly [RegExp, string][] = [
  [/\bEdg(?:A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Headless)?Chrome\/|\bCriOS\//, "Chrome"],
  [/\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
];

const SYSTEMS: readonly [RegExp, string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac(?:intosh| OS X)\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

/** The most characters of a header that are looked at: no browser sends more. */
const LIMIT_CHARACTERS = 512;

/**
 * A browser and its system in words, such as "Firefox on Linux", so that people
 * recognize their own. Anybody can send any header: it proves nothing.
 */
export function deviceOf(userAgent = ""): string {
  const text = userAgent.slice(0, LIMIT_CHARACTERS);
  const find = (list: readonly [RegExp, string][]) =>
    list.find(([pattern]) => pattern.test(text))?.[1];
  const browser = find(BROWSERS) ?? "Unknown browser";
  const system = find(SYSTEMS);
  return system === undefined ? browser : `${browser} on ${system}`;
}
