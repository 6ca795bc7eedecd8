import { formatsOf } from "./format.ts";
import { type Language, locales } from "./locales/mod.ts";

export interface CycleProps {
  readonly language: Language;
  /** The names of the form's fields. */
  readonly fields: readonly string[];
  /** When the form was posted, and when this page was asked for, as the language writes a time. */
  readonly posted: string;
  readonly came: string;
}

/** The visitor's last request cycle: drawn, and told in words for who cannot see it. */
export function Cycle({ language, fields, posted, came }: CycleProps) {
  const t = locales[language].show.cycle;
  const { list } = formatsOf(language);
  return (
    <figure class="card cycle" aria-labelledby="cycle">
      <h2 id="cycle">{t.title}</h2>
      <svg viewBox="0 0 320 300" aria-hidden="true" focusable="false">
        <g class="actor">
          <rect x="1" y="1" width="98" height="32" rx="8" />
          <rect x="221" y="1" width="98" height="32" rx="8" />
          <text x="50" y="22">{t.browser}</text>
          <text x="270" y="22">{t.server}</text>
        </g>
        <path class="lifeline" d="M50 33V299M270 33V299" />
        <Message
          y={84}
          to="server"
          code="POST /users"
          detail={fields.join(", ")}
          time={posted}
        />
        <Message
          y={142}
          to="browser"
          code="303 → /show"
          detail="Set-Cookie: session=…"
        />
        <Message
          y={214}
          to="server"
          code="GET /show"
          detail="Cookie: session=…"
          time={came}
        />
        <Message y={272} to="browser" code="200" detail="User:" />
      </svg>
      <ol class="unseen">
        <li>{t.posted(posted, list.format(fields))}</li>
        <li>{t.sealed}</li>
        <li>{t.came(came)}</li>
        <li>{t.opened}</li>
      </ol>
      <figcaption class="soft">{t.moral}</figcaption>
    </figure>
  );
}

interface MessageProps {
  readonly y: number;
  readonly to: "browser" | "server";
  readonly code: string;
  readonly detail: string;
  readonly time?: string;
}

function Message({ y, to, code, detail, time }: MessageProps) {
  const [from, tip, back] = to === "server" ? [54, 266, -7] : [266, 54, 7];
  return (
    <g class={`message to-${to}`}>
      {time && <text class="time" x="160" y={y - 25}>{time}</text>}
      <text class="code" x="160" y={y - 9}>{code}</text>
      <path
        d={`M${from} ${y}H${tip}m${back}-5 ${-back} 5 ${back} 5`}
      />
      <text class="detail" x="160" y={y + 16}>{detail}</text>
    </g>
  );
}
