import type { z } from "zod";
import { isPlainObject, isSameJson, jsonCopy, jsonFaults } from "./json.ts";

/** `T`, and all that is in it, read-only. A branded type is a primitive with an object, so primitives stay as they are. */
export type DeepReadonly<T> = unknown extends T ? T
  : T extends string | number | boolean | null | undefined ? T
  : T extends readonly (infer Item)[] ? DeepReadonlyArray<T, Item>
  : { readonly [K in keyof T]: DeepReadonly<T[K]> };

/** A tuple keeps its length. */
type DeepReadonlyArray<T extends readonly unknown[], Item> = number extends
  T["length"] ? DeepReadonlyList<Item>
  : { readonly [K in keyof T]: DeepReadonly<T[K]> };

/** An interface, because TypeScript looks into it only when it must: schemas may be recursive. */
interface DeepReadonlyList<Item> extends ReadonlyArray<DeepReadonly<Item>> {}

/** New values for some of the session's keys. */
export type Change<T> = { readonly [K in keyof T]?: DeepReadonly<T[K]> };

/**
 * `C` without the keys that `T` lacks. If C has no unknown key, it is C itself:
 * `C & {}` would accept a change made only of unknown keys.
 */
export type Only<C, T> = [Exclude<keyof C, keyof T>] extends [never] ? C
  : C & { readonly [K in Exclude<keyof C, keyof T>]: never };

/**
 * The schema of a session: a zod object whose values survive JSON. Data is
 * parsed on the way in and on the way out, and frozen at every depth.
 */
export interface DataSchema<T> {
  /** The data of a new session. */
  empty(): DeepReadonly<T>;
  /** Stored data, or null when it no longer fits. */
  read(stored: unknown): DeepReadonly<T> | null;
  /** A copy of the change. Throws TypeError for an unknown key or a value that JSON would lose. */
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
  const empty = freeze(schema.parse({}) as T); // the same each time: see emptyFaults()

  return {
    empty: () => empty,
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
        if (value === undefined) return [key, undefined];
        return [key, jsonCopy(value, `update(): ${key}`)];
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

/** Lists the faults of the option `schema`. */
export function schemaFaults(schema: z.ZodObject): string[] {
  if (schema?._zod?.def?.type !== "object") {
    return ["schema: give a z.object() of zod 4"];
  }
  const faults = jsonFaults(schema);
  if (faults.length === 0) faults.push(...emptyFaults(schema));
  return faults.map((fault) => `schema: ${fault}`);
}

/** Checks the empty session: it must be valid, and the same each time. */
function emptyFaults(schema: z.ZodObject): string[] {
  let empty: unknown;
  try {
    const parsed = schema.safeParse({});
    if (!parsed.success) {
      return [
        "every key must be optional or have a default, so that an empty session is valid",
      ];
    }
    empty = parsed.data;
    for (const [key, value] of Object.entries(parsed.data)) {
      if (value !== undefined) jsonCopy(value, `the default of ${key}`);
    }
  } catch (error) {
    return [(error as Error).message];
  }
  return isSameJson(empty, schema.parse({})) ? [] : [
    "parse({}) gives another value each time; make the key optional, and store the value with update() when the session begins",
  ];
}

/**
 * Freezes all of it, at any depth. Looks into frozen values as well, because
 * zod's `.readonly()` freezes one level only.
 */
function freeze<T>(value: T): DeepReadonly<T> {
  if (typeof value === "object" && value !== null) {
    Object.freeze(value);
    for (const key in value) freeze(value[key]);
  }
  return value as DeepReadonly<T>;
}
