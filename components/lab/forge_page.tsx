import { type CookieParts, CookieText } from "../cookie_text.tsx";
import { type Language, locales } from "../locales/mod.ts";
import { Notice } from "../notice.tsx";
import { template } from "../template.ts";
import { LabFrame } from "./frame.tsx";

/** How the lab's server makes its cookies. */
export type LabKind = keyof typeof locales.en.lab.kinds;

/** The answer of the lab's server to a cookie. */
export type Verdict = keyof typeof locales.en.lab.verdict;

/** The ready-made attempts. */
export type Attempt = keyof typeof locales.en.lab.attempt;

export interface ForgePageProps {
  readonly language: Language;
  readonly kind: LabKind;
  /** Ada's cookie, and the same as a cookie's value. */
  readonly original: CookieParts;
  readonly originalValue: string;
  /** The values of the form: the payload, as text where it can be decoded, and the seal. */
  readonly text: string;
  readonly seal: string;
  /** The cookie that was sent, and the result; left out before the first one. */
  readonly tried?: TriedProps["tried"];
}

/** The lab: change a cookie, and see what comes of it. */
export function ForgePage(
  { language, kind, original, originalValue, text, seal, tried }:
    ForgePageProps,
) {
  const t = locales[language].lab;
  return (
    <LabFrame
      language={language}
      part="forge"
      lead={t.lead}
      back={`/lab?kind=${kind}`}
    >
      <Kinds language={language} kind={kind} />
      <div class="columns">
        <section class="card" aria-labelledby="sample">
          <h2 id="sample">{t.sample}</h2>
          <CookieText cookie={original} />
          {tried && (
            <Tried language={language} original={original} tried={tried} />
          )}
        </section>
        <Editor
          language={language}
          kind={kind}
          text={text}
          seal={seal}
          originalValue={originalValue}
        />
      </div>
      {kind !== "none" && (
        <Attempts
          language={language}
          kind={kind}
          originalValue={originalValue}
        />
      )}
      <Comparison language={language} />
    </LabFrame>
  );
}

const KINDS = ["none", "signed", "encrypted", "server"] as const;

/** A switch: another way to make the cookie. */
const Kinds = template(["language", "kind"], (
  { language, kind }: Pick<ForgePageProps, "language" | "kind">,
) => {
  const t = locales[language].lab;
  return (
    <form class="switch" method="get" action="/lab" aria-label={t.kind}>
      {KINDS.map((name) => (
        <button
          class="quiet"
          type="submit"
          name="kind"
          value={name}
          aria-current={name === kind ? "true" : undefined}
        >
          {t.kinds[name].name}
        </button>
      ))}
      <p class="soft small">{t.kinds[kind].meaning}</p>
    </form>
  );
});

interface TriedProps {
  readonly language: Language;
  readonly original: CookieParts;
  readonly tried: {
    readonly sent: CookieParts;
    readonly verdict: Verdict;
    /** The name that the server greets; undefined: none. */
    readonly greeted: string | undefined;
  };
}

function Tried({ language, original, tried }: TriedProps) {
  const t = locales[language].lab;
  const { sent, verdict, greeted } = tried;
  const { title, meaning } = t.verdict[verdict];
  const isSame = sent.payload === original.payload &&
    sent.seal === original.seal;
  return (
    <>
      <h2>{t.sent}</h2>
      <CookieText cookie={sent} original={original} />
      {isSame && <p class="soft small">{t.same}</p>}
      <Notice isBad={greeted === undefined} title={title}>
        <p>
          {greeted !== undefined && <bdi>{t.greets(greeted)}</bdi>} {meaning}
        </p>
      </Notice>
    </>
  );
}

type EditorProps = Omit<ForgePageProps, "original" | "tried">;

const Editor = template(["language", "kind"], (
  { language, kind, text, seal, originalValue }: EditorProps,
) => {
  const t = locales[language].lab;
  return (
    <form class="card" method="post" action="/lab">
      <input type="hidden" name="kind" value={kind} />
      <input type="hidden" name="original" value={originalValue} />
      <div class="field">
        <label for="payload">
          {kind === "encrypted" ? t.text.raw : t.text.decoded}
        </label>
        <p class="soft small" id="payload-hint">{t.textHint[kind]}</p>
        <textarea
          id="payload"
          name="payload"
          dir="ltr"
          rows={4}
          maxlength={2000}
          autocomplete="off"
          spellcheck={false}
          aria-describedby="payload-hint"
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
});

type AttemptsProps = Pick<
  ForgePageProps,
  "language" | "kind" | "originalValue"
>;

const Attempts = template(["language", "kind"], (
  { language, kind, originalValue }: AttemptsProps,
) => {
  const t = locales[language].lab;
  return (
    <section class="card" aria-labelledby="attempts">
      <h2 id="attempts">{t.attempts}</h2>
      <form class="attempts" method="post" action="/lab">
        <input type="hidden" name="kind" value={kind} />
        <input type="hidden" name="original" value={originalValue} />
        {Object.entries(t.attempt).map(([attempt, { label, meaning }]) => (
          <div>
            <button
              class="quiet"
              type="submit"
              name="attempt"
              value={attempt}
              aria-describedby={`${attempt}-meaning`}
            >
              {label}
            </button>
            <p class="soft small" id={`${attempt}-meaning`}>{meaning}</p>
          </div>
        ))}
      </form>
    </section>
  );
});

const Comparison = template(["language"], (
  { language }: Pick<ForgePageProps, "language">,
) => {
  const { compare, kinds } = locales[language].lab;
  return (
    <details class="card">
      <summary>
        <h2>{compare.title}</h2>
      </summary>
      <p class="soft">{compare.lead}</p>
      <table class="stacked">
        <thead>
          <tr>
            <th scope="col">{compare.kind}</th>
            <th scope="col">{compare.read}</th>
            <th scope="col">{compare.act}</th>
          </tr>
        </thead>
        <tbody>
          {KINDS.map((kind) => (
            <tr>
              <th scope="row">{kinds[kind].name}</th>
              <td data-label={compare.read}>{kinds[kind].read}</td>
              <td data-label={compare.act}>{kinds[kind].act}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">{compare.bound.name}</th>
            <td data-label={compare.read}>{compare.bound.read}</td>
            <td data-label={compare.act}>{compare.bound.act}</td>
          </tr>
        </tbody>
      </table>
    </details>
  );
});
