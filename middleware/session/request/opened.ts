import type { Context } from "hono";
import type { BindingView } from "../binding.ts";
import { randomId } from "../cookie/base64url.ts";
import type { Changes } from "../data/changes.ts";
import { SessionConflictError, SessionUnprovenError } from "../errors.ts";
import { tell } from "../events.ts";
import { endsAt } from "../lifetime.ts";
import type { Settings } from "../options.ts";
import { OpenSession } from "../session.ts";
import { infoOf } from "./info.ts";
import { reload, type Stored, type Visit } from "./load.ts";
import { cookieLine, eventOf } from "./response.ts";
import { restart } from "./restart.ts";
import { type How, isTouched, saveChanges, type Saved } from "./save.ts";

/** A session that was opened in one request, from its loading to its last save. */
export class Opened<T> {
  readonly session: OpenSession<T>;
  readonly #settings: Settings<T>;
  /** As the request brought it. */
  readonly #visit: Visit<T>;
  /** As it is since the last save. */
  #current: Visit<T>;
  /** All saves of this request, as one. */
  #saved: Saved<T>;
  #line: string | undefined;
  #saving: Promise<unknown> = Promise.resolve();
  /** true when the request moves the idle end. */
  isTouching = false;

  constructor(visit: Visit<T>, settings: Settings<T>) {
    const { schema } = settings;
    this.#settings = settings;
    this.#visit = this.#current = visit;
    this.#saved = { kind: "unchanged", base: visit.base };
    this.session = new OpenSession<T>({
      schema,
      data: visit.base?.data ?? schema.empty(),
      now: visit.now,
      newId: randomId,
      info: (outcome) => infoOf(this.#current, outcome, settings),
      commit: () => this.#save(true),
    });
  }

  /** true when nothing has to be saved or sent, so that the answer need not wait. */
  get isNothingToDo(): boolean {
    return !this.#isPending && this.#saved.kind === "unchanged" &&
      !this.#visit.base?.isOld && this.#visit.withheld === undefined;
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
    await this.#saving.catch(() => {});
    const { outcome } = this.session.changes;
    const isDue = !isFailure || outcome.kind === "destroy";
    if (isDue && this.#isPending) await this.#save(false);
  }

  /** The Set-Cookie line after all saves of this request. */
  get line(): string | undefined {
    return this.#line ??= cookieLine(this.#saved, this.#visit, this.#settings);
  }

  /** The mark that a binding keeps with the session. */
  get mark(): string | undefined {
    return this.#current.base?.record.terms?.bound;
  }

  /** Tells `onEvent` about the saves. */
  tell(c: Context): void {
    tell(c, this.#settings.onEvent, eventOf(this.#saved, this.#visit));
  }

  /** Tells the binding, if this request is one of its own. */
  tellBinding(c: Context): void {
    const { binding, https } = this.#settings;
    const { cookie, now, withheld } = this.#visit;
    if (binding === undefined || cookie !== https) return;
    const { kind, base } = this.#saved;
    binding.finish(c, {
      kind,
      session: base === null ? undefined : viewOf(base, now, this.#settings),
      isWithheld: withheld !== undefined,
    });
  }

  /** Saves run one after the other, even if a route does not wait for its commit. */
  #save(isCommit: boolean): Promise<void> {
    const saving = this.#saving.catch(() => {}).then(async () => {
      const { changes } = this.session;
      const how = { isTouching: this.isTouching, isCommit };
      this.session.rebase(changes.data);
      try {
        const saved = await write(changes, this.#current, this.#settings, how);
        this.#settle(saved);
      } catch (error) {
        if (isCommit && error instanceof SessionConflictError) {
          await this.#giveUp();
        }
        throw error;
      }
    });
    this.#saving = saving;
    return saving;
  }

  /** Makes the saved session the base of later changes. */
  #settle(saved: Saved<T>): void {
    const { base } = saved;
    const all = together(this.#saved, saved);
    this.#line = cookieLine(all, this.#visit, this.#settings);
    this.#saved = all;
    const { retired: _r, mark: _m, ...visit } = this.#current;
    const id = base?.record.id ?? visit.id;
    this.#current = { ...visit, base, id };
    const { schema } = this.#settings;
    if (saved.kind !== "destroyed") {
      this.session.settle(base?.data ?? schema.empty());
    }
  }

  /** Drops the changes of a failed commit, so that they are not saved after the route either. */
  async #giveUp(): Promise<void> {
    const { base, now } = this.#current;
    if (base === null) return;
    const latest = await reload(base, now, this.#settings).catch(() => null);
    if (latest?.record.terms?.successor === undefined && latest !== null) {
      this.#current = { ...this.#current, base: latest };
    }
    const { data } = this.#current.base ?? {};
    this.session.settle(data ?? this.#settings.schema.empty());
  }
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

/** Two saves of one request, as one. */
function together<T>(first: Saved<T>, { kind, base }: Saved<T>): Saved<T> {
  if (kind === "destroyed" || first.kind === "unchanged") return { kind, base };
  const isSmaller = kind === "unchanged" || kind === "saved" ||
    first.kind !== "saved";
  return { kind: isSmaller ? first.kind : kind, base };
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
