import { type Context, Hono } from "hono";
import { CheckPage } from "../components/check_page.tsx";
import type { CodeFold } from "../components/code.tsx";
import { factsOf, type Topic, TOPICS } from "../components/facts.ts";
import type { Language } from "../components/locales/mod.ts";
import type { Mode } from "../components/mode.ts";
import { SummaryPage } from "../components/summary_page.tsx";
import { DEFAULT_LIFETIME, type Lifetime } from "../middleware/session/mod.ts";
import { trail } from "../middleware/trail.ts";
import type { AppEnv } from "../visitor.ts";
import { readForm, textField } from "./form.ts";
import { frameOf, sendPage } from "./page.ts";

export interface CheckOptions {
  readonly mode: Mode;
  readonly lifetime?: Lifetime;
  readonly code: { readonly build: CodeFold };
}

/** `/check`: six questions. `/summary`: their answers. */
export function check(options: CheckOptions): Hono<AppEnv> {
  const { mode, lifetime = DEFAULT_LIFETIME, code: { build: Build } } = options;
  return new Hono<AppEnv>()
    .get("/check", trail("check"), (c) => checkPage(c, options, {}))
    .post("/check", async (c) => {
      const form = await readForm(c);
      return checkPage(c, options, { ...form, sent: "yes" });
    })
    .get("/summary", trail("summary"), async (c) => {
      const frame = await frameOf(c);
      const { language } = frame;
      return sendPage(
        c,
        <SummaryPage
          {...frame}
          facts={factsOf(language, mode, lifetime)}
          build={<Build language={language} />}
        />,
      );
    });
}

/** The questions, with the answers that a form brought; judged when it was sent to be judged. */
export async function checkPage(
  c: Context<AppEnv>,
  { mode, lifetime = DEFAULT_LIFETIME }: Omit<CheckOptions, "code">,
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
      {...{ ...frame, chosen }}
      facts={factsOf(frame.language, mode, lifetime)}
      right={rightAnswers(mode)}
      isSent={form["sent"] === "yes"}
    />,
  );
}

/** The right answers depend on where the session is. */
function rightAnswers(mode: Mode): Record<Topic, string> {
  const isStored = mode === "server";
  return {
    holds: isStored ? "id" : "data",
    reads: { signed: "yes", encrypted: "encrypted", server: "absent" }[mode],
    changes: "refused",
    ends: isStored ? "never" : "until",
    restart: "refused",
    password: "no",
  };
}
