// How a session and its owner's list are kept in Redis, and the scripts that write them.

// A value begins with a random version, so that no version fits again after a
// remove. Then come one byte, the length of its owner, and the owner. A value of
// version 0.1 has neither; its next byte is "[".
export const VERSION_BYTES = 22;
export const OWNER_BYTES = 43;

/**
 * One key, so it works on a cluster. An empty ARGV[1] expects nothing there.
 * Returns the owner before, 1 when there was none; nothing when it did not write.
 */
export const SWAP = `
local head = redis.call('GETRANGE', KEYS[1], 0, ${VERSION_BYTES + OWNER_BYTES})
if string.sub(head, 1, ${VERSION_BYTES}) ~= ARGV[1] then return false end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
local length = string.byte(head, ${VERSION_BYTES + 1}) or 0
if length == 0 or length > ${OWNER_BYTES} then return 1 end
return string.sub(head, ${VERSION_BYTES + 2}, ${VERSION_BYTES + 1} + length)`;

/** Returns the owner, empty when there is none. */
export const REMOVE = `
local head = redis.call('GETRANGE', KEYS[1], ${VERSION_BYTES}, ${
  VERSION_BYTES + OWNER_BYTES
})
redis.call('DEL', KEYS[1])
local length = string.byte(head) or 0
return length > ${OWNER_BYTES} and '' or string.sub(head, 2, length + 1)`;

// The sessions of an owner: a sorted set beside them. An entry's score is the
// second at which its session has ended for sure: the latest end it ever had,
// and a minute more, because the clocks of two nodes differ.

/** KEYS: the index. ARGV: the session's key, and its seconds to live. */
export const ADD_OWNED = `
local now = tonumber(redis.call('TIME')[1])
local ttl = ARGV[2] + 60
local known = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
redis.call('ZADD', KEYS[1], math.max(known, now + ttl), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('TTL', KEYS[1]) < ttl then redis.call('EXPIRE', KEYS[1], ttl) end`;
