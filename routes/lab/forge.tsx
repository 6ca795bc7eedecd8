import { type Context, Hono } from "hono";
import type { CookieParts } from "../../components/cookie_text.tsx";
import {
  ATTEMPTS,
  ForgePage,
  type ForgePageProps,
  LAB_KINDS,
  type LabKind,
} from "../../components/lab/forge_page.tsx";
import type { Verdict } from "../../components/lab/frame.tsx";
import { isHttps, memoryStore } from "../../middleware/session/mod.ts";
import { trail } from "../../middleware/trail.ts";
import type { AppEnv } from "../../visitor.ts";
import { payloadOf, split, textOf } from "../cookie_parts.ts";
import { readForm, textField } from "../form.ts";
import { type LabOptions, type LabServer, labServer } from "./lab_server.ts";
import { unsealedServer } from "./unsealed_server.ts";
import { frameOf, sendPage } from "../page.ts";

const ADA = { name: "Ada", email: "ada@example.com" };
/** Sessions in the storage of the lab's server; the oldest ones go first. */
const SESSIONS = 1000;

const HIDDEN: CookieParts = { version: "v1", payload: "…", seal: "…" };

/** `/lab`: a cookie to change, and what the server makes of it. */
export function forge(
  { trustProxy, ...own }: LabOptions,
): Hono<AppEnv> {
  const store = memoryStore({ limit: SESSIONS, now: own.now });
  const signed = labServer(own);
  const servers: Record<LabKind, LabServer> = {
    ...{ none: unsealedServer, signed, copy: signed },
    encrypted: labServer({ ...own, seal: "encrypt" }),
    server: labServer({ ...own, store }),
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
      const attempt = ATTEMPTS.find((known) => known === form["attempt"]);
      if (attempt === "replay") await server.logout(original);
      const value = attempt === undefined ? typed(kind, form) : original;
      const opened = await server.open(value);
      const verdict = opened.rejected ?? verdictOf(kind, attempt);
      // Somebody may try the cookie of a real session: it is not for showing.
      const isHidden = isLive(c, value);
      const sent = isHidden ? HIDDEN : partsOf(kind, value);
      const greeted = isHidden ? undefined : opened.name;
      const shown = isHidden ? original : value;
      return await page(c, kind, original, { sent, verdict, greeted }, shown);
    });
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
  return seal === "" ? `v1.${payload}` : `v1.${payload}.${seal}`;
}

/** Of a cookie that opened a session. */
function verdictOf(
  kind: LabKind,
  attempt: typeof ATTEMPTS[number] | undefined,
): Verdict {
  if (kind === "none") return "unchecked";
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
