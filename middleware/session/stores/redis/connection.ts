// The connection that redisStore({ url }) opens and keeps.
import { createClient, createCluster, createSentinel } from "redis";
import type { RedisClient } from "./commands.ts";
import type { RedisAddress } from "./url.ts";

/** As much of a node-redis client, cluster or sentinel as is needed to keep it. */
interface OwnClient extends RedisClient {
  readonly isReady?: boolean;
  connect(): Promise<unknown>;
  destroy(): unknown;
  on(
    event: "error" | "reconnecting",
    listener: (error?: unknown) => void,
  ): unknown;
}

/** How long an attempt to connect is waited for before another one is made beside it. */
const ATTEMPT_MILLISECONDS = 250;

/**
 * How many time limits an attempt may take: handshakes with a sentinel, then with
 * the master, in a process that is busy. Others do not wait for it.
 */
const ATTEMPT_LIMITS = 3;

/**
 * One connection that many requests share, and another one as soon as it is
 * lost or given up. An attempt may hang (a network that swallows the handshake
 * says nothing), so the next one does not wait for it: the first that is ready
 * is taken.
 */
export class RedisConnection {
  readonly #open: (attempt: number) => OwnClient;
  readonly #timeout: number;
  #current: OwnClient | undefined;
  #readyAt = 0;
  /** All that have to be ended: the current one, attempts, and what was given up. */
  readonly #clients = new Map<OwnClient, ReturnType<typeof setTimeout>>();
  #isConnecting = false;
  #isClosed = false;
  #trouble = "not yet";
  #hasBegun = () => {};
  #wake = () => {};
  /** Resolves with the first connection, or with the first failure. */
  readonly begun: Promise<void> = new Promise((resolve) => {
    this.#hasBegun = resolve;
  });

  /** @param timeout milliseconds that an answer may take */
  constructor(address: RedisAddress, timeout: number) {
    this.#timeout = timeout;
    this.#open = (attempt) => open(address, timeout * ATTEMPT_LIMITS, attempt);
    void this.#connect();
  }

  /** Ready to be asked; undefined when there is none now. */
  get client(): OwnClient | undefined {
    return this.#current && isReady(this.#current) ? this.#current : undefined;
  }

  /** Why there is none. */
  get trouble(): string {
    return this.#trouble;
  }

  /**
   * Connects anew, unless it just did. What others have asked this client
   * already still gets its time to be answered.
   */
  replace(client: RedisClient): void {
    const current = this.#current;
    if (current === undefined || client !== current) return;
    const age = performance.now() - this.#readyAt;
    if (isReady(current) && age < this.#timeout) return;
    this.#endIn(this.#timeout, current);
    this.#current = undefined;
    void this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
    for (const client of [...this.#clients.keys()]) this.#end(client);
  }

  async #connect(): Promise<void> {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    for (let n = 0; this.#isWanted(); n++) {
      let isOver = false;
      this.#attempt(n).then(() => {
        isOver = true;
        this.#wake();
      });
      await this.#sleep(ATTEMPT_MILLISECONDS);
      if (isOver && this.#isWanted()) {
        await this.#sleep(Math.min(10 * 2 ** n, ATTEMPT_MILLISECONDS));
      }
    }
    this.#isConnecting = false;
  }

  #isWanted(): boolean {
    return !this.#isClosed && this.#current === undefined;
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #attempt(n: number): Promise<void> {
    const client = this.#open(n);
    // Without a listener an error would end the process; a command that fails tells it.
    const look = (error?: unknown) => {
      if (error instanceof Error) this.#trouble = error.message || error.name;
      if (!isReady(client)) this.replace(client);
    };
    client.on("error", look);
    client.on("reconnecting", look);
    this.#endIn(this.#timeout * ATTEMPT_LIMITS, client);
    try {
      await client.connect();
    } catch (error) {
      look(error);
    }
    if (
      this.#isWanted() && isReady(client) && this.#clients.has(client)
    ) {
      clearTimeout(this.#clients.get(client));
      this.#current = client;
      this.#readyAt = performance.now();
      this.#hasBegun();
      this.#wake();
    } else {
      this.#end(client);
    }
  }

  #endIn(milliseconds: number, client: OwnClient): void {
    const timer = setTimeout(() => this.#end(client), milliseconds);
    this.#clients.set(client, timer);
  }

  #end(client: OwnClient): void {
    clearTimeout(this.#clients.get(client));
    this.#clients.delete(client);
    if (this.#current === client) this.#current = undefined;
    this.#hasBegun();
    // A sentinel's is asynchronous. What fails to end has ended.
    void (async () => await client.destroy())().catch(() => {});
  }
}

/** The cluster of redis 5 does not say. */
function isReady(client: OwnClient): boolean {
  return client.isReady ?? client.isOpen;
}

function open(
  address: RedisAddress,
  timeout: number,
  attempt: number,
): OwnClient {
  const common = {
    disableOfflineQueue: true, // while Redis is away, a command fails at once
    maintNotifications: "disabled" as const, // Redis Enterprise's; it would read the environment
  };
  const reconnectStrategy = (retries: number) =>
    Math.min(10 * 2 ** retries, ATTEMPT_MILLISECONDS);
  if (address.kind === "server") {
    return createClient({
      ...common,
      url: address.url,
      socket: { connectTimeout: timeout, reconnectStrategy: false },
    });
  }
  // One that hangs must not be the first to be asked each time.
  const first = attempt % address.nodes.length;
  const nodes = [
    ...address.nodes.slice(first),
    ...address.nodes.slice(0, first),
  ];
  const socket = { connectTimeout: timeout, reconnectStrategy };
  if (address.kind === "cluster") {
    return createCluster({
      rootNodes: nodes.map((node) => ({ socket: node })),
      defaults: { ...common, ...address.user, socket },
      minimizeConnections: true, // a master that is down keeps none of the others waiting
      topologyRefreshOnReconnectionAttemptStrategy: 2 * ATTEMPT_MILLISECONDS,
    });
  }
  return createSentinel({
    name: address.name,
    sentinelRootNodes: nodes,
    nodeClientOptions: { ...common, ...address.user, socket },
    sentinelClientOptions: { ...common, socket: { connectTimeout: timeout } },
    reserveClient: true, // else commands queue for a turn, and under load some never get it
    maxCommandRediscovers: 0, // it would sleep for a second; an attempt that fails is made anew
  });
}
