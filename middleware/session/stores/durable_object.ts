// For Cloudflare Workers alone: nothing else has `cloudflare:workers`.
// @ts-types="./cloudflare_workers.d.ts"
import { DurableObject } from "cloudflare:workers";
import { type Backend, serverStore, type SessionStore } from "./store.ts";

/** As much of a `DurableObjectNamespace<SessionObject>` as a store needs. */
export interface SessionNamespace {
  /** The object of a name. */
  getByName(name: string): SessionStub;
}

/** What a Durable Object answers over RPC. */
export interface SessionStub {
  /** What it holds; null when nothing, or when it has ended. */
  read(): Promise<Entry | null>;
  /** Writes only if the version is `expected`. */
  swap(
    value: Uint8Array,
    expected: string | null,
    ttlSeconds: number,
  ): Promise<boolean>;
  /** Forgets it. */
  remove(): Promise<void>;
}

/** What one object holds. */
export interface Entry {
  /** A session's record. */
  readonly value: Uint8Array;
  /** Random, so that none fits again. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

/**
 * Sessions in Durable Objects, one object a session, wherever on earth its
 * visitor first came from. The Worker must export {@linkcode SessionObject}.
 *
 * @param namespace the binding of a class that `new_sqlite_classes` names
 */
export function durableObjectStore(
  namespace: SessionNamespace,
): SessionStore & AsyncDisposable {
  return serverStore(durableObjectBackend(namespace));
}

/** The {@linkcode Backend} of {@linkcode durableObjectStore}. */
export function durableObjectBackend(namespace: SessionNamespace): Backend {
  return {
    kind: "durable_object",
    get: (key) => namespace.getByName(key).read(),
    swap: (key, value, expected, ttlSeconds) =>
      namespace.getByName(key).swap(value, expected, ttlSeconds),
    remove: (key) => namespace.getByName(key).remove(),
    async ping() {
      await namespace.getByName("ping").read();
    },
  };
}

const KEY = "session";

/**
 * One session. An object takes one event at a time and its storage is
 * synchronous, so each method is atomic; what it answered is on disk, because
 * Workers hold an answer back until then.
 */
export class SessionObject extends DurableObject {
  /** What it holds; null when nothing, or when it has ended. */
  read(): Entry | null {
    const entry = this.ctx.storage.kv.get<Entry>(KEY);
    return entry !== undefined && entry.endsAt > Date.now() ? entry : null;
  }

  /** Writes only if the version is `expected`; whether it did. */
  async swap(
    value: Uint8Array,
    expected: string | null,
    ttlSeconds: number,
  ): Promise<boolean> {
    if ((this.read()?.version ?? null) !== expected) return false;
    const endsAt = Date.now() + ttlSeconds * 1000;
    const version = crypto.randomUUID();
    this.ctx.storage.kv.put(KEY, { value, version, endsAt });
    await this.ctx.storage.setAlarm(endsAt);
    return true;
  }

  /** Forgets it; a missing one is no error. */
  async remove(): Promise<void> {
    if (this.ctx.storage.kv.get(KEY) === undefined) return;
    this.ctx.storage.kv.delete(KEY);
    await this.#forget();
  }

  /** The session has ended: nothing stays. */
  override async alarm(): Promise<void> {
    if (this.read() === null) await this.#forget();
  }

  async #forget(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }
}
