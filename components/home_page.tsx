import type { Child } from "hono/jsx";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import { template } from "./template.ts";
import { UserForm, type UserFormErrors } from "./user_form.tsx";

export interface HomePageProps {
  readonly language: Language;
  /** What stands in the fields. */
  readonly name: string;
  readonly email: string;
  readonly errors?: UserFormErrors;
  /** The name in the session, if there is one. */
  readonly knownAs?: string | undefined;
  /** Why the visitor was sent here. */
  readonly why?: keyof typeof locales.en.home.why | undefined;
}

export function HomePage(
  { language, knownAs, why, errors, name, email }: HomePageProps,
) {
  const t = locales[language].home;
  return (
    <Layout
      language={language}
      title={t.title}
      page="home"
      knownAs={knownAs ?? null}
    >
      <Lesson
        language={language}
        notices={
          <>
            {why && <p class="notice" role="status">{t.why[why]}</p>}
            {knownAs !== undefined && (
              <Welcome language={language} name={knownAs} />
            )}
          </>
        }
        form={
          <UserForm
            language={language}
            name={name}
            email={email}
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
    </p>
  );
});

interface LessonProps {
  readonly language: Language;
  readonly notices: Child;
  readonly form: Child;
}

const Lesson = template(["language"], (
  { language, notices, form }: LessonProps,
) => {
  const t = locales[language].home;
  return (
    <>
      <div class="intro">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </div>
      {notices}
      {form}
      <section class="intro" aria-labelledby="steps">
        <h2 id="steps">{t.steps}</h2>
        <ol class="steps">
          {t.step.map(([what, meaning]) => (
            <li>
              <code>{what}</code>
              {meaning}
            </li>
          ))}
        </ol>
      </section>
    </>
  );
});
