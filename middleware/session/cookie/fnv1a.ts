/** 32 bits that tell one text from another, by its code units from `start` on (FNV-1a). No secret, and nothing against an attacker. */
export function fnv1a(text: string, start = 0): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}
