import { type BindingState, bindingState } from "../device/binding.ts";
import type { Outcome } from "../data/change.ts";
import { COOKIE_LIMIT_BYTES } from "../cookie/cookie.ts";
import type { RejectReason } from "../events.ts";
import { type Ends, endsAt, restartedAt, type Times } from "../lifetime.ts";
import type { Visit } from "./load.ts";
import type { Settings } from "../options.ts";
import type { SealKind } from "../cookie/seal.ts";
import { encodeRecord, RECORD_LIMIT_BYTES } from "../stores/record.ts";
import type { SessionRecord } from "../stores/store.ts";

/** Facts about a session. */
export interface SessionInfo {
  /** 128 random bits; the new one after `regenerate()`. Not a secret: the cookie is sealed. */
  readonly id: string;
  /** Whether there was no session to open, so that the data is the empty session's. */
  readonly isNew: boolean;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** When it was last written, in seconds since the epoch. */
  readonly usedAt: number;
  /** Seconds since the epoch; the session ends at whichever comes first. */
  readonly endsAt: Ends;
  /** The store's kind, such as "cookie" or "redis". */
  readonly store: string;
  /** Whether the cookie is signed or encrypted. */
  readonly seal: SealKind;
  /** Bytes stored when the request came: the cookie's name and value, or the store's record; 0 when nothing was. */
  readonly bytes: number;
  /** Bytes that may be stored. */
  readonly limit: number;
  /** Why the cookie that came with this request opened nothing. */
  readonly rejected?: RejectReason;
  /** Experimental, with the option `binding` only: whether the session is bound to the device. */
  readonly binding?: BindingState;
}

/** What a route may know about its session, given what it has asked for. */
export function infoOf<T>(
  visit: Visit<T>,
  outcome: Outcome<T>,
  settings: Settings<T>,
): SessionInfo {
  const { now, cookie, value, rejected, base, id } = visit;
  const { store, seal, lifetime } = settings;
  const times: Times = outcome.kind === "restart"
    ? restartedAt(now, outcome.options)
    : base?.record ?? { createdAt: now, usedAt: now };
  const { createdAt, usedAt } = times;
  const info = {
    id: "id" in outcome ? outcome.id : id,
    isNew: (base?.data ?? null) === null,
    createdAt,
    usedAt,
    endsAt: Object.freeze(endsAt(times, lifetime)),
    store: store.kind,
    seal,
    bytes: base === null || value === undefined
      ? 0
      : cookie.name.length + value.length,
    limit: store.holdsSession ? COOKIE_LIMIT_BYTES : RECORD_LIMIT_BYTES,
    ...(rejected && { rejected }),
    ...(settings.binding && { binding: bindingState(visit, settings) }),
  };
  if (base !== null && !store.holdsSession) countWhenAsked(info, base.record);
  return Object.freeze(info);
}

/** A record has to be written to be counted. Only here: a getter makes an object twenty times as costly. */
function countWhenAsked(info: SessionInfo, record: SessionRecord): void {
  let bytes: number | undefined;
  Object.defineProperty(info, "bytes", {
    enumerable: true,
    get: () => bytes ??= encodeRecord(record).byteLength,
  });
}
