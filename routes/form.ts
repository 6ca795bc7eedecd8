import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { BodyEnv } from "../middleware/form_body.ts";

/** The fields of a posted form; of two with one name the last. Throws 415 when there is none. */
export async function readForm<E extends BodyEnv>(
  c: Context<E>,
): Promise<Record<string, string | File>> {
  const type = c.req.header("Content-Type");
  if (type === undefined) throw new HTTPException(415);
  const body = c.get("body") ?? new Uint8Array();
  if (!isMultipart(type)) {
    return Object.fromEntries(
      new URLSearchParams(new TextDecoder().decode(body)),
    );
  }
  try {
    const headers = { "Content-Type": type };
    return Object.fromEntries(await new Response(body, { headers }).formData());
  } catch {
    throw new HTTPException(415); // it says it is a form, and is none
  }
}

function isMultipart(type: string): boolean {
  return /^multipart/i.test(type);
}

/** A file where text was asked for counts as nothing. */
export function textField(value: string | File | undefined): string {
  return typeof value === "string" ? value : "";
}
