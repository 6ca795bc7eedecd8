import { Card } from "./card.tsx";
import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";

export interface CycleProps {
  readonly language: Language;
  readonly mode: Mode;
  /** The visitor's name, short enough for the drawing. */
  readonly name: string;
  /** When the form was posted, and when this page was asked for, as the language writes a time. */
  readonly posted: string;
  readonly came: string;
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

/** The thing that is carried: it changes from hand to hand. */
type Baton = "form" | "cookie" | "address" | "record" | "name";

/** The visitor's last request cycle: sentences to choose from, and a picture of the chosen one. */
export function Cycle(props: CycleProps) {
  const t = locales[props.language].show.cycle;
  const all = moves(props);
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

function moves({ language, mode, posted, came }: CycleProps): Move[] {
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
    move("down", "POST /users", "form", t.posted(posted)),
    ...stored(move("down", "", "record", t.saved)),
    move("up", "303 + Set-Cookie", "cookie", t.sealed[mode]),
    move("down", "GET /show + Cookie", "cookie", t.came(came)),
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
  const steps = all.map((_, i) => `${i + 1}`);
  /** Nothing, and from the first of these moves on the baton. */
  const holder = (
    baton: Baton,
    isFirst: (move: Move) => boolean = () => true,
  ) => {
    const at = all.findIndex(isFirst);
    return (
      <>
        <span data-steps={steps.slice(0, at).join("")}>{t.empty}</span>
        <span data-steps={steps.slice(at).join("")}>
          <Carried {...props} baton={baton} />
        </span>
      </>
    );
  };
  const wire = (isBelow: boolean) => (
    <div class="wire">
      {all.map((move, i) =>
        move.isBelow === isBelow && (
          <p class={move.isUp ? "up" : "down"} data-steps={steps[i]}>
            {move.code && <code dir="ltr">{move.code}</code>}{" "}
            <Carried {...props} baton={move.baton} />
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
          {t.jar}: {holder("cookie", ({ isUp }) => isUp)}
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
            <b>{t.storage}</b> {holder("record", ({ isBelow }) => isBelow)}
          </p>
        </>
      )}
    </div>
  );
}

type CarriedProps = CycleProps & Pick<Move, "baton">;

/** The baton, as it is just now. */
function Carried({ language, mode, name, baton }: CarriedProps) {
  const t = locales[language].show.cycle;
  const address = <span class="payload">{t.address}</span>;
  const parts = {
    form: <span dir="ltr">name={name}</span>,
    name: <span dir="ltr">User: {name}</span>,
    address,
    record: [address, <bdi key="name">{name}</bdi>],
    cookie: {
      signed: [
        <bdi key="name" class="payload">{name}</bdi>,
        <span key="seal" class="seal">{t.signature}</span>,
      ],
      encrypted: <span class="payload">••••••</span>,
      server: address,
    }[mode],
  };
  return <span class="baton">{parts[baton]}</span>;
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
