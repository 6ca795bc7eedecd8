import { type Context, Hono } from "hono";
import { HomePage } from "../components/home_page.tsx";
import { type Language, locales } from "../components/locales/mod.ts";
import type { Mode } from "../components/mode.ts";
import type { UserFormErrors } from "../components/user_form.tsx";
import { trail } from "../middleware/trail.ts";
import { PAGES } from "../pages.ts";
import type { AppEnv } from "../visitor.ts";
import { textField } from "./form.ts";
import { cameFrom, languageOf, refusal, sendPage } from "./page.ts";

/** `GET /`: the form, filled in when the session knows the visitor. */
export function home(mode: Mode): Hono<AppEnv> {
  return new Hono<AppEnv>().get("/", trail("home"), async (c) => {
    const { info } = await c.var.session();
    const language = languageOf(c);
    const why = refusal(language, info) ??
      (info.isNew ? reasonOf(language, c.req.query("why")) : undefined);
    return await homePage(c, mode, { why });
  });
}

/** The text for `?why=`. */
function reasonOf(language: Language, why: string | undefined) {
  const { session: { none }, home } = locales[language];
  switch (why) {
    case "none":
      return none;
    case "expired":
    case "invalid":
      return home.why[why];
  }
}

export interface HomePageGiven {
  /** The fields as they were typed; default: those in the session. */
  readonly form?: Readonly<Record<string, string | File>>;
  readonly errors?: UserFormErrors | undefined;
  readonly why?: string | undefined;
  /** Default: the visitor's. */
  readonly language?: Language;
}

/** The page with the form. */
export async function homePage(
  c: Context<AppEnv>,
  mode: Mode,
  { form, errors, why, language = languageOf(c) }: HomePageGiven,
  status: 200 | 422 = 200,
): Promise<Response> {
  const { data } = await c.var.session();
  const { name, email } = form ?? data;
  return sendPage(
    c,
    <HomePage
      language={language}
      mode={mode}
      name={textField(name)}
      email={textField(email)}
      knownAs={data.name}
      isFirst={!cameFrom(c, PAGES.forget, "/forget/show")}
      why={why}
      errors={errors}
    />,
    status,
  );
}
