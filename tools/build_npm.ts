// Makes dist/npm, the session middleware as a package for Node and bundlers: deno task npm [folder]
// `deno pack` compiles it; here it gets a package.json for npm, with peers and without the app's folders.
import settings from "../deno.json" with { type: "json" };

const SOURCE = "middleware/session";
const output = Deno.args[0] ?? "dist/npm";

async function run(program: string, ...args: string[]): Promise<void> {
  const command = new Deno.Command(program, { args });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** The exact version that Baton is tested with. */
function pinned(name: keyof typeof settings.imports): string {
  return settings.imports[name].replace(/^.*@/, "");
}

/** From the oldest that works; tests/npm_test.ts installs the oldest and the newest of each. */
const PEERS = {
  hono: ">=4.12.0 <5", // hono/cache of earlier versions keeps private answers
  redis: ">=5.0.0 <7",
  zod: ">=4.0.0 <5",
} as const;

/** The address of the repository, for people and for npm's provenance. Only the workflow of a release knows it. */
const REPOSITORY = Deno.env.get("GITHUB_REPOSITORY");
const ADDRESS = REPOSITORY &&
  `${Deno.env.get("GITHUB_SERVER_URL")}/${REPOSITORY}`;

function packageJson(): unknown {
  const { name, version, description, license } = settings;
  const exports = Object.entries(settings.exports).map(([entry, path]) => {
    const base = path.replace(`./${SOURCE}/`, "./").replace(/\.ts$/, "");
    return [entry, { types: `${base}.d.ts`, default: `${base}.js` }];
  });
  return {
    ...{ name, version, description, license },
    keywords: ["hono", "session", "sessions", "cookie", "middleware"],
    ...ADDRESS && {
      homepage: `${ADDRESS}#readme`,
      repository: { type: "git", url: `git+${ADDRESS}.git`, directory: SOURCE },
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

/**
 * Deno's own types for "cloudflare:workers" go: others have Cloudflare's. Types
 * with AsyncDisposable name the library, for projects whose `lib` is older.
 */
async function finish(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await finish(path);
    else if (name.startsWith("cloudflare_workers.")) await Deno.remove(path);
    else {
      const code = (await Deno.readTextFile(path))
        .replace(/^\/\/ @ts-types=.*\n/gm, "");
      const isOlder = name.endsWith(".d.ts") &&
        code.includes("AsyncDisposable");
      const lib = '/// <reference lib="esnext.disposable" />\n';
      await Deno.writeTextFile(path, isOlder ? lib + code : code);
    }
  }
}

await Deno.remove(output, { recursive: true }).catch(() => {});
await Deno.mkdir(output, { recursive: true });
const tarball = `${output}/packed.tgz`;
const flags = ["--no-source-maps", "--allow-dirty", "-o", tarball];
await run(Deno.execPath(), "pack", ...flags);
const into = ["-C", output, "--strip-components=3"];
await run("tar", "-xzf", tarball, ...into, `package/${SOURCE}`);
await Deno.remove(tarball);
await finish(output);
const readme = await Deno.readTextFile(`${SOURCE}/README.md`);
// On the page that a registry shows, a link to a file leads nowhere.
const links = [...readme.matchAll(/\]\(([^)\s]+)/g)].map(([, to = ""]) => to);
const outside = links.filter((link) => !/^(?:#|https:)/.test(link));
if (outside.length > 0) {
  throw new Error(`README.md leads out of the package: ${outside.join(", ")}`);
}
await Deno.writeTextFile(`${output}/README.md`, readme);
await Deno.copyFile("LICENSE", `${output}/LICENSE`);
const json = JSON.stringify(packageJson(), null, 2);
await Deno.writeTextFile(`${output}/package.json`, `${json}\n`);
console.log(
  `Made ${output}. Next: npm pack ./${output} --pack-destination dist`,
);
