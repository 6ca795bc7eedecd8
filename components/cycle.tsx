import { type Language, locales } from "./locales/mod.ts";
import type { Mode } from "./mode.ts";

export interface CycleProps {
  readonly language: Language;
  readonly mode: Mode;
  /** The text on the baton. */
  readonly baton: string;
  /** When the form was posted, and when this page was asked for, as the language writes a time. */
  readonly posted: string;
  readonly came: string;
}

/** Where each lane stands in the drawing. */
const LANES = { browser: 56, server: 268, store: 480 } as const;

type Lane = keyof typeof LANES;

interface Move {
  readonly from: Lane;
  readonly to: Lane;
  readonly code: string;
  readonly detail: string;
  readonly meaning: string;
  /** Where the data is afterwards; it moved if the message carried it. */
  readonly baton: Lane;
}

/** The visitor's last request cycle, step by step: a drawing, and a sentence for each step that one can choose. */
export function Cycle(props: CycleProps) {
  const { language, mode, baton } = props;
  const t = locales[language].show.cycle;
  const all = moves(props);
  const height = 56 + 50 * all.length;
  return (
    <section class="card cycle" aria-labelledby="cycle">
      <h2 id="cycle">{t.title}</h2>
      <div class="columns">
        <svg viewBox={`0 0 536 ${height}`} aria-hidden="true" focusable="false">
          {(Object.entries(LANES) as [Lane, number][]).map(([lane, x]) => (
            <g
              class={mode !== "server" && lane === "store"
                ? "lane empty"
                : "lane"}
            >
              <path d={`M${x} 34V${height}`} />
              <rect x={x - 54} y="1" width="108" height="34" rx="9" />
              <text x={x} y="23">{t[lane]}</text>
            </g>
          ))}
          {mode !== "server" && (
            <text class="nothing" x={LANES.store} y={height / 2}>
              {t.empty}
            </text>
          )}
          {all.map((move, i) => <Message key={i} n={i + 1} {...move} />)}
          {all.map((move, i) => (
            <Baton key={i} n={i + 1} {...move} text={baton} />
          ))}
        </svg>
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

function moves(
  { language, mode, ...times }: CycleProps,
): Move[] {
  const t = locales[language].show.cycle;
  const posted: Move = {
    ...{ from: "browser", to: "server", baton: "server" },
    code: "POST /users",
    detail: "name, email",
    meaning: t.posted(times.posted),
  };
  const opened: Move = {
    ...{ from: "server", to: "browser", baton: "browser" },
    code: "200",
    detail: "User:",
    meaning: t.opened[mode],
  };
  const isInCookie = mode !== "server";
  const sealed: Move = {
    ...{ from: "server", to: "browser" },
    baton: isInCookie ? "browser" : "store",
    code: "303 → /show",
    detail: isInCookie ? "Set-Cookie" : "Set-Cookie: id",
    meaning: t.sealed[mode],
  };
  const came: Move = {
    ...{ from: "browser", to: "server" },
    baton: isInCookie ? "server" : "store",
    code: "GET /show",
    detail: isInCookie ? "Cookie" : "Cookie: id",
    meaning: t.came(times.came),
  };
  if (isInCookie) return [posted, sealed, came, opened];
  const saved: Move = {
    ...{ from: "server", to: "store", baton: "store" },
    code: "id → record",
    detail: "name, email",
    meaning: t.saved,
  };
  const asked: Move = {
    ...{ from: "server", to: "store", baton: "store" },
    code: "id ?",
    detail: "",
    meaning: t.asked,
  };
  const found: Move = {
    ...{ from: "store", to: "server", baton: "server" },
    code: "record",
    detail: "name, email",
    meaning: t.found,
  };
  return [posted, saved, sealed, came, asked, found, opened];
}

/** The arrow's line, in the drawing's units. */
function lineOf(n: number): number {
  return 26 + 50 * n;
}

function Message({ n, from, to, code, detail }: Move & { readonly n: number }) {
  const y = lineOf(n);
  const back = LANES[to] > LANES[from] ? -7 : 7;
  const [start, tip] = [LANES[from] - back, LANES[to] + back];
  const middle = (start + tip) / 2;
  return (
    <g class={`message m${n} from-${from}`}>
      <text class="code" x={middle} y={y - 7}>{code}</text>
      <path d={`M${start} ${y}H${tip}m${back}-5 ${-back} 5 ${back} 5`} />
      <text class="detail" x={middle} y={y + 15}>{detail}</text>
    </g>
  );
}

/** So much of a name fits on the baton. */
const BATON_CHARACTERS = 10;

/** A name, cut where it would not fit. */
export function batonText(name: string): string {
  const characters = [...name];
  return characters.length > BATON_CHARACTERS
    ? `${characters.slice(0, BATON_CHARACTERS - 1).join("")}…`
    : name;
}

interface BatonProps extends Move {
  readonly n: number;
  readonly text: string;
}

function Baton({ n, from, to, baton, text }: BatonProps) {
  const [x, y] = [LANES[baton], lineOf(n)];
  const way = baton !== to ? "" : LANES[to] > LANES[from] ? "right" : "left";
  return (
    <g class={`baton b${n} ${way}`}>
      <rect x={x - 46} y={y - 14} width="92" height="28" rx="14" />
      <path d={`M${x - 32} ${y - 14}v28`} />
      <text x={x + 7} y={y + 5}>{text}</text>
    </g>
  );
}
