// What a session holds.
import { z } from "zod";

const tokens = z.object({
  access: z.string(),
  refresh: z.string().optional(),
  /** Of the access token, in seconds since the epoch. */
  endsAt: z.number(),
});

/** The outcome of a sign-in. `sid` is the provider's name for its own session. */
const signedIn = z.object({
  user: z.object({ sub: z.string(), name: z.string() }),
  sid: z.string().optional(),
  tokens,
});

/** A sign-in on its way. Each tab has its own. */
const pending = z.object({
  ...{ state: z.string(), nonce: z.string(), verifier: z.string() },
  /** The page that the browser wants. */
  to: z.string(),
  /** The code that came back, hashed; the request that gives it to the provider; and the outcome. */
  code: z.string().optional(),
  by: z.string().optional(),
  result: signedIn.optional(),
});

export const schema = z.object({
  cart: z.array(z.string()).catch([]).default([]),
  pending: z.array(pending).default([]),
  ...signedIn.partial().shape,
  /** The request that asks for new tokens, and until when the others believe it. */
  refreshing: z.object({ by: z.string(), until: z.number() }).optional(),
});

export type Data = z.output<typeof schema>;
export type Tokens = z.output<typeof tokens>;
export type SignedIn = z.output<typeof signedIn>;
export type Pending = z.output<typeof pending>;
