/** What a URL says about Redis: one server, a cluster, or a master that sentinels know. */
export type RedisAddress =
  | { readonly kind: "server"; readonly url: string }
  | {
    readonly kind: "cluster";
    readonly nodes: readonly RedisNode[];
    readonly user: RedisUser;
  }
  | {
    readonly kind: "sentinel";
    readonly nodes: readonly RedisNode[];
    readonly name: string;
    readonly user: RedisUser;
  };

/** Where one process listens. */
export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** As Redis itself wants to hear it; sentinels are asked without. */
export interface RedisUser {
  readonly username?: string;
  readonly password?: string;
}

/** What {@linkcode parseRedisUrl} accepts. */
export const REDIS_URLS =
  "redis://…, rediss://…, redis-cluster://HOST:PORT,HOST:PORT or redis-sentinel://HOST:PORT,HOST:PORT/NAME";

const ENCODE =
  "in a user name or password percent-encode each : / ? # @ % (such as %40 for @)";

/**
 * Reads `redis://` or `rediss://` (TLS), with a user, a password and a database
 * if need be; `redis-cluster://` with some of the nodes; `redis-sentinel://`
 * with some of the sentinels and the name of the master.
 *
 * @throws {TypeError} when it is none of these; the message holds nothing of it
 */
export function parseRedisUrl(url: string): RedisAddress {
  const parsed = /^rediss?:/.test(url) ? parseServer(url) : parseNodes(url);
  if (parsed !== undefined) return parsed;
  throw new TypeError(
    url.includes("@") ? `give ${REDIS_URLS}; ${ENCODE}` : `give ${REDIS_URLS}`,
  );
}

function parseServer(url: string): RedisAddress | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, pathname, search, hash, username, password } = new URL(url);
  const isWhole = hostname !== "" && search === "" && hash === "" &&
    /^\/?\d*$/.test(pathname);
  if (!isWhole || decode(username) === undefined) return undefined;
  if (decode(password) === undefined) return undefined;
  return { kind: "server", url };
}

const NODES =
  /^redis-(cluster|sentinel):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^@/]+)(?:\/([^/]*))?$/;
const NODE = /^([\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i;
const PORTS = { cluster: 6379, sentinel: 26379 } as const;

function parseNodes(url: string): RedisAddress | undefined {
  const [, kind, username = "", password = "", list = "", name = ""] =
    NODES.exec(url) ?? [];
  if (kind !== "cluster" && kind !== "sentinel") return undefined;
  const user = parseUser(username, password);
  const nodes = list.split(",").map((text) => parseNode(text, PORTS[kind]));
  if (user === undefined || !nodes.every((node) => node !== undefined)) {
    return undefined;
  }
  if (kind === "cluster") {
    return name === "" ? { kind, nodes, user } : undefined;
  }
  const decoded = decode(name);
  return decoded ? { kind, nodes, name: decoded, user } : undefined;
}

function parseNode(text: string, usual: number): RedisNode | undefined {
  const [, host, digits = String(usual)] = NODE.exec(text) ?? [];
  const port = Number(digits);
  if (host === undefined || port > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ""), port };
}

function parseUser(name: string, secret: string): RedisUser | undefined {
  const [username, password] = [decode(name), decode(secret)];
  if (username === undefined || password === undefined) return undefined;
  return { ...(username && { username }), ...(password && { password }) };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // a % that encodes nothing
  }
}
