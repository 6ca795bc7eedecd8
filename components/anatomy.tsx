import { formatsOf } from "./format.ts";
import { type Language, locales } from "./locales/mod.ts";

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
export function Anatomy(
  { language, kind, seal, version, payload, sealed, decoded }: AnatomyProps,
) {
  const t = locales[language].session.anatomy;
  const characters = ({ length }: Segment) =>
    t.characters(formatsOf(language).number.format(length));
  return (
    <>
      <CookieText version={version} payload={payload.text} seal={sealed.text} />
      <dl class="parts">
        <div class="version">
          <dt>{t.version}</dt>
          <dd>{t.versionMeaning}</dd>
        </div>
        <div class="payload">
          <dt>
            {t.payload} <small>{characters(payload)}</small>
          </dt>
          <dd>{t.payloadMeaning[kind]}</dd>
        </div>
        <div class="seal">
          <dt>
            {t.seal} <small>{characters(sealed)}</small>
          </dt>
          <dd>{t.sealMeaning[seal]}</dd>
        </div>
      </dl>
      {decoded !== null && (
        <div class="decoded">
          <h3>{t.decoded}</h3>
          <pre dir="ltr"><code>{decoded}</code></pre>
        </div>
      )}
    </>
  );
}

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
  const mark = (part: "payload" | "seal") =>
    bad.includes(part) ? `${part} bad` : part;
  return (
    <p class="cookie" dir="ltr">
      <code>
        <span class="version">{version}</span>.<span class={mark("payload")}>
          {payload}
        </span>
        {seal !== "" && (
          <>
            .<span class={mark("seal")}>{seal}</span>
          </>
        )}
      </code>
    </p>
  );
}
