import { type Context, Hono } from "hono";
import {
  LimitsPage,
  type LimitsPageProps,
  type ShortLived,
} from "../../components/lab/limits_page.tsx";
import {
  memoryStore,
  SessionTooLargeError,
} from "../../middleware/session/mod.ts";
import { trail } from "../../middleware/trail.ts";
import type { AppEnv } from "../../visitor.ts";
import { split } from "../cookie_parts.ts";
import { readForm, textField } from "../form.ts";
import { type LabOptions, labServer } from "./lab_server.ts";
import { frameOf, sendPage } from "../page.ts";

const LIFETIME_SECONDS = 30;
const LONG_TEXT = "x".repeat(5000);

/** `/lab/limits`: a session of 30 seconds, and a text that fits in no cookie. */
export function limits(own: LabOptions): Hono<AppEnv> {
  const short = labServer({
    ...own,
    cookieName: "short",
    lifetime: { idle: LIFETIME_SECONDS, absolute: LIFETIME_SECONDS },
  });
  const inCookie = labServer(own);
  const inStore = labServer({
    ...own,
    store: memoryStore({ limit: 1, now: own.now }),
  });
  const page = async (
    c: Context<AppEnv>,
    done: Pick<LimitsPageProps, "shortLived" | "filled"> = {},
  ) => sendPage(c, <LimitsPage {...await frameOf(c)} {...done} />);

  async function use(value: string): Promise<ShortLived> {
    const { rejected: verdict = "opened" } = await short.open(value);
    const isOurs = verdict === "opened" || verdict === "expired";
    const shown = isOurs ? value : "";
    return { value: shown, cookie: split(shown), verdict };
  }

  async function fill() {
    const data = { name: "Ada", text: LONG_TEXT };
    const value = await inStore.mint(data);
    try {
      await inCookie.mint(data);
      throw new Error("5,000 characters fit in a cookie");
    } catch (error) {
      if (!(error instanceof SessionTooLargeError)) throw error;
      const { bytes, limit } = error;
      return { bytes, limit, idBytes: "lab".length + value.length };
    }
  }

  return new Hono<AppEnv>()
    .get("/lab/limits", trail("limits"), (c) => page(c))
    .post("/lab/limits", async (c) => {
      const form = await readForm(c);
      switch (textField(form["do"])) {
        case "make": {
          const value = await short.mint({ name: "Ada" });
          return page(c, { shortLived: { value, cookie: split(value) } });
        }
        case "use":
          return page(c, { shortLived: await use(textField(form["cookie"])) });
        case "fill":
          return page(c, { filled: await fill() });
        default:
          return page(c);
      }
    });
}
