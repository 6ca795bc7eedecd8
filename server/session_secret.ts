import { secretFault } from "../middleware/session/mod.ts";

export const MAKE_ONE = "make one with: openssl rand -base64 32";

/** 32 random bytes in base64url have 43 characters: fewer are what is left of them. */
const LEAST_KEPT_BYTES = 43;

/**
 * One or more secrets, newest first, separated by commas, and what is wrong
 * with them: nothing, or a sentence for each fault that tells no secret.
 */
export function parseSecrets(
  text: string,
  leastBytes = 0,
): { secrets: string[]; faults: string[] } {
  const secrets = text.split(",").map((secret) => secret.trim());
  const faults = secrets.flatMap((secret, i) => {
    const which = secrets.length === 1
      ? "it"
      : `secret ${i + 1} of ${secrets.length}`;
    return secretFaults(secret, leastBytes)
      .map((fault) => `${which} ${fault} (${MAKE_ONE})`);
  });
  return { secrets, faults };
}

/** Says why a secret cannot be used, without showing it. */
function secretFaults(secret: string, leastBytes: number): string[] {
  const bytes = new TextEncoder().encode(secret).length;
  if (bytes < leastBytes) {
    return [`has ${bytes} bytes; give at least ${leastBytes}`];
  }
  // A replacement character stands for bytes that were no UTF-8, and all of them look alike.
  if (/[\p{Cc}\uFFFD]/u.test(secret)) {
    return ["is not plain text; give a line of it"];
  }
  const fault = secretFault(secret);
  return fault === undefined ? [] : [fault];
}

/** A kept secret that cannot be used. Its message names the file, and what to do. */
export class KeptSecretError extends Error {
  override readonly name = "KeptSecretError";
}

/**
 * The secrets of this machine, from `folder`: one of 32 random bytes in
 * base64url, made at the first start and readable by its owner alone, or what
 * an operator wrote there. Two first starts at the same moment end up with the
 * same one. What is there is never overwritten.
 *
 * @param log is told that the secret was made, or that others may read it
 * @throws {KeptSecretError} when the file is empty, cut off or no good secret
 * @throws when the folder or the file cannot be read or written
 */
export async function loadOrCreateSecrets(
  folder: string,
  log: (line: string) => void,
): Promise<string[]> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const path = `${folder}/session_secret`;
  const kept = await read(path) ?? await create(path, log);
  const { secrets, faults } = parseSecrets(kept, LEAST_KEPT_BYTES);
  const [fault] = faults;
  if (fault !== undefined) {
    throw new KeptSecretError(
      `The session secret in ${path} cannot be used: ${fault}. ` +
        "Bring the right one back from a backup; or delete the file, and all sessions end",
    );
  }
  await warnOfReaders(path, log);
  return secrets;
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The file gets its name when it is whole, so that no crash leaves half of it; whoever comes second takes what is there. */
async function create(
  path: string,
  log: (line: string) => void,
): Promise<string> {
  const secret = crypto.getRandomValues(new Uint8Array(32))
    .toBase64({ alphabet: "base64url", omitPadding: true });
  const draft = `${path}.${crypto.randomUUID()}`;
  try {
    using file = await Deno.open(draft, {
      write: true,
      createNew: true,
      mode: 0o600,
    });
    await file.write(new TextEncoder().encode(`${secret}\n`));
    await file.sync();
    await Deno.link(draft, path);
    log(`Made a session secret: ${path}`);
    return secret;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      return await Deno.readTextFile(path);
    }
    throw error;
  } finally {
    await Deno.remove(draft).catch(() => {});
  }
}

async function warnOfReaders(
  path: string,
  log: (line: string) => void,
): Promise<void> {
  const { mode } = await Deno.stat(path);
  if (mode === null) return; // Windows
  const bits = mode & 0o777;
  if (bits === 0o600 || bits === 0o400) return;
  const octal = bits.toString(8).padStart(4, "0");
  log(`${path} has mode ${octal}; so that nobody else reads it: chmod 600`);
}
