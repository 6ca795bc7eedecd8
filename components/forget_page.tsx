import type { Child } from "hono/jsx";
import { formatsOf } from "./format.ts";
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
  /** The request for this page, and the number of headers that it had. */
  readonly request: HttpRequestProps;
  readonly headers: number;
}

/** Where the form led: this page does not know who comes. */
export function ForgottenPage(
  { language, request, headers }: ForgottenPageProps,
) {
  return (
    <Forgotten
      language={language}
      request={<HttpRequest {...request} />}
      headers={formatsOf(language).number.format(headers)}
    />
  );
}

interface ForgottenProps {
  readonly language: Language;
  readonly request: Child;
  readonly headers: string;
}

const WAYS = {
  address: "/show?name=Ada",
  hidden: '<input type="hidden" name="name" value="Ada">',
  cookie: "Cookie: …",
} as const;

const Forgotten = template(["language"], (
  { language, request, headers }: ForgottenProps,
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
          <p class="soft small">{t.shortened(headers)}</p>
        </section>
      </div>
      <section class="card" aria-labelledby="ways">
        <h2 id="ways">{t.ways.title}</h2>
        <table class="stacked">
          <thead>
            <tr>
              <th scope="col">{t.ways.way}</th>
              <th scope="col">{t.ways.but}</th>
            </tr>
          </thead>
          <tbody>
            {(["address", "hidden", "cookie"] as const).map((way) => (
              <tr>
                <th scope="row">
                  {t.ways[way].name}
                  <code class="example" dir="ltr">{WAYS[way]}</code>
                </th>
                <td data-label={t.ways.but}>{t.ways[way].but}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Layout>
  );
});
