// One session as it is stored, and how it is written as bytes or text.

/**
 * A session lives under a random `key` for as long as it lives at all;
 * `regenerate()` gives it another `id`, and a token with an older id opens
 * nothing. Times are whole seconds since the epoch; `data` is JSON.
 */
export interface SessionRecord {
  /** 22 characters of base64url: 128 random bits. */
  readonly key: string;
  /** The same; `session.info.id`. */
  readonly id: string;
  /** When it began. */
  readonly createdAt: number;
  /** The last use that was written. */
  readonly usedAt: number;
  /** The app's data. */
  readonly data: unknown;
  /** Missing in a session without terms of its own. */
  readonly terms?: SessionTerms;
}

/** The terms of one session that differ from its app's options. */
export interface SessionTerms {
  /** Its own idle limit, in seconds without a request. */
  readonly idle?: number;
  /** Its own absolute limit: the moment, in seconds since the epoch. */
  readonly until?: number;
  /** false: its cookie has no Max-Age. */
  readonly persistent?: false;
  /** The mark that a {@linkcode Binding} keeps with it. */
  readonly bound?: string;
  /** The hash of its owner: {@linkcode ownerHash}. */
  readonly owner?: string;
  /** true until its first write after a restart: until then it is not known that its cookie arrived. */
  readonly fresh?: true;
  /** Retired by a restart: the token of the session that replaced it. */
  readonly successor?: string;
}

/** A record with some terms changed; undefined removes one. */
export function withTerms(
  { terms: old, ...record }: SessionRecord,
  changed: { readonly [K in keyof SessionTerms]: SessionTerms[K] | undefined },
): SessionRecord {
  const given = Object.entries({ ...old, ...changed })
    .filter(([, value]) => value !== undefined);
  return given.length === 0
    ? record
    : { ...record, terms: Object.fromEntries(given) };
}

/** A record as it was when it was read. */
export interface Loaded {
  /** The record. */
  readonly record: SessionRecord;
  /** Changes with each write; null: not known, so read again before the next write. */
  readonly version: string | null;
  /** Bytes that it took when the request came; 0: it was not there. */
  readonly bytes: number;
}

/** The most that one record may take in a database, in bytes. */
export const RECORD_LIMIT_BYTES = 60_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A record without its key, as bytes. */
export function encodeRecord(
  { id, createdAt, usedAt, data, terms }: SessionRecord,
): Uint8Array {
  const parts = [id, createdAt, usedAt, data];
  return encoder.encode(JSON.stringify(terms ? [...parts, terms] : parts));
}

/** The record of {@linkcode encodeRecord}; null for anything else. */
export function decodeRecord(
  key: string,
  value: Uint8Array,
): SessionRecord | null {
  try {
    const [id, createdAt, usedAt, data, terms] = JSON.parse(
      decoder.decode(value),
    );
    return recordOf({ key, id, createdAt, usedAt, data, terms });
  } catch {
    return null; // not written by us: treated as missing
  }
}

/** A record, if the parts that were read under a seal or from a database make one. */
export function recordOf(
  { key, id, createdAt, usedAt, data, terms }: Readonly<
    Record<keyof SessionRecord, unknown>
  >,
): SessionRecord | null {
  const isRecord = typeof id === "string" && Number.isSafeInteger(createdAt) &&
    Number.isSafeInteger(usedAt) && (terms === undefined || isTerms(terms));
  if (!isRecord) return null;
  const record = { key, id, createdAt, usedAt, data } as SessionRecord;
  return terms === undefined ? record : { ...record, terms };
}

function isTerms(value: unknown): value is SessionTerms {
  if (typeof value !== "object" || value === null) return false;
  const { idle, until, persistent, fresh, ...texts } = value as SessionTerms;
  return (idle === undefined || isPositive(idle)) &&
    (until === undefined || isPositive(until)) &&
    (persistent === undefined || persistent === false) &&
    (fresh === undefined || fresh === true) &&
    Object.values(texts).every((text) => typeof text === "string");
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}
