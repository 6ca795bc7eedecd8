import { randomId } from "../cookie/base64url.ts";
import type { DeepReadonly, RestartOptions } from "../data/change.ts";
import {
  SessionConflictError,
  SessionLifetimeError,
  SessionUnprovenError,
} from "../errors.ts";
import {
  isRenewalDue,
  type OwnTerms,
  restartedAt,
  secondsLeft,
} from "../lifetime.ts";
import { ask, reload, type Stored, type Visit } from "./load.ts";
import type { Settings } from "../options.ts";
import { isSameJson } from "../data/schema.ts";
import type { OpenSession } from "../session.ts";
import type { SessionRecord } from "../stores/store.ts";

/** The outcome of saving. */
export type Saved =
  | { readonly kind: "unchanged" }
  | {
    readonly kind: "began" | "saved" | "renewed" | "restarted";
    readonly token: string;
    readonly record: SessionRecord;
  }
  | { readonly kind: "ended" };

export const UNCHANGED: Saved = { kind: "unchanged" };

/** Another request wins each round of compare-and-swap: so many may be ahead of this one. */
const ATTEMPTS = 200;

/** Rounds for what does not matter: many requests of one visitor at once must not multiply the work of the store. */
const SKIP_ATTEMPTS = 2;

/** Rounds without a pause. */
const EAGER_ATTEMPTS = 3;
const PAUSE_LIMIT_MILLISECONDS = 20;

/** So long a retired record stays: nobody has its token. */
const TOMBSTONE_SECONDS = 1;

/** Does to the store what the route asked of the session. */
export async function save<T>(
  session: OpenSession<T>,
  visit: Visit<T>,
  settings: Settings<T>,
): Promise<Saved> {
  const { outcome } = session;
  switch (outcome.kind) {
    case "keep":
    case "regenerate":
      if (visit.unproven !== undefined) return keepUnproven(session);
      return await saveChanges(session, visit, settings);
    case "restart":
      return await restart(session, visit, settings, outcome);
    case "destroy":
      await remove(visit, settings);
      return { kind: "ended" };
  }
}

/** What this request wrote was meant for the session that it could not open. */
function keepUnproven<T>({ mustBeSaved }: OpenSession<T>): Saved {
  if (mustBeSaved) throw new SessionUnprovenError();
  return UNCHANGED;
}

/** One view of the session: what is stored, and this request's changes made to it. */
interface View<T> {
  readonly base: Stored<T> | null;
  readonly data: DeepReadonly<T>;
  readonly isChanged: boolean;
}

/**
 * The views to save, one for each round of compare-and-swap: first this
 * request's own, then, as often as another request saved first, its changes
 * replayed on what that one saved. Throws when there is nothing to replay on.
 */
async function* views<T>(
  session: OpenSession<T>,
  visit: Visit<T>,
  settings: Settings<T>,
): AsyncGenerator<View<T>, void> {
  const { data, isChanged } = session;
  yield { base: visit.base, data, isChanged };
  const rounds = session.mustBeSaved ? ATTEMPTS : SKIP_ATTEMPTS;
  for (let round = 2; round <= rounds; round++) {
    if (round > EAGER_ATTEMPTS + 1) await stepAside(round);
    const base = await reload(visit, settings);
    if (base === null) {
      if (!session.mustBeSaved) return;
      throw new SessionConflictError(
        "Another request ended or regenerated this session meanwhile",
      );
    }
    const latest = base.data ?? settings.schema.empty();
    const data = session.replay(latest);
    yield { base, data, isChanged: !isSameJson(data, latest) };
  }
  if (!session.mustBeSaved) return;
  throw new SessionConflictError(
    "Other requests kept changing this session meanwhile",
  );
}

/** Whether a request that changes nothing moves the idle end (rolling renewal). */
export function isTouchDue<T>(
  base: Stored<T> | null,
  { now }: Visit<T>,
  { lifetime }: Settings<T>,
): boolean {
  return base !== null && base.data !== null &&
    isRenewalDue(base.record, lifetime, now);
}

/** The more are in the way, the longer it pays to wait. */
async function stepAside(round: number): Promise<void> {
  const ms = Math.random() * Math.min(round, PAUSE_LIMIT_MILLISECONDS);
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Compare-and-swap under the session's own key. */
async function saveChanges<T>(
  session: OpenSession<T>,
  visit: Visit<T>,
  settings: Settings<T>,
): Promise<Saved> {
  const { now, bindTo } = visit;
  const newId = "id" in session.outcome ? session.outcome.id : undefined;
  for await (const view of views(session, visit, settings)) {
    const { base, data, isChanged } = view;
    const isLive = base !== null && base.data !== null;
    const isRenewed = isLive && newId !== undefined;
    const terms = base?.record.terms;
    const isBinding = bindTo !== undefined && terms?.bound === undefined;
    const mustSave = isChanged || isRenewed || isBinding;
    if (!mustSave && !isTouchDue(base, visit, settings)) return UNCHANGED;

    const record: SessionRecord = base === null
      ? newRecord(newId ?? visit.id, data, visit, settings)
      : {
        ...base.record,
        ...(isRenewed && { generation: newId }),
        ...(isChanged && { data }),
        ...(isBinding && { terms: { ...terms, bound: bindTo } }),
        usedAt: Math.max(now, base.record.usedAt),
      };
    const token = await put(record, base, now, settings);
    if (token !== null) {
      const kind = base === null ? "began" : isRenewed ? "renewed" : "saved";
      return { kind, token, record };
    }
    if (!mustSave) return UNCHANGED; // a mere rolling renewal: the other request did it
  }
  return UNCHANGED;
}

/**
 * A new session under a new key, whose token nobody has before the old session
 * is retired by compare-and-swap. A crash between leaves the old session alive,
 * and a record that nobody can open.
 */
async function restart<T>(
  session: OpenSession<T>,
  visit: Visit<T>,
  settings: Settings<T>,
  { id, options }: { id: string; options: RestartOptions<T> },
): Promise<Saved> {
  if (!session.isChanged && (visit.base?.data ?? null) === null) {
    return UNCHANGED;
  }
  for await (const { base, data } of views(session, visit, settings)) {
    const { bound = visit.bindTo } = base?.record.terms ?? {};
    const terms = { ...options, bound: settings.binding && bound };
    const record = newRecord(id, data, visit, settings, terms);
    const token = await put(record, null, visit.now, settings);
    if (token === null) {
      throw new SessionConflictError("The new session's key is taken");
    }
    try {
      const kind = base === null ? "began" : "restarted";
      if (await retire(base, options, visit, settings)) {
        return { kind, token, record };
      }
    } catch (error) {
      // Whether the old one is retired is not known; nobody gets the new one.
      await removeKey(record.key, settings).catch(() => {});
      throw error;
    }
    await removeKey(record.key, settings);
  }
  return UNCHANGED;
}

/** Ends the session that a restart replaces; false: another request saved it first. */
async function retire<T>(
  base: Stored<T> | null,
  { keep }: RestartOptions<T>,
  visit: Visit<T>,
  settings: Settings<T>,
): Promise<boolean> {
  if (base === null || keep?.length === 0 || settings.store.holdsSession) {
    await remove(visit, settings); // nothing was taken from it
    return true;
  }
  const { terms: _, ...record } = base.record;
  const tombstone = { ...record, generation: randomId(), data: null };
  const token = await ask(
    settings.store,
    (store) => store.save(tombstone, base, TOMBSTONE_SECONDS),
  );
  return token !== null;
}

function newRecord<T>(
  generation: string,
  data: DeepReadonly<T>,
  { now }: Visit<T>,
  { lifetime }: Settings<T>,
  terms: OwnTerms = {},
): SessionRecord {
  const record = {
    key: randomId(),
    generation,
    ...restartedAt(now, terms),
    data,
  };
  if (secondsLeft(record, lifetime, now) <= 0) throw new SessionLifetimeError();
  return record;
}

async function put<T>(
  record: SessionRecord,
  base: Stored<T> | null,
  now: number,
  { store, lifetime, owner }: Settings<T>,
): Promise<string | null> {
  const ttl = Math.ceil(secondsLeft(record, lifetime, now));
  const whose = owner?.(record.data as DeepReadonly<T>) || undefined;
  return await ask(store, (store) => store.save(record, base, ttl, whose));
}

async function remove<T>(
  { base, unproven }: Visit<T>,
  settings: Settings<T>,
): Promise<void> {
  const ended = base ?? unproven;
  if (ended) await removeKey(ended.record.key, settings);
}

async function removeKey<T>(
  key: string,
  { store }: Settings<T>,
): Promise<void> {
  await ask(store, (store) => store.delete(key));
}
