// The connection that redisStore({ url }) opens and keeps.
import {
  type Asked,
  CONNECT_MILLISECONDS,
  openClient,
  type OwnClient,
  type RedisSource,
} from "./client.ts";
import { LIMIT_MILLISECONDS } from "../time_limit.ts";
import type { RedisAddress } from "./url.ts";

/**
 * Milliseconds from one attempt to connect to the next, while none succeeds. For
 * a sentinel node-redis makes classes anew, which takes a tenth of a second.
 */
const ATTEMPT_MILLISECONDS = { server: 250, cluster: 250, sentinel: 1000 };

/** After these milliseconds an attempt hangs, and the next ones do not wait for it. */
const HANGING_MILLISECONDS = 3000;

/** Attempts under way that do not hang: more would keep a busy machine from finishing any. */
const ATTEMPTS = 3;

/**
 * One client that all requests share. It never reconnects by itself: when it is
 * lost, or leaves a question without an answer, another client replaces it. An
 * attempt to connect can hang, so the next one starts beside it, and the first
 * that is ready is taken.
 */
export class RedisConnection implements RedisSource {
  readonly #address: RedisAddress;
  #current: OwnClient | undefined;
  #currentSince = 0;
  /** Every client that has not ended, and when it will be ended. */
  readonly #ends = new Map<OwnClient, number>();
  #isLooking = true;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Resolves when the first attempt that ends has ended. */
  readonly #begun: Promise<void>;
  #begin = () => {};
  #trouble = "no answer yet";

  constructor(address: RedisAddress) {
    this.#address = address;
    this.#begun = new Promise((resolve) => this.#begin = resolve);
    const pause = ATTEMPT_MILLISECONDS[address.kind];
    this.#timer = setInterval(() => this.#look(), pause);
    this.#look();
  }

  client(): OwnClient | Promise<OwnClient> {
    return this.#current?.isReady() ? this.#current : this.#first();
  }

  async #first(): Promise<OwnClient> {
    await this.#begun;
    if (this.#current?.isReady()) return this.#current;
    if (this.#current !== undefined) this.#replace(this.#current);
    throw new Error(`Redis is not connected: ${this.#trouble}`);
  }

  failed(client: Asked, error: unknown): void {
    if (!isAnswer(error)) this.#replace(client);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#take(undefined);
    for (const client of this.#ends.keys()) client.end();
    this.#ends.clear();
    this.#trouble = "the store is closed";
    this.#begin();
  }

  /**
   * Connects anew, unless it just did. A cluster is asked as before until then,
   * because one node that is away says nothing about the others.
   */
  #replace(client: Asked): void {
    if (client !== this.#current || this.#isLooking) return;
    const age = performance.now() - this.#currentSince;
    if (this.#current.isReady() && age < LIMIT_MILLISECONDS) return;
    if (this.#address.kind !== "cluster") this.#take(undefined);
    this.#isLooking = true;
    // One that was lost at once is tried again at the usual pace.
    if (age >= ATTEMPT_MILLISECONDS[this.#address.kind]) void this.#attempt();
  }

  #look(): void {
    const now = performance.now();
    for (const [client, end] of this.#ends) {
      if (end > now) continue;
      this.#ends.delete(client);
      client.end();
    }
    if (!this.#isLooking) return;
    const hanging = now + CONNECT_MILLISECONDS - HANGING_MILLISECONDS;
    const attempts = [...this.#ends.values()]
      .filter((end) => end > hanging && end < Infinity);
    if (attempts.length < ATTEMPTS) void this.#attempt();
  }

  async #attempt(): Promise<void> {
    const client = openClient(this.#address, (error) => {
      if (this.#ends.has(client)) this.#trouble = error.message || error.name;
      const isLost = this.#address.kind === "cluster" || !client.isReady();
      if (isLost) this.#replace(client);
    });
    this.#ends.set(client, performance.now() + CONNECT_MILLISECONDS);
    await client.connect(); // what was told before says more than its error
    this.#begin();
    const isInTime = this.#isLooking && this.#ends.has(client);
    if (isInTime && client.isReady()) this.#take(client);
    else if (this.#ends.delete(client)) client.end();
  }

  /** The questions that the one before was asked keep their time to be answered. */
  #take(client: OwnClient | undefined): void {
    const now = performance.now();
    if (this.#current) this.#ends.set(this.#current, now + LIMIT_MILLISECONDS);
    this.#current = client;
    this.#currentSince = now;
    this.#isLooking = false;
    if (client !== undefined) this.#ends.set(client, Infinity);
  }
}

/** Redis's own errors begin with a code. READONLY: the master has become a replica; Redis 6 says it inside of another error. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && /^[A-Z]+ /.test(error.message) &&
    !/(?:^|-)READONLY /.test(error.message);
}
