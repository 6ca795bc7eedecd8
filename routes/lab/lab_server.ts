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

export interface LabOptions {
  /** The app's; the lab derives its own from them. */
  readonly secrets: readonly string[];
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** As the option of `session()`. */
  readonly trustProxy?: boolean;
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
  | { readonly rejected: LabReason };

/** Nothing is bound to a device here, and all data under a seal is the lab's own. */
type LabReason = Exclude<RejectReason, "unproven" | "schema">;

export interface LabServer {
  /** A cookie value whose session holds this. Throws a SessionTooLargeError when it does not fit. */
  mint(data: Sample): Promise<string>;
  open(value: string): Promise<Opened>;
  /** Ends the session of a cookie value, as its visitor would. */
  logout(value: string): Promise<void>;
}

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

export function labServer(options: LabServerOptions): LabServer {
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
    async mint(data) {
      const minted = await ask("", (session) => session.update(data));
      const [line = ""] = minted.headers.getSetCookie();
      return /^[^=]+=([^;]*)/.exec(line)?.[1] ?? "";
    },
    async open(value) {
      let opened: Opened = { rejected: "malformed" };
      if (!COOKIE_VALUE.test(value)) return opened;
      await ask(value, ({ data: { name = "" }, info }) => {
        const rejected = info.rejected as LabReason | undefined;
        if (!info.isNew) opened = { name };
        else if (rejected !== undefined) opened = { rejected };
      });
      return opened;
    },
    async logout(value) {
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
