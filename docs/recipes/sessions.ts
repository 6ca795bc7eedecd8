// The sessions that most recipes share. SESSION_SECRET: make one with `openssl rand -base64 32`.
import { session, type SessionEnvOf } from "@baton/session";
import { z } from "zod";

export const sessions = session({
  schema: z.object({
    userId: z.string().optional(),
    epoch: z.number().default(0),
    notice: z.string().optional(),
    cart: z.array(z.string()).default([]),
  }),
  secrets: [Deno.env.get("SESSION_SECRET")!],
});

export type Env = SessionEnvOf<typeof sessions>;
