import { Card } from "./card.tsx";
import { HttpRequest, type HttpRequestProps } from "./http_message.tsx";
import { Layout, SeedHeading } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import { Terms } from "./terms.tsx";
import { UserForm } from "./user_form.tsx";

export interface ForgetPageProps {
  readonly language: Language;
  /** The values of the fields. */
  readonly name: string;
  readonly email: string;
}

/** Step 1: the form, without a session. */
export function ForgetPage({ language, name, email }: ForgetPageProps) {
  const t = locales[language].forget;
  return (
    <Layout language={language} title={t.title} page="forget" keep="user">
      <div class="intro">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </div>
      <div class="columns">
        <UserForm
          language={language}
          name={name}
          email={email}
          action="/forget"
          submit={t.submit}
          hint={t.hint}
        />
      </div>
      <p>
        <a href="/">{t.skip}</a>
      </p>
    </Layout>
  );
}

export interface ForgottenPageProps {
  readonly language: Language;
  /** The request for this page. */
  readonly request: HttpRequestProps;
}

const WAYS = [
  ["address", "/show?name=Ada"],
  ["hidden", '<input type="hidden" name="name" value="Ada">'],
  ["cookie", "Cookie: …"],
] as const;

/** Where the form led: this page does not know who comes. */
export function ForgottenPage({ language, request }: ForgottenPageProps) {
  const { next: t } = locales[language].forget;
  return (
    <Layout language={language} title={t.lead} page="forget" next="home">
      <div class="intro">
        <SeedHeading />
        <p class="lead">{t.lead}</p>
      </div>
      <div class="columns">
        <ol class="steps">
          {t.story.map((sentence) => <li key={sentence}>{sentence}</li>)}
        </ol>
        <Card id="request" title={t.request}>
          <HttpRequest {...request} />
          <p class="soft small">{t.shortened}</p>
        </Card>
      </div>
      <Card id="ways" title={t.ways.title}>
        <Terms
          rows={WAYS.map(([way, example]) => [
            [
              t.ways[way].name,
              <small key={way} dir="ltr">
                <code>{example}</code>
              </small>,
            ],
            t.ways[way].but,
          ])}
        />
      </Card>
    </Layout>
  );
}
