import type { Child } from "hono/jsx";
import { CookieText } from "./anatomy.tsx";
import { Layout } from "./layout.tsx";
import { type Language, locales } from "./locales/mod.ts";
import { template } from "./template.ts";

/** What the lab's server made of a cookie. */
export type Verdict = keyof typeof locales.en.lab.verdict;

/** The ready-made attempts. */
export type Attempt = keyof typeof locales.en.lab.attempt;

export interface LabCookie {
  readonly version: string;
  readonly payload: string;
  /** Empty: it has none. */
  readonly seal: string;
}

export interface LabPageProps {
  readonly language: Language;
  readonly knownAs: string | null;
  /** What stands in the form: the payload as text, and the seal. */
  readonly payload: string;
  readonly seal: string;
  /** What was sent, and what came of it; left out before anything was. */
  readonly tried?: { readonly cookie: LabCookie; readonly verdict: Verdict };
  /** The same data in three cookies. */
  readonly samples: {
    readonly sign: LabCookie;
    readonly encrypt: LabCookie;
    readonly server: LabCookie;
  };
}

/** The lab: forge a cookie, and see why it fails. */
export function LabPage(
  { language, knownAs, payload, seal, tried, samples }: LabPageProps,
) {
  const { title } = locales[language].lab;
  return (
    <Layout language={language} title={title} page="lab" knownAs={knownAs}>
      <Bench
        language={language}
        outcome={tried && <Outcome language={language} {...tried} />}
        sample={<CookieText {...samples.sign} />}
        payload={payload}
        seal={seal}
        sign={<CookieText {...samples.sign} />}
        encrypt={<CookieText {...samples.encrypt} />}
        server={<CookieText {...samples.server} />}
      />
    </Layout>
  );
}

interface BenchProps extends ComparisonProps {
  readonly outcome: Child;
  readonly sample: Child;
  readonly payload: string;
  readonly seal: string;
}

const Bench = template(["language"], (
  { language, outcome, sample, payload, seal, ...samples }: BenchProps,
) => {
  const t = locales[language].lab;
  return (
    <>
      <div class="intro">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </div>
      {outcome}
      <form class="card" method="post" action="/lab">
        <h2>{t.sample}</h2>
        {sample}
        <p class="soft small">{t.sampleMeaning}</p>
        <div class="field">
          <label for="payload">{t.payload}</label>
          <p class="soft small" id="payload-hint">{t.payloadHint}</p>
          <textarea
            id="payload"
            name="payload"
            dir="ltr"
            rows={4}
            maxlength={2000}
            autocomplete="off"
            aria-describedby="payload-hint"
          >
            {payload}
          </textarea>
        </div>
        <div class="field">
          <label for="seal">{t.seal}</label>
          <p class="soft small" id="seal-hint">{t.sealHint}</p>
          <input
            id="seal"
            name="seal"
            type="text"
            dir="ltr"
            value={seal}
            maxlength={200}
            autocomplete="off"
            aria-describedby="seal-hint"
          />
        </div>
        <p class="actions">
          <button type="submit">{t.send}</button>
          <a class="button quiet" href="/lab">{t.again}</a>
        </p>
      </form>
      <Attempts language={language} />
      <Comparison language={language} {...samples} />
    </>
  );
});

interface OutcomeProps {
  readonly language: Language;
  readonly cookie: LabCookie;
  readonly verdict: Verdict;
}

/** Which parts the server did not believe, by what it said. */
function disbelieved(verdict: Verdict): ("payload" | "seal")[] {
  switch (verdict) {
    case "opened":
    case "replayed":
      return [];
    case "malformed":
    case "bad-seal":
      return ["payload", "seal"];
    case "expired":
    case "unknown":
    case "schema":
      return ["payload"];
  }
}

function Outcome({ language, cookie, verdict }: OutcomeProps) {
  const { title, meaning } = locales[language].lab.verdict[verdict];
  const bad = disbelieved(verdict);
  return (
    <section
      class={bad.length > 0 ? "notice bad" : "notice"}
      role="status"
      tabindex={-1}
      autofocus
    >
      <h2>{title}</h2>
      <p>{meaning}</p>
      <CookieText {...cookie} bad={bad} />
    </section>
  );
}

function Attempts({ language }: { readonly language: Language }) {
  const t = locales[language].lab;
  return (
    <section class="card" aria-labelledby="attempts">
      <h2 id="attempts">{t.attempts}</h2>
      <form class="attempts" method="post" action="/lab">
        {Object.entries(t.attempt).map(([attempt, { label, meaning }]) => (
          <div>
            <button
              class="quiet"
              type="submit"
              name="attempt"
              value={attempt}
              aria-describedby={`${attempt}-meaning`}
            >
              {label}
            </button>
            <p class="soft small" id={`${attempt}-meaning`}>{meaning}</p>
          </div>
        ))}
      </form>
    </section>
  );
}

const KINDS = ["sign", "encrypt", "server"] as const;

interface ComparisonProps {
  readonly language: Language;
  /** A cookie of each kind. */
  readonly sign: Child;
  readonly encrypt: Child;
  readonly server: Child;
}

function Comparison({ language, ...cookies }: ComparisonProps) {
  const t = locales[language].lab.compare;
  return (
    <section class="card" aria-labelledby="compare">
      <h2 id="compare">{t.title}</h2>
      <p class="soft">{t.lead}</p>
      <table class="stacked compare">
        <thead>
          <tr>
            <th scope="col">{t.kind}</th>
            <th scope="col">{t.read}</th>
            <th scope="col">{t.act}</th>
          </tr>
        </thead>
        <tbody>
          {KINDS.map((kind) => (
            <tr>
              <th scope="row">
                {t[kind].name}
                {cookies[kind]}
              </th>
              <td data-label={t.read}>{t[kind].read}</td>
              <td data-label={t.act}>{t[kind].act}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
