import { moves } from "./cycle.tsx";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";
import { UserForm, type UserFormErrors } from "./user_form.tsx";

export interface HomePageProps {
  readonly language: Language;
  readonly mode: Mode;
  /** The values of the fields. */
  readonly name: string;
  readonly email: string;
  readonly errors?: UserFormErrors | undefined;
  /** The name in the session, if there is one. */
  readonly knownAs?: string | undefined;
  /** Whether the visitor may not have seen step 1. */
  readonly isFirst: boolean;
  /** Why there was no session to show. */
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
      <div class="intro">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </div>
      {why && <p class="notice" role="status">{why}</p>}
      {knownAs !== undefined
        ? (
          <p class="notice">
            <bdi>{t.greeting(knownAs)}</bdi> <a href="/show">{t.toShow}</a>
          </p>
        )
        : isFirst && (
          <p class="notice actions">
            {t.first}
            <a class="button" href="/forget">{t.begin}</a>
          </p>
        )}
      <div class="columns">
        <div class="stack">
          <UserForm
            language={language}
            name={typed.name}
            email={typed.email}
            action="/users"
            submit={form.submit}
            hint={form.hint}
            errors={errors}
          />
        </div>
        <section class="stack" aria-labelledby="steps">
          <h2 id="steps">{t.steps}</h2>
          <ol class="steps">
            {moves(language, mode).map(({ code, meaning }) => (
              <li>
                {code && <code>{code}</code>}
                {meaning}
              </li>
            ))}
          </ol>
          <p class="soft">{t.word[mode]}</p>
        </section>
      </div>
    </Layout>
  );
}
