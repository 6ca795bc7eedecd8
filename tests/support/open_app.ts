// The app in this process, with a visitor and the lines of its log.
import { type AppOptions, createApp } from "../../app.ts";
import { memoryStore } from "../../middleware/session/mod.ts";
import { browser } from "../../middleware/session/testing/mod.ts";
import { Clock, SECRET } from "./test_app.ts";

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

/** The ways to keep sessions that the lesson tells apart. */
const MODES = {
  signed: () => ({}),
  encrypted: () => ({ seal: "encrypt" }),
  server: ({ now }) => ({ store: memoryStore({ now }) }),
} satisfies Record<string, (clock: Clock) => Partial<AppOptions>>;

export type Mode = keyof typeof MODES;

export const MODE_NAMES = Object.keys(MODES) as Mode[];

/** The app with sessions of this kind, and a clock that a test moves. */
export function openIn(mode: Mode) {
  const clock = new Clock();
  const options: Partial<AppOptions> = MODES[mode](clock);
  const { store, seal = "sign" } = options;
  return {
    ...openApp({ ...options, now: clock.now }),
    ...{ mode, seal, clock, isInCookie: store === undefined },
  };
}

/** The bytes of a cookie's middle part, as a text with a character for each. */
export function payloadOf(value: string): string {
  const [, payload = ""] = value.split(".");
  return atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
}
