/** The app cannot start. The message is for the operator, and holds no secret and no URL's password. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * The message of an error, for the operator. Deno's own advice for a missing
 * permission is to "run again with" a flag, which a task cannot be given: this
 * says what can be done here. `path` is the file that was asked for.
 */
export function reasonOf(error: unknown, path?: string): string {
  const message = error instanceof Error ? error.message : String(error);
  if (path === undefined || !/run again with/.test(message)) return message;
  const folder = path.replace(/\/[^/]*$/, "") || "/";
  return `this process may not use files there: put it into .data, or allow the folder with ` +
    `FLAGS="--allow-read=${folder} --allow-write=${folder}" deno task start`;
}
