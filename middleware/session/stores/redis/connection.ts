// The connection that redisStore({ url }) opens and keeps.
import { timeLimit } from "../time_limit.ts";
import { openClient, type OwnClient, type RedisCommands } from "./client.ts";
import type { RedisAddress } from "./url.ts";

/**
 * Milliseconds from one attempt to connect to the next, while none succeeds. For
 * a sentinel node-redis makes classes anew, which takes a tenth of a second.
 */
const ATTEMPT_MILLISECONDS = { server: 250, cluster: 250, sentinel: 1000 };

/** Attempts that begin in one time of an attempt: more would keep a busy machine from finishing any. */
const ATTEMPTS = 3;

/** Time limits that one attempt may take, which is several questions in a row. */
const ATTEMPT_LIMITS = 3;

/** Each attempt that was too late gives the next ones more time: at most this many times as much. */
const MOST_PATIENCE = 3;

/**
 * One client that all requests share. It never reconnects by itself: when it is
 * lost, or leaves a question without an answer, another client replaces it. An
 * attempt to connect can hang, so the next one starts beside it, and the first
 * that is ready is taken.
 */
export class RedisConnection {
  readonly #address: RedisAddress;
  readonly #timeout: number;
  readonly #within: ReturnType<typeof timeLimit>;
  #current: OwnClient | undefined;
  #currentSince = 0;
  /** Every client that has not ended, and when it will be ended. */
  readonly #ends = new Map<OwnClient, number>();
  /** The attempts under way, and when each began. */
  readonly #connecting = new Map<OwnClient, number>();
  #isClosed = false;
  /** Attempts that were too late since the last one that succeeded. */
  #late = 0;
  #isLooking = true;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Resolves when the first attempt that ends has ended. */
  readonly #begun: Promise<void>;
  #begin = () => {};
  #trouble = "no answer yet";

  /** @param timeout milliseconds that an answer may take */
  constructor(address: RedisAddress, timeout: number) {
    this.#address = address;
    this.#timeout = timeout;
    this.#within = timeLimit(timeout);
    this.#begun = new Promise((resolve) => this.#begin = resolve);
    const pause = ATTEMPT_MILLISECONDS[address.kind];
    this.#timer = setInterval(() => this.#look(), pause);
    this.#look();
  }

  /** Asks a question: its answer, or an error within the time limit. */
  async ask<R>(question: (redis: RedisCommands) => Promise<R>): Promise<R> {
    if (this.#isClosed) throw new Error("the store is closed");
    const client = this.#ready() ?? await this.#within(() => this.#first());
    try {
      return await this.#within(() => question(client.redis));
    } catch (error) {
      if (!isAnswer(error)) this.#replace(client);
      throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const client of this.#ends.keys()) client.end();
    this.#ends.clear();
  }

  #ready(): OwnClient | undefined {
    return this.#current?.isReady() ? this.#current : undefined;
  }

  async #first(): Promise<OwnClient> {
    await this.#begun;
    const client = this.#ready();
    if (client !== undefined) return client;
    if (this.#current !== undefined) this.#replace(this.#current);
    throw new Error(`Redis is not connected: ${this.#trouble}`);
  }

  /**
   * Connects anew, unless it just did. A cluster is asked as before until then,
   * because one node that is away says nothing about the others.
   */
  #replace(client: OwnClient): void {
    const isOver = client !== this.#current || this.#isLooking;
    if (isOver || this.#isClosed) return;
    const age = performance.now() - this.#currentSince;
    if (client.isReady() && age < this.#timeout) return;
    if (this.#address.kind !== "cluster") this.#take(undefined);
    this.#isLooking = true;
    // One that was lost at once is tried again at the usual pace.
    if (age >= ATTEMPT_MILLISECONDS[this.#address.kind]) void this.#attempt();
  }

  #look(): void {
    for (const [client, end] of this.#ends) {
      if (end > performance.now()) continue;
      if (this.#connecting.delete(client)) this.#late++;
      this.#ends.delete(client);
      client.end();
    }
    const hanging = performance.now() - this.#timeout * ATTEMPT_LIMITS;
    const young = [...this.#connecting.values()].filter((at) => at > hanging);
    if (this.#isLooking && young.length < ATTEMPTS) void this.#attempt();
  }

  async #attempt(): Promise<void> {
    const patience = Math.min(1 + this.#late, MOST_PATIENCE);
    const limit = this.#timeout * ATTEMPT_LIMITS * patience;
    const client = openClient(this.#address, limit, (error) => {
      if (this.#ends.has(client)) this.#trouble = error.message || error.name;
      const isLost = this.#address.kind === "cluster" || !client.isReady();
      if (isLost) this.#replace(client);
    });
    this.#ends.set(client, performance.now() + limit);
    this.#connecting.set(client, performance.now());
    await client.connect(); // what was told before says more than its error
    this.#connecting.delete(client);
    this.#begin();
    const isInTime = this.#isLooking && this.#ends.has(client);
    if (isInTime && client.isReady()) this.#take(client);
    else if (this.#ends.delete(client)) client.end();
  }

  /** The questions that the one before was asked keep their time to be answered. */
  #take(client: OwnClient | undefined): void {
    const now = performance.now();
    if (this.#current) this.#ends.set(this.#current, now + this.#timeout);
    this.#current = client;
    this.#currentSince = now;
    this.#isLooking = false;
    if (client === undefined) return;
    this.#ends.set(client, Infinity);
    this.#late = 0;
  }
}

/** Redis's own errors begin with a code. READONLY: the master has become a replica; Redis 6 says it inside of another error. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && /^[A-Z]+ /.test(error.message) &&
    !/(?:^|-)READONLY /.test(error.message);
}
