// The examples, started by their own tasks.
import settings from "../../deno.json" with { type: "json" };
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
