/** 400 days: browsers keep a cookie no longer (RFC 6265bis, 5.5). */
const MAX_TTL_SECONDS = 400 * 86_400;

/** At most 400 days, in seconds, so that every database can hold the end. */
export function cappedTtl(ttlSeconds: number): number {
  return Math.min(ttlSeconds, MAX_TTL_SECONDS);
}
