import { type Context, Hono } from "hono";
import {
  type Attempt,
  type LabCookie,
  LabPage,
  type Verdict,
} from "../../components/lab_page.tsx";
import { trail } from "../../middleware/trail.ts";
import type { AppEnv } from "../../visitor.ts";
import { decode, join, split } from "../cookie_parts.ts";
import { readForm, textField } from "../form.ts";
import { forgetfulStore, labSecret, labServer } from "./lab_server.ts";

const VISITOR = { name: "Ada", email: "ada@example.com" };
const HOUR_SECONDS = 3600;

export interface LabOptions {
  /** The app's; the lab derives its own from them. */
  readonly secrets: readonly string[];
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** `/lab`: a cookie to forge, and why that fails. */
export function lab({ secrets, now }: LabOptions): Hono<AppEnv> {
  const own = { secrets: secrets.map(labSecret), now };
  const server = labServer(own);
  const others = {
    guessed: labServer({ ...own, secrets: ["password".repeat(4)] }),
    other: labServer({ ...own, cookieName: "basket" }),
    ended: labServer({ ...own, now: () => now() - HOUR_SECONDS }),
    encrypt: labServer({ ...own, seal: "encrypt" }),
    server: labServer({ ...own, store: forgetfulStore }),
  };

  /** The cookie value of a ready-made attempt. */
  async function attempt(name: Attempt): Promise<string> {
    const sample = await server.mint(VISITOR);
    const [version, payload = "", seal = ""] = sample.split(".");
    switch (name) {
      case "name":
        return join(decode(payload).replace(VISITOR.name, "Eve"), seal);
      case "unsealed":
        return `${version}.${payload}`;
      case "guessed":
      case "other":
      case "ended":
        return await others[name].mint(VISITOR);
      case "replay":
        return sample;
    }
  }

  async function page(
    c: Context<AppEnv>,
    form?: { payload: string; seal: string },
    tried?: { cookie: LabCookie; verdict: Verdict },
  ): Promise<Response> {
    const { data } = await c.var.session();
    const [sign, encrypt, id] = (await Promise.all(
      [server, others.encrypt, others.server].map((one) => one.mint(VISITOR)),
    )).map(split) as [LabCookie, LabCookie, LabCookie];
    return await c.html(
      <LabPage
        language={c.get("language")}
        knownAs={data.name ?? null}
        payload={form?.payload ?? decode(sign.payload)}
        seal={form?.seal ?? sign.seal}
        {...(tried && { tried })}
        samples={{ sign, encrypt, server: id }}
      />,
    );
  }

  return new Hono<AppEnv>()
    .get("/lab", trail("lab"), (c) => page(c))
    .post("/lab", async (c) => {
      const form = await readForm(c);
      const name = textField(form["attempt"]);
      if (isAttempt(name)) {
        const value = await attempt(name);
        const reason = await server.open(value);
        const verdict = name === "replay" && reason === "opened"
          ? "replayed"
          : reason;
        return await page(c, undefined, { cookie: split(value), verdict });
      }
      const payload = textField(form["payload"]).trim();
      const seal = textField(form["seal"]).trim();
      const value = join(payload, seal);
      const verdict = await server.open(value);
      // Somebody may try the cookie of a real session: it is not for showing.
      const isLive = seal !== "" && c.req.header("Cookie")?.includes(seal);
      const cookie = isLive
        ? { ...split(value), payload: "…", seal: "…" }
        : split(value);
      return await page(
        c,
        isLive ? undefined : { payload, seal },
        { cookie, verdict },
      );
    });
}

const ATTEMPTS: readonly string[] = [
  "name",
  "unsealed",
  "guessed",
  "other",
  "ended",
  "replay",
] satisfies Attempt[];

function isAttempt(name: string): name is Attempt {
  return ATTEMPTS.includes(name);
}
