import type { CookieParts } from "./cookie_text.tsx";
import { factsOf } from "./facts.ts";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { Terms } from "./terms.tsx";

export interface AnatomyProps {
  readonly language: Language;
  readonly mode: Mode;
  readonly seal: "sign" | "encrypt";
  /** Of each the beginning: no more may be shown. */
  readonly parts: CookieParts;
}

const ALGORITHMS = {
  sign: "HMAC-SHA-256",
  encrypt: "XChaCha20-Poly1305",
} as const;

/** A cookie's three parts, each in its hue: what stands there, and what it is for. */
export function Anatomy({ language, mode, seal, parts }: AnatomyProps) {
  const { anatomy: t } = locales[language].session;
  const fact = factsOf(language, mode);
  const rows = [
    ["version", t.version, t.versionMeaning],
    ["payload", t.payload, `${fact.holds} ${fact.reads}`],
    ["seal", t.seal[seal], `${fact.changes} (${ALGORITHMS[seal]})`],
  ] as const;
  return (
    <Terms
      rows={rows.map(([part, name, meaning]) => [
        [<code key={part} dir="ltr">{parts[part]}</code>, " ", name],
        meaning,
        part,
      ])}
    />
  );
}
