import { Hono } from "hono";
import { setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { ForgetPage } from "../components/forget_page.tsx";
import { languages } from "../components/locales/mod.ts";
import { isHttps } from "../middleware/session/mod.ts";
import type { AppEnv } from "../visitor.ts";
import { PAGES } from "../pages.ts";
import { checkPage } from "./check.tsx";
import { readForm, textField } from "./form.ts";
import { homePage } from "./home.tsx";
import { type Lesson, sendPage } from "./page.ts";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * `POST /language`: a plain cookie, not the session, and back to where the
 * visitor was. A form that was begun comes back as it was typed or chosen.
 */
export function language(lesson: Lesson): Hono<AppEnv> {
  return new Hono<AppEnv>().post("/language", async (c) => {
    const form = await readForm(c);
    const lang = languages.find((known) => known === form["lang"]);
    if (lang === undefined) throw new HTTPException(422);
    setCookie(c, "language", lang, {
      maxAge: YEAR_SECONDS,
      path: "/",
      httpOnly: true,
      secure: isHttps(c, lesson.trustProxy),
      sameSite: "Lax",
    });
    const back = localPath(form["back"]);
    const { lang: _l, back: _b, ...answers } = form;
    if (back === PAGES.check && Object.keys(answers).length > 0) {
      return checkPage(c, lesson, form, lang);
    }
    const typed = {
      name: textField(form["name"]),
      email: textField(form["email"]),
    };
    if (typed.name === "" && typed.email === "") return c.redirect(back, 303);
    return back === PAGES.forget
      ? sendPage(c, <ForgetPage language={lang} {...typed} />)
      : await homePage(c, lesson.mode, { form, language: lang });
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
