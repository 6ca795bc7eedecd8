import type { Context } from "hono";
import { randomId } from "../cookie/base64url.ts";
import { isHttps } from "../cookie/cookie.ts";
import type { Changes } from "../data/changes.ts";
import {
  SessionConflictError,
  SessionTooLargeError,
  SessionUnprovenError,
} from "../errors.ts";
import { tell } from "../events.ts";
import type { Settings } from "../options.ts";
import { Commits, OpenSession } from "../session.ts";
import { infoOf, viewOf } from "./info.ts";
import {
  isRetired,
  isTouched,
  load,
  reload,
  type Stored,
  type Visit,
} from "./load.ts";
import { cookieLine, eventOf } from "./response.ts";
import { restart } from "./restart.ts";
import { type How, saveChanges, type Saved, together } from "./save.ts";

/** A session that was opened in one request, from its loading to its last save. */
export class Opened<T> {
  readonly session: OpenSession<T>;
  readonly #settings: Settings<T>;
  /** As the request brought it. */
  readonly visit: Visit<T>;
  /** As it is since the last save. */
  #current: Visit<T>;
  /** All saves of this request, as one. */
  saved: Saved<T>;
  #line: string | undefined;
  #saving: Promise<void> | undefined;
  #savesLeft = 0;
  readonly #commits = new Commits();
  /** true when the last save met a conflict. */
  #isConflict = false;
  /** Whether the request moves the idle end. */
  isTouching = false;

  constructor(visit: Visit<T>, settings: Settings<T>) {
    this.#settings = settings;
    this.visit = this.#current = visit;
    this.saved = { kind: "unchanged", base: visit.base };
    this.session = new OpenSession<T>({
      schema: settings.schema,
      data: visit.base?.data ?? settings.schema.empty(),
      now: visit.now,
      newId: randomId,
      info: (outcome) => infoOf(this.#current, outcome, settings),
      commit: () => this.#commits.begin(() => this.#save(true)),
    });
  }

  /** true when nothing has to be saved or sent, so that the answer need not wait. */
  get isNothingToDo(): boolean {
    return this.#saving === undefined && !this.#isPending &&
      !this.visit.base?.isOld && this.visit.withheld === undefined;
  }

  get #isPending(): boolean {
    const { base, mark } = this.#current;
    return !this.session.changes.isEmpty || mark !== undefined ||
      isTouched(base, this.#current, this.#settings, this.isTouching);
  }

  /**
   * After the route: saves the changes that are not saved yet.
   *
   * @param isFailure true: only `destroy()` is carried out
   */
  async finish(isFailure: boolean): Promise<void> {
    // A commit that the route did not wait for.
    if (this.#saving !== undefined) await this.#saving.catch(() => {});
    const { lost } = this.#commits;
    const isFailed = isFailure || lost !== undefined;
    const { outcome } = this.session.changes;
    const isDue = !isFailed || outcome.kind === "destroy";
    if (isDue && this.#isPending) await this.#save(false);
    if (lost !== undefined) throw lost.error;
  }

  /** The Set-Cookie line after all saves of this request. */
  get line(): string | undefined {
    return this.#line ??= cookieLine(this.saved, this.visit, this.#settings);
  }

  /** Tells `onEvent` about the saves, or that the last one met a conflict. */
  tell(c: Context): void {
    const event = this.#isConflict
      ? { type: "conflict", id: this.session.info.id } as const
      : eventOf(this.saved, this.visit);
    tell(c, this.#settings.onEvent, event);
  }

  /** Saves run one after the other, even if a route does not wait for its commit. */
  #save(isCommit: boolean): Promise<void> {
    const isFree = this.#savesLeft++ === 0;
    return this.#saving = isFree || this.#saving === undefined
      ? this.#saveNow(isCommit)
      : this.#saving.catch(() => {}).then(() => this.#saveNow(isCommit));
  }

  async #saveNow(isCommit: boolean): Promise<void> {
    const { changes } = this.session;
    const how = { isTouching: this.isTouching, isCommit };
    // A mere touch asks for nothing: it cannot fail, and changes nothing of a conflict before it.
    const isTouch = !isCommit && changes.isEmpty && !this.#current.mark;
    this.session.rebase(changes.data);
    try {
      const saved = await write(changes, this.#current, this.#settings, how);
      this.#settle(saved);
      keepWaiting(changes, saved, this.session.changes);
      if (!isTouch) this.#isConflict = false;
    } catch (error) {
      if (isTouch && error instanceof SessionTooLargeError) return;
      this.#isConflict = error instanceof SessionConflictError;
      if (isCommit) await this.#giveUp(changes, error);
      throw error;
    } finally {
      this.#savesLeft--;
    }
  }

  /** Makes the saved session the base of later changes. */
  #settle(saved: Saved<T>): void {
    const all = together(this.saved, saved);
    this.#line = cookieLine(all, this.visit, this.#settings);
    this.saved = all;
    this.#current = afterSave(this.#current, all);
    const { data } = saved.base ?? {};
    this.session.settle(data ?? this.#settings.schema.empty());
  }

  /** Nothing that could not be committed is saved after the route either, but for the end of the session. */
  async #giveUp({ outcome }: Changes<T>, error: unknown): Promise<void> {
    const known = await afterFailure(error, this.#current, this.#settings);
    // The version is not known: later changes have to be made to what is there then.
    const base = known && { ...known, version: null };
    this.#current = { ...this.#current, base };
    if (outcome.kind === "destroy") this.session.changes.outcome = outcome;
    this.session.settle(known?.data ?? this.#settings.schema.empty());
  }
}

/** The visit as the next save finds it. */
function afterSave<T>(
  visit: Visit<T>,
  { kind, base }: Saved<T>,
): Visit<T> {
  const id = base?.record.id ?? visit.id;
  const isUnsent = kind === "restarted" || kind === "began";
  return {
    ...visit,
    ...{ base, id, isUnsent, retired: undefined, mark: undefined },
  };
}

/** A restart of nothing, with nothing to store yet, waits for the first data. */
function keepWaiting<T>(
  { outcome }: Changes<T>,
  { kind }: Saved<T>,
  later: Changes<T>,
): void {
  const isWaiting = outcome.kind === "restart" && kind === "unchanged";
  if (isWaiting && later.outcome.kind === "keep") later.outcome = outcome;
}

/** The session as far as it is known after a commit that failed. */
async function afterFailure<T>(
  error: unknown,
  { base, now }: Visit<T>,
  settings: Settings<T>,
): Promise<Stored<T> | null> {
  if (base === null || !(error instanceof SessionConflictError)) return base;
  const latest = await reload(base, now, settings).catch(() => null);
  return latest === null || isRetired(latest) ? base : latest;
}

/** Writes to the store, by the kind of change that the route asked for. */
async function write<T>(
  changes: Changes<T>,
  visit: Visit<T>,
  settings: Settings<T>,
  how: How,
): Promise<Saved<T>> {
  const { outcome } = changes;
  switch (outcome.kind) {
    case "keep":
    case "regenerate":
      if (visit.withheld === undefined) {
        return await saveChanges(changes, visit, settings, how);
      }
      if (changes.needsSession) throw new SessionUnprovenError();
      return { kind: "unchanged", base: null };
    case "restart":
      return await restart(changes, outcome, visit, settings, how);
    case "destroy": {
      const old = visit.base ?? visit.withheld;
      if (old) await settings.records.remove(old.record.key);
      return { kind: "destroyed", base: null };
    }
  }
}

/** The binding's answer to a request for its own addresses. */
export function answerForBinding<T>(
  c: Context,
  settings: Settings<T>,
): Promise<Response> | undefined {
  const { binding, trustProxy, now } = settings;
  if (binding === undefined || !isHttps(c, trustProxy)) return undefined;
  return binding.respond(c, now(), async (choose) => {
    const visit = await load(c, settings);
    if (visit.value === undefined) return undefined;
    const { base } = visit;
    if (base === null) return null;
    const { bound } = base.record.terms ?? {};
    if (bound !== undefined) return bound;
    const chosen = choose(viewOf(base, visit.now, settings));
    if (chosen === "withhold" || chosen.mark === undefined) return null;
    const opened = new Opened({ ...visit, ...chosen }, settings);
    await opened.finish(false);
    if (opened.line) c.header("Set-Cookie", opened.line, { append: true });
    opened.tell(c);
    return opened.saved.base?.record.terms?.bound ?? null;
  });
}
