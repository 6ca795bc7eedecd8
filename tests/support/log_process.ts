// Writes three lines and ends at once: log_process.ts exit|throw|reject|end
import { writeTogether, writeToStdout } from "../../server/log_writer.ts";

const log = writeTogether(writeToStdout);
for (const i of [1, 2, 3]) log(`line ${i}`);
switch (Deno.args[0]) {
  case "exit":
    Deno.exit(0);
    break;
  case "throw":
    throw new Error("nobody catches this");
  case "reject":
    Promise.reject(new Error("nobody catches this"));
}
