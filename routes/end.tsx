import { Hono } from "hono";
import { EndPage } from "../components/end_page.tsx";
import type { Mode } from "../components/mode.ts";
import { DEFAULT_LIFETIME, type Lifetime } from "../middleware/session/mod.ts";
import { trail } from "../middleware/trail.ts";
import type { AppEnv } from "../visitor.ts";
import { readBack } from "./form.ts";
import {
  type CookieOptions,
  refusal,
  sessionCookie,
} from "./session_cookie.ts";
import { languageOf } from "./language_of.ts";
import { sendPage } from "./send_page.ts";

export interface EndOptions extends CookieOptions {
  readonly mode: Mode;
  readonly lifetime?: Lifetime;
}

/** `/end`: how a session ends. `POST /session/end` ends it. */
export function end(
  { mode, lifetime = DEFAULT_LIFETIME, ...options }: EndOptions,
): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get("/end", trail("end"), async (c) => {
      const { data, info } = await c.var.session();
      const language = languageOf(c);
      return sendPage(
        c,
        <EndPage
          {...{ language, mode, lifetime }}
          session={info.isNew ? null : { name: data.name }}
          isEnded={info.isNew && c.req.query("done") === "ended"}
          refused={refusal(language, info, sessionCookie(c, options))}
        />,
      );
    })
    .post("/session/end", async (c) => {
      const session = await c.var.session();
      session.destroy();
      const isOurs = await readBack(c) === "/end";
      return c.redirect(isOurs ? "/end?done=ended" : "/", 303);
    });
}
