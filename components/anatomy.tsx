import { formatsOf } from "./format.ts";
import { type Language, locales } from "./locales/mod.ts";
import { template } from "./template.ts";

/** How a cookie's payload is kept from, or shown to, who holds it. */
export type PayloadKind = "sign" | "encrypt" | "server";

export interface Segment {
  /** What may be shown of it. */
  readonly text: string;
  /** Characters of the whole. */
  readonly length: number;
}

export interface AnatomyProps {
  readonly language: Language;
  readonly kind: PayloadKind;
  readonly seal: "sign" | "encrypt";
  readonly version: string;
  readonly payload: Segment;
  readonly sealed: Segment;
  /** The payload, decoded, where anybody can do that. */
  readonly decoded: string | null;
}

/** A cookie's three parts, each in its colour, with what it is for. */
export function Anatomy({ payload, sealed, decoded, ...props }: AnatomyProps) {
  const { language, kind, seal, version } = props;
  const { number } = formatsOf(language);
  return (
    <>
      <CookieText version={version} payload={payload.text} seal={sealed.text} />
      <Parts
        language={language}
        kind={kind}
        seal={seal}
        payload={number.format(payload.length)}
        sealed={number.format(sealed.length)}
      />
      {decoded !== null && <Decoded language={language} text={decoded} />}
    </>
  );
}

interface PartsProps extends Pick<AnatomyProps, "language" | "kind" | "seal"> {
  /** How long each is, as the language writes a number. */
  readonly payload: string;
  readonly sealed: string;
}

const Parts = template(["language", "kind", "seal"], (
  { language, kind, seal, payload, sealed }: PartsProps,
) => {
  const t = locales[language].session.anatomy;
  return (
    <dl class="parts">
      <div class="version">
        <dt>{t.version}</dt>
        <dd>{t.versionMeaning}</dd>
      </div>
      <div class="payload">
        <dt>
          {t.payload} <small>{t.characters(payload)}</small>
        </dt>
        <dd>{t.payloadMeaning[kind]}</dd>
      </div>
      <div class="seal">
        <dt>
          {t.seal} <small>{t.characters(sealed)}</small>
        </dt>
        <dd>{t.sealMeaning[seal]}</dd>
      </div>
    </dl>
  );
});

interface DecodedProps {
  readonly language: Language;
  readonly text: string;
}

const Decoded = template(
  ["language"],
  ({ language, text }: DecodedProps) => (
    <div class="decoded">
      <h3>{locales[language].session.anatomy.decoded}</h3>
      <pre dir="ltr"><code>{text}</code></pre>
    </div>
  ),
);

export interface CookieTextProps {
  readonly version: string;
  readonly payload: string;
  readonly seal: string;
  /** The parts that the server did not believe. */
  readonly bad?: readonly ("payload" | "seal")[];
}

/** A cookie's value, its parts in their colours. */
export function CookieText(
  { version, payload, seal, bad = [] }: CookieTextProps,
) {
  return (
    <Colored
      isSealed={seal !== ""}
      isPayloadBad={bad.includes("payload")}
      isSealBad={bad.includes("seal")}
      version={version}
      payload={payload}
      seal={seal}
    />
  );
}

interface ColoredProps extends Omit<CookieTextProps, "bad"> {
  readonly isSealed: boolean;
  readonly isPayloadBad: boolean;
  readonly isSealBad: boolean;
}

const Colored = template(["isSealed", "isPayloadBad", "isSealBad"], (
  { isSealed, isPayloadBad, isSealBad, ...cookie }: ColoredProps,
) => {
  const { version, payload, seal } = cookie;
  return (
    <p class="cookie" dir="ltr">
      <code>
        <span class="version">{version}</span>.<span
          class={isPayloadBad ? "payload bad" : "payload"}
        >
          {payload}
        </span>
        {isSealed && (
          <>
            .<span class={isSealBad ? "seal bad" : "seal"}>{seal}</span>
          </>
        )}
      </code>
    </p>
  );
});
