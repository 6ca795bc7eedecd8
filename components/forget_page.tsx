import type { Child } from "hono/jsx";
import { HttpRequest, type HttpRequestProps } from "./http_message.tsx";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import { SeedHeading } from "./seed_heading.tsx";
import { template } from "./template.ts";
import { UserForm } from "./user_form.tsx";

export interface ForgetPageProps {
  readonly language: Language;
  /** The values of the fields. */
  readonly name: string;
  readonly email: string;
}

/** Step 1: the form, without a session. */
export const ForgetPage = template(["language"], (
  { language, name, email }: ForgetPageProps,
) => {
  const t = locales[language].forget;
  return (
    <Layout language={language} title={t.title} page="forget" keep="user">
      <div class="intro">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </div>
      <div class="narrow stack">
        <UserForm
          language={language}
          name={name}
          email={email}
          action="/forget"
          submit={t.submit}
          hint={t.hint}
        />
        <p>
          <a href="/">{t.skip}</a>
        </p>
      </div>
    </Layout>
  );
});

export interface ForgottenPageProps {
  readonly language: Language;
  /** The request for this page. */
  readonly request: HttpRequestProps;
}

/** The page that the form led to: it knows no visitor. */
export function ForgottenPage({ language, request }: ForgottenPageProps) {
  return (
    <Forgotten language={language} request={<HttpRequest {...request} />} />
  );
}

interface ForgottenProps {
  readonly language: Language;
  readonly request: Child;
}

const Forgotten = template(["language"], (
  { language, request }: ForgottenProps,
) => {
  const { next: t } = locales[language].forget;
  return (
    <Layout language={language} title={t.lead} page="forget" next="home">
      <div class="intro">
        <SeedHeading language={language} />
        <p class="lead">{t.lead}</p>
      </div>
      <section class="card person" aria-labelledby="known">
        <div>
          <h2 id="known">{t.known}</h2>
          <p class="soft">{t.nothing}</p>
        </div>
      </section>
      <div class="columns">
        <ol class="steps">
          {t.story.map((sentence) => <li key={sentence}>{sentence}</li>)}
        </ol>
        <section class="card" aria-labelledby="request">
          <h2 id="request">{t.request}</h2>
          {request}
          <p class="soft small">{t.ignored}</p>
        </section>
      </div>
    </Layout>
  );
});
