import settings from "../../deno.json" with { type: "json" };

/** Writes a deno.json into the folder: this one's packages, and what is imported besides; its path. */
export async function writeConfig(
  folder: string,
  more: Readonly<Record<string, string>>,
): Promise<string> {
  const path = `${folder}/deno.json`;
  const imports = { ...settings.imports, ...more };
  const { compilerOptions } = settings;
  const config = { imports, compilerOptions, unstable: ["kv"] };
  await Deno.writeTextFile(path, JSON.stringify(config));
  return path;
}
