import {
  TimeLimit,
  TimeLimitError,
} from "../middleware/session/stores/time_limit.ts";
import {
  type Answer,
  type ConnectionConfig,
  PostgresConnection,
} from "./postgres_connection.ts";

const CONNECTIONS = 10;

/** After a connection was refused none is tried for so long. */
const PAUSE_MILLISECONDS = 100;

/** Less than the store's own limit, which ends what this one has not. */
const LIMIT_MILLISECONDS = 900;

interface Question extends PromiseWithResolvers<Answer> {
  readonly text: string;
  readonly values: readonly unknown[];
  /** The one that asks it now. */
  connection?: PostgresConnection | undefined;
  cancelled?: Promise<void>;
}

/**
 * Never more connections than {@linkcode CONNECTIONS}: one that does not answer
 * keeps its place until the server has stopped its question.
 */
export class ConnectionPool implements AsyncDisposable {
  readonly #config: ConnectionConfig;
  readonly #limit = new TimeLimit(LIMIT_MILLISECONDS);
  readonly #connections = new Set<PostgresConnection>();
  /** The one used last is used next: its server process is warm. */
  readonly #idle: PostgresConnection[] = [];
  readonly #waiting = new Set<Question>();
  #refused = { until: 0, error: new Error("not connected") };

  constructor(config: ConnectionConfig) {
    this.#config = config;
  }

  async ask(text: string, values: readonly unknown[]): Promise<Answer> {
    const question = { text, values, ...Promise.withResolvers<Answer>() };
    this.#waiting.add(question);
    this.#serve();
    try {
      return await this.#limit.within(() => question.promise);
    } catch (error) {
      if (error instanceof TimeLimitError) this.#giveUp(question);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#refused = { until: Infinity, error: new Error("the pool is closed") };
    this.#refuse();
    await Promise.all([...this.#connections].map((one) => one.close()));
  }

  #serve(): void {
    for (const question of this.#waiting) {
      const connection = this.#idle.pop();
      if (connection === undefined) return this.#grow();
      this.#waiting.delete(question);
      void this.#run(question, connection);
    }
  }

  async #run(question: Question, connection: PostgresConnection) {
    question.connection = connection;
    try {
      question.resolve(await connection.ask(question.text, question.values));
    } catch (error) {
      question.reject(error);
    }
    question.connection = undefined;
    await question.cancelled;
    this.#free(connection);
  }

  #free(connection: PostgresConnection): void {
    if (connection.isUsable) this.#idle.push(connection);
    this.#serve();
  }

  #giveUp(question: Question): void {
    if (this.#waiting.delete(question)) return;
    if (question.connection === undefined) return;
    question.cancelled = question.connection.cancel();
  }

  /** One more connection, when there is room; a server that refused is not asked again at once. */
  #grow(): void {
    const { size } = this.#connections;
    if (performance.now() < this.#refused.until) {
      if (size === 0) this.#refuse();
    } else if (size < CONNECTIONS) this.#connect();
  }

  #refuse(): void {
    for (const { reject } of this.#waiting) reject(this.#refused.error);
    this.#waiting.clear();
  }

  #connect(): void {
    const connection = new PostgresConnection(this.#config);
    this.#connections.add(connection);
    connection.open(LIMIT_MILLISECONDS).then(
      () => this.#free(connection),
      (error) => {
        const until = performance.now() + PAUSE_MILLISECONDS;
        if (until > this.#refused.until) this.#refused = { until, error };
      },
    );
    void connection.closed.then(() => {
      this.#connections.delete(connection);
      const at = this.#idle.indexOf(connection);
      if (at >= 0) this.#idle.splice(at, 1);
      this.#serve();
    });
  }
}
