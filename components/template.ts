import { raw } from "hono/html";
import type { Child, JSXNode } from "hono/jsx";
import { escapeToBuffer } from "hono/utils/html";
import { Fragment } from "hono/jsx/jsx-runtime"; // hono/jsx itself brings what only browsers need

/** Its values are few, and all in the source: a language, a page, yes or no. */
type Enumerable = string | boolean | undefined;

/** The props whose types list every value. Any string, or any number, may be a visitor's. */
type KnownProp<Props> = {
  [Name in keyof Props]-?: Props[Name] extends Enumerable
    ? string extends Props[Name] ? never : Name
    : never;
}[keyof Props];

/** HTML, cut where the props go that differ from request to request. */
interface Cut<Props> {
  readonly first: string;
  /** Each slot, by its place in `names`, and the text after it. */
  readonly rest: readonly { readonly slot: number; readonly text: string }[];
  /** The slots' props, each once. */
  readonly names: readonly (keyof Props)[];
}

/**
 * The renderings kept for each value of one known prop, and of the next. Not more than
 * the known props have values: nothing that a visitor sends is a key.
 */
interface Branch<Props> {
  readonly next: Map<unknown, Branch<Props>>;
  cut?: Cut<Props>;
}

/** HTML that is written already. */
type Html = ReturnType<typeof raw>;

/**
 * A component that is rendered once for each value of its `known` props, and
 * kept. All of its other props are slots: they are filled in, escaped as ever,
 * each time it is shown.
 *
 * ```tsx
 * const Greeting = template(["language"], ({ language, name }: GreetingProps) => (
 *   <p title={name}>{locales[language].show.greeting(name)}</p>
 * ));
 * ```
 *
 * The component runs once, with a mark in place of each slot, so it must not
 * look at what is in one: no condition on it, no method of it. What depends on a
 * slot is made by the caller, who may put JSX into it. In an attribute a slot is
 * text.
 */
export function template<Props extends object>(
  known: readonly KnownProp<Props>[],
  component: (props: Props) => Child,
): (props: Props) => Html {
  const kept: Branch<Props> = { next: new Map() };

  return function filled(props) {
    let at = kept;
    for (const name of known) {
      let next = at.next.get(props[name]);
      if (next === undefined) {
        next = { next: new Map() };
        at.next.set(props[name], next);
      }
      at = next;
    }
    const { first, rest, names } = at.cut ??= make(known, component, props);
    const filling = names.map((name) => render(props[name] as Child));
    let html = first;
    for (const { slot, text } of rest) html += filling[slot]! + text;
    return raw(html);
  };
}

/**
 * As JSX shows it, at once. Hono's own toString() gives each component a context
 * and may wait for it; the components here have none, and wait for nothing.
 */
export function render(child: Child): string {
  switch (typeof child) {
    case "string":
      return escaped(child);
    case "number":
      return `${child}`;
    case "object":
      if (child === null) return "";
      if (isHtml(child)) return `${child}`;
      if (Array.isArray(child)) return child.map(render).join("");
      if (isComponent(child)) return render(child.tag(child.props));
      return plain(child);
    default:
      return ""; // true, false and undefined show nothing
  }
}

function plain(child: Child): string {
  const html = Fragment({ children: [child] }).toString();
  return html.replace(BLOCK, "\n<");
}

/** Where a block begins: there a line may begin, so that one can read the source. */
const BLOCK =
  /(?<!\n)<(?=(?:meta|title|link|body|header|nav|main|footer|section|div|form|fieldset|label|h\d|p|[ou]l|li|dl|dt|dd|table|thead|tbody|tr|t[hd]|details|figure|pre|svg)[ >])/g;

/** HTML that a template made. */
function isHtml(child: object): boolean {
  return child instanceof String && "isEscaped" in child;
}

interface Component {
  tag(props: JSXNode["props"]): Child;
  readonly props: JSXNode["props"];
}

function isComponent(child: object): child is Component {
  return "tag" in child && typeof child.tag === "function";
}

function escaped(text: string): string {
  const buffer: [string] = [""];
  escapeToBuffer(text, buffer);
  return buffer[0];
}

/** Not a character (Unicode says so): no text holds it. */
const MARK = "\uFFFF";

function make<Props extends object>(
  known: readonly (keyof Props)[],
  component: (props: Props) => Child,
  props: Props,
): Cut<Props> {
  const marked = new Proxy(props, {
    get: (props, name) =>
      known.includes(name as keyof Props)
        ? Reflect.get(props, name)
        : `${MARK}${String(name)}${MARK}`,
  });
  const html = plain(component(marked));
  const [first = "", ...pieces] = html.split(MARK);
  const names = [...new Set(pieces.filter((_, i) => i % 2 === 0))];
  const rest = [];
  for (let i = 0; i < pieces.length; i += 2) {
    rest.push({ slot: names.indexOf(pieces[i]!), text: pieces[i + 1]! });
  }
  return { first, rest, names: names as (keyof Props)[] };
}
