// JSON in which bytes may stand, for questions to a store in another process.

export function encode(value: unknown): string {
  return JSON.stringify(
    value ?? null,
    (_, part) => part instanceof Uint8Array ? { bytes: [...part] } : part,
  );
}

export function decode(text: string) {
  return JSON.parse(
    text,
    (_, part) => part?.bytes ? Uint8Array.from(part.bytes) : part,
  );
}
