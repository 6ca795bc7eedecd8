import type { Changes, Outcome, RestartOptions } from "../data/changes.ts";
import { SessionConflictError } from "../errors.ts";
import { ttlOf } from "../lifetime.ts";
import type { Settings } from "../options.ts";
import { withTerms } from "../stores/record.ts";
import { reload, RETIRED_SECONDS, type Stored, type Visit } from "./load.ts";
import { begin, type How, inRounds, newRecord, type Saved } from "./save.ts";

/**
 * Writes a new session under a new key, whose token is in no browser yet. Then
 * retires the old session by compare-and-swap, and only then gives out the token.
 * A process that dies in between leaves the old session alive, and a record that
 * no cookie opens.
 *
 * When the same form was sent twice, the second restart starts from the same old
 * session, and retires the session that the first one made: the browser drops
 * the first answer.
 */
export async function restart<T>(
  changes: Changes<T>,
  { id, options }: Extract<Outcome<T>, { kind: "restart" }>,
  visit: Visit<T>,
  settings: Settings<T>,
  how: How,
): Promise<Saved<T>> {
  const { records, binding } = settings;
  const isNothing = (visit.base?.data ?? visit.retired?.data ?? null) === null;
  if (isNothing && !changes.isChanged) {
    return { kind: "unchanged", base: visit.base };
  }
  return await inRounds(changes, visit, settings, how, async (base, data) => {
    const { bound = visit.mark } = base?.record.terms ?? {};
    const record = newRecord(id, data, visit, settings, {
      ...options,
      ...(binding && { bound }),
      fresh: base !== null && !records.isStateless,
    });
    const stored = await begin(record, visit, settings);
    let isRetired = false;
    try {
      isRetired = await retire(base, stored, options, visit, settings);
    } finally {
      if (!isRetired) await records.takeBack(() => records.remove(record.key));
    }
    if (!isRetired) return undefined;
    return { kind: base === null ? "began" : "restarted", base: stored };
  });
}

/**
 * Ends the session that a restart replaces; false: another request saved it
 * first.
 *
 * @throws {SessionConflictError} when an earlier restart replaced it, and that
 * session was used since
 */
async function retire<T>(
  base: Stored<T> | null,
  { token }: Stored<T>,
  { keep }: RestartOptions<T>,
  { now, withheld }: Visit<T>,
  settings: Settings<T>,
): Promise<boolean> {
  const { records } = settings;
  if (base === null || keep?.length === 0) {
    const old = base ?? withheld;
    if (old) await records.remove(old.record.key); // nothing was taken from it
    return true;
  }
  if (records.isStateless) return true;
  let last = base;
  while (last.record.terms?.successor !== undefined) {
    const at = { token: last.record.terms.successor, isOld: false };
    const next = await reload(at, now, settings);
    if (next === null || !next.record.terms?.fresh) {
      throw new SessionConflictError(
        "Another request restarted this session, and the new one was used since",
      );
    }
    last = next;
  }
  const retired = withTerms({ ...last.record, usedAt: now }, {
    owner: undefined,
    // One that its own cookie restarted was used; one that was replaced unused was not.
    ...(last === base && { fresh: undefined }),
    successor: token,
  });
  try {
    return await records.save(retired, last, RETIRED_SECONDS) !== null;
  } catch (error) {
    await records.takeBack(() => reinstate(last, token, now, settings));
    throw error;
  }
}

/**
 * Undoes a retirement whose answer was lost. The old session gets another version
 * in any case: a retirement that arrives later finds that one, and is refused.
 */
async function reinstate<T>(
  old: Stored<T>,
  successor: string,
  now: number,
  settings: Settings<T>,
): Promise<void> {
  const ttl = ttlOf(old.record, settings.lifetime, now);
  let token: string | null = null;
  while (token === null) {
    const found = await reload(old, now, settings);
    const isOurs = found?.version === old.version ||
      found?.record.terms?.successor === successor;
    if (!isOurs) return; // another request has saved since
    token = await settings.records.save(old.record, found, ttl);
  }
}
