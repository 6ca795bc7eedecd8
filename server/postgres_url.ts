// Which PostgreSQL a URL means.
const GIVE = "give postgres://USER:PASSWORD@HOST:PORT/DATABASE";
const PARAMETERS = "sslmode, sslrootcert, host, port, application_name";

/** Settings of npm:pg's Client. */
export type PostgresConfig = ReturnType<typeof parsePostgresUrl>;

/**
 * Reads `postgres://` or `postgresql://`. Of libpq's parameters it takes
 * `sslmode`, `sslrootcert`, `application_name`, and for a Unix socket `host` (its
 * folder) and `port`.
 *
 * @throws {Error} when something in it would not work, by its name; the message
 * holds no password
 */
export function parsePostgresUrl(text: string) {
  const { user, password, database, hostname, url } = parts(text);
  const parameters = Object.fromEntries(url.searchParams);
  const { host = hostname, sslmode, sslrootcert } = parameters;
  const port = url.port || (parameters["port"] ?? "5432");
  for (const name of url.searchParams.keys()) {
    if (PARAMETERS.split(", ").includes(name)) continue;
    refuse(`"${name}" is not supported; the URL may have ${PARAMETERS}`);
  }
  if (user === "") refuse(`name the user; ${GIVE}`);
  if ("host" in parameters && !host.startsWith("/")) {
    refuse('"host": give the folder of a Unix socket');
  }
  if (!/^\d{1,5}$/.test(port)) refuse('"port": give a number');
  if (host.startsWith("/")) needSocket(`${host}/.s.PGSQL.${port}`);
  return {
    host,
    port: Number(port),
    user,
    password: () => password, // npm:pg would look for a password file instead of an empty text
    database: database || user,
    application_name: parameters["application_name"] ?? "baton",
    ssl: tls(sslmode, sslrootcert),
  };
}

function refuse(why: string): never {
  throw new TypeError(why);
}

function parts(text: string) {
  // URL accepts no user without a host, as in postgres://me@/db?host=/run/postgresql.
  const whole = text.replace(/^([a-z]+:\/\/[^/?#]*@)(?=[/?])/, "$1localhost");
  if (/^[a-z]+:\/\/(?:[^/@]*@)?[^/?#@]*,/.test(whole)) {
    refuse("give one host: a name or a proxy that follows the primary");
  }
  try {
    const url = new URL(whole);
    const [user = "", password = "", database = "", hostname = ""] = [
      ...[url.username, url.password, url.pathname.slice(1), url.hostname],
    ].map(decodeURIComponent);
    if (hostname !== "" && !url.pathname.includes("@") && url.hash === "") {
      const host = hostname.replace(/^\[(.*)\]$/, "$1"); // IPv6
      return { user, password, database, hostname: host, url };
    }
  } catch {
    // said below
  }
  // Most often its password has a / or a % in it.
  const hint = "; percent-encode its user and password";
  return refuse(text.includes("@") ? GIVE + hint : GIVE);
}

function needSocket(path: string): void {
  for (const name of ["read", "write"] as const) {
    if (Deno.permissions.querySync({ name, path }).state === "granted") {
      continue;
    }
    throw new Error(`the socket ${path} needs --allow-${name}`);
  }
}

/** As in libpq: "require" encrypts only, unless there is a root certificate. */
function tls(mode = "disable", root: string | undefined): false | object {
  if (!["disable", "require", "verify-ca", "verify-full"].includes(mode)) {
    refuse('"sslmode": give disable, require, verify-ca, verify-full');
  }
  if (mode === "disable") {
    if (root === undefined) return false;
    refuse('"sslrootcert" needs "sslmode=verify-full"');
  }
  if (mode === "require" && root === undefined) {
    return { rejectUnauthorized: false };
  }
  return {
    ...(root && root !== "system" && { ca: Deno.readTextFileSync(root) }),
    ...(mode !== "verify-full" && { checkServerIdentity: () => undefined }),
  };
}
