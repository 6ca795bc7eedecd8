import type { Context } from "hono";
import type { BindingView } from "../binding.ts";
import { COOKIE_LIMIT_BYTES } from "../cookie/cookie.ts";
import type { SealKind } from "../cookie/seal.ts";
import type { Outcome } from "../data/changes.ts";
import type { RejectReason } from "../events.ts";
import { beginningAt, type Ends, endsAt, type Times } from "../lifetime.ts";
import type { Settings } from "../options.ts";
import { RECORD_LIMIT_BYTES } from "../stores/record.ts";
import type { Stored, Visit } from "./load.ts";
import { answerOf, isSwitching } from "./response.ts";
import type { Saved } from "./save.ts";

/** Facts about a session. */
export interface SessionInfo {
  /** 128 random bits; the new one after `regenerate()`. Not a secret: the cookie is sealed. */
  readonly id: string;
  /** true when there was no session to open: the data is the empty session's. */
  readonly isNew: boolean;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** The last use, in seconds since the epoch. While the session is only read, up to a tenth of `lifetime.idle` late. */
  readonly usedAt: number;
  /** Seconds since the epoch; the session ends at whichever comes first. */
  readonly endsAt: Ends;
  /** false: the browser may forget the cookie when it closes. */
  readonly persistent: boolean;
  /** The name of the cookie in this request, with its prefix. */
  readonly cookieName: string;
  /** The store's kind, such as "cookie" or "redis". */
  readonly store: string;
  /** How the cookie is sealed. */
  readonly seal: SealKind;
  /** Bytes stored when the request came: the cookie's name and value, or the store's record; 0 when there was no session. */
  readonly bytes: number;
  /** Bytes that may be stored. */
  readonly limit: number;
  /** The reason why the cookie of this request opened no session. */
  readonly rejected?: RejectReason;
  /** Experimental, with the option `binding` only: "bound" to the device, or "offered", so that the browser may still bind it. */
  readonly binding?: "none" | "offered" | "bound";
}

/** `session.info`, after the changes that the route has made so far. */
export function infoOf<T>(
  visit: Visit<T>,
  outcome: Outcome<T>,
  settings: Settings<T>,
): SessionInfo {
  const { now, cookie, value, rejected, base, id } = visit;
  const { records, seal, lifetime } = settings;
  const times: Times = outcome.kind === "restart"
    ? beginningAt(now, outcome.options)
    : base?.record ?? { createdAt: now, usedAt: now };
  const { createdAt, usedAt, terms } = times;
  const info = {
    id: "id" in outcome ? outcome.id : id,
    isNew: (base?.data ?? null) === null,
    createdAt,
    usedAt,
    endsAt: Object.freeze(endsAt(times, lifetime)),
    persistent: terms?.persistent ?? true,
    cookieName: cookie.name,
    store: records.kind,
    seal,
    bytes: records.isStateless && base !== null
      ? cookie.name.length + (value?.length ?? 0)
      : base?.bytes ?? 0,
    limit: records.isStateless ? COOKIE_LIMIT_BYTES : RECORD_LIMIT_BYTES,
    ...(rejected && { rejected }),
    ...(settings.binding && { binding: bindingState(visit, settings) }),
  };
  return Object.freeze(info);
}

function bindingState<T>(
  { base, mark, cookie }: Visit<T>,
  { https }: Settings<T>,
): "none" | "offered" | "bound" {
  if (base === null || cookie !== https) return "none";
  return (mark ?? base.record.terms?.bound) ? "bound" : "offered";
}

/** The end of a request that came to a binding's own scheme. A WebSocket binds nothing. */
export function finishBinding<T>(
  c: Context,
  { kind, base }: Saved<T>,
  { cookie, now, withheld }: Visit<T>,
  settings: Settings<T>,
): void {
  const { binding, https } = settings;
  if (binding === undefined || cookie !== https) return;
  if (isSwitching(answerOf(c))) return;
  binding.finish(c, {
    kind,
    session: base === null ? undefined : viewOf(base, now, settings),
    isWithheld: withheld !== undefined,
  });
}

/** A stored session, as a binding looks at it. */
export function viewOf<T>(
  { record }: Stored<T>,
  now: number,
  { lifetime }: Settings<T>,
): BindingView {
  const { id, createdAt, terms } = record;
  const until = endsAt(record, lifetime).absolute;
  return { id, mark: terms?.bound, createdAt, until, now };
}
