// The clients of node-redis: one that the store opens for itself, and the app's.
import { Buffer } from "node:buffer";
import { createClient, createCluster, createSentinel } from "redis";
import { timeLimit } from "../time_limit.ts";
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
  & Pick<Client, "get" | "eval" | "zRem" | "zScan" | "multi">
  & Partial<Pick<Cluster, "masters" | "nodeClient">>;

/** Asks a question: its answer, or an error within the time limit. */
export type AskRedis = <R>(
  question: (redis: RedisCommands) => Promise<R>,
) => Promise<R>;

/** Answers as bytes; no time limit of node-redis, which makes an AbortSignal a command. */
const COMMAND_OPTIONS = { timeout: 0, typeMapping: { 36: Buffer } } as never;

/** Asks a client that the app connects and closes. */
export function shareRedis(client: RedisClient, timeout: number): AskRedis {
  const within = timeLimit(timeout);
  const redis = client.withCommandOptions(COMMAND_OPTIONS) as RedisCommands;
  return async (question) => {
    if (!client.isOpen) {
      throw new Error(
        "The Redis client is not connected: await client.connect() before the first request",
      );
    }
    // A sentinel looks for the new master when it is asked, so it is asked in any case.
    if (client.isReady === false && !("getSentinelNode" in client)) {
      throw new Error("Redis is not connected now");
    }
    return await within(() => question(redis));
  };
}

/** A client that connects once, and is ended once. */
export type OwnClient = ReturnType<typeof openClient>;

/** @param limit milliseconds in which a connection has to be made */
export function openClient(
  address: RedisAddress,
  limit: number,
  onError: (error: Error) => void,
) {
  const sockets = new AbortController(); // a cluster or sentinel forgets one that hangs
  const client = create(address, limit, sockets.signal);
  client.on("error", onError);
  client.on("node-error", onError);
  return {
    redis: client as unknown as RedisCommands,
    /** Resolves when the attempt has ended; `onError` was told what went wrong. */
    connect: async (): Promise<void> =>
      void await client.connect().catch(() => {}),
    isReady: (): boolean =>
      (client.isReady ?? client.isOpen) && // the cluster of node-redis 5 has only isOpen
      (!("getMasterNode" in client) || client.getMasterNode() !== undefined),
    end(): void {
      // A sentinel's is asynchronous. A client that fails to end has ended.
      void (async () => await client.destroy())().catch(() => {});
      sockets.abort();
    },
  };
}

function create(
  { kind, nodes, tls, user, path }: RedisAddress,
  limit: number,
  signal: AbortSignal,
) {
  const commandOptions = COMMAND_OPTIONS;
  const common = {
    disableOfflineQueue: true, // while Redis is away, a command fails at once
    maintNotifications: "disabled" as const, // Redis Enterprise's; it would read the environment
  };
  const sentinelSocket = {
    ...{ connectTimeout: limit, signal },
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
