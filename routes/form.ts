import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { BodyEnv } from "../middleware/form_body.ts";

/** More than any form here has: parsing thousands would cost as much as twenty ordinary requests. */
const MAX_FIELDS = 32;
/** Characters: twice what a whole cookie has, and more. */
const MAX_FIELD_LENGTH = 10_000;

/**
 * The fields of a posted form; of two with one name the last.
 *
 * @throws HTTPException 415 when it is no form, 413 for too many fields or too long ones
 */
export async function readForm<E extends BodyEnv>(
  c: Context<E>,
): Promise<Record<string, string | File>> {
  const type = c.req.header("Content-Type");
  if (type === undefined) throw new HTTPException(415);
  const body = c.get("body") ?? new Uint8Array();
  const fields = /^multipart/i.test(type)
    ? await parseMultipart(body, type)
    : parseUrlEncoded(body);
  if (Object.values(fields).some(isTooLong)) throw new HTTPException(413);
  return fields;
}

const utf8 = new TextDecoder();

function parseUrlEncoded(body: Uint8Array): Record<string, string> {
  const text = utf8.decode(body);
  if (isMore(text, "&", MAX_FIELDS - 1)) throw new HTTPException(413);
  return Object.fromEntries(new URLSearchParams(text));
}

async function parseMultipart(
  body: Uint8Array<ArrayBuffer>,
  type: string,
): Promise<Record<string, string | File>> {
  // RFC 2046, 5.1.1; as plain as it always is, so that the parser sees the one that is counted.
  const [, boundary] = /;\s*boundary="?([\w'()+,./:=?-]{1,70})"?\s*(?:;|$)/i
    .exec(type) ?? [];
  if (boundary === undefined) throw new HTTPException(415);
  const text = new TextDecoder("latin1").decode(body);
  if (isMore(text, `--${boundary}`, MAX_FIELDS + 1)) {
    throw new HTTPException(413);
  }
  const headers = {
    "Content-Type": `multipart/form-data; boundary="${boundary}"`,
  };
  try {
    return Object.fromEntries(await new Response(body, { headers }).formData());
  } catch {
    throw new HTTPException(415); // it says it is a form, and is none
  }
}

function isMore(text: string, what: string, most: number): boolean {
  return text.split(what, most + 2).length > most + 1;
}

function isTooLong(value: string | File): boolean {
  return typeof value === "string" && value.length > MAX_FIELD_LENGTH;
}

/** A file where text was asked for counts as nothing. */
export function textField(value: string | File | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The page that a form names to come back to, if it names one. */
export async function readBack(c: Context): Promise<string | undefined> {
  if (c.req.header("Content-Type") === undefined) return undefined;
  return textField((await readForm(c))["back"]);
}
