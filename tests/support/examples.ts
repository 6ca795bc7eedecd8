// The examples, started by their own tasks.
import settings from "../../deno.json" with { type: "json" };
import type { Locator } from "npm:playwright-core@1.65.1";
import { type Server, startProgram } from "./server.ts";

const root = new URL("../../", import.meta.url).pathname;

/** `deno task example` or `example:oidc`, on a free port and in a new folder. */
export function startExample(
  task: "example" | "example:oidc",
): Promise<Server> {
  const [, ...all] = settings.tasks[task].command.split(" ");
  const args = all.map((arg) =>
    arg.replace(/^(?:--lock=)?(?=examples\/|deno\.lock)/, `$&${root}`)
  );
  const config = ["--config", `${root}deno.json`];
  return startProgram(Deno.execPath(), {
    args: args.toSpliced(1, 0, ...config),
    cwd: Deno.makeTempDirSync(),
    env: { PORT: "0" },
  });
}

/** Two clicks of a real mouse, this many milliseconds apart. */
export async function clickTwice(
  button: Locator,
  gap: number,
): Promise<void> {
  const box = await button.boundingBox();
  if (box === null) throw new Error("The button is not shown");
  const { mouse } = button.page();
  await mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (const clickCount of [1, 2]) {
    if (clickCount === 2) await new Promise((next) => setTimeout(next, gap));
    await mouse.down({ clickCount });
    await mouse.up({ clickCount });
  }
}
