// Components that are rendered once and kept: a visitor must not see the difference.
import assert from "node:assert/strict";
import type { Child } from "hono/jsx";
import { template } from "../components/template.ts";
import { writeConfig } from "./support/deno_config.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import { shell } from "./support/operations.ts";

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

test("a component is rendered once for each value of what is known beforehand; text in a slot is escaped, JSX is rendered", () => {
  for (let i = 0; i < 100; i++) {
    assert.equal(
      flat(<Greeting language="en" name={`Jay${i}`} />),
      `<p title="Jay${i}">Hello, Jay${i}! </p>`,
    );
    assert.equal(
      flat(
        <Greeting language="es" name={`<b>"&'\uFFFF$&`}>
          <i>{"<"}</i>
          {null}
          {0}
          {"<i>"}
        </Greeting>,
      ),
      '<p title="&lt;b&gt;&quot;&amp;&#39;\uFFFF$&amp;">Hola, ' +
        "&lt;b&gt;&quot;&amp;&#39;\uFFFF$&amp;! <i>&lt;</i>0&lt;i&gt;</p>",
    );
  }
  assert.equal(renderings, 2);
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

/** The HTML of all pages, in a process of its own; or with every component rendered each time. */
async function pages(isKept: boolean): Promise<string[]> {
  const url = (path: string) => new URL(path, import.meta.url).href;
  const config = await writeConfig(
    await Deno.makeTempDir(),
    isKept ? {} : {
      [url("../components/template.ts")]: "data:text/javascript," +
        "export const template = (_known, component) => component;" +
        "export const render = String;",
    },
  );
  const run = `run -q --no-check --no-lock --config ${config}`;
  const text = await shell(
    `${Deno.execPath()} ${run} ${url("support/print_pages.ts")}`,
  );
  assert(text.length > 500_000);
  return flat(text).split("\n");
}

testWhere(
  mayDoAll ? null : "needs --allow-all",
  "every page is byte for byte what it is when each component is rendered each time",
  async () => {
    const [kept, rendered] = await Promise.all([pages(true), pages(false)]);
    for (const [i, line] of kept.entries()) assert.equal(line, rendered[i]);
    assert.equal(kept.length, rendered.length);
  },
);
