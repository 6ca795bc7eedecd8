// What is asked of Redis.

/** As much of node-redis as a store needs. */
export interface RedisClient {
  /** Whether it was connected by its owner, and not closed. */
  readonly isOpen: boolean;
  /** The same client with other options for its commands. */
  withCommandOptions(options: never): unknown;
}

/** What is asked of node-redis here; its own types differ from version to version. */
export interface RedisCommands {
  get(key: string): Promise<Uint8Array | null>;
  getRange(key: string, start: number, end: number): Promise<Uint8Array>;
  del(key: string): Promise<number>;
  zRem(key: string, members: string[]): Promise<number>;
  eval(
    script: string,
    options: { keys: string[]; arguments: (string | Uint8Array)[] },
  ): Promise<unknown>;
  sendCommand(...args: unknown[]): Promise<unknown>;
}

/** A question, and its answer or an error within the time limit. */
export type AskRedis = <R>(
  question: (commands: RedisCommands) => Promise<R>,
) => Promise<R>;
