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
  readonly isBelow?: boolean;
  /** From the lower one to the upper one. */
  readonly isUp?: boolean;
  readonly code?: string;
  readonly baton: Baton;
  /** In a sentence. */
  readonly meaning: string;
}

/** The thing that is carried: it changes from hand to hand. */
type Baton = "form" | "cookie" | "address" | "record" | "name";

/** The visitor's last request cycle: sentences to choose from, each with its picture. */
export function Cycle(props: CycleProps) {
  const t = locales[props.language].show.cycle;
  const all = moves(props);
  return (
    <Card id="cycle" title={t.title}>
      <fieldset class="cycle">
        <legend class="soft small">{t.hint}</legend>
        {all.map((move, i) => (
          <>
            <label>
              <input
                type="radio"
                name="step"
                id={`step-${i + 1}`}
                checked={i === 0}
              />
              <span>{move.meaning}</span>
            </label>
            <Scene
              {...props}
              {...move}
              hasCookie={all.slice(0, i + 1).some(({ isUp }) => isUp)}
              hasRecord={i > 0}
            />
          </>
        ))}
      </fieldset>
    </Card>
  );
}

function moves({ language, mode, posted, came }: CycleProps): Move[] {
  const t = locales[language].show.cycle;
  const below = (...moves: Move[]) =>
    mode === "server" ? moves.map((move) => ({ ...move, isBelow: true })) : [];
  return [
    { code: "POST /users", baton: "form", meaning: t.posted(posted) },
    ...below({ baton: "record", meaning: t.saved }),
    {
      isUp: true,
      code: "303 + Set-Cookie",
      baton: "cookie",
      meaning: t.sealed[mode],
    },
    { code: "GET /show + Cookie", baton: "cookie", meaning: t.came(came) },
    ...below(
      { baton: "address", meaning: t.asked },
      { isUp: true, baton: "record", meaning: t.found },
    ),
    { isUp: true, code: "200", baton: "name", meaning: t.opened[mode] },
  ];
}

interface SceneProps extends CycleProps, Move {
  readonly hasCookie: boolean;
  readonly hasRecord: boolean;
}

/** Who takes part, with what each has, and the message between two of them. */
function Scene(props: SceneProps) {
  const { language, mode, isBelow = false, isUp, code } = props;
  const t = locales[language].show.cycle;
  const wire = (isHere: boolean) => (
    <p class={isUp ? "wire up" : "wire"}>
      {isHere && (
        <>
          {code && <code dir="ltr">{code}</code>} <Carried {...props} />
        </>
      )}
    </p>
  );
  return (
    <div class="scene" aria-hidden="true">
      <p class="place">
        <b>{t.browser}</b>
        <span class="jar">
          {t.jar}:{" "}
          {props.hasCookie ? <Carried {...props} baton="cookie" /> : t.empty}
        </span>
      </p>
      {wire(!isBelow)}
      <p class="place">
        <b>{t.server}</b> <span class="soft">{t.key}</span>
      </p>
      {mode === "server" && (
        <>
          {wire(isBelow)}
          <p class="place">
            <b>{t.storage}</b>
            {props.hasRecord
              ? <Carried {...props} baton="record" />
              : <span>{t.empty}</span>}
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
