/** Words of the header that people know. Edge says that it is Chrome too, and Chrome that it is Safari. */
const BROWSERS = ["Edg", "Firefox", "Chrome", "Safari"];
const SYSTEMS = ["iPhone", "iPad", "Android", "Windows", "Mac OS", "Linux"];

/**
 * A browser and its system in words, such as "Firefox on Linux", so that people
 * recognize their own. A client can send any header, so it proves nothing.
 */
export function deviceOf(userAgent = ""): string {
  const isIn = (word: string) => userAgent.includes(word);
  const browser = BROWSERS.find(isIn)?.replace("Edg", "Edge");
  return [browser ?? "Unknown browser", SYSTEMS.find(isIn)]
    .filter((word) => word !== undefined).join(" on ");
}
