import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";

/** The fields of a posted form. Throws 415 when there is none. */
export async function readForm(
  c: Context,
): Promise<Record<string, string | File>> {
  if (c.req.header("Content-Type") === undefined) throw new HTTPException(415);
  try {
    return await c.req.parseBody();
  } catch {
    throw new HTTPException(415); // it says it is a form, and is none
  }
}

/** A file where text was asked for counts as nothing. */
export function textField(value: string | File | undefined): string {
  return typeof value === "string" ? value : "";
}
