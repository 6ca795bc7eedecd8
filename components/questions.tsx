import type { Child } from "hono/jsx";
import { Card } from "./card.tsx";

export interface Question {
  readonly question: string;
  readonly answer: Child;
}

export interface QuestionsProps {
  /** The id of the heading. */
  readonly id: string;
  readonly title: string;
  readonly questions: readonly Question[];
}

/** To guess first, and then to try: each answer is below a fold. */
export function Questions({ id, title, questions }: QuestionsProps) {
  return (
    <Card id={id} title={title}>
      {questions.map(({ question, answer }) => (
        <details>
          <summary>{question}</summary>
          {typeof answer === "string" ? <p>{answer}</p> : answer}
        </details>
      ))}
    </Card>
  );
}
