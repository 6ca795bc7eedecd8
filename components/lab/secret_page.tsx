import { Card } from "../card.tsx";
import { type CookieParts, CookieText } from "../cookie_text.tsx";
import { type Language, locales } from "../locales/mod.ts";
import { Answer, type Answered, LabFrame, Outcome } from "./frame.tsx";

export interface SecretPageProps {
  readonly language: Language;
  readonly knownAs: string | null;
  readonly guess: string;
  /** The cookie that the guess made, and whether the weak server believed it; left out before anything was tried. */
  readonly tried?: {
    readonly cookie: CookieParts;
    /** The answer of each server. */
    readonly weak: Answered;
    readonly strong: Answered;
  };
}

/** The secret, felt: a key that can be guessed, and one that cannot. */
export function SecretPage(
  { language, knownAs, guess, tried }: SecretPageProps,
) {
  const { secret: t } = locales[language].lab;
  return (
    <LabFrame language={language} rung="secret" knownAs={knownAs}>
      <div class="columns">
        <form class="card" method="post" action="/lab/secret">
          <div class="field">
            <label for="guess">{t.guess}</label>
            <input
              id="guess"
              name="guess"
              type="text"
              dir="ltr"
              value={guess}
              maxlength={64}
              autocomplete="off"
              autocapitalize="none"
            />
          </div>
          <details>
            <summary>{t.hintTitle}</summary>
            <p>{t.hint}</p>
          </details>
          <p class="actions">
            <button type="submit">{t.send}</button>
          </p>
        </form>
        <div class="stack">
          {tried && (
            <>
              <Card id="made" title={t.cookie}>
                <CookieText cookie={tried.cookie} />
              </Card>
              <Outcome
                language={language}
                rung="secret"
                title={t.weak}
                {...tried.weak}
              />
            </>
          )}
          <section
            class={tried && !tried.strong.greeted ? "notice bad" : "notice"}
            aria-labelledby="strong"
          >
            <h2 id="strong">{t.strong}</h2>
            {tried && (
              <p>
                <Answer language={language} {...tried.strong} />
              </p>
            )}
            <p>{t.strongMeaning}</p>
            <p dir="ltr">
              <code>openssl rand -base64 32</code>
            </p>
          </section>
        </div>
      </div>
    </LabFrame>
  );
}
