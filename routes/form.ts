import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { BodyEnv } from "../middleware/form_body.ts";

/** More than any form here has: parsing thousands would cost as much as forty ordinary requests. */
const MAX_FIELDS = 200;

/**
 * The fields of a posted form; of two with one name the last.
 *
 * @throws HTTPException 415 when it is no form, 413 for more than 200 fields,
 * 400 when it ends too early or is not UTF-8
 */
export async function readForm<E extends BodyEnv>(
  c: Context<E>,
): Promise<Record<string, string | File>> {
  const type = c.req.header("Content-Type");
  if (type === undefined) throw new HTTPException(415);
  const body = c.get("body") ?? new Uint8Array();
  return /^multipart/i.test(type)
    ? await parseMultipart(body, type)
    : parseUrlEncoded(body);
}

/** A `%` that begins no escape stands for itself (URL Standard, 5.1). */
const LONE_PERCENT = /%(?![\da-f]{2})/gi;

/** A charset that the type declares changes nothing (URL Standard, 5.1): it is UTF-8 or refused. */
function parseUrlEncoded(body: Uint8Array): Record<string, string> {
  const text = new TextDecoder().decode(body);
  if (isMore(text, "&", MAX_FIELDS - 1)) throw new HTTPException(413);
  const fields = Object.fromEntries(new URLSearchParams(text));
  if (Object.values(fields).some(hasReplacement)) {
    mustDecode(() => utf8.decode(body));
    mustDecode(() => decodeURIComponent(text.replace(LONE_PERCENT, "%25")));
  }
  return fields;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The parsers put U+FFFD for each byte that is not UTF-8, and so change a name in silence. */
function mustDecode(decode: () => string): void {
  try {
    decode();
  } catch (cause) {
    throw new HTTPException(400, { cause });
  }
}

async function parseMultipart(
  body: Uint8Array<ArrayBuffer>,
  type: string,
): Promise<Record<string, string | File>> {
  // RFC 2046, 5.1.1; as plain as it always is, so that the parser sees the one that is counted.
  const [, boundary] = /;\s*boundary="?([\w'()+,./:=?-]{1,70})"?\s*(?:;|$)/i
    .exec(type) ?? [];
  if (boundary === undefined) throw new HTTPException(415);
  const delimiter = `\r\n--${boundary}`;
  const text = `\r\n${new TextDecoder("latin1").decode(body)}`;
  if (!text.includes(delimiter)) throw new HTTPException(415);
  if (isMore(text, delimiter, MAX_FIELDS + 1)) throw new HTTPException(413);
  // Parsers leave out a last part without its end, and say nothing.
  if (!text.includes(`${delimiter}--`)) throw new HTTPException(400);
  const headers = {
    "Content-Type": `multipart/form-data; boundary="${boundary}"`,
  };
  const form = await new Response(body, { headers }).formData().catch(() => {
    throw new HTTPException(415); // it says it is a form, and is none
  });
  const fields = Object.fromEntries(form);
  if (Object.values(fields).some(hasReplacement)) {
    mustDecode(() => utf8.decode(body));
  }
  return fields;
}

/** Typed so, or put there by the parser. */
function hasReplacement(value: string | File): boolean {
  return typeof value === "string" && value.includes("\ufffd");
}

function isMore(text: string, what: string, most: number): boolean {
  return text.split(what, most + 2).length > most + 1;
}

/** A file where text was asked for counts as nothing. */
export function textField(value: string | File | undefined): string {
  return typeof value === "string" ? value : "";
}
