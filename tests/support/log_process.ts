// Writes three lines and dies at once: log_process.ts throw|reject|end
import { endBeforeDeath, LogWriter } from "../../server/log_writer.ts";

const writer = new LogWriter(Deno.stdout, String);
endBeforeDeath(writer);
for (const i of [1, 2, 3]) writer.write(`line ${i}`);
switch (Deno.args[0]) {
  case "throw":
    throw new Error("it is not caught");
  case "reject":
    Promise.reject(new Error("it is not caught"));
}
