// Which PostgreSQL a URL means.
const GIVE = "give postgres://USER:PASSWORD@HOST:PORT/DATABASE, with one host";
const PARAMETERS = "sslmode, sslrootcert, host, port, application_name";

/** Settings of npm:pg's Client. */
export type PostgresConfig = ReturnType<typeof parsePostgresUrl>;

/**
 * Reads `postgres://` or `postgresql://`. Of libpq's parameters it takes
 * `sslmode`, `sslrootcert`, `application_name`, and for a Unix socket `host` (its
 * folder) and `port`. npm:pg would take the others too, and fail later.
 *
 * @throws {Error} when something in it would not work, by its name; the message
 * holds no password
 */
export function parsePostgresUrl(text: string) {
  const { user, password, database, hostname, url } = parts(text);
  const parameters = Object.fromEntries(url.searchParams);
  const { host = hostname, sslmode, sslrootcert } = parameters;
  const port = url.port || (parameters["port"] ?? "5432");
  for (const name of Object.keys(parameters)) {
    if (PARAMETERS.split(", ").includes(name)) continue;
    refuse(`"${name}" is not supported; the URL may have ${PARAMETERS}`);
  }
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
  try {
    // URL accepts no user without a host, as in postgres://me@/db?host=/run/postgresql.
    const url = new URL(
      text.replace(/^([a-z]+:\/\/[^/?#]*@)(?=[/?])/, "$1localhost"),
    );
    const [user = "", password = "", database = "", hostname = ""] = [
      ...[url.username, url.password, url.pathname.slice(1), url.hostname],
    ].map(decodeURIComponent);
    const isCut = url.pathname.includes("@") || url.hash !== ""; // by its password
    if (user !== "" && !isCut && /^[^,]+$/.test(hostname)) {
      const host = hostname.replace(/^\[(.*)\]$/, "$1"); // IPv6
      return { user, password, database, hostname: host, url };
    }
  } catch {
    // said below
  }
  // Most often its password has a / or a % in it.
  const hint = text.includes("@")
    ? "; percent-encode its user and password"
    : "";
  return refuse(GIVE + hint);
}

function needSocket(path: string): void {
  for (const name of ["read", "write"] as const) {
    const { state } = Deno.permissions.querySync({ name, path });
    if (state !== "granted") refuse(`the socket ${path} needs --allow-${name}`);
  }
}

/** As in libpq: "require" encrypts only, unless there is a root certificate. */
function tls(mode = "disable", root: string | undefined): false | object {
  if (!["disable", "require", "verify-ca", "verify-full"].includes(mode)) {
    refuse('"sslmode": give disable, require, verify-ca, verify-full');
  }
  if (mode === "disable" && root !== undefined) {
    refuse('"sslrootcert" needs "sslmode=verify-full"');
  }
  return mode !== "disable" && {
    rejectUnauthorized: mode !== "require" || root !== undefined,
    ...(root && root !== "system" && { ca: Deno.readTextFileSync(root) }),
    ...(mode !== "verify-full" && { checkServerIdentity: () => undefined }),
  };
}
