// Publishes the version in deno.json to JSR and npm: deno task release [--dry-run]
// .github/workflows/release.yml runs it for a tag, after .ci/run in a job with fewer rights.
// With --dry-run it does everything but the publishing, .ci/run included.
import settings from "../deno.json" with { type: "json" };

const NOTES = "dist/release_notes.md";

/** The entry of a version in CHANGELOG.md, without its heading; null when there is none. */
export function notesOf(changelog: string, version: string): string | null {
  const entries = changelog.split(/^## /m).slice(1);
  const entry = entries.find((entry) => entry.split(/\s/)[0] === version);
  return entry?.replace(/^.*\n/, "").trim() || null;
}

export interface Release {
  /** Null before there is one. */
  readonly tag: string | null;
  /** In deno.json, and so on JSR. */
  readonly version: string;
  /** In the package for npm. */
  readonly npmVersion: string;
  readonly changelog: string;
}

/** Each part that does not agree with deno.json. */
export function disagreements(
  { tag, version, npmVersion, changelog }: Release,
): string[] {
  const faults: string[] = [];
  if (tag !== null && tag !== `v${version}`) {
    faults.push(`the tag is ${tag}, and deno.json says ${version}`);
  }
  if (npmVersion !== version) {
    faults.push(`the npm package says ${npmVersion}, deno.json ${version}`);
  }
  if (notesOf(changelog, version) === null) {
    faults.push(`CHANGELOG.md has nothing under "## ${version}"`);
  }
  return faults;
}

async function run(program: string, ...args: string[]): Promise<void> {
  console.log(`> ${[program.replace(/^.*\//, ""), ...args].join(" ")}`);
  const { success } = await new Deno.Command(program, { args }).spawn().status;
  if (!success) throw new Error(`${program} ${args[0] ?? ""} failed`);
}

/** GitHub names the tag that began the workflow. */
function tagOfWorkflow(): string | null {
  const isTag = Deno.env.get("GITHUB_REF_TYPE") === "tag";
  return isTag ? Deno.env.get("GITHUB_REF_NAME") ?? null : null;
}

async function release(isDry: boolean): Promise<void> {
  const deno = Deno.execPath();
  const { version } = settings;
  const tag = tagOfWorkflow();
  if (tag === null && !isDry) {
    throw new Error("push a tag to release, or try it with --dry-run");
  }
  await run(deno, "task", "npm");
  const changelog = await Deno.readTextFile("CHANGELOG.md");
  const json = JSON.parse(await Deno.readTextFile("dist/npm/package.json"));
  const npmVersion = json.version as string;
  const faults = disagreements({ tag, version, npmVersion, changelog });
  if (faults.length > 0) throw new Error(faults.join("; "));
  await Deno.writeTextFile(NOTES, `${notesOf(changelog, version)}\n`);

  const npm = ["publish", "./dist/npm", "--access", "public"];
  if (isDry) {
    await run(".ci/run");
    await run(deno, "publish", "--dry-run", "--allow-dirty");
    await run("npm", ...npm, "--dry-run");
    console.log(`Would release ${version}; its notes are in ${NOTES}`);
  } else {
    await run(deno, "publish");
    await run("npm", ...npm, "--provenance");
    await run("gh", "release", "create", `v${version}`, "--notes-file", NOTES);
  }
}

if (import.meta.main) await release(Deno.args.includes("--dry-run"));
