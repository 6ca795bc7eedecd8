import { formatsOf } from "./format.ts";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { Moment } from "./moment.tsx";

export interface Segment {
  /** The part of it that may be shown. */
  readonly text: string;
  /** Characters of the whole. */
  readonly length: number;
}

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
  readonly payload: Segment;
  readonly sealed: Segment;
  /** The payload's parts, where anybody can decode it; null where it is encrypted. */
  readonly decoded: readonly DecodedPart[] | null;
}

/** A cookie's three parts, each in its colour: what stands there, and what it is for. */
export function Anatomy(
  { language, mode, seal, version, payload, sealed, decoded }: AnatomyProps,
) {
  const { anatomy: t } = locales[language].session;
  const size = ({ length }: Segment) => (
    <small>{t.characters(formatsOf(language).number.format(length))}</small>
  );
  return (
    <dl>
      <div class="version">
        <dt>
          <code dir="ltr">{version}</code> {t.version}
        </dt>
        <dd>{t.versionMeaning}</dd>
      </div>
      <div class="payload">
        <dt>
          <code dir="ltr">{payload.text}</code> {t.payload} {size(payload)}
        </dt>
        <dd>
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
        </dd>
      </div>
      <div class="seal">
        <dt>
          <code dir="ltr">{sealed.text}</code> {t.seal[seal]} {size(sealed)}
        </dt>
        <dd>{t.sealMeaning[seal]}</dd>
      </div>
    </dl>
  );
}
