// The compiler's first words when update() is called wrongly: the key, or the type.
import assert from "node:assert/strict";
import { mayDoAll } from "./support/missing.ts";

/** Each: the call, what is marked, and what is said about it. */
const MISTAKES: [call: string, marked: string, said: RegExp][] = [
  [`{ usrId: "jay" }`, "usrId", /^Object literal .* 'usrId' does not exist/],
  [
    `{ name: "Jay", extra: 1 }`,
    "extra",
    /^Object literal .* 'extra' does not exist/,
  ],
  [
    `{ count: "1" }`,
    "count",
    /^Type 'string' is not assignable to type 'number'/,
  ],
  [
    `{ cart: [{ id: "a" }] }`,
    `{ id: "a" }`,
    /^Property 'n' is missing in type/,
  ],
  [
    `() => ({ usrId: "jay" })`,
    `() => ({ usrId: "jay" })`,
    /^Argument of type '\(\) => \{ readonly usrId: "jay"; \}' is not assignable/,
  ],
  [
    `() => ({ count: "1" })`,
    `() => ({ count: "1" })`,
    /Type 'string' is not assignable to type 'number'/,
  ],
];

Deno.test({
  name:
    `update(): the compiler's first message names the key or the type that is wrong${
      mayDoAll ? "" : " (needs --allow-all)"
    }`,
  ignore: !mayDoAll,
  async fn() {
    const folder = await Deno.makeTempDir();
    const root = new URL("../", import.meta.url);
    const calls = MISTAKES.map(([call]) => `session.update(${call});`);
    await Deno.writeTextFile(
      `${folder}/mistakes.ts`,
      `import type { Session } from "${new URL(
        "middleware/session/mod.ts",
        root,
      )}";
declare const session: Session<{ name?: string | undefined; count: number; cart: { id: string; n: number }[] }>;
${calls.join("\n")}
`,
    );
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "-q", "--config", "deno.json", `${folder}/mistakes.ts`],
      cwd: root,
      env: { NO_COLOR: "1" },
      stdout: "null",
    }).output();
    const messages = new TextDecoder().decode(stderr)
      .split(/^TS\d+ \[ERROR\]: /m).slice(1);
    assert.equal(messages.length, MISTAKES.length);
    for (const [i, [call, marked, said]] of MISTAKES.entries()) {
      const message = messages[i] ?? "";
      assert.match(message, said, call);
      const column = Number(/mistakes\.ts:\d+:(\d+)/.exec(message)?.[1]);
      assert.equal(column, (calls[i] ?? "").indexOf(marked) + 1, call);
    }
    await Deno.remove(folder, { recursive: true });
  },
});
