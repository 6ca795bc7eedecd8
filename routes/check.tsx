import { type Context, Hono } from "hono";
import { CheckPage } from "../components/check_page.tsx";
import { type Topic, TOPICS } from "../components/facts.ts";
import type { Language } from "../components/locales/mod.ts";
import { SummaryPage } from "../components/summary_page.tsx";
import { trail } from "../middleware/trail.ts";
import type { AppEnv } from "../visitor.ts";
import { CODE } from "./code.ts";
import { readForm, textField } from "./form.ts";
import { frameOf, type Lesson, sendPage } from "./page.ts";

/** `/check`: six questions. `/summary`: their answers. */
export function check(lesson: Lesson): Hono<AppEnv> {
  const { mode } = lesson;
  return new Hono<AppEnv>()
    .get("/check", trail("check"), (c) => checkPage(c, lesson, {}))
    .post("/check", async (c) => {
      const form = await readForm(c);
      return checkPage(c, lesson, { ...form, sent: "yes" });
    })
    .get("/summary", trail("summary"), async (c) => {
      const frame = await frameOf(c);
      const build = <CODE.build language={frame.language} />;
      return sendPage(c, <SummaryPage {...frame} {...{ mode, build }} />);
    });
}

/** The questions, with the answers that a form brought; judged when it was sent to be judged. */
export async function checkPage(
  c: Context<AppEnv>,
  { mode }: Lesson,
  form: Record<string, string | File>,
  chosenLanguage?: Language,
): Promise<Response> {
  const frame = await frameOf(c, chosenLanguage);
  const chosen = Object.fromEntries(
    TOPICS.map((topic) => [topic, textField(form[topic])]),
  ) as Record<Topic, string>;
  return sendPage(
    c,
    <CheckPage
      {...frame}
      {...{ mode, chosen }}
      isSent={form["sent"] === "yes"}
    />,
  );
}
