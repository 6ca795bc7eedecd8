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
  // By the known values, HTML cut at its slots: text, the name of a prop, text, and
  // so on. Nothing that a visitor sends is a key.
  const kept = new Map<string, string[]>();

  return function filled(props) {
    const key = known.map((name) => props[name]).join();
    let pieces = kept.get(key);
    if (pieces === undefined) {
      pieces = plain(component(marked(known, props))).split(MARK);
      kept.set(key, pieces);
    }
    let html = pieces[0]!;
    for (let i = 1; i < pieces.length; i += 2) {
      const slot = pieces[i] as keyof Props;
      html += render(props[slot] as Child) + pieces[i + 1]!;
    }
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

/** The props, with a mark and a name in place of each slot. */
function marked<Props extends object>(
  known: readonly (keyof Props)[],
  props: Props,
): Props {
  return new Proxy(props, {
    get: (props, name) =>
      known.includes(name as keyof Props)
        ? Reflect.get(props, name)
        : `${MARK}${String(name)}${MARK}`,
  });
}
