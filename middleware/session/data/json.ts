// JSON keeps text, finite numbers, booleans, null, arrays and plain objects.
import { toJSONSchema, type z } from "zod";

/** The zod types whose values JSON brings back as they were. */
const JSON_SAFE = new Set(
  ("string number boolean null literal enum template_literal never any unknown " +
    "array tuple object record union intersection optional nonoptional " +
    "nullable default prefault catch readonly lazy").split(" "),
);

const ADVICE: Readonly<Record<string, string>> = {
  date: "store z.iso.datetime() or a number of seconds",
  bigint: "store z.string(), or z.int() when it is small enough",
  map: "store z.record()",
  set: "store z.array()",
  undefined: "make the key .optional()",
  nan: "store z.number().nullable()",
  pipe: "transform before you store, and keep the result",
  transform: "transform before you store, and keep the result",
};

/** Lists the parts of a schema that do not survive JSON, each with its path and advice. */
export function jsonFaults(schema: z.ZodObject): string[] {
  const faults = new Map<string, string>();
  try {
    visitTypes(schema, faults);
  } catch (error) { // such as a default that contains itself
    faults.set("", (error as Error).message);
  }
  return [...faults.values()];
}

function visitTypes(schema: z.ZodObject, faults: Map<string, string>): void {
  toJSONSchema(schema, {
    unrepresentable: "any",
    override({ zodSchema, path }) {
      const key = path.filter((_, i) => path[i - 1] === "properties").join(".");
      const { def } = zodSchema._zod;
      if (def.checks?.some(isAsync)) {
        faults.set(
          key,
          `${key || "it"} has an async refinement: check before you store`,
        );
      }
      if (def.type === "default" || def.type === "prefault") {
        // One inside of an optional object is not in the empty session.
        jsonCopy(def.defaultValue, `the default of ${key}`);
      }
      if (!JSON_SAFE.has(def.type)) {
        const advice = ADVICE[def.type] ?? "it would not survive JSON";
        faults.set(key, `${key} is a ${def.type}: ${advice}`);
      } else if (def.type === "literal" && !def.values.every(isJsonLiteral)) {
        faults.set(key, `${key} has a literal that would not survive JSON`);
      }
    },
  });
}

/** `.refine()` keeps its function in the definition, `.check()` is its own. */
function isAsync({ _zod: { def, check } }: z.core.$ZodCheck): boolean {
  const { fn } = def as { readonly fn?: unknown };
  return [fn, check].some((one) => one?.constructor.name === "AsyncFunction");
}

function isJsonLiteral(value: unknown): boolean {
  return value !== undefined && typeof value !== "bigint";
}

/** Compares two pieces of session data by their JSON. */
export function isSameJson(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/**
 * A copy that the caller cannot change later.
 *
 * @param path of the value, for the message
 * @throws {TypeError} for a value that JSON would lose
 */
export function jsonCopy(value: unknown, path: string): unknown {
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
        const given = Object.entries(value)
          .filter(([, item]) => item !== undefined)
          .map(([key, item]) => {
            return [nameOf(key, path), jsonCopy(item, `${path}.${key}`)];
          });
        return Object.fromEntries(given);
      }
  }
  throw new TypeError(
    `${path} would not survive JSON (${
      describe(value)
    }); store text, numbers, booleans, null, arrays or plain objects`,
  );
}

/** Schemas drop this one key without a word. */
function nameOf(key: string, path: string): string {
  if (key !== "__proto__") return key;
  throw new TypeError(`${path} has the key "__proto__", which would be lost`);
}

export function isPlainObject(
  value: unknown,
): value is Record<string, unknown> {
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
