// The lab's own little server: the real session middleware, with a secret that nothing else uses.
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Hono } from "hono";
import * as z from "zod";
import {
  type RejectReason,
  session,
  type SessionEnv,
  type SessionOptions,
  type SessionStore,
} from "../../middleware/session/mod.ts";

/** A cookie's name and value (RFC 6265bis, 5.6). */
const COOKIE_BYTES = 4096;

const schema = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
});

type Sample = z.output<typeof schema>;

export interface LabServer {
  /** A cookie value whose session holds this. */
  mint(data: Sample): Promise<string>;
  /** What comes of a cookie value. */
  open(value: string): Promise<RejectReason | "opened">;
}

export type LabServerOptions =
  & Partial<Omit<SessionOptions<typeof schema>, "schema">>
  & Pick<SessionOptions<typeof schema>, "secrets">;

/** A secret for the lab alone: knowing all of its cookies tells nothing about the app's. */
export function labSecret(secret: string): string {
  const utf8 = (text: string) => new TextEncoder().encode(text);
  const key = hkdf(sha256, utf8(secret), undefined, utf8("baton v1 lab"), 32);
  return bytesToHex(key);
}

export function labServer(options: LabServerOptions): LabServer {
  const { cookieName = "lab" } = options;
  const app = new Hono<SessionEnv<Sample>>();
  app.use(session({ ...options, schema, cookieName }));
  app.post("/", async (c) => {
    const data: Sample = await c.req.json();
    (await c.var.session()).update(data);
    return c.body(null, 204);
  });
  app.get("/", async (c) => {
    const { info } = await c.var.session();
    return c.text(info.rejected ?? (info.isNew ? "malformed" : "opened"));
  });
  return {
    async mint(data) {
      const body = JSON.stringify(data);
      const minted = await app.request("/", { method: "POST", body });
      const [line = ""] = minted.headers.getSetCookie();
      return /^[^=]+=([^;]*)/.exec(line)?.[1] ?? "";
    },
    async open(value) {
      if (value.length > COOKIE_BYTES) return "malformed"; // no browser would keep it
      if (!/^[\w.-]*$/.test(value)) return "malformed"; // no header may hold just anything
      const headers = { cookie: `${cookieName}=${value}` };
      const answer = await app.request("/", { headers });
      return await answer.text() as RejectReason | "opened";
    },
  };
}

/** Says that it keeps a session, for a sample of what the cookie of such a store looks like. */
export const forgetfulStore: SessionStore = {
  kind: "server",
  load: () => Promise.resolve(null),
  save: ({ key, generation }) => Promise.resolve(`${key}.${generation}`),
  delete: () => Promise.resolve(),
  ping: () => Promise.resolve(),
};
