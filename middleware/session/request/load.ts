import type { Context } from "hono";
import type { Admission } from "../binding.ts";
import { randomId } from "../cookie/base64url.ts";
import { COOKIE_LIMIT_BYTES, isHttps, readCookies } from "../cookie/cookie.ts";
import type { Opened } from "../cookie/seal.ts";
import type { DeepReadonly } from "../data/schema.ts";
import type { RejectReason } from "../events.ts";
import { isTouchDue, secondsLeft, ttlOf } from "../lifetime.ts";
import type { SessionCookie, Settings } from "../options.ts";
import type { Loaded } from "../stores/record.ts";

/** The session that one request brought. Nothing changes it. */
export interface Visit<T> {
  /** Seconds since the epoch: one moment for the whole request. */
  readonly now: number;
  /** The cookie of the request's scheme. */
  readonly cookie: SessionCookie;
  /** The value in the request; undefined: the cookie is missing. */
  readonly value: string | undefined;
  /** The reason why the value opened no session. */
  readonly rejected: RejectReason | undefined;
  /** The session as it is stored; null: there is none. */
  readonly base: Stored<T> | null;
  /** The session's id; a session that begins in this request gets this one. */
  readonly id: string;
  /** A session that a restart replaced a few seconds ago: only another restart may start from it. */
  readonly retired?: Stored<T> | undefined;
  /** A session that the binding withholds from this request. */
  readonly withheld?: Stored<T>;
  /** Whether the session began in this request, so that its cookie is in no browser yet. */
  readonly isUnsent?: boolean;
  /** The mark that the binding wants kept with the session. */
  readonly mark?: string | undefined;
}

/** A session as it is stored, and the token that led to it. */
export interface Stored<T> extends Loaded {
  readonly token: string;
  /** true when an older secret sealed the cookie, so that it has to be sealed again. */
  readonly isOld: boolean;
  /** null: the stored data no longer fits the schema. */
  readonly data: DeepReadonly<T> | null;
}

type Request = Pick<Visit<unknown>, "now" | "cookie" | "value">;

/** Reads the cookie, checks its seal, and asks the store. Without a question to the store the answer is no promise. */
export function load<T>(
  c: Context,
  settings: Settings<T>,
): Visit<T> | Promise<Visit<T>> {
  const { trustProxy, http, https, records } = settings;
  const cookie = isHttps(c, trustProxy) ? https : http;
  const now = settings.now();
  const found = openFirst(readCookies(c, cookie.name), cookie);
  if (found === undefined || typeof found.opened === "string") {
    const request = { now, cookie, value: found?.value };
    return withoutSession(request, found?.opened);
  }
  const { value, opened } = found;
  const request = { now, cookie, value };
  if (opened.derived !== undefined) {
    return withSession(request, opened.derived as Stored<T>, settings);
  }
  return records.load(opened.token).then((loaded) => {
    if (loaded === null) return withoutSession(request, "unknown");
    const stored = storedOf(opened, loaded, settings);
    // The content of a token never changes, so it is read once.
    if (records.isStateless) opened.derived = stored;
    return withSession(request, stored, settings);
  });
}

interface Found<O = Opened> {
  readonly value: string;
  readonly opened: O;
}

/** Of several cookies with the name, the first whose seal fits; else the first. */
function openFirst(
  values: readonly string[],
  { name, sealer }: SessionCookie,
): Found | Found<"malformed" | "bad-seal"> | undefined {
  let first: Found<"malformed" | "bad-seal"> | undefined;
  for (const value of values) {
    const isTooLong = name.length + value.length > COOKIE_LIMIT_BYTES;
    const opened = isTooLong ? "malformed" : sealer.open(value);
    if (typeof opened !== "string") return { value, opened };
    first ??= { value, opened };
  }
  return first;
}

function withoutSession<T>(
  request: Request,
  rejected?: RejectReason,
): Visit<T> {
  return { ...request, rejected, base: null, id: randomId() };
}

/** true when a restart has replaced it. */
export function isRetired<T>({ record }: Stored<T>): boolean {
  return record.terms?.successor !== undefined;
}

/** How long a retired session can still be restarted: long enough for the second click on a form. */
export const RETIRED_SECONDS = 10;

/** The visit with its session, unless that has ended or was retired. */
function withSession<T>(
  request: Request,
  base: Stored<T>,
  { lifetime, records }: Settings<T>,
): Visit<T> {
  const { record, data } = base;
  const { now } = request;
  if (isRetired(base)) {
    const visit = withoutSession<T>(request, "unknown");
    const isOver = now - record.usedAt >= RETIRED_SECONDS;
    return isOver ? visit : { ...visit, retired: base };
  }
  if (secondsLeft(record, lifetime, now) <= 0) {
    // A database keeps it for some time, which need not be the time of `now`.
    const isKept = records.isStateless || ttlOf(record, lifetime, now) > 0;
    return withoutSession(request, isKept ? "expired" : "unknown");
  }
  const rejected = data === null ? "schema" : undefined;
  return { ...request, rejected, base, id: record.id };
}

/** The visit, as far as the binding lets it pass. */
export function admitted<T>(visit: Visit<T>, admission: Admission): Visit<T> {
  if (admission !== "withhold") return { ...visit, ...admission };
  const { base } = visit;
  return {
    ...visit,
    base: null,
    rejected: "unproven",
    ...(base && { withheld: base }),
  };
}

function storedOf<T>(
  { token, isOld }: Opened,
  { record, version, bytes }: Loaded,
  { schema }: Settings<T>,
): Stored<T> {
  const data = schema.read(record.data);
  return { record, version, bytes, token, isOld, data };
}

/** The session of this token as it is now, retired or not; null: it was destroyed, regenerated, or has ended. */
export async function reload<T>(
  { token, isOld }: Opened,
  now: number,
  settings: Settings<T>,
): Promise<Stored<T> | null> {
  const loaded = await settings.records.load(token);
  if (loaded === null) return null;
  if (secondsLeft(loaded.record, settings.lifetime, now) <= 0) return null;
  return storedOf({ token, isOld }, loaded, settings);
}

/** A request that changes nothing still writes to move the idle end, or to enter the session for its owner. */
export function isTouched<T>(
  base: Stored<T> | null,
  { now }: Visit<T>,
  { lifetime, ownerOf }: Settings<T>,
  isTouching: boolean,
): boolean {
  if (base === null || base.data === null) return false;
  const { record } = base;
  return isTouching && isTouchDue(record, lifetime, now) ||
    ownerOf(base.data) !== record.terms?.owner;
}
