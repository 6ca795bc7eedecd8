import type { Child } from "hono/jsx";
import { Layout, Next } from "../layout.tsx";
import { type Language, locales } from "../locales/mod.ts";
import { Notice } from "../notice.tsx";

/** A part of the lab: a rung of the ladder, or what is beyond it. */
export type Rung = keyof typeof locales.en.lab.rung;

const RUNG_PATHS: Readonly<Record<Rung, string>> = {
  none: "/lab",
  signed: "/lab?kind=signed",
  secret: "/lab/secret",
  copy: "/lab?kind=copy",
  server: "/lab?kind=server",
  encrypted: "/lab?kind=encrypted",
  limits: "/lab/limits",
};

const RUNGS = Object.entries(RUNG_PATHS) as [Rung, string][];
/** The rest is beyond the ladder. */
const LADDER_LENGTH = 5;

export interface LabFrameProps {
  readonly language: Language;
  readonly rung: Rung;
  readonly knownAs: string | null;
  readonly children: Child;
}

/** The lab's pages, as a ladder: one leads to the next. */
export function LabFrame(
  { language, rung, knownAs, children }: LabFrameProps,
) {
  const { lab: t, layout } = locales[language];
  const { name, lead } = t.rung[rung];
  const at = RUNGS.findIndex(([other]) => other === rung);
  const [next, nextPath] = RUNGS[at + 1] ?? [undefined, "/end"];
  const links = RUNGS.map(([other, path], i) => (
    <a href={path} aria-current={other === rung ? "page" : undefined}>
      {i < LADDER_LENGTH && `${i + 1} `}
      {t.rung[other].name}
    </a>
  ));
  return (
    <Layout
      language={language}
      title={`${name} · ${t.title}`}
      page={rung === "secret" || rung === "limits" ? rung : "lab"}
      back={RUNG_PATHS[rung]}
      knownAs={knownAs}
    >
      <div class="intro">
        <h1>{t.title}</h1>
        <p class="tabs" role="group" aria-label={t.ladder}>
          {links.slice(0, LADDER_LENGTH)}
        </p>
        <p class="tabs" role="group" aria-label={t.beyond}>
          {t.beyond}: {links.slice(LADDER_LENGTH)}
        </p>
        <p class="lead">{lead}</p>
      </div>
      {children}
      <p class="soft small">{t.own}</p>
      <Next
        language={language}
        href={nextPath}
        name={next === undefined ? layout.pages.end : t.rung[next].name}
      />
    </Layout>
  );
}

/** How a cookie opened, or why not. */
export type Verdict =
  | keyof typeof locales.en.lab.verdict
  | Exclude<keyof typeof locales.en.refused, "stays">;

export interface Answered {
  readonly verdict: Verdict;
  /** The name that is greeted, if there is one. */
  readonly greeted?: string | undefined;
}

/** The answer of the lab's server to a cookie. */
export function Answer(
  { language, verdict, greeted }: Answered & { readonly language: Language },
) {
  const { lab, refused } = locales[language];
  return (
    <>
      {greeted !== undefined && <bdi>{lab.greets(greeted)}</bdi>}{" "}
      {{ ...refused, ...lab.verdict }[verdict]}
    </>
  );
}

export interface OutcomeProps extends Answered {
  readonly language: Language;
  readonly rung: Rung;
  readonly title?: string;
}

/** Who won, and what one learned by it: whoever is greeted got in. */
export function Outcome(
  { language, rung, title = "", ...answered }: OutcomeProps,
) {
  const { lab: t } = locales[language];
  const isWon = answered.greeted !== undefined;
  return (
    <Notice isBad={!isWon} title={`${isWon ? t.won : t.lost} ${title}`.trim()}>
      <p>
        <Answer language={language} {...answered} />
      </p>
      <p>
        <strong>{t.learned}</strong> {t.rung[rung].learned}
      </p>
    </Notice>
  );
}
