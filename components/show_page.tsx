import type { Child } from "hono/jsx";
import { PAGES } from "../pages.ts";
import { Card } from "./card.tsx";
import { Cycle } from "./cycle.tsx";
import { Layout, SeedHeading } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { Questions } from "./questions.tsx";
import { template } from "./template.ts";

export interface ShowPageProps {
  readonly language: Language;
  readonly mode: Mode;
  readonly name: string;
  /** Short enough for the drawing. */
  readonly shortName: string;
  readonly email: string;
  readonly cookieName: string;
  /** The request and the response, word by word. */
  readonly exchanges: Child;
  /** The code that did it. */
  readonly code: Child;
}

/** The lesson's own page: a title, a heading, and what the session remembers. */
export const ShowPage = template(["language", "mode"], (
  { language, mode, name, email, ...rest }: ShowPageProps,
) => {
  const t = locales[language];
  return (
    <Layout
      language={language}
      title="Form Test Show"
      page="show"
      next="session"
      knownAs={name}
    >
      <SeedHeading />
      <section class="card person" aria-labelledby="remembered">
        <div>
          <h2 id="remembered">{t.show.remembered}</h2>
          <h3>{name}</h3>
          <h3>{email}</h3>
        </div>
        <div class="actions">
          <a class="button quiet" href="/">{t.show.change}</a>
          <form method="post" action="/session/end">
            <button class="quiet" type="submit">{t.end.button}</button>
          </form>
        </div>
      </section>
      <Cycle language={language} mode={mode} name={rest.shortName} />
      <div class="columns">
        <TryIt language={language} mode={mode} cookieName={rest.cookieName} />
        <Login language={language} />
      </div>
      {rest.exchanges}
      {rest.code}
      <p>
        <a href={`${PAGES.summary}#build`}>{t.code.build}</a>
      </p>
    </Layout>
  );
});

/** A payload, decoded: base64url is base64 with other characters, and without the `=` at its end. */
export const DECODE = {
  shell: "echo 'PASTE==' | tr '_-' '/+' | base64 -d 2>/dev/null",
  powershell: "$p = 'PASTE'.Replace('-','+').Replace('_','/')\n" +
    "$p = $p.PadRight([Math]::Ceiling($p.Length / 4) * 4, '=')\n" +
    "[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($p))",
} as const;

type TryItProps = Pick<ShowPageProps, "language" | "mode" | "cookieName">;

function TryIt({ language, mode, cookieName }: TryItProps) {
  const { show, check: { question, fact } } = locales[language];
  const { title, where, decode, change, remove } = show.try;
  const decoding = (
    <>
      <p>{decode.how}</p>
      <pre dir="ltr"><code>{DECODE.shell}</code></pre>
      <pre dir="ltr"><code>{DECODE.powershell}</code></pre>
      <details>
        <summary>{decode.then}</summary>
        <p>{question.reads.answer[mode]}. {fact.reads[mode]}</p>
      </details>
    </>
  );
  return (
    <Questions
      id="try"
      title={title}
      questions={[
        { question: where.question, answer: where.answer(cookieName) },
        { question: decode.question, answer: decoding },
        change,
        remove,
      ]}
    />
  );
}

/** A session remembers; a login proves who somebody is. */
function Login({ language }: { readonly language: Language }) {
  const { login: t } = locales[language].show;
  return (
    <Card id="login" title={t.title}>
      <p>{t.lead}</p>
      <ol>{t.adds.map((item) => <li key={item}>{item}</li>)}</ol>
      <details>
        <summary>{t.fixation}</summary>
        <ol>
          {t.attack.map((item) => <li key={item}>{item}</li>)}
        </ol>
      </details>
    </Card>
  );
}
