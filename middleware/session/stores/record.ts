import { sha256 } from "@noble/hashes/sha2.js";
import { encode } from "../cookie/base64url.ts";
import type { SessionRecord, SessionTerms } from "./store.ts";

/** The most that one record may take in a database, in bytes. */
export const RECORD_LIMIT_BYTES = 60_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The bytes that a `serverStore` keeps under the record's key. */
export function encodeRecord(
  { generation, createdAt, usedAt, data, terms }: SessionRecord,
): Uint8Array {
  const parts = [generation, createdAt, usedAt, data];
  return encoder.encode(JSON.stringify(terms ? [...parts, terms] : parts));
}

/** What {@linkcode encodeRecord} made; null for anything else. */
export function decodeRecord(
  key: string,
  value: Uint8Array,
): SessionRecord | null {
  try {
    const [generation, createdAt, usedAt, data, terms] = JSON.parse(
      decoder.decode(value),
    );
    if (!isRecord({ generation, createdAt, usedAt, terms })) return null;
    return {
      key,
      generation,
      createdAt,
      usedAt,
      data,
      ...(terms && { terms }),
    };
  } catch {
    return null; // not written by us: as unknown as a missing one
  }
}

/** An owner as a database sees it: nothing that tells who it is, and never too long. */
export function ownerKey(owner: string): string {
  return encode(sha256(encoder.encode(owner)));
}

/** Whether what was read under a seal, or from a database, is a record's content. */
export function isRecord(
  { generation, createdAt, usedAt, terms }: Omit<
    Record<keyof SessionRecord, unknown>,
    "key" | "data"
  >,
): boolean {
  return typeof generation === "string" && Number.isSafeInteger(createdAt) &&
    Number.isSafeInteger(usedAt) && (terms === undefined || isTerms(terms));
}

function isTerms(value: unknown): value is SessionTerms {
  if (typeof value !== "object" || value === null) return false;
  const { idle, until, persistent, bound } = value as Record<string, unknown>;
  return (idle === undefined || isPositive(idle)) &&
    (until === undefined || isPositive(until)) &&
    (persistent === undefined || persistent === false) &&
    (bound === undefined || typeof bound === "string");
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}
