import type { Changes } from "../data/changes.ts";
import type { DeepReadonly } from "../data/schema.ts";
import type { BindingOutcome } from "../binding.ts";
import { randomId } from "../cookie/base64url.ts";
import { isSameJson } from "../data/json.ts";
import {
  SessionConflictError,
  SessionLifetimeError,
  SessionStoreError,
} from "../errors.ts";
import { beginningAt, type OwnTerms, secondsLeft, ttlOf } from "../lifetime.ts";
import type { Settings } from "../options.ts";
import { type SessionRecord, withTerms } from "../stores/record.ts";
import { withdraw } from "../stores/records.ts";
import {
  isRetired,
  isTouched,
  reload,
  type Stored,
  type Visit,
} from "./load.ts";

/** The outcome of saving. */
export interface Saved<T> {
  readonly kind: BindingOutcome["kind"];
  /** The session as it is stored now; null: there is none. */
  readonly base: Stored<T> | null;
}

/** From the least to the most. */
const KINDS = [
  "unchanged",
  "saved",
  "regenerated",
  "restarted",
  "began",
  "destroyed",
];

/** Two saves of one request, as one. */
export function together<T>(
  first: Saved<T>,
  { kind, base }: Saved<T>,
): Saved<T> {
  const isMore = KINDS.indexOf(kind) > KINDS.indexOf(first.kind);
  return { kind: isMore ? kind : first.kind, base };
}

/** How to save. */
export interface How {
  /** true when the request moves the idle end. */
  readonly isTouching: boolean;
  /** true for `commit()`: a take is single use, and the newest data is always read. */
  readonly isCommit: boolean;
}

/** Rounds of compare-and-swap: in each, another request may win. */
const ROUNDS = 200;

/** Rounds for changes that said "skip": many requests of one visitor must not multiply the work of the store. */
const SKIP_ROUNDS = 2;

/** Rounds without a pause. */
const EAGER_ROUNDS = 3;
const PAUSE_LIMIT_MILLISECONDS = 20;

/**
 * Saves in rounds of compare-and-swap: first this request's own view, then, as
 * often as another request saved first, its changes replayed on the newest data.
 *
 * @param attempt saves this data, the changes made to this base; undefined:
 * another request saved first
 * @throws {SessionConflictError} when the changes cannot be given up, and there is
 * no session left
 */
export async function inRounds<T>(
  changes: Changes<T>,
  visit: Visit<T>,
  settings: Settings<T>,
  { isCommit }: How,
  attempt: (
    base: Stored<T> | null,
    data: DeepReadonly<T>,
  ) => Promise<Saved<T> | undefined>,
): Promise<Saved<T>> {
  const isRestart = changes.outcome.kind === "restart";
  const first = visit.base ?? (isRestart && visit.retired || null);
  const isBinding = visit.mark !== undefined;
  const isPatient = changes.isRetried || isCommit || isBinding;
  const rounds = isPatient ? ROUNDS : SKIP_ROUNDS;
  let base = first;
  let round = isReadFirst(changes, first, isCommit) ? 2 : 1;
  for (; round <= rounds; round++) {
    if (round > EAGER_ROUNDS + 1) await stepAside(round);
    if (round > 1 && first !== null) {
      const latest = await reload(first, visit.now, settings);
      if (latest === null || isRetired(latest) && !isRestart) {
        const isNeeded = isCommit
          ? changes.isRetried || changes.isEmpty
          : changes.needsSession;
        if (!isNeeded) return { kind: "unchanged", base };
        throw new SessionConflictError(
          "Another request destroyed or regenerated this session meanwhile",
        );
      }
      base = latest;
    }
    const data = base === visit.base
      ? changes.data
      : changes.replay(base?.data ?? settings.schema.empty(), isCommit);
    const saved = await attempt(base, data);
    if (saved !== undefined) return saved;
  }
  if (!changes.isRetried) return { kind: "unchanged", base };
  throw new SessionConflictError(
    "Other requests kept changing this session meanwhile",
  );
}

/** After a commit the version is not known. And a commit without a change reads the changes of other requests. */
function isReadFirst<T>(
  changes: Changes<T>,
  base: Stored<T> | null,
  isCommit: boolean,
): boolean {
  if (base === null) return false;
  const { outcome } = changes;
  // It takes nothing from the old session, so it need not be there.
  if (outcome.kind === "restart" && outcome.options.keep?.length === 0) {
    return false;
  }
  if (base.version === null) return true;
  return isCommit && outcome.kind === "keep" && !changes.isChanged;
}

/** A longer pause after each round, because other requests are in the way. */
async function stepAside(round: number): Promise<void> {
  const ms = Math.random() * Math.min(round, PAUSE_LIMIT_MILLISECONDS);
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Saves under the session's own key. */
export function saveChanges<T>(
  changes: Changes<T>,
  visit: Visit<T>,
  settings: Settings<T>,
  how: How,
): Promise<Saved<T>> {
  const { now, mark } = visit;
  const { schema } = settings;
  const { outcome } = changes;
  const newId = outcome.kind === "regenerate" ? outcome.id : undefined;
  return inRounds(changes, visit, settings, how, async (base, data) => {
    const isChanged = !isSameJson(data, base?.data ?? schema.empty());
    const isRegenerated = newId !== undefined && base !== null;
    const terms = base?.record.terms;
    const isMarked = mark !== undefined && terms?.bound === undefined;
    const mustSave = isChanged || isRegenerated || isMarked;
    if (!mustSave && !isTouched(base, visit, settings, how.isTouching)) {
      return { kind: "unchanged", base };
    }
    if (base === null) {
      const id = newId ?? visit.id;
      const record = newRecord(id, data, visit, settings, { bound: mark });
      return { kind: "began", base: await begin(record, visit, settings) };
    }
    const record: SessionRecord = {
      ...base.record,
      ...(isRegenerated && { id: newId }),
      ...(isChanged && { data }),
      ...(isMarked && { terms: { ...terms, bound: mark } }),
      ...(how.isTouching && { usedAt: Math.max(now, base.record.usedAt) }),
    };
    const stored = isChanged ? data : base.data;
    const saved = await put(record, base, stored, visit, settings);
    if (saved === null) {
      // If it was a mere touch, the other request did it.
      return mustSave || how.isCommit ? undefined : { kind: "unchanged", base };
    }
    return { kind: isRegenerated ? "regenerated" : "saved", base: saved };
  });
}

/** The record of a session that begins now. */
export function newRecord<T>(
  id: string,
  data: DeepReadonly<T>,
  { now }: Visit<T>,
  { lifetime, records }: Settings<T>,
  terms: OwnTerms,
): SessionRecord {
  const key = records.isStateless ? id : randomId(); // a cookie is found by nothing
  const record = { key, id, ...beginningAt(now, terms), data };
  if (secondsLeft(record, lifetime, now) <= 0) throw new SessionLifetimeError();
  return record;
}

/**
 * Writes a record in place of `base`; null: another request wrote first. `data`
 * is the record's own; null: it no longer fits the schema.
 */
async function put<T>(
  given: SessionRecord,
  base: Stored<T> | null,
  data: DeepReadonly<T> | null,
  { now, isUnsent }: Visit<T>,
  { records, lifetime, ownerOf }: Settings<T>,
): Promise<Stored<T> | null> {
  const { terms } = given;
  const owner = data === null ? terms?.owner : ownerOf(data);
  // The first request to write after a restart shows that its cookie has arrived.
  const fresh = base === null || isUnsent ? terms?.fresh : undefined;
  const record = owner === terms?.owner && fresh === terms?.fresh
    ? given
    : withTerms(given, { owner, fresh });
  const ttl = ttlOf(record, lifetime, now);
  const token = await records.save(record, base, ttl);
  return token === null ? null : {
    ...{ record, version: null, bytes: base?.bytes ?? 0 },
    ...{ token, isOld: false, data },
  };
}

/** Writes a new session. If the store fails, the record may be there all the same, and no browser has its cookie: it is removed. */
export async function begin<T>(
  record: SessionRecord,
  visit: Visit<T>,
  settings: Settings<T>,
): Promise<Stored<T>> {
  try {
    const data = record.data as DeepReadonly<T>;
    const stored = await put(record, null, data, visit, settings);
    if (stored !== null) return stored;
  } catch (error) {
    if (error instanceof SessionStoreError) {
      const { key } = record; // all that is kept while the store is away
      const { records } = settings;
      await records.takeBack(() => withdraw(key, records));
    }
    throw error;
  }
  throw new SessionConflictError("The new session's key is taken");
}
