import { type Facts, type Topic, TOPICS } from "./facts.ts";
import { formatsOf } from "./format.ts";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import { Notice } from "./notice.tsx";

export interface CheckPageProps {
  readonly language: Language;
  /** The facts of this server: the reason behind each answer. */
  readonly facts: Facts;
  /** The right answer to each question. */
  readonly right: Readonly<Record<Topic, string>>;
  readonly knownAs: string | null;
  /** The answers chosen so far. */
  readonly chosen: Readonly<Record<Topic, string>>;
  /** Whether the answers are to be judged. */
  readonly isSent: boolean;
}

/** Step 6: questions, answered by the server. */
export function CheckPage(
  { language, facts, right, knownAs, chosen, isSent }: CheckPageProps,
) {
  const t = locales[language].check;
  const score = TOPICS.filter((topic) => chosen[topic] === right[topic]);
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
          title={t.score(formatsOf(language).number.format(score.length))}
        >
          <p>
            <a href="/summary">{t.toSummary}</a>
          </p>
        </Notice>
      )}
      <form class="stack" id="questions" method="post" action="/check">
        {isSent && <input type="hidden" name="sent" value="yes" />}
        <div class="questions">
          {TOPICS.map((topic) => (
            <Question
              language={language}
              topic={topic}
              chosen={chosen[topic]}
              result={isSent
                ? {
                  isRight: chosen[topic] === right[topic],
                  fact: facts[topic],
                }
                : undefined}
            />
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

interface QuestionProps {
  readonly language: Language;
  readonly topic: Topic;
  readonly chosen: string;
  readonly result:
    | { readonly isRight: boolean; readonly fact: string }
    | undefined;
}

function Question({ language, topic, chosen, result }: QuestionProps) {
  const t = locales[language].check;
  const { text, answer } = t.question[topic];
  return (
    <fieldset class="card">
      <legend>{text}</legend>
      {Object.entries(answer).map(([value, label]) => (
        <label>
          <input
            type="radio"
            name={topic}
            value={value}
            checked={value === chosen}
          />
          <span>{label}</span>
        </label>
      ))}
      {result && (chosen === ""
        ? <p class="result bad">{t.missing}</p>
        : (
          <p class={result.isRight ? "result" : "result bad"}>
            <strong>{result.isRight ? t.right : t.wrong}</strong> {result.fact}
          </p>
        ))}
    </fieldset>
  );
}
