import type { Child } from "hono/jsx";
import { formatsOf } from "./format.ts";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { Moment } from "./moment.tsx";
import { template } from "./template.ts";

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
  /** The payload's parts, where anybody can decode it; null where nobody can. */
  readonly decoded: readonly DecodedPart[] | null;
}

/** A cookie's three parts, each in its colour: what stands there, and what it is for. */
export function Anatomy({ payload, sealed, decoded, ...props }: AnatomyProps) {
  const { language } = props;
  const { number } = formatsOf(language);
  return (
    <Parts
      {...props}
      payload={payload.text}
      payloadLength={number.format(payload.length)}
      sealed={sealed.text}
      sealedLength={number.format(sealed.length)}
      decoded={decoded !== null &&
        <Decoded language={language} parts={decoded} />}
    />
  );
}

interface PartsProps
  extends Omit<AnatomyProps, "payload" | "sealed" | "decoded"> {
  readonly payload: string;
  readonly payloadLength: string;
  readonly sealed: string;
  readonly sealedLength: string;
  readonly decoded: Child;
}

const Parts = template(["language", "mode", "seal"], (
  { language, mode, seal, version, payload, sealed, ...rest }: PartsProps,
) => {
  const t = locales[language].session.anatomy;
  return (
    <dl class="parts">
      <div class="version">
        <dt>
          <code dir="ltr">{version}</code> {t.version}
        </dt>
        <dd>{t.versionMeaning}</dd>
      </div>
      <div class="payload">
        <dt>
          <code dir="ltr">{payload}</code> {t.payload}{" "}
          <small>{t.characters(rest.payloadLength)}</small>
        </dt>
        <dd>
          {t.payloadMeaning[mode]}
          {rest.decoded}
        </dd>
      </div>
      <div class="seal">
        <dt>
          <code dir="ltr">{sealed}</code> {t.seal[seal]}{" "}
          <small>{t.characters(rest.sealedLength)}</small>
        </dt>
        <dd>{t.sealMeaning[seal]}</dd>
      </div>
    </dl>
  );
});

interface DecodedProps {
  readonly language: Language;
  readonly parts: readonly DecodedPart[];
}

function Decoded({ language, parts }: DecodedProps) {
  return (
    <DecodedList
      language={language}
      items={parts.map(({ text, meaning, seconds }) => (
        <DecodedItem
          language={language}
          meaning={meaning}
          text={text}
          moment={seconds !== undefined && (
            <>
              {" "}
              <Moment language={language} seconds={seconds} />
            </>
          )}
        />
      ))}
    />
  );
}

interface DecodedListProps {
  readonly language: Language;
  readonly items: Child;
}

const DecodedList = template(["language"], (
  { language, items }: DecodedListProps,
) => (
  <ul class="decoded" aria-label={locales[language].session.anatomy.decoded}>
    {items}
  </ul>
));

interface DecodedItemProps extends Omit<DecodedPart, "seconds"> {
  readonly language: Language;
  readonly moment: Child;
}

const DecodedItem = template(["language", "meaning"], (
  { language, meaning, text, moment }: DecodedItemProps,
) => (
  <li>
    <code dir="auto">{text}</code>{" "}
    {locales[language].session.anatomy.parts[meaning]}
    {moment}
  </li>
));
