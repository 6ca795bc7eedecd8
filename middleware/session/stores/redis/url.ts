// Reads from a URL where Redis is, and how it is reached.

/** Where Redis is, and who asks. */
export interface RedisAddress {
  readonly kind: "server" | "cluster" | "sentinel";
  /** The server itself, some nodes of the cluster, or some of the sentinels. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** Whether every connection uses TLS. */
  readonly tls: boolean;
  /** As Redis itself wants to hear it; sentinels are asked without. */
  readonly user: { readonly username?: string; readonly password?: string };
  /** A server's database; the name by which sentinels know the master. */
  readonly path: string;
}

/** The URLs that {@linkcode parseRedisUrl} accepts, in words. */
export const REDIS_URLS =
  "redis://HOST:PORT, redis-cluster://HOST:PORT,HOST:PORT or redis-sentinel://HOST:PORT,HOST:PORT/NAME (with TLS rediss instead of redis; valkey and valkeys mean the same)";

const ENCODE =
  "in a user name or password percent-encode each : / ? # @ % (such as %40 for @)";

/**
 * Reads the URL of one server (a user, a password and a database are optional),
 * of some nodes of a cluster, or of some sentinels and the name of their master.
 *
 * @throws {TypeError} when it is none of these; the message holds nothing of it
 */
export function parseRedisUrl(url: string): RedisAddress {
  try {
    const address = parse(url);
    if (address !== undefined) return address;
  } catch {
    // a % that encodes nothing
  }
  const hint = url.includes("@") ? `; ${ENCODE}` : "";
  throw new TypeError(`give ${REDIS_URLS}${hint}`);
}

const SCHEME = /^(?:redis|valkey)(?<tls>s?)(?:-(?<kind>cluster|sentinel))?:/;
const REST =
  /^\/\/(?:(?<name>[^:@/?#]*)(?::(?<secret>[^@/?#]*))?@)?(?<list>[^@/?#]+)(?:\/(?<path>[^/?#]*))?$/;
const NODE = /^(?<host>[\w.-]+|\[[\da-f:.]+\])(?::(?<port>\d{1,5}))?$/i;

/** The path that each kind must have. */
const PATHS = { server: /^\d{0,4}$/, cluster: /^$/, sentinel: /^.+$/ };

function parse(url: string): RedisAddress | undefined {
  const scheme = SCHEME.exec(url)?.groups;
  const rest = REST.exec(url.replace(SCHEME, ""))?.groups;
  if (scheme === undefined || rest === undefined) return undefined;
  const kind = (scheme["kind"] ?? "server") as RedisAddress["kind"];
  const { name = "", secret = "", list = "", path = "" } = rest;
  const [username, password] = [name, secret].map(decodeURIComponent);
  const nodes = list.split(",").map((node) => {
    const { host = "", port } = NODE.exec(node)?.groups ?? {};
    const usual = kind === "sentinel" ? 26379 : 6379;
    return { host: host.replace(/[[\]]/g, ""), port: Number(port ?? usual) };
  });
  const isWrong = nodes.some(({ host, port }) => !host || port > 65_535) ||
    (kind === "server" && nodes.length > 1) || !PATHS[kind].test(path);
  return isWrong ? undefined : {
    ...{ kind, nodes, path: decodeURIComponent(path) },
    tls: scheme["tls"] === "s",
    user: { ...(username && { username }), ...(password && { password }) },
  };
}
