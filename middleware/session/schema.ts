import type { z } from "zod";
import type { Change, DeepReadonly } from "./session.ts";

/**
 * What a session may hold: a zod object whose values survive JSON, parsed on
 * the way in and on the way out. All that it returns is deeply frozen.
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

function freeze<T>(value: T): DeepReadonly<T> {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const key in value) freeze(value[key]);
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

/** The zod types whose values JSON brings back as they were. */
const JSON_SAFE = new Set([
  ...[
    "string",
    "number",
    "boolean",
    "null",
    "literal",
    "enum",
    "template_literal",
    "never",
  ],
  ...[
    "any",
    "unknown",
    "array",
    "tuple",
    "object",
    "record",
    "union",
    "intersection",
  ],
  ...[
    "optional",
    "nonoptional",
    "nullable",
    "default",
    "prefault",
    "catch",
    "readonly",
    "lazy",
  ],
]);

/** What in a schema does not survive JSON, each with its path and what to use instead. */
export function jsonFaults(schema: z.ZodObject): string[] {
  const faults: string[] = [];
  const seen = new Set<unknown>();

  function visit(type: unknown, path: string): void {
    if (seen.has(type)) return; // a recursive schema comes round again
    seen.add(type);
    const { def } =
      (type as { _zod: { def: Record<string, unknown> & { type: string } } })
        ._zod;
    if (!JSON_SAFE.has(def.type)) {
      faults.push(
        `${path} is a ${def.type}: ${
          ADVICE[def.type] ?? "it would not survive JSON"
        }`,
      );
      return;
    }
    if (def.type === "literal") {
      for (const value of def["values"] as unknown[]) {
        if (value === undefined || typeof value === "bigint") {
          faults.push(
            `${path} is the literal ${value}: it would not survive JSON`,
          );
        }
      }
    }
    for (const [key, child] of Object.entries((def["shape"] ?? {}) as object)) {
      visit(child, path === "" ? key : `${path}.${key}`);
    }
    const lazy = def["getter"] as (() => unknown) | undefined;
    const children = [
      ...[
        def["element"],
        def["valueType"],
        def["keyType"],
        def["rest"],
        def["catchall"],
      ],
      ...[def["innerType"], def["left"], def["right"], lazy?.()],
      ...(def["items"] ?? []) as unknown[],
      ...(def["options"] ?? []) as unknown[],
    ];
    for (const child of children) if (child) visit(child, path);
  }

  visit(schema, "");
  return faults;
}

const ADVICE: Record<string, string> = {
  date: "store z.iso.datetime() or a number of seconds",
  bigint: "store z.string(), or z.int() when it is small enough",
  map: "store z.record()",
  set: "store z.array()",
  undefined: "make the key .optional()",
  nan: "store z.number().nullable()",
  pipe: "transform before you store, and keep the result",
  transform: "transform before you store, and keep the result",
};
