/**
 * The secret of this machine, 32 random bytes in base64url: made at the first
 * start and kept in `folder`, readable by its owner alone. Two first starts at
 * the same moment end up with the same one.
 *
 * @param onMade is told the file's path when the secret was made just now
 * @throws when the folder or the file cannot be read or written
 */
export async function loadOrCreateSecret(
  folder: string,
  onMade: (path: string) => void,
): Promise<string> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const path = `${folder}/session_secret`;
  using file = await Deno.open(path, {
    read: true,
    write: true,
    create: true,
    mode: 0o600,
  });
  // Whoever comes second waits here, and then reads what the first one wrote.
  await file.lock(true);
  const kept = (await Deno.readTextFile(path)).trim();
  if (kept.length >= 43) return kept;
  const secret = crypto.getRandomValues(new Uint8Array(32))
    .toBase64({ alphabet: "base64url", omitPadding: true });
  await Deno.writeTextFile(path, `${secret}\n`);
  await file.sync();
  onMade(path);
  return secret;
}
