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
  /** The chosen answers; left out before the first one. */
  readonly chosen?: Readonly<Record<Topic, string | undefined>>;
}

/** Step 6: six questions, answered by the server. */
export function CheckPage(
  { language, facts, right, chosen }: CheckPageProps,
) {
  const t = locales[language].check;
  const score = TOPICS.filter((topic) => chosen?.[topic] === right[topic]);
  return (
    <Layout language={language} title={t.title} page="check">
      <div class="intro">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </div>
      {chosen && (
        <Notice
          title={t.score(formatsOf(language).number.format(score.length))}
        >
          <p>
            <a href="/summary">{t.toSummary}</a>
          </p>
        </Notice>
      )}
      <form class="stack" method="post" action="/check">
        <div class="questions">
          {TOPICS.map((topic) => (
            <Question
              language={language}
              topic={topic}
              chosen={chosen?.[topic]}
              result={chosen &&
                { isRight: chosen[topic] === right[topic], fact: facts[topic] }}
            />
          ))}
        </div>
        <p class="actions">
          <button type="submit">{t.send}</button>
          {chosen && <a class="button quiet" href="/check">{t.again}</a>}
        </p>
      </form>
    </Layout>
  );
}

interface QuestionProps {
  readonly language: Language;
  readonly topic: Topic;
  readonly chosen: string | undefined;
  readonly result:
    | { readonly isRight: boolean; readonly fact: string }
    | undefined;
}

function Question({ language, topic, chosen, result }: QuestionProps) {
  const t = locales[language].check;
  const { text, answer } = t.question[topic];
  const verdict = chosen === ""
    ? t.missing
    : result?.isRight
    ? t.right
    : t.wrong;
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
      {result && (
        <p class={result.isRight ? "result" : "result bad"}>
          <strong>{verdict}</strong> {result.fact}
        </p>
      )}
    </fieldset>
  );
}
