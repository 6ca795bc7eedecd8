// The two things that a store can be given.

/** A client, cluster, sentinel or pool of node-redis, as far as a store needs it. */
export interface RedisClient {
  /** Whether it was connected by its owner, and not closed. */
  readonly isOpen: boolean;
  /** Whether it can be asked now. */
  readonly isReady?: boolean;
  /** The same client with other options for its commands. */
  withCommandOptions(options: never): unknown;
}

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
  const address = parse(url);
  if (address !== undefined) return address;
  throw new TypeError(
    url.includes("@") ? `give ${REDIS_URLS}; ${ENCODE}` : `give ${REDIS_URLS}`,
  );
}

const SCHEME = /^(?:redis|valkey)(?<tls>s?)(?:-(?<kind>cluster|sentinel))?:/;
const REST =
  /^\/\/(?:(?<name>[^:@/?#]*)(?::(?<secret>[^@/?#]*))?@)?(?<list>[^@/?#]+)(?:\/(?<path>[^/?#]*))?$/;
const NODE = /^(?<host>[\w.-]+|\[[\da-f:.]+\])(?::(?<port>\d{1,5}))?$/i;

const PORTS = { server: 6379, cluster: 6379, sentinel: 26379 };
/** The path that each kind must have. */
const PATHS = { server: /^\d{0,4}$/, cluster: /^$/, sentinel: /^.+$/ };

function parse(url: string): RedisAddress | undefined {
  const scheme = SCHEME.exec(url);
  const rest = REST.exec(url.slice(scheme?.[0].length));
  if (scheme === null || rest === null) return undefined;
  const kind = (scheme.groups?.["kind"] ?? "server") as RedisAddress["kind"];
  const { name = "", secret = "", list = "", path = "" } = rest.groups ?? {};
  const [username, password, decoded] = [name, secret, path].map(decode);
  const nodes = list.split(",").map((node) => {
    const { host = "", port } = NODE.exec(node)?.groups ?? {};
    return {
      host: host.replace(/^\[|\]$/g, ""),
      port: Number(port ?? PORTS[kind]),
    };
  });
  if (username === undefined || password === undefined) return undefined;
  if (decoded === undefined || !PATHS[kind].test(decoded)) return undefined;
  if (kind === "server" && nodes.length > 1) return undefined;
  if (!nodes.every(({ host, port }) => host !== "" && port < 65_536)) {
    return undefined;
  }
  return {
    ...{ kind, nodes, path: decoded },
    tls: scheme.groups?.["tls"] === "s",
    user: { ...(username && { username }), ...(password && { password }) },
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // a % that encodes nothing
  }
}
