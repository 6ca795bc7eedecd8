// Components that are rendered once and kept: a visitor must not see the difference.
import assert from "node:assert/strict";
import type { Child } from "hono/jsx";
import { template } from "../components/template.ts";
import { mayDoAll } from "./support/missing.ts";

const test = Deno.test;

interface GreetingProps {
  readonly language: "en" | "es";
  readonly name: string;
  readonly children?: Child;
}

let renderings = 0;
const Greeting = template(
  ["language"],
  ({ language, name, children }: GreetingProps) => {
    renderings++;
    const hello = language === "en" ? "Hello" : "Hola";
    return <p title={name}>{hello}, {name}! {children}</p>;
  },
);

/** Without the line breaks before blocks, which make the source readable. */
function flat(html: unknown): string {
  return String(html).replaceAll("\n<", "<");
}

test("a component is rendered once for each value of what is known beforehand", () => {
  for (let i = 0; i < 100; i++) {
    assert.equal(
      flat(<Greeting language="en" name={`Jay${i}`} />),
      `<p title="Jay${i}">Hello, Jay${i}! </p>`,
    );
    assert.equal(
      flat(<Greeting language="es" name={`Jay${i}`} />),
      `<p title="Jay${i}">Hola, Jay${i}! </p>`,
    );
  }
  assert.equal(renderings, 2);
});

test("text in a slot is escaped, JSX is rendered", () => {
  assert.equal(
    flat(<Greeting language="en" name={`<b>"&'\uFFFF$&`}>{"<i>"}</Greeting>),
    '<p title="&lt;b&gt;&quot;&amp;&#39;\uFFFF$&amp;">Hello, ' +
      "&lt;b&gt;&quot;&amp;&#39;\uFFFF$&amp;! &lt;i&gt;</p>",
  );
  assert.equal(
    flat(
      <Greeting language="en" name="">
        <i>{"<"}</i>
        {null}
        {0}
      </Greeting>,
    ),
    '<p title="">Hello, ! <i>&lt;</i>0</p>',
  );
});

test("each block begins a line, and what is inside a paragraph does not", () => {
  const Page = template([], () => (
    <main>
      <p>
        a <b>b</b>
      </p>
      <pre>a <i>b</i></pre>
    </main>
  ));
  assert.equal(
    String(<Page />),
    "\n<main>\n<p>a <b>b</b></p>\n<pre>a <i>b</i></pre></main>",
  );
});

test("a template may stand in another one", () => {
  const Twice = template([], ({ name }: { name: string }) => (
    <div>
      <Greeting language="en" name={name} />
      <Greeting language="es" name="&">{name}</Greeting>
    </div>
  ));
  for (const name of ["<", ">"]) {
    const escaped = name === "<" ? "&lt;" : "&gt;";
    assert.equal(
      flat(<Twice name={name} />),
      `<div><p title="${escaped}">Hello, ${escaped}! </p>` +
        `<p title="&amp;">Hola, &amp;! ${escaped}</p></div>`,
    );
  }
});

/** The HTML of all pages, in a process of its own; or with every component rendered each time. */
async function pages(isKept: boolean): Promise<string> {
  const url = (path: string) => new URL(path, import.meta.url).href;
  const { imports } = JSON.parse(
    await Deno.readTextFile(new URL("../deno.json", import.meta.url)),
  );
  for (const [name, npm] of Object.entries<string>(imports)) {
    imports[`${name}/`] = npm.replace("npm:", "npm:/") + "/";
  }
  imports[url("../components/template.ts")] = "data:text/javascript," +
    "export const template = (_known, component) => component;" +
    "export const render = String;";
  const map = `data:application/json,${
    encodeURIComponent(JSON.stringify({ imports }))
  }`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "--no-check", "--no-lock"],
      ...(isKept ? [] : ["--import-map", map]),
      url("./support/print_pages.ts"),
    ],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert(success, text(stderr));
  return text(stdout);
}

Deno.test({
  name:
    `every page is byte for byte what it is when each component is rendered each time${
      mayDoAll ? "" : " (needs --allow-all)"
    }`,
  ignore: !mayDoAll,
  async fn() {
    const [kept, rendered] = await Promise.all([pages(true), pages(false)]);
    assert(kept.length > 500_000);
    const lines = [kept, rendered].map((text) => flat(text).split("\n"));
    for (const [i, line] of lines[0]!.entries()) {
      assert.equal(line, lines[1]![i]);
    }
    assert.equal(lines[0]!.length, lines[1]!.length);
  },
});
