// Makes dist/npm, the session middleware as a package for Node and bundlers: deno task npm [folder]
// Each file is compiled alone, which works because every export states its type.
import { dirname, join } from "node:path";
import ts from "npm:typescript@6.0.3";
import settings from "../deno.json" with { type: "json" };

const SOURCE = "middleware/session";
const output = Deno.args[0] ?? "dist/npm";

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  removeComments: false, // whoever steps into it reads what the source says
};

async function sources(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await sources(path));
    else if (/(?<!\.d)\.ts$/.test(name)) found.push(path);
  }
  return found.sort();
}

function toJsPaths(code: string): string {
  // Where Deno finds types for "cloudflare:workers"; others have Cloudflare's own.
  return code.replace(/^\/\/ @ts-types=.*\n/gm, "").replace(
    /(["']\.\.?\/[^"']*)\.ts(?=["'])/g,
    "$1.js",
  );
}

function turn(path: string, code: string): { js: string; types: string } {
  const given = { fileName: path, reportDiagnostics: true };
  const js = ts.transpileModule(code, { ...given, compilerOptions });
  const types = ts.transpileDeclaration(code, {
    ...given,
    compilerOptions: {
      ...compilerOptions,
      declaration: true,
      isolatedDeclarations: true,
    },
  });
  const faults = [...js.diagnostics ?? [], ...types.diagnostics ?? []];
  if (faults.length > 0) {
    throw new Error(ts.formatDiagnostics(faults, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: Deno.cwd,
      getNewLine: () => "\n",
    }));
  }
  // For projects whose `lib` is older than AsyncDisposable.
  const lib = types.outputText.includes("AsyncDisposable")
    ? '/// <reference lib="esnext.disposable" />\n'
    : "";
  return {
    js: toJsPaths(js.outputText),
    types: lib + toJsPaths(types.outputText),
  };
}

/** The files whose types the entries' types need; the others get no type file. */
function reachable(entries: string[]): Set<string> {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    const { types = "" } = made.get(path) ?? {};
    for (const [, name = ""] of types.matchAll(/["'](\.[^"']+)\.js["']/g)) {
      visit(join(dirname(path), `${name}.ts`));
    }
  };
  for (const entry of entries) visit(entry.replace(/^\.\//, ""));
  return found;
}

/** The exact version that Baton is tested with. */
function pinned(name: keyof typeof settings.imports): string {
  return settings.imports[name].replace(/^.*@/, "");
}

/** From the oldest that works; tests/npm_test.ts installs the oldest and the newest of each. */
const PEERS = {
  hono: ">=4.9.0 <5",
  redis: ">=5.0.0 <7",
  zod: ">=4.0.0 <5",
} as const;

/** The address of the repository, for people and for npm's provenance; undefined when this copy has none. */
async function repository(): Promise<string | undefined> {
  const name = Deno.env.get("GITHUB_REPOSITORY");
  if (name !== undefined) {
    return `${
      Deno.env.get("GITHUB_SERVER_URL") ?? "https://github.com"
    }/${name}`;
  }
  const { stdout } = await new Deno.Command("git", {
    args: ["remote", "get-url", "origin"],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).trim()
    .replace(/^git@([^:]+):/, "https://$1/").replace(/\.git$/, "")
    .match(/^https:\/\/[^@]+$/)?.[0];
}

function packageJson(url: string | undefined): unknown {
  const { name, version, description, license } = settings;
  const exports = Object.entries(settings.exports).map(([entry, path]) => {
    const base = path.replace(`./${SOURCE}/`, "./").replace(/\.ts$/, "");
    return [entry, { types: `${base}.d.ts`, default: `${base}.js` }];
  });
  return {
    ...{ name, version, description, license },
    keywords: ["hono", "session", "sessions", "cookie", "middleware"],
    ...url && {
      homepage: `${url}#readme`,
      repository: { type: "git", url: `git+${url}.git`, directory: SOURCE },
    },
    type: "module",
    sideEffects: false,
    engines: { node: ">=20" },
    exports: {
      ...Object.fromEntries(exports),
      "./package.json": "./package.json",
    },
    dependencies: {
      "@noble/ciphers": pinned("@noble/ciphers"),
      "@noble/hashes": pinned("@noble/hashes"),
    },
    peerDependencies: PEERS,
    peerDependenciesMeta: { redis: { optional: true } },
  };
}

await Deno.remove(output, { recursive: true }).catch(() => {});
const made = new Map<string, { js: string; types: string }>();
for (const path of await sources(SOURCE)) {
  made.set(path, turn(path, await Deno.readTextFile(path)));
}
const typed = reachable(Object.values(settings.exports));
for (const [path, { js, types }] of made) {
  const base = output + path.slice(SOURCE.length, -".ts".length);
  await Deno.mkdir(dirname(base), { recursive: true });
  await Deno.writeTextFile(`${base}.js`, js);
  if (typed.has(path)) await Deno.writeTextFile(`${base}.d.ts`, types);
}
const readme = await Deno.readTextFile(`${SOURCE}/README.md`);
// On the page that a registry shows, a link to a file leads nowhere.
const links = [...readme.matchAll(/\]\(([^)\s]+)/g)].map(([, to = ""]) => to);
const outside = links.filter((link) => !/^(?:#|https:)/.test(link));
if (outside.length > 0) {
  throw new Error(`README.md leads out of the package: ${outside.join(", ")}`);
}
await Deno.writeTextFile(`${output}/README.md`, readme);
await Deno.copyFile("LICENSE", `${output}/LICENSE`);
const json = JSON.stringify(packageJson(await repository()), null, 2);
await Deno.writeTextFile(`${output}/package.json`, `${json}\n`);
console.log(
  `Made ${output}. Next: npm pack ./${output} --pack-destination dist`,
);
