// The app in this process, with a visitor and the lines of its log.
import { type AppOptions, createApp } from "../../app.ts";
import { browser } from "../../middleware/session/testing/mod.ts";
import { SECRET } from "./test_app.ts";

export const JAY = { name: "Jay", email: "kpatel@codingdojo.com" };

export function openApp(options: Partial<AppOptions> = {}) {
  const lines: string[] = [];
  const app = createApp({
    secrets: [SECRET],
    store: "cookie",
    log: (line) => lines.push(line),
    ...options,
  });
  return {
    app,
    lines,
    visitor: browser(app, options.now && { now: options.now }),
  };
}

/** The bytes of a cookie's middle part, as a text with a character for each. */
export function payloadOf(value: string): string {
  const [, payload = ""] = value.split(".");
  return atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
}
