import { type Context, Hono } from "hono";
import { CheckPage } from "../components/check_page.tsx";
import { factsOf, type Topic, TOPICS } from "../components/facts.ts";
import type { Mode } from "../components/mode.ts";
import { SummaryPage } from "../components/summary_page.tsx";
import { DEFAULT_LIFETIME, type Lifetime } from "../middleware/session/mod.ts";
import type { AppEnv } from "../visitor.ts";
import { readForm, textField } from "./form.ts";
import { languageOf } from "./language_of.ts";
import { sendPage } from "./send_page.ts";

export interface CheckOptions {
  readonly mode: Mode;
  readonly lifetime?: Lifetime;
}

/** `/check`: six questions. `/summary`: their answers. Neither needs a session. */
export function check(
  { mode, lifetime = DEFAULT_LIFETIME }: CheckOptions,
): Hono<AppEnv> {
  const page = (c: Context<AppEnv>, chosen?: Record<Topic, string>) => {
    const language = languageOf(c);
    return sendPage(
      c,
      <CheckPage
        language={language}
        facts={factsOf(language, mode, lifetime)}
        right={RIGHT[mode]}
        {...(chosen && { chosen })}
      />,
    );
  };

  return new Hono<AppEnv>()
    .get("/check", (c) => page(c))
    .post("/check", async (c) => {
      const form = await readForm(c);
      const chosen = Object.fromEntries(
        TOPICS.map((topic) => [topic, textField(form[topic])]),
      ) as Record<Topic, string>;
      return page(c, chosen);
    })
    .get("/summary", (c) => {
      const language = languageOf(c);
      const facts = factsOf(language, mode, lifetime);
      return sendPage(c, <SummaryPage {...{ language, mode, facts }} />);
    });
}

const EVERYWHERE = { changes: "refused", secret: "seal" } as const;

/** The right answers: what is true depends on where the session is. */
const RIGHT: Readonly<Record<Mode, Readonly<Record<Topic, string>>>> = {
  signed: {
    ...EVERYWHERE,
    ...{ holds: "data", reads: "yes", where: "browser", ends: "until" },
  },
  encrypted: {
    ...EVERYWHERE,
    ...{ holds: "data", reads: "encrypted", where: "browser", ends: "until" },
  },
  server: {
    ...EVERYWHERE,
    ...{ holds: "id", reads: "absent", where: "store", ends: "never" },
  },
};
