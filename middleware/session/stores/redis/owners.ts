// The sessions of an owner: a sorted set beside them. An entry's score is the
// second at which its session has ended for sure: the latest end it ever had,
// and a minute more, because the clocks of two nodes differ.
import type { AskRedis } from "./client.ts";

/** KEYS: the index. ARGV: the session's key, and its seconds to live. */
export const ADD_OWNED = `
local now = tonumber(redis.call('TIME')[1])
local ttl = ARGV[2] + 60
local known = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
redis.call('ZADD', KEYS[1], math.max(known, now + ttl), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('TTL', KEYS[1]) < ttl then redis.call('EXPIRE', KEYS[1], ttl) end`;

/** Entries read with one question, more or less, so that others come in between. */
const PAGE = 1000;

/**
 * The keys in an index, some of sessions that were removed or have another
 * owner. Read with ZSCAN: it misses no entry, though others move meanwhile.
 */
export async function listOwned(
  ask: AskRedis,
  index: string,
): Promise<string[]> {
  const keys = new Set<string>();
  let cursor = "0";
  do {
    const options = { COUNT: PAGE };
    const page = await ask((redis) => redis.zScan(index, cursor, options));
    for (const { value } of page.members) keys.add(String(value));
    cursor = String(page.cursor);
  } while (cursor !== "0");
  return [...keys];
}
