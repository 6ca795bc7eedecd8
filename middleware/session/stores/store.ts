// The port: what the middleware asks of a store, and a store of a database.

/**
 * One session as a store keeps it. It lives under a random `key` for as long as
 * it lives at all; `regenerate()` gives it a new `generation`, and tokens of an
 * older one are dead. Times are whole seconds since the epoch; `data` is JSON.
 */
export interface SessionRecord {
  /** 22 characters of base64url: 128 random bits. */
  readonly key: string;
  /** The same, and another one after `regenerate()`. */
  readonly generation: string;
  /** When it began. */
  readonly createdAt: number;
  /** When it was last written. */
  readonly usedAt: number;
  /** What the app stores. */
  readonly data: unknown;
  /** Kept only by a session that has any of them. */
  readonly terms?: SessionTerms;
}

/** What makes one session another than its app's options say. */
export interface SessionTerms {
  /** Its own idle end, in seconds without a request. */
  readonly idle?: number;
  /** Its own absolute end: the moment, in seconds since the epoch. */
  readonly until?: number;
  /** false: its cookie has no Max-Age. */
  readonly persistent?: false;
  /** The device that it is bound to, as the `Binding` writes it: the public key. */
  readonly bound?: string;
}

/** A record as it was when it was read; `version` says whether it still is. */
export interface Loaded {
  /** As it was read. */
  readonly record: SessionRecord;
  /** Another one as soon as anybody writes. */
  readonly version: string;
}

/**
 * Where sessions are kept. The middleware seals the token that `save` returns
 * into the cookie, and gives it back to `load` at the next request: a store
 * never sees a cookie, a secret, or a token that somebody else made.
 */
export interface SessionStore extends Partial<AsyncDisposable> {
  /** What `/healthz` and the inspector call it: "cookie", "sqlite", … */
  readonly kind: string;
  /**
   * The session of this token; null when the token is unknown or malformed,
   * which is not an error. May return a record that has ended: the middleware
   * decides. Throws only when the backend fails.
   */
  load(token: string): Promise<Loaded | null>;
  /**
   * Replaces `base` (null: nothing may be there) by `next`, atomically. The new
   * token, or null when `base` is stale or gone, which is not an error either.
   * The record may be forgotten once `ttlSeconds` have passed. With an `owner`
   * the session is found by {@linkcode SessionStore.owned} from then on; without
   * one it is not.
   */
  save(
    next: SessionRecord,
    base: Loaded | null,
    ttlSeconds: number,
    owner?: string,
  ): Promise<string | null>;
  /**
   * The sessions that were saved with this owner: perhaps some that have ended
   * or moved to another owner meanwhile, never too few. Missing: the store
   * cannot know, as nobody can list cookies.
   */
  owned?(owner: string): AsyncIterable<Loaded>;
  /** Whether the token itself holds the session, so that it needs no store to open it. Default false. */
  readonly holdsSession?: boolean;
  /** Removes the session, whatever its generation; a missing one is no error. */
  delete(key: string): Promise<void>;
  /** Resolves when the store can serve, reads and writes; throws when it cannot. */
  ping(): Promise<void>;
}

/**
 * All that a database must do to keep sessions; `serverStore` makes a
 * {@linkcode SessionStore} of it. Keys are 22 characters of base64url, values
 * opaque bytes (at most 60,000), versions whatever tells two values apart.
 */
export interface Backend extends Partial<AsyncDisposable> {
  /** What `/healthz` and the inspector call it. */
  readonly kind: string;
  /** What is there now; null when nothing is. */
  get(
    key: string,
  ): Promise<{ readonly value: Uint8Array; readonly version: string } | null>;
  /**
   * Writes only if the current version is `expected` (null: absent), and tells
   * whether it wrote. The value is removed some time after `ttlSeconds`.
   */
  swap(
    key: string,
    value: Uint8Array,
    expected: string | null,
    ttlSeconds: number,
    owner?: string,
  ): Promise<boolean>;
  /**
   * The keys that were last written with this `owner` (43 characters of
   * base64url): perhaps too many, never too few. What is written as two entries
   * is written to the index first. Missing: `sessionsOf()` refuses the store.
   */
  owned?(owner: string): Promise<readonly string[]>;
  /** Removes the key; a missing one is no error. */
  remove(key: string): Promise<void>;
  /** Removes many keys at once, at most 1,000 in one call; a missing one is no error. */
  removeAll?(keys: readonly string[]): Promise<void>;
  /** Resolves when the database can serve, throws when it cannot. */
  ping(): Promise<void>;
}
