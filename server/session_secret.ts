import { secretFault } from "../middleware/session/mod.ts";
import { ConfigError, reasonOf } from "./reason.ts";

export const MAKE_ONE = "make one with: openssl rand -base64 32";

/** 32 random bytes in base64url have 43 characters: a file with fewer was cut off. */
const LEAST_KEPT_BYTES = 43;

/**
 * One or more secrets, newest first, separated by commas, and what is wrong
 * with them: a sentence for each fault, which tells no secret.
 */
export function parseSecrets(text: string, leastBytes = 0) {
  const secrets = text.split(",").map((secret) => secret.trim());
  const faults = secrets.flatMap((secret, i) => {
    const fault = faultOf(secret, leastBytes);
    if (fault === undefined) return [];
    const which = secrets.length === 1
      ? "it"
      : `secret ${i + 1} of ${secrets.length}`;
    return [`${which} ${fault} (${MAKE_ONE})`];
  });
  return { secrets, faults };
}

function faultOf(secret: string, leastBytes: number): string | undefined {
  const bytes = new TextEncoder().encode(secret).length;
  if (bytes < leastBytes) {
    return `has ${bytes} bytes; give at least ${leastBytes}`;
  }
  // A replacement character stands for bytes that were no UTF-8, and all of them look alike.
  return /[\p{Cc}\uFFFD]/u.test(secret)
    ? "is not plain text; give a line of it"
    : secretFault(secret);
}

/**
 * The secrets of this machine, kept in `folder`: one of 32 random bytes in
 * base64url, made at the first start and readable by its owner alone, or
 * secrets that an operator wrote there. A file that is there is never overwritten.
 *
 * @param log is told that the secret was made, or that others may read it
 * @throws {ConfigError} when the file cannot be used, or not be made
 */
export async function loadOrCreateSecrets(
  folder: string,
  log: (line: string) => void,
): Promise<string[]> {
  const path = `${folder}/session_secret`;
  let kept;
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    if (await create(path)) log(`Made a session secret: ${path}`);
    kept = await Deno.readTextFile(path);
    await warnOfReaders(path, log);
  } catch (error) {
    throw new ConfigError(
      `The session secret cannot be kept in ${folder} (${
        reasonOf(error)
      }): make it writable, or set SESSION_SECRET`,
    );
  }
  const { secrets, faults: [fault] } = parseSecrets(kept, LEAST_KEPT_BYTES);
  if (fault === undefined) return secrets;
  throw new ConfigError(
    `The session secret in ${path} cannot be used: ${fault}. ` +
      "Bring the right one back from a backup; or delete the file, and all sessions end",
  );
}

/**
 * Makes the file, unless it is there already. It gets its name when it is
 * whole: no crash leaves half of it, and of two first starts at once the second
 * takes the file of the first.
 */
async function create(path: string): Promise<boolean> {
  const isThere = await Deno.lstat(path).then(() => true, () => false);
  if (isThere) return false; // perhaps in a folder where nothing can be made
  const secret = crypto.getRandomValues(new Uint8Array(32))
    .toBase64({ alphabet: "base64url", omitPadding: true });
  const draft = `${path}.${crypto.randomUUID()}`;
  const options = { write: true, createNew: true, mode: 0o600 };
  try {
    using file = await Deno.open(draft, options);
    await file.write(new TextEncoder().encode(`${secret}\n`));
    await file.sync();
    await Deno.link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  } finally {
    await Deno.remove(draft).catch(() => {});
  }
}

/** Logs when other users may read the file with the secret. */
export async function warnOfReaders(
  path: string,
  log: (line: string) => void,
): Promise<void> {
  const { mode } = await Deno.stat(path);
  if (mode === null) return; // Windows
  if ((mode & 0o077) === 0) return;
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  log(`${path} has mode ${octal}; to keep other users out: chmod 600`);
}
