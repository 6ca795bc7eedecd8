import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";

export interface ShowPageProps {
  readonly language: Language;
  readonly name: string;
  readonly email: string;
}

/** The lesson's own page: a title, a heading, and what the session remembers. */
export function ShowPage({ language, name, email }: ShowPageProps) {
  const t = locales[language];
  return (
    <Layout language={language} title="Form Test Show" page="show">
      <h1>User:</h1>
      <section class="card person">
        <h2>{t.show.remembered}</h2>
        <h3>{name}</h3>
        <h3>{email}</h3>
      </section>
      <p class="lead">{t.show.explanation}</p>
      <div class="actions">
        <a class="button" href="/session">{t.show.inspect}</a>
        <a class="button quiet" href="/">{t.show.change}</a>
        <form method="post" action="/session/end">
          <button class="quiet" type="submit">{t.session.end}</button>
        </form>
      </div>
    </Layout>
  );
}
