// The connection that redisStore({ url }) opens and keeps.
import { Buffer } from "node:buffer";
import { createClient, createCluster, createSentinel } from "redis";
import type { RedisAddress } from "./url.ts";

/** The part of a node-redis client, cluster or sentinel that keeping it takes. */
export interface OwnClient {
  readonly isOpen: boolean;
  /** The cluster of node-redis 5 has only `isOpen`. */
  readonly isReady?: boolean;
  /** Only a sentinel has it. */
  getMasterNode?(): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
  on(
    event: "error" | "node-error",
    listener: (error: unknown) => void,
  ): unknown;
}

/** Answers as bytes; no time limit of node-redis, which makes an AbortSignal a command. */
export const COMMAND_OPTIONS: never = {
  timeout: 0,
  typeMapping: { 36: Buffer },
} as never;

/**
 * Milliseconds from one attempt to connect to the next, while none succeeds. For
 * a sentinel node-redis makes classes anew, which takes a tenth of a second.
 */
const ATTEMPT_MILLISECONDS = { server: 250, cluster: 250, sentinel: 1000 };

/** Time limits that one attempt may take, which is several questions in a row. */
const ATTEMPT_LIMITS = 3;

/**
 * One client that all requests share. It never reconnects by itself: when it is
 * lost, or leaves a question without an answer, another client replaces it. An
 * attempt to connect can hang, so the next one starts beside it, and the first
 * that is ready is taken.
 */
export class RedisConnection {
  readonly #address: RedisAddress;
  readonly #timeout: number;
  #current: OwnClient | undefined;
  #currentSince = 0;
  /** Every client that has not ended. */
  readonly #clients = new Map<OwnClient, {
    /** Closes its connections: a cluster or sentinel forgets one that hangs. */
    readonly sockets: AbortController;
    /** Will end it. */
    timer?: ReturnType<typeof setTimeout>;
  }>();
  /** Set for as long as a client is looked for. */
  #nextAttempt: ReturnType<typeof setTimeout> | undefined;
  #hasBegun = () => {};
  /** Resolves when the first attempt that ends has ended. */
  readonly #begun = new Promise<void>((resolve) => this.#hasBegun = resolve);
  #trouble = "no answer yet";

  /** @param timeout milliseconds that an answer may take */
  constructor(address: RedisAddress, timeout: number) {
    this.#address = address;
    this.#timeout = timeout;
    void this.#connect();
  }

  /** The client to ask; undefined while there is none. */
  get client(): OwnClient | undefined {
    return this.#current && isReady(this.#current) ? this.#current : undefined;
  }

  /** Waits for the first attempt to connect; throws when there is no client. */
  async first(): Promise<OwnClient> {
    await this.#begun;
    if (this.client !== undefined) return this.client;
    if (this.#current !== undefined) this.replace(this.#current);
    throw new Error(`Redis is not connected: ${this.#trouble}`);
  }

  /**
   * Connects anew, unless it just did. A cluster is asked as before until then,
   * because one node that is away says nothing about the others.
   */
  replace(client: OwnClient): void {
    if (client !== this.#current || this.#nextAttempt !== undefined) return;
    const age = performance.now() - this.#currentSince;
    if (isReady(client) && age < this.#timeout) return;
    if (this.#address.kind !== "cluster") this.#retire(client);
    void this.#connect();
  }

  close(): void {
    this.#stopLooking();
    for (const client of [...this.#clients.keys()]) this.#end(client);
  }

  async #connect(): Promise<void> {
    this.#nextAttempt = setTimeout(
      () => this.#connect(),
      ATTEMPT_MILLISECONDS[this.#address.kind],
    );
    const limit = this.#timeout * ATTEMPT_LIMITS;
    const sockets = new AbortController();
    const client = open(this.#address, limit, sockets.signal);
    this.#clients.set(client, { sockets });
    this.#endIn(limit, client);
    const onError = (error: unknown) => {
      if (error instanceof Error && this.#clients.has(client)) {
        this.#trouble = error.message || error.name;
      }
      const isLost = this.#address.kind === "cluster" || !isReady(client);
      if (isLost) this.replace(client);
    };
    client.on("error", onError);
    client.on("node-error", onError);
    await client.connect().catch(() => {}); // the events before it say more
    this.#hasBegun();
    const isLookedFor = this.#nextAttempt !== undefined;
    if (!isLookedFor || !this.#clients.has(client) || !isReady(client)) {
      return this.#end(client);
    }
    this.#stopLooking();
    if (this.#current !== undefined) this.#retire(this.#current);
    clearTimeout(this.#clients.get(client)?.timer);
    this.#current = client;
    this.#currentSince = performance.now();
  }

  #stopLooking(): void {
    clearTimeout(this.#nextAttempt);
    this.#nextAttempt = undefined;
  }

  /** The questions that it was asked already keep their time to be answered. */
  #retire(client: OwnClient): void {
    this.#current = undefined;
    this.#endIn(this.#timeout, client);
  }

  #endIn(milliseconds: number, client: OwnClient): void {
    const kept = this.#clients.get(client);
    if (kept === undefined) return;
    clearTimeout(kept.timer);
    kept.timer = setTimeout(() => this.#end(client), milliseconds);
  }

  #end(client: OwnClient): void {
    const kept = this.#clients.get(client);
    clearTimeout(kept?.timer);
    this.#clients.delete(client);
    if (this.#current === client) this.#current = undefined;
    // A sentinel's is asynchronous. A client that fails to end has ended.
    void (async () => await client.destroy())().catch(() => {});
    kept?.sockets.abort();
  }
}

function isReady(client: OwnClient): boolean {
  const isReady = client.isReady ?? client.isOpen;
  return isReady &&
    (client.getMasterNode === undefined ||
      client.getMasterNode() !== undefined);
}

function open(
  { kind, nodes, tls, user, path }: RedisAddress,
  limit: number,
  signal: AbortSignal,
): OwnClient {
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
