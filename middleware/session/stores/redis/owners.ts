// Which sessions an owner has: a sorted set beside them. An entry's score is its
// end in whole seconds (the latest it ever had, and a minute, because the clocks
// of two nodes differ), and in the lower bits when it was written.
import type { AskRedis } from "./commands.ts";

/**
 * A session is written right after its entry, or not at all: an entry older
 * than this that still has no session is pruned. In seconds.
 */
export const GRACE = 60;

/** Of a score, for when it was written: twelve days, after which an old entry looks new for a minute. */
const WRITTEN = 2 ** 20;

const NOW = "local now = tonumber(redis.call('TIME')[1])";
const PRUNE_ENDED =
  `redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now * ${WRITTEN}))`;

const ADD = `
${NOW}
local ttl = ARGV[2] + ${GRACE}
local ends = now + ttl
local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
if known then ends = math.max(ends, math.floor(known / ${WRITTEN})) end
local score = ends * ${WRITTEN} + now % ${WRITTEN}
redis.call('ZADD', KEYS[1], string.format('%.0f', score), ARGV[1])
${PRUNE_ENDED}
if redis.call('TTL', KEYS[1]) < ttl then redis.call('EXPIRE', KEYS[1], ttl) end`;

const LIST = `
${NOW}
${PRUNE_ENDED}
return {now, redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')}`;

/** Questions at once, so that an owner of thousands does not hold up others. */
const BATCH = 100;

/** Notes that the session `key` has this owner, for `ttlSeconds` or longer. */
export async function addOwned(
  ask: AskRedis,
  index: string,
  key: string,
  ttlSeconds: number,
): Promise<void> {
  const call = { keys: [index], arguments: [key, String(ttlSeconds)] };
  await ask((commands) => commands.eval(ADD, call));
}

/**
 * The sessions noted, without those that have ended or were removed.
 *
 * @param prefix of their keys
 */
export async function listOwned(
  ask: AskRedis,
  index: string,
  prefix: string,
): Promise<string[]> {
  const [now, entries] = await ask((commands) =>
    commands.eval(LIST, { keys: [index], arguments: [] })
  ) as [number, Uint8Array[]];
  const all = entries.flatMap((member, i) => {
    if (i % 2 === 1) return []; // a score
    const age = (now - Number(text(entries[i + 1]))) % WRITTEN;
    return [{
      key: text(member),
      isNew: (age + WRITTEN) % WRITTEN <= GRACE,
    }];
  });
  const alive: string[] = [];
  const dead: string[] = [];
  for (let i = 0; i < all.length; i += BATCH) {
    await Promise.all(
      all.slice(i, i + BATCH).map(async ({ key, isNew }) => {
        const isThere = isNew ||
          (await ask((commands) => commands.getRange(prefix + key, 0, 0)))
              .length > 0;
        (isThere ? alive : dead).push(key);
      }),
    );
  }
  if (dead.length > 0) await ask((commands) => commands.zRem(index, dead));
  return alive;
}

const decoder = new TextDecoder();

function text(bytes: Uint8Array | undefined): string {
  return decoder.decode(bytes);
}
