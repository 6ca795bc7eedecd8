import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { Moment } from "./moment.tsx";
import { Terms } from "./terms.tsx";

/** One of the parts that a payload is made of, shortened where it has to be. */
export interface DecodedPart {
  readonly text: string;
  readonly meaning: keyof typeof locales.en.session.anatomy.parts;
  /** The moment that it says, in seconds since the epoch. */
  readonly seconds?: number;
}

export interface AnatomyProps {
  readonly language: Language;
  readonly mode: Mode;
  readonly seal: "sign" | "encrypt";
  readonly version: string;
  /** The beginning of each: no more may be shown. */
  readonly payload: string;
  readonly sealed: string;
  /** The payload's parts, where anybody can decode it; null where it is encrypted. */
  readonly decoded: readonly DecodedPart[] | null;
}

/** A cookie's three parts, each in its hue: what stands there, and what it is for. */
export function Anatomy(
  { language, mode, seal, version, payload, sealed, decoded }: AnatomyProps,
) {
  const { anatomy: t } = locales[language].session;
  const term = (text: string, name: string) => (
    <>
      <code dir="ltr">{text}</code> {name}
    </>
  );
  const meaning = (
    <>
      {t.payloadMeaning[mode]}
      {decoded && (
        <ul aria-label={t.decoded}>
          {decoded.map(({ text, meaning, seconds }) => (
            <li>
              <code dir="auto">{text}</code> {t.parts[meaning]}{" "}
              {seconds !== undefined && (
                <Moment language={language} seconds={seconds} />
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  );
  return (
    <Terms
      rows={[
        [term(version, t.version), t.versionMeaning],
        [term(payload, t.payload), meaning, "payload"],
        [term(sealed, t.seal[seal]), t.sealMeaning[seal], "seal"],
      ]}
    />
  );
}
