import { type Context, Hono } from "hono";
import {
  SecretPage,
  type SecretPageProps,
} from "../../components/lab/secret_page.tsx";
import { trail } from "../../middleware/trail.ts";
import type { AppEnv } from "../../visitor.ts";
import { split } from "../cookie_parts.ts";
import { readForm, textField } from "../form.ts";
import {
  type LabOptions,
  labSecret,
  type LabServer,
  labServer,
} from "./lab_server.ts";
import { frameOf, sendPage } from "../page.ts";

/** The word that the learner is to guess: the key is made from it, as sessions refuse a secret like this. */
const WEAK_KEY = "qwerty";
const GUESS_CHARACTERS = 64;
/** Whom the learner's cookie is for. */
const NAME = "Eve";

/** `/lab/secret`: a server whose key can be guessed, beside one whose key cannot. */
export function secret(own: LabOptions): Hono<AppEnv> {
  const strong = labServer(own);
  const weak = labServer({ ...own, secrets: [labSecret(WEAK_KEY)] });

  const page = async (
    c: Context<AppEnv>,
    done: Pick<SecretPageProps, "guess" | "tried">,
  ) => sendPage(c, <SecretPage {...await frameOf(c)} {...done} />);

  return new Hono<AppEnv>()
    .get(
      "/lab/secret",
      trail("secret"),
      (c) => page(c, { guess: "" }),
    )
    .post("/lab/secret", async (c) => {
      const form = await readForm(c);
      const guess = textField(form["guess"]).trim().slice(0, GUESS_CHARACTERS);
      if (guess === "") return page(c, { guess });
      const forger = labServer({ ...own, secrets: [labSecret(guess)] });
      const value = await forger.mint({ name: NAME });
      const tried = {
        cookie: split(value),
        weak: await answerOf(weak, value),
        strong: await answerOf(strong, value),
      };
      return page(c, { guess, tried });
    });
}

async function answerOf(server: LabServer, value: string) {
  const { name: greeted, rejected } = await server.open(value);
  return { greeted, verdict: rejected ?? "opened" as const };
}
