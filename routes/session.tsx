import { type Context, Hono } from "hono";
import { type SessionFacts, SessionPage } from "../components/session_page.tsx";
import { readCookies } from "../middleware/session/cookie/cookie.ts";
import type { SessionInfo } from "../middleware/session/mod.ts";
import { remember } from "../middleware/trail.ts";
import { PAGES } from "../pages.ts";
import type { AppEnv, Visitor } from "../visitor.ts";
import { shorten, split, textOf } from "./cookie_parts.ts";
import { idleSeconds, isSaved } from "./http_text.ts";
import {
  cameFrom,
  languageOf,
  type Lesson,
  refusal,
  sendPage,
} from "./page.ts";

/** `/session`: the inspector, and another id. */
export function inspector(
  { mode, lifetime, now: clock }: Lesson,
): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get("/session", async (c) => {
      const { data, info } = await c.var.session(); // as the cookie brought it, without this visit
      const isChanged = await remember(c, "session");
      const now = Math.floor(clock());
      return sendPage(
        c,
        <SessionPage
          {...{ mode, lifetime }}
          language={languageOf(c)}
          refused={refusal(languageOf(c), info)}
          isRenewed={c.req.query("done") === "renewed" &&
            cameFrom(c, PAGES.session)}
          session={info.isNew ? null : factsOf(c, data, info, now, isChanged)}
        />,
      );
    })
    .post("/session/renew", async (c) => {
      const session = await c.var.session();
      session.regenerate();
      const isOurs = cameFrom(c, PAGES.session);
      return c.redirect(isOurs ? "/session?done=renewed" : "/session", 303);
    });
}

function factsOf(
  c: Context,
  data: Visitor,
  info: SessionInfo,
  now: number,
  isChanged: boolean,
): SessionFacts {
  const { createdAt: began, usedAt: used, endsAt, cookieName, seal } = info;
  const cookie = split(openedValue(c, info));
  const idle = isSaved(info, now, isChanged)
    ? now + idleSeconds(info)
    : endsAt.idle;
  return {
    name: data.name,
    data,
    seal,
    cookie: {
      version: cookie.version,
      payload: shorten(cookie.payload),
      seal: shorten(cookie.seal),
    },
    cookieName,
    ...{ bytes: info.bytes, limit: info.limit },
    times: { began, used, now, idle, absolute: endsAt.absolute },
  };
}

/** The cookie that opened the session: of several with its name, the one that holds its id. */
function openedValue(c: Context, { cookieName, id, seal }: SessionInfo) {
  const values = readCookies(c, cookieName);
  const holdsId = (value: string) => {
    try {
      return textOf(split(value).payload).includes(id);
    } catch {
      return false;
    }
  };
  return (seal === "encrypt" ? values[0] : values.find(holdsId)) ?? "";
}
