// The examples, started by their own tasks.
import type { Locator } from "npm:playwright-core@1.65.1";
import { commandOf, type Server, startProgram } from "./server.ts";

/** `deno task example` or `example:oidc`, on a free port and in a new folder. */
export function startExample(
  task: "example" | "example:oidc",
): Promise<Server> {
  return startProgram("sh", {
    args: ["-c", commandOf(task)],
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
