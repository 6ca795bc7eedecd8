/** Which PostgreSQL a URL means, and how it is reached. */
export interface PostgresAddress {
  /** A name, an IP address, or the folder of a Unix socket, which begins with "/". */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly applicationName: string;
  /** As in libpq: "require" encrypts only, unless there is a root certificate. */
  readonly tls: "disable" | "require" | "verify-ca" | "verify-full";
  /** The file with the authority's certificate (PEM); undefined: those of the system. */
  readonly rootCertificate: string | undefined;
}

const GIVE = "give postgres://USER:PASSWORD@HOST:PORT/DATABASE";
const TLS = ["disable", "require", "verify-ca", "verify-full"] as const;
const PARAMETERS = [
  "sslmode",
  "sslrootcert",
  "host",
  "port",
  "application_name",
];

/**
 * Reads `postgres://` or `postgresql://`. Of libpq's parameters it takes
 * `sslmode`, `sslrootcert`, `application_name`, and for a Unix socket `host` (its
 * folder) and `port`.
 *
 * @throws {TypeError} when something in it would not work, by its name; the
 * message holds no password
 */
export function parsePostgresUrl(text: string): PostgresAddress {
  // URL accepts no user without a host, as in postgres://me@/db?host=/run/postgresql.
  const whole = text.replace(/^([a-z]+:\/\/[^/?#]*@)(?=[/?])/, "$1localhost");
  if (/^postgres(?:ql)?:\/\/(?:[^/@]*@)?[^/?#@]*,/.test(whole)) {
    throw new TypeError(
      "give one host: a name or a proxy that follows the primary",
    );
  }
  if (!URL.canParse(whole)) throw new TypeError(withHint(text));
  const url = new URL(whole);
  const [user, password, database, hostname] = [
    url.username,
    url.password,
    url.pathname.slice(1),
    url.hostname.replace(/^\[(.*)\]$/, "$1"),
  ].map((part) => decode(part, text)) as [string, string, string, string];
  const { searchParams } = url;
  const host = searchParams.get("host") ?? hostname;
  if (
    !/^postgres(?:ql)?:$/.test(url.protocol) || host === "" ||
    url.pathname.includes("@") || url.hash !== ""
  ) throw new TypeError(withHint(text));
  for (const name of searchParams.keys()) {
    if (!PARAMETERS.includes(name)) {
      throw new TypeError(
        `"${name}" is not supported; the URL may have ${PARAMETERS.join(", ")}`,
      );
    }
  }
  if (user === "") throw new TypeError(`name the user; ${GIVE}`);
  if (searchParams.has("host") && !host.startsWith("/")) {
    throw new TypeError('"host": give the folder of a Unix socket');
  }
  const port = url.port || searchParams.get("port") || "5432";
  if (!/^\d{1,5}$/.test(port)) throw new TypeError('"port": give a number');
  const rootCertificate = searchParams.get("sslrootcert") ?? undefined;
  const tls = TLS.find((mode) =>
    mode === (searchParams.get("sslmode") ?? "disable")
  );
  if (tls === undefined) {
    throw new TypeError(`"sslmode": give ${TLS.join(", ")}`);
  }
  if (tls === "disable" && rootCertificate !== undefined) {
    throw new TypeError('"sslrootcert" needs "sslmode=verify-full"');
  }
  return {
    host,
    port: Number(port),
    user,
    password,
    database: database || user,
    applicationName: searchParams.get("application_name") ?? "baton",
    tls: tls === "require" && rootCertificate !== undefined ? "verify-ca" : tls,
    rootCertificate: rootCertificate === "system" ? undefined : rootCertificate,
  };
}

function decode(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new TypeError(withHint(text));
  }
}

/** A URL that cannot be read has most often a password with a / or a % in it. */
function withHint(text: string): string {
  return text.includes("@")
    ? `${GIVE}; percent-encode its user and password`
    : GIVE;
}
