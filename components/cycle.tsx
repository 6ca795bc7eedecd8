import { Card } from "./card.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";

export interface CycleProps {
  readonly language: Language;
  readonly mode: Mode;
  /** The visitor's name, short enough for the drawing. */
  readonly name: string;
}

/** From the browser at the top to the storage at the bottom: where a message goes. */
type Way = "to-server" | "to-browser" | "to-storage" | "from-storage";

/** The thing that is carried: it changes from hand to hand. */
type Baton = "form" | "cookie" | "address" | "record" | "name";

interface Move {
  readonly way: Way;
  readonly code: string;
  readonly baton: Baton;
  /** In a sentence. */
  readonly meaning: string;
}

/** The way of a name from the form to the greeting: a drawing for each step, and a sentence for each that one can choose. */
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
  const move = (way: Way, code: string, baton: Baton, meaning: string) => {
    return { way, code, baton, meaning };
  };
  const stored = (...moves: Move[]) => mode === "server" ? moves : [];
  return [
    move("to-server", "POST /users", "form", t.posted),
    ...stored(move("to-storage", "", "record", t.saved)),
    move("to-browser", "303 + Set-Cookie", "cookie", t.sealed[mode]),
    move("to-server", "GET /show + Cookie", "cookie", t.came),
    ...stored(
      move("to-storage", "", "address", t.asked),
      move("from-storage", "", "record", t.found),
    ),
    move("to-browser", "200", "name", t.opened[mode]),
  ];
}

type SceneProps = CycleProps & { readonly all: readonly Move[] };

/** Who takes part, with what each has; of the messages, the style sheet shows the chosen step's. */
function Scene({ all, ...props }: SceneProps) {
  const { language, mode } = props;
  const t = locales[language].show.cycle;
  /** The classes of the steps before the first one that brings this, and of those from then on. */
  const around = (way: Way) => {
    const steps = all.map((_, i) => `s${i + 1}`);
    const at = all.findIndex((move) => move.way === way);
    return [steps.slice(0, at).join(" "), steps.slice(at).join(" ")];
  };
  const [noCookie, cookie] = around("to-browser");
  const [noRecord, record] = around("to-storage");
  const messages = (...ways: Way[]) =>
    all.map((move, i) =>
      ways.includes(move.way) && (
        <p class={`${move.way} s${i + 1}`}>
          {move.code && <code dir="ltr">{move.code}</code>}{" "}
          <Carried {...props} baton={move.baton} />
        </p>
      )
    );
  return (
    <div class="scene" aria-hidden="true">
      <p class="place">
        <b>{t.browser}</b>
        <span class="jar">
          {t.jar}: <span class={noCookie}>{t.empty}</span>
          <span class={cookie}>
            <Carried {...props} baton="cookie" />
          </span>
        </span>
      </p>
      <div class="wire">{messages("to-server", "to-browser")}</div>
      <p class="place">
        <b>{t.server}</b> <span class="soft">{t.key}</span>
      </p>
      {mode === "server" && (
        <>
          <div class="wire">{messages("to-storage", "from-storage")}</div>
          <p class="place">
            <b>{t.storage}</b>
            <span class={noRecord}>{t.empty}</span>
            <span class={record}>
              <Carried {...props} baton="record" />
            </span>
          </p>
        </>
      )}
    </div>
  );
}

type CarriedProps = CycleProps & { readonly baton: Baton };

/** The baton, as it is just now. */
function Carried({ language, mode, name, baton }: CarriedProps) {
  const t = locales[language].show.cycle;
  const address = <i class="payload">{t.address}</i>;
  switch (baton) {
    case "form":
      return <span class="baton" dir="ltr">name={name}</span>;
    case "name":
      return <span class="baton" dir="ltr">User: {name}</span>;
    case "address":
      return <span class="baton">{address}</span>;
    case "record":
      return (
        <span class="baton">
          {address} <bdi>{name}</bdi>
        </span>
      );
    case "cookie":
      return (
        <span class="baton">
          {mode === "server" ? address : (
            <i class="payload">
              <bdi>{mode === "signed" ? name : "••••••"}</bdi>
            </i>
          )}
          {mode === "signed" && <i class="seal">{t.signature}</i>}
        </span>
      );
  }
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
