// How Redis is asked, over the store's own connection or the app's.
import type { createClient, createCluster } from "redis";
import { timeLimit } from "../time_limit.ts";
import { COMMAND_OPTIONS, RedisConnection } from "./connection.ts";
import type { RedisAddress, RedisClient } from "./url.ts";

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

/** @param timeout milliseconds that an answer may take */
export function openRedis(
  address: RedisAddress,
  timeout: number,
): { ask: AskRedis; close(): void } {
  const within = timeLimit(timeout);
  const connection = new RedisConnection(address, timeout);
  return {
    async ask(question) {
      const client = connection.client ??
        await within(() => connection.first());
      try {
        return await within(() => question(client as unknown as Client));
      } catch (error) {
        if (!isAnswer(error)) connection.replace(client);
        throw explained(error);
      }
    },
    close: () => connection.close(),
  };
}

/** Asks a client that the app connects and closes. */
export function shareRedis(client: RedisClient, timeout: number): AskRedis {
  const within = timeLimit(timeout);
  const redis = client.withCommandOptions(COMMAND_OPTIONS) as Client;
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
    try {
      return await within(() => question(redis));
    } catch (error) {
      throw explained(error);
    }
  };
}

/** Redis's own errors begin with a code. READONLY: the master has become a replica. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && /^(?!READONLY)[A-Z]+ /.test(error.message);
}

function explained(error: unknown): unknown {
  if (!isMoved(error)) return error;
  return new Error(
    "This Redis is a node of a cluster: give redis-cluster://HOST:PORT,HOST:PORT, or a client of createCluster()",
    { cause: error },
  );
}

/** Whether a node of a cluster says that another one has the key. */
export function isMoved(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("MOVED ");
}
