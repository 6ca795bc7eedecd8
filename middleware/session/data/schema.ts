import type { z } from "zod";
import type { Change, DeepReadonly } from "./change.ts";

/**
 * What a session may hold: a zod object whose values survive JSON, parsed on
 * the way in and on the way out. All that it returns is frozen at every depth.
 */
export interface DataSchema<T> {
  /** The session that nothing was stored in yet. */
  empty(): DeepReadonly<T>;
  /** Stored data, or null when it no longer fits. */
  read(stored: unknown): DeepReadonly<T> | null;
  /** A copy of the change. Throws TypeError for an unknown key or what JSON would lose. */
  copy(change: Change<T>): Change<T>;
  /** `data` with a copied change made. Throws ZodError when it does not fit. */
  merge(data: DeepReadonly<T>, change: Change<T>): DeepReadonly<T>;
}

export function dataSchema<S extends z.ZodObject>(
  schema: S,
): DataSchema<z.output<S>> {
  type T = z.output<S>;
  const { catchall } = schema.def;
  const isLoose = catchall !== undefined && catchall._zod.def.type !== "never";

  return {
    empty: () => freeze(schema.parse({}) as T),
    read(stored) {
      const parsed = schema.safeParse(stored);
      return parsed.success ? freeze(parsed.data as T) : null;
    },
    copy(change) {
      if (!isPlainObject(change)) {
        throw new TypeError(
          "update() takes an object, or a function that returns one at once",
        );
      }
      const copies = Object.entries(change).map(([key, value]) => {
        if (!isLoose && !Object.hasOwn(schema.shape, key)) {
          throw new TypeError(
            `update(): the session's schema has no key "${key}"`,
          );
        }
        return [key, value === undefined ? undefined : jsonCopy(value, key)];
      });
      return Object.fromEntries(copies);
    },
    merge(data, change) {
      const merged: Record<string, unknown> = { ...data, ...change };
      for (const key in merged) {
        if (merged[key] === undefined) delete merged[key];
      }
      return freeze(schema.parse(merged) as T);
    },
  };
}

/** Whether two pieces of session data are the same, as JSON sees them. */
export function isSameJson(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Freezes all of it, at any depth. What is frozen already is looked into as
 * well: zod's `.readonly()` freezes one level.
 */
function freeze<T>(value: T, seen: Set<object> = new Set()): DeepReadonly<T> {
  if (typeof value === "object" && value !== null) {
    if (!Object.isFrozen(value)) Object.freeze(value);
    else if (seen.has(value)) return value as DeepReadonly<T>; // a cycle
    else seen.add(value);
    for (const key in value) freeze(value[key], seen);
  }
  return value as DeepReadonly<T>;
}

/** A copy that the caller cannot change later. What JSON would lose is refused, never lost. */
function jsonCopy(value: unknown, path: string): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (Number.isFinite(value)) return value;
      break;
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) {
        return Array.from(value, (item, i) => jsonCopy(item, `${path}[${i}]`));
      }
      if (isPlainObject(value)) {
        return Object.fromEntries(
          Object.entries(value)
            .filter(([, item]) => item !== undefined)
            .map(([key, item]) => [key, jsonCopy(item, `${path}.${key}`)]),
        );
      }
  }
  throw new TypeError(
    `update(): ${path} would not survive JSON (${
      describe(value)
    }); store text, numbers, booleans, null, arrays or plain objects`,
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "object"
    ? value?.constructor?.name ?? "object"
    : typeof value;
}
