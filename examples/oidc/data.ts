// The data of a session.
import { z } from "zod";

export const schema = z.object({
  cart: z.array(z.string()).catch([]).default([]),
  /** Sign-ins on their way, to be compared with what comes back; `to` is the page to go to then. */
  pending: z.array(z.object({
    state: z.string(),
    nonce: z.string(),
    verifier: z.string(),
    to: z.string(),
  })).default([]),
  user: z.object({ sub: z.string(), name: z.string() }).optional(),
  /** The provider's name for its own session. */
  sid: z.string().optional(),
  /** `endsAt`: of the access token, in seconds since the epoch. */
  tokens: z.object({
    access: z.string(),
    refresh: z.string().optional(),
    endsAt: z.number(),
  }).optional(),
  /** The request that refreshes the tokens, and until when the others believe it. */
  refreshing: z.object({ by: z.string(), until: z.number() }).optional(),
});

export type Data = z.output<typeof schema>;
export type Pending = Data["pending"][number];
export type User = NonNullable<Data["user"]>;
export type Tokens = NonNullable<Data["tokens"]>;
