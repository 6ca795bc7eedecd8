// The lab's own little server: the real session middleware, with a secret that nothing else uses.
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Hono } from "hono";
import * as z from "zod";
import {
  type RejectReason,
  type Session,
  session,
  type SessionEnv,
  type SessionOptions,
} from "../../middleware/session/mod.ts";
import type { Lesson } from "../page.ts";

export interface LabOptions extends Pick<Lesson, "now" | "trustProxy"> {
  /** The app's; the lab derives its own from them. */
  readonly secrets: readonly string[];
}

const schema = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  text: z.string().optional(),
});

export type Sample = z.output<typeof schema>;

/** The result for a cookie value: the name that the server greets, or the reason why it greets none. */
export type Opened =
  | { readonly name: string; readonly rejected?: undefined }
  | { readonly name?: undefined; readonly rejected: RejectReason };

type LabServerOptions =
  & Partial<Omit<SessionOptions<typeof schema>, "schema">>
  & Pick<SessionOptions<typeof schema>, "secrets">;

/** A secret for the lab alone, made from the app's, or from a word: knowing all of its cookies tells nothing about the app's. */
export function labSecret(secret: string): string {
  const utf8 = (text: string) => new TextEncoder().encode(text);
  const key = hkdf(sha256, utf8(secret), undefined, utf8("baton v1 lab"), 32);
  return bytesToHex(key);
}

/** No header may hold just anything. */
const COOKIE_VALUE = /^[\w.-]*$/;

export type LabServer = ReturnType<typeof labServer>;

export function labServer(options: LabServerOptions) {
  const { cookieName = "lab" } = options;
  let app: ReturnType<typeof labApp> | undefined;
  /** The answer to a request with this cookie value, which does this with its session. */
  const ask = (value: string, use: Use) => {
    // Made for the first visitor: the app's start need not wait for eight of them.
    app ??= labApp({ ...options, cookieName });
    const headers = { cookie: `${cookieName}=${value}` };
    return app.request("/", { headers }, { use });
  };

  return {
    /** A cookie value whose session holds this. Throws a SessionTooLargeError when it does not fit. */
    async mint(data: Sample): Promise<string> {
      const minted = await ask("", (session) => session.update(data));
      const [line = ""] = minted.headers.getSetCookie();
      return /^[^=]+=([^;]*)/.exec(line)?.[1] ?? "";
    },
    async open(value: string): Promise<Opened> {
      let opened: Opened = { rejected: "malformed" };
      if (!COOKIE_VALUE.test(value)) return opened;
      await ask(value, ({ data: { name = "" }, info }) => {
        if (!info.isNew) opened = { name };
        else if (info.rejected) opened = { rejected: info.rejected };
      });
      return opened;
    },
    /** Ends the session of a cookie value, as its visitor would. */
    async logout(value: string): Promise<void> {
      await ask(value, (session) => session.destroy());
    },
  };
}

type Use = (session: Session<Sample>) => void;

function labApp(options: LabServerOptions) {
  const app = new Hono<SessionEnv<Sample> & { Bindings: { use: Use } }>();
  app.use(session({ ...options, schema }));
  app.onError((error) => {
    throw error;
  });
  return app.get("/", async (c) => {
    c.env.use(await c.var.session());
    return c.body(null, 204);
  });
}
