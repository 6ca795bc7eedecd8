// The clients of node-redis: one that the store opens for itself, and the app's.
import { Buffer } from "node:buffer";
import { createClient, createCluster, createSentinel } from "redis";
import type { RedisAddress } from "./url.ts";

/** A client, cluster, sentinel or pool of node-redis, as far as a store needs it. */
export interface RedisClient {
  /** Whether it was connected by its owner, and not closed. */
  readonly isOpen: boolean;
  /** Whether it can be asked now. */
  readonly isReady?: boolean;
  /** The same client with other options for its commands. */
  withCommandOptions(options: never): unknown;
}

type Client = ReturnType<typeof createClient>;
type Cluster = ReturnType<typeof createCluster>;

/** The commands that the store uses. Texts are answered as a `Buffer`. */
export type RedisCommands =
  & Pick<Client, "get" | "set" | "eval" | "zRem" | "zScan" | "multi">
  & Partial<Pick<Cluster, "masters" | "nodeClient">>;

/** A client that can be asked. */
export interface Asked {
  readonly redis: RedisCommands;
}

/** Where the client comes from that is asked. */
export interface RedisSource {
  /** The client; a promise while the store connects for the first time. Throws when there is none now. */
  client(): Asked | Promise<Asked>;
  /** A question to this client has failed. */
  failed?(client: Asked, error: unknown): void;
  close?(): void;
}

/** Answers as bytes; no time limit of node-redis, which makes an AbortSignal a command. */
const COMMAND_OPTIONS = { timeout: 0, typeMapping: { 36: Buffer } } as never;

/**
 * A client that the app connects and closes.
 *
 * @throws {TypeError} when it is none
 */
export function sharedClient(client: RedisClient | null): RedisSource {
  if (typeof client?.withCommandOptions !== "function") {
    throw new TypeError(
      "client: give what createClient(), createCluster() or createSentinel() of node-redis 5 or 6 made",
    );
  }
  const asked = {
    redis: client.withCommandOptions(COMMAND_OPTIONS) as RedisCommands,
  };
  // A sentinel looks for the new master when it is asked, so it is asked in any case.
  const isSentinel = "getSentinelNode" in client;
  return {
    client() {
      if (!client.isOpen) {
        throw new Error(
          "The Redis client is not connected: await client.connect() before the first request",
        );
      }
      if (isSentinel || client.isReady !== false) return asked;
      throw new Error("Redis is not connected now");
    },
  };
}

/** The most that one attempt to connect may take, which is several questions in a row, on a machine that may be busy. */
export const CONNECT_MILLISECONDS = 9000;

/** A client that connects once, and is ended once. */
export type OwnClient = ReturnType<typeof openClient>;

export function openClient(
  address: RedisAddress,
  onError: (error: Error) => void,
) {
  const sockets = new AbortController(); // a cluster or sentinel forgets one that hangs
  const client = create(address, sockets.signal);
  client.on("error", onError);
  client.on("node-error", onError);
  const sentinel = "getMasterNode" in client ? client : undefined;
  return {
    redis: client as unknown as RedisCommands,
    /** Resolves when the attempt has ended; `onError` was told what went wrong. */
    connect: async (): Promise<void> =>
      void await client.connect().catch(() => {}),
    isReady: (): boolean =>
      (client.isReady ?? client.isOpen) && // the cluster of node-redis 5 has only isOpen
      (sentinel === undefined || sentinel.getMasterNode() !== undefined),
    end(): void {
      // A sentinel's is asynchronous. A client that fails to end has ended.
      void (async () => await client.destroy())().catch(() => {});
      sockets.abort();
    },
  };
}

function create(
  { kind, nodes, tls, user, path }: RedisAddress,
  signal: AbortSignal,
) {
  const commandOptions = COMMAND_OPTIONS;
  const common = {
    disableOfflineQueue: true, // while Redis is away, a command fails at once
    maintNotifications: "disabled" as const, // Redis Enterprise's; it would read the environment
  };
  const sentinelSocket = {
    ...{ connectTimeout: CONNECT_MILLISECONDS, signal },
    ...(tls && { tls: true as const }),
  };
  const socket = { ...sentinelSocket, reconnectStrategy: false as const };
  const defaults = { ...common, ...user, socket };
  switch (kind) {
    case "server":
      return createClient({
        ...{ ...defaults, commandOptions, database: Number(path) },
        socket: { ...socket, ...nodes[0] },
      });
    case "cluster":
      return createCluster({
        ...{ defaults, commandOptions },
        rootNodes: nodes.map((socket) => ({ socket })),
        minimizeConnections: true, // a master that is down keeps none of the others waiting
      });
    case "sentinel":
      return createSentinel({
        ...{ name: path, commandOptions, nodeClientOptions: defaults },
        // One that hangs must not be the first to be asked each time.
        sentinelRootNodes: nodes.toSorted(() => Math.random() - 0.5),
        sentinelClientOptions: { ...common, socket: sentinelSocket },
        passthroughClientErrorEvents: true, // else nothing says that the master is lost
        reserveClient: true, // else commands queue for a turn, and under load some never get it
        maxCommandRediscovers: 0, // it would sleep for a second; an attempt that fails is made anew
      });
  }
}
