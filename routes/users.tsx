import { Hono } from "hono";
import * as z from "zod";
import type { Mode } from "../components/mode.ts";
import type { UserFormErrors } from "../components/user_form.tsx";
import type { Log } from "../middleware/log.ts";
import type { AppEnv } from "../visitor.ts";
import { isEmail, isShortEmail, shownEmail } from "./email.ts";
import { readForm } from "./form.ts";
import { homePage } from "./home.tsx";

/** Code points. */
const NAME_LENGTH = 100;
/** Code points that NFC may turn into one. */
const LONGEST_DECOMPOSITION = 4;
const CONTROL = /\p{Cc}/u;
/** Anything but what Unicode leaves blank: a few signs have no property that says so. */
const VISIBLE =
  /[^\p{Default_Ignorable_Code_Point}\p{White_Space}\u2800\ufff9-\ufffb\u{1d159}]/u;

/** Each issue's message is the key of its text in the form's dictionary. */
const userSchema = z.object({
  name: z.string("missing").trim()
    .refine((name) => VISIBLE.test(name), { error: "missing", abort: true })
    // normalize() is quadratic in combining marks, so the length comes first.
    .refine((name) => isWithin(name, NAME_LENGTH * LONGEST_DECOMPOSITION), {
      error: "long",
      abort: true,
    })
    .normalize("NFC")
    .refine((name) => isWithin(name, NAME_LENGTH), {
      error: "long",
      abort: true,
    })
    .refine((name) => !CONTROL.test(name), { error: "control" }),
  email: z.string("missing").trim()
    .refine((email) => email !== "", { error: "missing", abort: true })
    .refine(isShortEmail, { error: "long", abort: true })
    .refine(isEmail, { error: "wrong", abort: true })
    .normalize("NFC")
    .transform(shownEmail),
});

function isWithin(text: string, codePoints: number): boolean {
  return text.length <= 2 * codePoints && [...text].length <= codePoints;
}

/** `POST /users`: a valid form begins a new session; an invalid one comes back with its errors. */
export function users(mode: Mode, log: Log): Hono<AppEnv> {
  return new Hono<AppEnv>().post("/users", async (c) => {
    const form = await readForm(c);
    const user = userSchema.safeParse(form);
    if (!user.success) {
      const errors = Object.fromEntries(
        user.error.issues.map(({ path: [field], message }) => [field, message]),
      ) as UserFormErrors;
      return await homePage(c, mode, { form, errors }, 422);
    }
    const session = await c.var.session();
    log("Got Post Info", { event: "post", requestId: c.get("requestId") });
    session.restart({ keep: [] }); // a cookie that was planted or copied before never opens it
    session.update({ ...user.data, trail: ["show"] });
    return c.redirect("/show", 303);
  });
}
