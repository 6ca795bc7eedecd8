import { Hono } from "hono";
import { SecretPage } from "../../components/lab/secret_page.tsx";
import type { AppEnv } from "../../visitor.ts";
import { split } from "../cookie_parts.ts";
import { readForm, textField } from "../form.ts";
import { labServer } from "./lab_server.ts";
import type { LabOptions } from "./mod.ts";
import { languageOf } from "../language_of.ts";
import { sendPage } from "../send_page.ts";

/** The key that the learner is to guess. */
const WEAK_KEY = "qwerty";
/** Sessions refuse a shorter secret. */
const KEY_CHARACTERS = 32;
const GUESS_CHARACTERS = 64;
const NAME_CHARACTERS = 100;

/** `/lab/secret`: a server whose key can be guessed, beside one whose key cannot. */
export function secret(own: LabOptions): Hono<AppEnv> {
  const strong = labServer(own);
  const weak = labServer({ ...own, secrets: [stretched(WEAK_KEY)] });

  return new Hono<AppEnv>()
    .get(
      "/lab/secret",
      (c) =>
        sendPage(
          c,
          <SecretPage language={languageOf(c)} guess="" name="Eve" />,
        ),
    )
    .post("/lab/secret", async (c) => {
      const form = await readForm(c);
      const guess = textField(form["guess"]).trim().slice(0, GUESS_CHARACTERS);
      const name = [...textField(form["be"]).trim()].slice(0, NAME_CHARACTERS)
        .join("");
      const language = languageOf(c);
      if (guess === "") {
        return sendPage(c, <SecretPage {...{ language, guess, name }} />);
      }
      const forger = labServer({ ...own, secrets: [stretched(guess)] });
      const value = await forger.mint({ name });
      const [byWeak, byStrong] = await Promise.all([
        weak.open(value),
        strong.open(value),
      ]);
      const tried = {
        cookie: split(value),
        weak: byWeak.rejected === undefined ? byWeak.name : undefined,
        strong: byStrong.rejected === undefined ? byStrong.name : undefined,
      };
      return sendPage(c, <SecretPage {...{ language, guess, name, tried }} />);
    });
}

/** Written again and again until it is long enough, as the weak server's owner did. */
function stretched(word: string): string {
  return word.repeat(Math.ceil(KEY_CHARACTERS / word.length))
    .slice(0, Math.max(KEY_CHARACTERS, word.length));
}
