import { Hono } from "hono";
import { setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import * as z from "zod";
import { type Language, languages } from "../components/locales/mod.ts";
import { isHttps } from "../middleware/session/mod.ts";
import type { AppEnv } from "../visitor.ts";
import { readForm } from "./form.ts";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

const choice = z.object({ lang: z.enum(languages as [Language]) });

/** `POST /language`: a plain cookie, not the session, and back to where the visitor was. */
export function language(trustProxy = false): Hono<AppEnv> {
  return new Hono<AppEnv>().post("/language", async (c) => {
    const form = await readForm(c);
    const chosen = choice.safeParse(form);
    if (!chosen.success) throw new HTTPException(422);
    setCookie(c, "language", chosen.data.lang, {
      maxAge: YEAR_SECONDS,
      path: "/",
      httpOnly: true,
      secure: isHttps(c, trustProxy),
      sameSite: "Lax",
    });
    return c.redirect(localPath(form["back"]), 303);
  });
}

/** Never another site's address: a redirect to wherever a form says would be a gift to phishers. */
function localPath(back: unknown): string {
  const here = "http://here.invalid";
  if (typeof back !== "string" || !URL.canParse(back, here)) return "/";
  const url = new URL(back, here);
  const path = url.pathname + url.search;
  // "/.//evil" parses to the path "//evil", which a browser takes for a host.
  return url.origin === here && !path.startsWith("//") ? path : "/";
}
