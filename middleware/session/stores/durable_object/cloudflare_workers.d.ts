// The part of `cloudflare:workers` that is used here. Cloudflare's own types would replace Deno's.
export const env: Readonly<Record<string, unknown>>;

export interface DurableObjectStorage {
  /** Synchronous, in objects that SQLite backs. */
  readonly kv: {
    get<T>(key: string): T | undefined;
    put(key: string, value: unknown): void;
    delete(key: string): boolean;
    list<T>(options: { readonly prefix: string }): Iterable<[string, T]>;
  };
  getAlarm(): Promise<number | null>;
  setAlarm(milliseconds: number): Promise<void>;
  deleteAlarm(): Promise<void>;
  deleteAll(): Promise<void>;
}

export class DurableObject {
  protected readonly ctx: { readonly storage: DurableObjectStorage };
  alarm(): Promise<void>;
}
