// How Redis is asked, whoever's client it is.
import { Buffer } from "node:buffer";
import type { AskRedis, RedisClient, RedisCommands } from "./commands.ts";
import { RedisConnection } from "./connection.ts";
import { parseRedisUrl } from "./url.ts";
import { Watchdog } from "./watchdog.ts";

/** Where questions are asked. */
export interface RedisLink {
  readonly ask: AskRedis;
  /** A command that has no method of its own, sent where `key` is kept. */
  send(key: string, args: readonly string[]): Promise<unknown>;
  close(): void;
}

/** Where the client of the moment comes from. */
interface Source {
  /** undefined: there is none now. */
  client(): RedisClient | undefined;
  /** Waits for the first one; throws when there is none. */
  firstClient(): Promise<RedisClient>;
  /** It does not answer. */
  replace(client: RedisClient): void;
  close(): void;
}

/**
 * @param from the URL of Redis, or a client that somebody else connects and closes
 * @param timeout milliseconds
 * @throws {TypeError} when it is neither
 */
export function openRedis(
  from: string | RedisClient,
  timeout: number,
): RedisLink {
  const source = typeof from === "string"
    ? ownSource(from, timeout)
    : sharedSource(from);
  const watchdog = new Watchdog<RedisClient>(timeout, source.replace);

  async function ask<R>(
    question: (commands: RedisCommands, client: RedisClient) => Promise<R>,
  ): Promise<R> {
    const client = source.client() ?? await source.firstClient();
    const slice = watchdog.ask(client);
    try {
      return await question(commandsOf(client), client);
    } catch (error) {
      // What it is connected to was the master, and is a replica now.
      if (isReply(error, "READONLY ")) source.replace(client);
      throw isReply(error, "MOVED ") ? isCluster(error) : error;
    } finally {
      slice.waiting--;
    }
  }

  return {
    ask,
    send: (key, args) =>
      ask((commands, client) => {
        if ("nodeByAddress" in client) { // a cluster
          return commands.sendCommand(key, false, args);
        }
        return isSentinel(client)
          ? commands.sendCommand(false, args)
          : commands.sendCommand(args);
      }),
    close() {
      watchdog.stop();
      source.close();
    },
  };
}

function ownSource(url: string, timeout: number): Source {
  const connection = new RedisConnection(parseRedisUrl(url), timeout);
  return {
    client: () => connection.client,
    async firstClient() {
      await connection.begun;
      if (connection.client !== undefined) return connection.client;
      throw new Error(`Redis is not connected: ${connection.trouble}`);
    },
    replace: (client) => connection.replace(client),
    close: () => connection.close(),
  };
}

function sharedSource(client: RedisClient): Source {
  if (typeof client?.withCommandOptions !== "function") {
    throw new TypeError(
      "client: give what createClient(), createCluster() or createSentinel() of node-redis 5 or 6 made",
    );
  }
  // A sentinel looks for the new master when it is asked, so it is asked in any case.
  const canBeAsked = () =>
    client.isOpen &&
    (!("isReady" in client) || client.isReady || isSentinel(client));
  return {
    client: () => canBeAsked() ? client : undefined,
    firstClient: () =>
      Promise.reject(
        new Error(
          client.isOpen
            ? "Redis is not connected now"
            : "The Redis client is not connected: await client.connect() before the first request",
        ),
      ),
    replace() {}, // it is not ours
    close() {},
  };
}

function isSentinel(client: RedisClient): boolean {
  return "getSentinelNode" in client;
}

/** Answers as bytes; no time limit of node-redis, which makes an AbortSignal a command. */
const COMMAND_OPTIONS = { timeout: 0, typeMapping: { 36: Buffer } };

const known = new WeakMap<RedisClient, RedisCommands>();

function commandsOf(client: RedisClient): RedisCommands {
  let commands = known.get(client);
  if (commands === undefined) {
    const options = COMMAND_OPTIONS as never;
    commands = client.withCommandOptions(options) as RedisCommands;
    known.set(client, commands);
  }
  return commands;
}

function isReply(error: unknown, code: string): error is Error {
  return error instanceof Error && error.message.startsWith(code);
}

function isCluster(cause: Error): Error {
  return new Error(
    "This Redis is a node of a cluster: give redis-cluster://HOST:PORT,HOST:PORT, or a client of createCluster()",
    { cause },
  );
}
