import { Card } from "../card.tsx";
import { type CookieParts, CookieText } from "../cookie_text.tsx";
import { type Language, locales } from "../locales/mod.ts";
import { Terms } from "../terms.tsx";
import { type Answered, LabFrame, Outcome, type Rung } from "./frame.tsx";

/** How the lab's server makes its cookies, and where it keeps its sessions. */
export const LAB_KINDS = [
  "none",
  "signed",
  "copy",
  "server",
  "encrypted",
] as const satisfies Rung[];

export type LabKind = typeof LAB_KINDS[number];

/** The attempts with a copy: of a cookie in use, and of one after its visitor logged out. */
export const ATTEMPTS = ["copy", "replay"] as const;

export interface ForgePageProps {
  readonly language: Language;
  readonly knownAs: string | null;
  readonly kind: LabKind;
  /** Whether the visitor came by https. */
  readonly isSecure: boolean;
  /** Ada's cookie, and the same as a cookie's value. */
  readonly original: CookieParts;
  readonly originalValue: string;
  /** The values of the form: the payload, as text where it can be decoded, and the seal. */
  readonly text: string;
  readonly seal: string;
  /** The cookie that was sent, and the result; left out before the first one. */
  readonly tried?: { readonly sent: CookieParts } & Answered;
}

/** The lab: change a cookie or copy it, and see what comes of it. */
export function ForgePage({ tried, ...props }: ForgePageProps) {
  const { language, knownAs, kind, original } = props;
  const t = locales[language].lab;
  const isCopied = kind === "copy" || kind === "server";
  return (
    <LabFrame language={language} rung={kind} knownAs={knownAs}>
      <div class="columns">
        <Card id="sample" title={t.sample}>
          <CookieText cookie={original} />
          {tried && (
            <>
              <h2>{t.sent}</h2>
              <CookieText cookie={tried.sent} original={original} />
              <Outcome language={language} rung={kind} {...tried} />
            </>
          )}
        </Card>
        {isCopied ? <Attempts {...props} /> : <Editor {...props} />}
      </div>
      {kind === "copy" && <Thief {...props} />}
    </LabFrame>
  );
}

type PartProps = Omit<ForgePageProps, "tried">;

function Editor({ language, kind, text, seal, originalValue }: PartProps) {
  const { lab: t, session: { anatomy } } = locales[language];
  return (
    <form class="card" method="post" action="/lab">
      <input type="hidden" name="kind" value={kind} />
      <input type="hidden" name="original" value={originalValue} />
      <div class="field">
        <label for="payload">{anatomy.payload}</label>
        <textarea
          id="payload"
          name="payload"
          dir="ltr"
          rows={5}
          maxlength={2000}
          autocomplete="off"
          spellcheck={false}
        >
          {text}
        </textarea>
      </div>
      {kind !== "none" && (
        <div class="field">
          <label for="seal">{t.seal}</label>
          <p class="soft small" id="seal-hint">{t.sealHint}</p>
          <input
            id="seal"
            name="seal"
            type="text"
            dir="ltr"
            value={seal}
            maxlength={200}
            autocomplete="off"
            aria-describedby="seal-hint"
          />
        </div>
      )}
      <p class="actions">
        <button type="submit">{t.send}</button>
        <a class="button quiet" href={`/lab?kind=${kind}`}>{t.again}</a>
      </p>
    </form>
  );
}

function Attempts({ language, kind, originalValue }: PartProps) {
  const t = locales[language].lab;
  return (
    <Card id="attempts" title={t.attempts}>
      <form class="actions" method="post" action="/lab">
        <input type="hidden" name="kind" value={kind} />
        <input type="hidden" name="original" value={originalValue} />
        {ATTEMPTS.map((attempt) => (
          <button class="quiet" type="submit" name="attempt" value={attempt}>
            {t.attempt[attempt]}
          </button>
        ))}
      </form>
    </Card>
  );
}

/** How a cookie is stolen, and what helps. */
function Thief({ language, isSecure }: PartProps) {
  const { lab: { thief: t }, http: { attribute } } = locales[language];
  const code = (text: string) => <code dir="ltr">{text}</code>;
  const secure = isSecure ? [code("Secure"), ": ", attribute.Secure] : [
    <s key="off">{code("Secure")}</s>,
    `: ${attribute.Secure} ${attribute.off}`,
  ];
  return (
    <Card id="thief" title={t.title}>
      <Terms
        rows={[
          [t.script, [code("HttpOnly"), ": ", attribute.HttpOnly]],
          [t.network, secure],
          [t.site, [code("SameSite=Lax"), ": ", attribute.SameSite]],
          [t.computer, t.help],
        ]}
      />
    </Card>
  );
}
