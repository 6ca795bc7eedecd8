import { type Context, Hono } from "hono";
import type { CookieParts } from "../../components/cookie_text.tsx";
import {
  type Attempt,
  ForgePage,
  type ForgePageProps,
  LAB_KINDS,
  type LabKind,
  type Verdict,
} from "../../components/lab/forge_page.tsx";
import { locales } from "../../components/locales/mod.ts";
import { isHttps, memoryStore } from "../../middleware/session/mod.ts";
import { trail } from "../../middleware/trail.ts";
import type { AppEnv } from "../../visitor.ts";
import { join, payloadOf, split, textOf } from "../cookie_parts.ts";
import { readForm, textField } from "../form.ts";
import {
  type LabOptions,
  labSecret,
  type LabServer,
  labServer,
  type LabServerOptions,
} from "./lab_server.ts";
import { unsealedServer } from "./unsealed_server.ts";
import { frameOf, sendPage } from "../page.ts";

const ADA = { name: "Ada", email: "ada@example.com" };
/** Ended a while ago, and not so long that a store has forgotten it. */
const OLD_SECONDS = 50 * 60;
/** Sessions in the storage of the lab's server; the oldest ones go first. */
const SESSIONS = 1000;

const HIDDEN: CookieParts = { version: "v1", payload: "…", seal: "…" };

/** `/lab`: a cookie to change, and what the server makes of it. */
export function forge(
  { trustProxy = false, ...own }: LabOptions,
): Hono<AppEnv> {
  const store = memoryStore({ limit: SESSIONS, now: own.now });
  const options: Record<LabKind, Own> = {
    ...{ none: own, signed: own, copy: own },
    encrypted: { ...own, seal: "encrypt" },
    server: { ...own, store },
  };
  const signed = labServer(own);
  const servers: Record<LabKind, LabServer> = {
    ...{ none: unsealedServer, signed, copy: signed },
    encrypted: labServer(options.encrypted),
    server: labServer(options.server),
  };

  /** `shown` is the cookie value that stands in the form. */
  async function page(
    c: Context<AppEnv>,
    kind: LabKind,
    originalValue: string,
    tried?: ForgePageProps["tried"],
    shown = originalValue,
  ): Promise<Response> {
    const { payload, seal } = partsOf(kind, shown);
    return sendPage(
      c,
      <ForgePage
        {...await frameOf(c)}
        isSecure={isHttps(c, trustProxy)}
        kind={kind}
        original={partsOf(kind, originalValue)}
        originalValue={originalValue}
        text={kind === "encrypted" ? payload : textOf(payload)}
        seal={seal}
        {...(tried && { tried })}
      />,
    );
  }

  return new Hono<AppEnv>()
    .get("/lab", trail("lab"), async (c) => {
      const kind = kindOf(c.req.query("kind")) ?? "none";
      return await page(c, kind, await servers[kind].mint(ADA));
    })
    .post("/lab", async (c) => {
      const form = await readForm(c);
      const kind = kindOf(form["kind"]) ?? "signed";
      const server = servers[kind];
      const original = await stillOpens(server, textField(form["original"]));
      const name = textField(form["attempt"]);
      const value = isAttempt(name)
        ? await attempt(name, original, kind, options[kind])
        : typed(kind, form);
      const opened = await server.open(value);
      const verdict = opened.rejected === undefined
        ? verdictOf(kind, name, opened.name)
        : opened.rejected;
      // Somebody may try the cookie of a real session: it is not for showing.
      const isHidden = isLive(c, value);
      const sent = isHidden ? HIDDEN : partsOf(kind, value);
      const greeted = isHidden || opened.rejected !== undefined
        ? undefined
        : opened.name;
      const shown = isHidden || isAttempt(name) ? original : value;
      return await page(c, kind, original, { sent, verdict, greeted }, shown);
    });
}

type Own = LabOptions & LabServerOptions;

/** The cookie value that a ready-made attempt sends. */
async function attempt(
  name: Attempt,
  original: string,
  kind: LabKind,
  own: Own,
): Promise<string> {
  if (kind === "none") return altered(kind, original);
  const cookie = split(original);
  const mint = (other: Partial<Own>) =>
    labServer({ ...own, ...other }).mint(ADA);
  switch (name) {
    case "name":
      return join({ ...cookie, payload: altered(kind, cookie.payload) });
    case "unsealed":
      return join({ ...cookie, seal: "" });
    case "guessed":
      return await mint({ secrets: [labSecret("password")] });
    case "other":
      return await mint({ cookieName: "basket" });
    case "ended":
      return await mint({ now: () => own.now() - OLD_SECONDS });
    case "replay":
      await labServer(own).logout(original);
      return original;
    case "copy":
      return original;
  }
}

/** Another name, where there is one to read; otherwise another character. */
function altered(kind: LabKind, payload: string): string {
  const text = kind === "encrypted" ? "" : textOf(payload);
  if (text.includes(ADA.name)) return payloadOf(text.replace(ADA.name, "Eve"));
  const at = 10;
  const other = payload[at] === "A" ? "B" : "A";
  return payload.slice(0, at) + other + payload.slice(at + 1);
}

/** The cookie that the page began with, as long as it is good for anything; then another one. */
async function stillOpens(server: LabServer, value: string): Promise<string> {
  if (server === unsealedServer) return await server.mint(ADA);
  const { rejected } = await server.open(value);
  return rejected === undefined ? value : await server.mint(ADA);
}

/** The cookie value that stands in the form. */
function typed(kind: LabKind, form: Record<string, string | File>): string {
  const text = textField(form["payload"]).trim();
  const seal = textField(form["seal"]).trim();
  if (kind === "none") return payloadOf(text);
  const payload = kind === "encrypted" ? text : payloadOf(text);
  return join({ version: "v1", payload, seal });
}

function verdictOf(kind: LabKind, attempt: string, greeted: string): Verdict {
  if (kind === "none") return greeted === ADA.name ? "unchecked" : "forged";
  if (attempt === "copy") return "copied";
  return attempt === "replay" ? "replayed" : "opened";
}

function partsOf(kind: LabKind, value: string): CookieParts {
  return kind === "none"
    ? { version: "", payload: value, seal: "" }
    : split(value);
}

/** Whether some of this value is in a cookie that the browser brought. */
function isLive(c: Context, value: string): boolean {
  const header = c.req.header("Cookie") ?? "";
  return value.split(".").some((part) =>
    part.length > 8 && header.includes(part)
  );
}

function kindOf(kind: unknown): LabKind | undefined {
  return LAB_KINDS.find((known) => known === kind);
}

function isAttempt(name: string): name is Attempt {
  return Object.hasOwn(locales.en.lab.attempt, name);
}
