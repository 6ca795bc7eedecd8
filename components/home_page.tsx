import type { Child } from "hono/jsx";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { template } from "./template.ts";
import { UserForm, type UserFormErrors } from "./user_form.tsx";

export interface HomePageProps {
  readonly language: Language;
  readonly mode: Mode;
  /** The values of the fields. */
  readonly name: string;
  readonly email: string;
  readonly errors?: UserFormErrors;
  /** The name in the session, if there is one. */
  readonly knownAs?: string | undefined;
  /** Whether the visitor may not have seen step 1. */
  readonly isFirst: boolean;
  /** Why there was no session to show, in sentences. */
  readonly why?: string | undefined;
}

export function HomePage(
  { language, mode, knownAs, isFirst, why, errors, ...typed }: HomePageProps,
) {
  const { home: t, form } = locales[language];
  return (
    <Layout
      language={language}
      title={errors ? `${form.error}: ${t.title}` : t.title}
      page="home"
      keep="user"
      knownAs={knownAs ?? null}
    >
      <Lesson
        language={language}
        mode={mode}
        notices={
          <>
            {why && <p class="notice" role="status">{why}</p>}
            {knownAs !== undefined
              ? <Welcome language={language} name={knownAs} />
              : isFirst && <Begin language={language} />}
          </>
        }
        form={
          <UserForm
            language={language}
            name={typed.name}
            email={typed.email}
            action="/users"
            submit={form.submit}
            hint={form.hint[mode]}
            {...(errors && { errors })}
          />
        }
      />
    </Layout>
  );
}

interface WelcomeProps {
  readonly language: Language;
  readonly name: string;
}

const Welcome = template(["language"], ({ language, name }: WelcomeProps) => {
  const t = locales[language].home;
  return (
    <p class="notice">
      <bdi>{t.greeting(name)}</bdi> <a href="/show">{t.toShow}</a>
      <br />
      {t.oneSession}
    </p>
  );
});

const Begin = template(
  ["language"],
  ({ language }: { readonly language: Language }) => (
    <p class="notice actions">
      {locales[language].home.first}
      <a class="button" href="/forget">{locales[language].home.begin}</a>
    </p>
  ),
);

interface LessonProps {
  readonly language: Language;
  readonly mode: Mode;
  readonly notices: Child;
  readonly form: Child;
}

const Lesson = template(["language", "mode"], (
  { language, mode, notices, form }: LessonProps,
) => {
  const { step, word, ...t } = locales[language].home;
  const steps: [what: string, meaning: string][] = [
    ["POST /users", step.posted],
    ["303 + Set-Cookie", step.answered[mode]],
    ["GET /show", step.came[mode]],
  ];
  return (
    <>
      <div class="intro">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </div>
      {notices}
      <div class="columns">
        <div class="stack">{form}</div>
        <section class="stack" aria-labelledby="steps">
          <h2 id="steps">{t.steps}</h2>
          <ol class="steps">
            {steps.map(([what, meaning]) => (
              <li>
                <code>{what}</code>
                {meaning}
              </li>
            ))}
          </ol>
          <p class="soft">{word[mode]}</p>
        </section>
      </div>
    </>
  );
});
