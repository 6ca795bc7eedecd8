// Limits on attempts: kept in memory, so each server counts for itself.
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { rateLimiter } from "npm:hono-rate-limiter@0.5.4";
import type { User } from "./users.ts";

type Env = { Variables: { user: User } };
type KeyOf = (c: Context<Env>) => string | Promise<string>;

const MINUTE = 60_000;

/**
 * Failed sign-ins are limited for one address, and for one account from anywhere.
 * So an attacker can keep a user from signing in for a while. Successful ones are
 * limited too: a thief of a password can begin 60 sessions an hour.
 */
export function limits(
  address: (c: Context) => string,
  onLimit: (c: Context) => void,
) {
  const limit = (
    limit: number,
    keyGenerator: KeyOf,
    counted: "failures" | "successes" | "all",
    windowMs = 15 * MINUTE,
  ) =>
    rateLimiter<Env>({
      ...{ limit, keyGenerator, windowMs },
      skipSuccessfulRequests: counted === "failures",
      skipFailedRequests: counted === "successes",
      handler(c) {
        onLimit(c);
        throw new HTTPException(429);
      },
    });
  const account: KeyOf = async (c) => {
    const { name } = await c.req.parseBody();
    return String(name).trim().toLowerCase().slice(0, 31);
  };
  return {
    signUpLimit: limit(20, address, "all"),
    signInLimits: [
      limit(30, address, "failures"),
      limit(10, account, "failures"),
      limit(60, account, "successes", 60 * MINUTE),
    ],
    passwordLimit: limit(10, (c) => c.var.user.id, "failures"),
  } as const;
}
