import { Hono } from "hono";
import { ForgetPage, ForgottenPage } from "../components/forget_page.tsx";
import type { AppEnv } from "../visitor.ts";
import { readForm } from "./form.ts";
import { requestText } from "./http_text.ts";
import { type CookieOptions, sessionCookie } from "./session_cookie.ts";
import { languageOf } from "./language_of.ts";
import { sendPage } from "./send_page.ts";

/** `/forget`: the form without a session. None of it is kept, and no session is opened. */
export function forget(options: CookieOptions): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get(
      "/forget",
      (c) =>
        sendPage(c, <ForgetPage language={languageOf(c)} name="" email="" />),
    )
    .post("/forget", async (c) => {
      await readForm(c);
      return c.redirect("/forget/show", 303);
    })
    .get("/forget/show", (c) =>
      sendPage(
        c,
        <ForgottenPage
          language={languageOf(c)}
          request={requestText(c, sessionCookie(c, options))}
          headers={[...c.req.raw.headers].length}
        />,
      ));
}
