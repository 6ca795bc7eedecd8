// The data of a session.
import { z } from "zod";

export const TEAS = ["Sencha", "Assam", "Oolong", "Rooibos"] as const;

/** The most packets in a cart. */
export const CART_LIMIT = 20;

/** Only `cart` survives a sign-in. */
export const schema = z.object({
  // Empty when a tea is no longer sold: without `catch` the whole session would end.
  cart: z.array(z.enum(TEAS)).max(CART_LIMIT).catch([]),
  userId: z.string().optional(),
  epoch: z.number().default(0),
  device: z.string().default(""),
  /** In minutes. A visit is noted at most once a minute. */
  seenAt: z.number().default(0),
  notice: z.string().optional(),
});

export type Data = z.output<typeof schema>;
