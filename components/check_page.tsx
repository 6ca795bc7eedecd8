import { factsOf, rightAnswers, type Topic, TOPICS } from "./facts.ts";
import { formatsOf } from "./format.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { Notice } from "./notice.tsx";

export interface CheckPageProps {
  readonly language: Language;
  readonly mode: Mode;
  readonly knownAs: string | null;
  /** The answers chosen so far. */
  readonly chosen: Readonly<Record<Topic, string>>;
  /** Whether the answers are to be judged. */
  readonly isSent: boolean;
}

/** Step 6: questions, answered by the server. */
export function CheckPage(
  { language, mode, knownAs, chosen, isSent }: CheckPageProps,
) {
  const t = locales[language].check;
  const facts = factsOf(language, mode);
  const right = rightAnswers(mode);
  const isRight = (topic: Topic) => chosen[topic] === right[topic];
  const score = TOPICS.filter(isRight).length;
  const result = (topic: Topic) =>
    chosen[topic] === ""
      ? <p class="notice bad">{t.missing}</p>
      : (
        <p class={isRight(topic) ? "notice" : "notice bad"}>
          <strong>{isRight(topic) ? t.right : t.wrong}</strong> {facts[topic]}
        </p>
      );
  return (
    <Layout
      language={language}
      title={t.title}
      page="check"
      keep="questions"
      knownAs={knownAs}
    >
      <div class="intro">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </div>
      {isSent && (
        <Notice
          title={t.score(formatsOf(language).number.format(score))}
        >
          <p>
            <a href="/summary">{t.toSummary}</a>
          </p>
        </Notice>
      )}
      <form class="stack" id="questions" method="post" action="/check">
        {isSent && <input type="hidden" name="sent" value="yes" />}
        <div class="columns">
          {TOPICS.map((topic) => (
            <fieldset class="card">
              <legend>{t.question[topic].text}</legend>
              {Object.entries(t.question[topic].answer).map((
                [value, label],
              ) => (
                <label>
                  <input
                    type="radio"
                    name={topic}
                    value={value}
                    checked={value === chosen[topic]}
                  />
                  <span>{label}</span>
                </label>
              ))}
              {isSent && result(topic)}
            </fieldset>
          ))}
        </div>
        <p class="actions">
          <button type="submit">{t.send}</button>
          {isSent && <a class="button quiet" href="/check">{t.again}</a>}
        </p>
      </form>
    </Layout>
  );
}
