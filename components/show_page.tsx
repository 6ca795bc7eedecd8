import { Cycle } from "./cycle.tsx";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";

export interface ShowPageProps {
  readonly language: Language;
  readonly name: string;
  readonly email: string;
  /** When the form was posted, and when this page was asked for, in seconds since the epoch. */
  readonly postedAt: number;
  readonly cameAt: number;
}

/** The lesson's own page: a title, a heading, and what the session remembers. */
export function ShowPage(
  { language, name, email, postedAt, cameAt }: ShowPageProps,
) {
  const t = locales[language];
  return (
    <Layout
      language={language}
      title="Form Test Show"
      page="show"
      knownAs={name}
    >
      <h1 lang="en">User:</h1>
      <section class="card person" aria-labelledby="remembered">
        <h2 id="remembered">{t.show.remembered}</h2>
        <h3>{name}</h3>
        <h3>{email}</h3>
      </section>
      <div class="actions">
        <a class="button" href="/session">{t.show.inspect}</a>
        <a class="button quiet" href="/">{t.show.change}</a>
        <form method="post" action="/session/end">
          <button class="quiet" type="submit">{t.session.end}</button>
        </form>
      </div>
      <Cycle
        language={language}
        fields={["name", "email"]}
        postedAt={postedAt}
        cameAt={cameAt}
      />
    </Layout>
  );
}
