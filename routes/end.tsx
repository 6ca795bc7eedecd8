import { Hono } from "hono";
import type { CodeFold } from "../components/code.tsx";
import { EndPage } from "../components/end_page.tsx";
import type { Mode } from "../components/mode.ts";
import { DEFAULT_LIFETIME, type Lifetime } from "../middleware/session/mod.ts";
import { trail } from "../middleware/trail.ts";
import { PAGES } from "../pages.ts";
import type { AppEnv } from "../visitor.ts";
import { readBack } from "./form.ts";
import { cameFrom, languageOf, refusal, sendPage } from "./page.ts";

export interface EndOptions {
  readonly mode: Mode;
  readonly lifetime?: Lifetime;
  readonly code: { readonly end: CodeFold };
}

/** `/end`: how a session ends. `POST /session/end` ends it. */
export function end(
  { mode, lifetime = DEFAULT_LIFETIME, code: { end: Code } }: EndOptions,
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
          isEnded={info.isNew && c.req.query("done") === "ended" &&
            cameFrom(c, PAGES.end, PAGES.show)}
          refused={refusal(language, info)}
          code={<Code language={language} />}
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
