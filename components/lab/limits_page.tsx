import { Card } from "../card.tsx";
import { type CookieParts, CookieText } from "../cookie_text.tsx";
import { formatsOf } from "../format.ts";
import { type Language, locales } from "../locales/mod.ts";
import { Notice } from "../notice.tsx";
import { Answer, LabFrame, type Verdict } from "./frame.tsx";

/** The cookie that lives for 30 seconds. */
export interface ShortLived {
  readonly value: string;
  readonly cookie: CookieParts;
  /** The result of using it; left out before. */
  readonly verdict?: Verdict;
}

/** The result for a long text, with a cookie and with a store, in bytes. */
export interface Filled {
  readonly bytes: number;
  readonly limit: number;
  readonly idBytes: number;
}

export interface LimitsPageProps {
  readonly language: Language;
  readonly knownAs: string | null;
  readonly shortLived?: ShortLived;
  readonly filled?: Filled;
}

/** The lab: time that runs out, and a cookie that is too small. */
export function LimitsPage(
  { language, knownAs, shortLived, filled }: LimitsPageProps,
) {
  const { limits: t, learned, rung } = locales[language].lab;
  const { number: { format } } = formatsOf(language);
  return (
    <LabFrame language={language} rung="limits" knownAs={knownAs}>
      <div class="columns">
        <Card id="time" title={t.time}>
          <p>{t.timeLead}</p>
          {shortLived && (
            <>
              <CookieText cookie={shortLived.cookie} />
              {shortLived.verdict && (
                <Notice isBad={shortLived.verdict !== "opened"}>
                  <Answer language={language} verdict={shortLived.verdict} />
                </Notice>
              )}
            </>
          )}
          <form class="actions" method="post" action="/lab/limits">
            {shortLived && (
              <>
                <input type="hidden" name="cookie" value={shortLived.value} />
                <button type="submit" name="do" value="use">{t.use}</button>
              </>
            )}
            <button
              class={shortLived && "quiet"}
              type="submit"
              name="do"
              value="make"
            >
              {t.make}
            </button>
          </form>
        </Card>
        <Card id="size" title={t.size}>
          <p>{t.sizeLead}</p>
          {filled && (
            <>
              <Notice isBad>
                {t.tooLarge(format(filled.bytes), format(filled.limit))}
              </Notice>
              <p class="notice">{t.fits(format(filled.idBytes))}</p>
            </>
          )}
          <form class="actions" method="post" action="/lab/limits">
            <button type="submit" name="do" value="fill">{t.fill}</button>
          </form>
        </Card>
      </div>
      <p>
        <strong>{learned}</strong> {rung.limits.learned}
      </p>
    </LabFrame>
  );
}
