import type { z } from "zod";

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
