import { Hono } from "hono";
import { shortName } from "../components/cycle.tsx";
import { Exchanges } from "../components/exchange.tsx";
import { ShowPage } from "../components/show_page.tsx";
import type { RejectReason } from "../middleware/session/mod.ts";
import { remember } from "../middleware/trail.ts";
import type { AppEnv } from "../visitor.ts";
import { CODE } from "./code.ts";
import { exchangesProps } from "./http_text.ts";
import { languageOf, type Lesson, sendPage } from "./page.ts";

/** `GET /show`: greets whom the session remembers. */
export function show({ mode, now }: Lesson): Hono<AppEnv> {
  return new Hono<AppEnv>().get("/show", async (c) => {
    const { data, info } = await c.var.session();
    if (data.name === undefined || data.email === undefined) {
      return c.redirect(`/?why=${why(info.rejected)}`, 303);
    }
    const { name, email } = data;
    const isChanged = await remember(c, "show");
    const language = languageOf(c);
    const seconds = Math.floor(now());
    return sendPage(
      c,
      <ShowPage
        language={language}
        {...{ mode, name, email }}
        shortName={shortName(name)}
        cookieName={info.cookieName}
        exchanges={
          <Exchanges
            {...exchangesProps(c, language, info, seconds, isChanged)}
          />
        }
        code={<CODE.show language={language} />}
      />,
    );
  });
}

function why(rejected: RejectReason | undefined): string {
  return rejected === undefined ? "none" : WHY[rejected];
}

const WHY: Readonly<Record<RejectReason, "expired" | "invalid">> = {
  expired: "expired",
  unknown: "expired",
  unproven: "expired",
  malformed: "invalid",
  "bad-seal": "invalid",
  schema: "invalid",
};
