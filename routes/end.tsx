import { type Context, Hono } from "hono";
import { EndPage } from "../components/end_page.tsx";
import { trail } from "../middleware/trail.ts";
import { PAGES } from "../pages.ts";
import type { AppEnv } from "../visitor.ts";
import { CODE } from "./code.ts";
import {
  cameFrom,
  languageOf,
  type Lesson,
  refusal,
  sendPage,
} from "./page.ts";

/** `/end`: how a session ends. `POST /session/end` ends it. */
export function end({ mode, lifetime }: Lesson): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get("/end", trail("end"), async (c) => {
      const { data, info } = await c.var.session();
      const language = languageOf(c);
      return sendPage(
        c,
        <EndPage
          {...{ language, mode, lifetime }}
          session={info.isNew ? null : { name: data.name }}
          isEnded={info.isNew && c.req.query("done") === "ended" && isOurs(c)}
          refused={refusal(language, info)}
          code={<CODE.end language={language} />}
        />,
      );
    })
    .post("/session/end", async (c) => {
      const session = await c.var.session();
      session.destroy();
      return c.redirect(isOurs(c) ? "/end?done=ended" : "/", 303);
    });
}

/** Whether a button on one of these pages was pressed. */
function isOurs(c: Context): boolean {
  return cameFrom(c, PAGES.end, PAGES.show);
}
