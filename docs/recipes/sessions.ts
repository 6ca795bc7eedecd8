// The sessions that most recipes share. SESSION_SECRET: make one with `openssl rand -base64 32`.
// memoryStore() is for development; docs/stores.md says which one to use instead.
import { memoryStore, session, type SessionEnvOf } from "@baton/session";
import { z } from "zod";

export const sessions = session({
  schema: z.object({
    userId: z.string().optional(),
    epoch: z.number().default(0),
    device: z.string().default(""),
    notice: z.string().optional(),
    nonce: z.string().optional(),
    cart: z.array(z.string()).default([]),
  }),
  secrets: [Deno.env.get("SESSION_SECRET")!],
  store: memoryStore(),
  owner: ({ userId }) => userId, // the store keeps only a hash of it
});

export type Env = SessionEnvOf<typeof sessions>;
