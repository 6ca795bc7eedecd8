import { Hono } from "hono";
import { ForgetPage, ForgottenPage } from "../components/forget_page.tsx";
import { cookieName } from "../middleware/session/cookie/cookie.ts";
import { isHttps } from "../middleware/session/mod.ts";
import type { AppEnv } from "../visitor.ts";
import { readForm } from "./form.ts";
import { requestText } from "./http_text.ts";
import { languageOf, type Lesson, sendPage } from "./page.ts";

/** `/forget`: the form without a session. None of it is kept, and no session is opened. */
export function forget(
  { cookieName: name, trustProxy }: Lesson,
): Hono<AppEnv> {
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
          request={requestText(c, cookieName(name, isHttps(c, trustProxy)))}
        />,
      ));
}
