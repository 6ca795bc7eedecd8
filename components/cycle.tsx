import type { Child } from "hono/jsx";
import { Card } from "./card.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";

export interface CycleProps {
  readonly language: Language;
  readonly mode: Mode;
  /** The visitor's name, short enough for the drawing. */
  readonly name: string;
}

/** A message to the server, or from it. */
interface Move {
  /** Between server and storage, and not between browser and server. */
  readonly isBelow: boolean;
  /** From the lower one to the upper one. */
  readonly isUp: boolean;
  readonly code: string;
  readonly baton: Baton;
  /** In a sentence. */
  readonly meaning: string;
}

/** The way of a name from the form to the greeting: sentences to choose from, and a picture of the chosen one. */
export function Cycle(props: CycleProps) {
  const { language, mode } = props;
  const t = locales[language].show.cycle;
  const all = moves(language, mode);
  return (
    <Card id="cycle" title={t.title} class="cycle">
      <div class="columns">
        <Scene {...props} all={all} />
        <fieldset>
          <legend class="soft small">{t.hint}</legend>
          {all.map(({ meaning }, i) => (
            <label>
              <input
                type="radio"
                name="step"
                id={`step-${i + 1}`}
                checked={i === 0}
              />
              <span>{meaning}</span>
            </label>
          ))}
        </fieldset>
      </div>
    </Card>
  );
}

/** From the form to the greeting. */
export function moves(language: Language, mode: Mode): Move[] {
  const t = locales[language].show.cycle;
  const move = (
    way: "down" | "up",
    code: string,
    baton: Baton,
    meaning: string,
  ) => {
    return { isUp: way === "up", isBelow: code === "", code, baton, meaning };
  };
  const stored = (...moves: Move[]) => mode === "server" ? moves : [];
  return [
    move("down", "POST /users", "form", t.posted),
    ...stored(move("down", "", "record", t.saved)),
    move("up", "303 + Set-Cookie", "cookie", t.sealed[mode]),
    move("down", "GET /show + Cookie", "cookie", t.came),
    ...stored(
      move("down", "", "address", t.asked),
      move("up", "", "record", t.found),
    ),
    move("up", "200", "name", t.opened[mode]),
  ];
}

type SceneProps = CycleProps & { readonly all: readonly Move[] };

/** Who takes part, with what each has, and the messages. The style sheet shows what has the chosen step in its `data-steps`. */
function Scene({ all, ...props }: SceneProps) {
  const t = locales[props.language].show.cycle;
  const baton = batons(props);
  const steps = all.map((_, i) => `${i + 1}`);
  const empty = (until: number) => (
    <span data-steps={steps.slice(0, until).join("")}>{t.empty}</span>
  );
  const held = (what: Child, since: number) => (
    <span data-steps={steps.slice(since).join("")}>{what}</span>
  );
  const answered = all.findIndex(({ isUp }) => isUp);
  const wire = (isBelow: boolean) => (
    <div class="wire">
      {all.map((move, i) =>
        move.isBelow === isBelow && (
          <p class={move.isUp ? "up" : "down"} data-steps={steps[i]}>
            {move.code && <code dir="ltr">{move.code}</code>}{" "}
            {baton[move.baton]}
          </p>
        )
      )}
    </div>
  );
  return (
    <div class="scene" aria-hidden="true">
      <p class="place">
        <b>{t.browser}</b>
        <span class="jar">
          {t.jar}: {empty(answered)}
          {held(baton.cookie, answered)}
        </span>
      </p>
      {wire(false)}
      <p class="place">
        <b>{t.server}</b> <span class="soft">{t.key}</span>
      </p>
      {props.mode === "server" && (
        <>
          {wire(true)}
          <p class="place">
            <b>{t.storage}</b>
            {empty(1)}
            {held(baton.record, 1)}
          </p>
        </>
      )}
    </div>
  );
}

type Baton = keyof ReturnType<typeof batons>;

/** The thing that is carried: it changes from hand to hand. */
function batons({ language, mode, name }: CycleProps) {
  const t = locales[language].show.cycle;
  const baton = (...parts: Child[]) => <span class="baton">{parts}</span>;
  const content = (text: string) => <bdi class="payload">{text}</bdi>;
  return {
    form: baton(<bdi dir="ltr">name={name}</bdi>),
    name: baton(<bdi dir="ltr">User: {name}</bdi>),
    address: baton(content(t.address)),
    record: baton(content(t.address), <bdi>{name}</bdi>),
    cookie: {
      signed: baton(content(name), <bdi class="seal">{t.signature}</bdi>),
      encrypted: baton(content("••••••")),
      server: baton(content(t.address)),
    }[mode],
  };
}

/** Characters of a name that fit in the drawing. */
const NAME_CHARACTERS = 12;

/** A name, cut where it would not fit. */
export function shortName(name: string): string {
  const characters = [...name];
  return characters.length > NAME_CHARACTERS
    ? `${characters.slice(0, NAME_CHARACTERS - 1).join("")}…`
    : name;
}
