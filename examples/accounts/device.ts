/** A word of the header, and the name that people know. Edge says that it is Chrome too, so it comes first. */
const BROWSERS = {
  Edg: "Edge",
  Firefox: "Firefox",
  FxiOS: "Firefox",
  Chrome: "Chrome",
  CriOS: "Chrome",
  Safari: "Safari",
};
const SYSTEMS = {
  iPhone: "iPhone",
  iPad: "iPad",
  Android: "Android",
  Windows: "Windows",
  "Mac OS": "macOS",
  Linux: "Linux",
};

/** No browser sends more characters than this. */
const LIMIT_CHARACTERS = 512;

/**
 * A browser and its system in words, such as "Firefox on Linux", so that people
 * recognize their own. A client can send any header, so it proves nothing.
 */
export function deviceOf(userAgent = ""): string {
  const text = userAgent.slice(0, LIMIT_CHARACTERS);
  const find = (names: Record<string, string>) =>
    Object.entries(names).find(([word]) => text.includes(word))?.[1];
  const browser = find(BROWSERS) ?? "Unknown browser";
  const system = find(SYSTEMS);
  return system === undefined ? browser : `${browser} on ${system}`;
}
