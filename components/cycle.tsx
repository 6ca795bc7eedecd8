import type { Child } from "hono/jsx";
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

/** From the browser at the top to the storage at the bottom: where a message goes. */
type Way = "to-server" | "to-browser" | "to-storage" | "from-storage";

/** What is carried: it changes from hand to hand. */
type Baton = "form" | "cookie" | "address" | "record" | "name";

interface Move {
  readonly way: Way;
  readonly code: string;
  readonly baton: Baton;
  /** In a sentence. */
  readonly meaning: string;
  /** Whether the browser has the cookie by then, and the storage the record. */
  readonly hasCookie: boolean;
  readonly hasRecord: boolean;
}

/** The visitor's last request cycle: a drawing of each step, and a sentence for each that one can choose. */
export function Cycle(props: CycleProps) {
  const t = locales[props.language].show.cycle;
  const all = moves(props);
  return (
    <section class="card cycle" aria-labelledby="cycle">
      <h2 id="cycle">{t.title}</h2>
      <div class="columns">
        <div class="scenes" aria-hidden="true">
          {all.map((move, i) => (
            <Scene key={i} {...props} n={i + 1} move={move} />
          ))}
        </div>
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
    </section>
  );
}

function moves({ language, mode, posted, came }: CycleProps): Move[] {
  const t = locales[language].show.cycle;
  const isStored = mode === "server";
  const move = (way: Way, code: string, baton: Baton, meaning: string) => ({
    ...{ way, code, baton, meaning },
    hasCookie: true,
    hasRecord: true,
  });
  return [
    {
      ...move("to-server", "POST /users", "form", t.posted(posted)),
      ...{ hasCookie: false, hasRecord: false },
    },
    ...(isStored
      ? [{
        ...move("to-storage", "", "record", t.saved),
        hasCookie: false,
      }]
      : []),
    move("to-browser", "303 + Set-Cookie", "cookie", t.sealed[mode]),
    move("to-server", "GET /show + Cookie", "cookie", t.came(came)),
    ...(isStored
      ? [
        move("to-storage", "", "address", t.asked),
        move("from-storage", "", "record", t.found),
      ]
      : []),
    move("to-browser", "200", "name", t.opened[mode]),
  ];
}

type SceneProps = CycleProps & { readonly n: number; readonly move: Move };

function Scene({ n, move, ...props }: SceneProps) {
  const t = locales[props.language].show.cycle;
  const { way, hasCookie, hasRecord } = move;
  const wire = <Wire {...move} {...props} />;
  const isBetween = way === "to-server" || way === "to-browser";
  return (
    <div class={`scene s${n}`}>
      <Place name={t.browser}>
        <span class="jar">
          {t.jar}: {hasCookie ? <Carried {...props} baton="cookie" /> : t.empty}
        </span>
      </Place>
      {isBetween ? wire : <p class="wire" />}
      <Place name={t.server}>
        <span class="soft">{t.key}</span>
      </Place>
      {props.mode === "server" && (
        <>
          {isBetween ? <p class="wire" /> : wire}
          <Place name={t.storage}>
            {hasRecord
              ? <Carried {...props} baton="record" />
              : <span class="soft">{t.empty}</span>}
          </Place>
        </>
      )}
    </div>
  );
}

function Place(
  { name, children }: { readonly name: string; readonly children: Child },
) {
  return (
    <p class="place">
      <b>{name}</b> {children}
    </p>
  );
}

function Wire({ way, code, ...props }: CarriedProps & Move) {
  return (
    <p class={`wire ${way}`}>
      {code && <code dir="ltr">{code}</code>} <Carried {...props} />
    </p>
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
