// Makes dist/worker.js for Cloudflare, and says how big it is: deno task worker:bundle [entry] [output]
import { gzipSync } from "node:zlib";
import { minify } from "npm:terser@5.51.2";

const entry = Deno.args[0] ?? "worker.ts";
const output = Deno.args[1] ?? "dist/worker.js";

async function bundle(...flags: string[]): Promise<string> {
  const external = ["--external", "cloudflare:workers"];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "-q",
      "--lock=deno.lock",
      ...external,
      "-o",
      output,
      ...flags,
      entry,
    ],
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return await Deno.readTextFile(output);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

// Unminified, each module stands under a comment with its path.
const parts = (await bundle()).split(/^\/\/ (?=\S+\.(?:[jt]sx?|css|svg)$)/m);
const { code = "" } = await minify(await bundle("--minify"), {
  module: true,
  ecma: 2020,
  compress: { passes: 3 },
});
await Deno.writeTextFile(output, code);
const { length } = new TextEncoder().encode(code);
const gzipped = gzipSync(code, { level: 9 }).length;
console.log(`${output}: ${kilobytes(length)}, ${kilobytes(gzipped)} gzipped`);

const sizes = parts.slice(1).map((part) => {
  const [path = "", ...rest] = part.split("\n");
  const name = path.replace(/^.*\/npm\/[^/]+\//, "");
  return { name, bytes: rest.join("\n").length };
}).toSorted((a, b) => b.bytes - a.bytes);
console.log("Its biggest parts, before they are minified:");
for (const { name, bytes } of sizes.slice(0, 10)) {
  console.log(`${kilobytes(bytes).padStart(10)}  ${name}`);
}
