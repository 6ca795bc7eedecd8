// The life of the server: it listens, outlives a lack of file descriptors, and stops without losing what is under way.
import { reasonOf } from "./reason.ts";
import { within } from "./within.ts";

export type Fetch = (request: Request) => Response | Promise<Response>;

/** In milliseconds. */
const TIMES = {
  /** Proxies and clients learn that this server stops, while it still serves. */
  announce: 500,
  /** Answers are held until no request has arrived for this long: then no client is between connecting and asking. */
  quiet: 100,
  /** The longest that answers are held. */
  hold: 1000,
  /** From the signal on: requests that are under way then are cut off. */
  finish: 10_000,
  /** Between two looks at whether they are answered. */
  look: 20,
  /** For the last answers to leave. */
  flush: 500,
  /** A second signal within this time is the first one again: `deno task` forwards what its process group got already. */
  sameSignal: 1000,
  /** Between two tries to listen again. */
  retry: 250,
  /** Without a failure, until connections are said to be accepted again. */
  steady: 2000,
};

/**
 * SIGHUP is for whoever closes the terminal, or rotates logs (which needs no
 * signal here): a server that ended at once would cut forms off, and one that
 * ignored it would keep the port.
 */
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Serves until SIGINT, SIGTERM or SIGHUP. A signal more than a second later ends the process at once, with 1. */
export class GracefulServer {
  readonly #log: (line: string) => void;
  readonly #underWay = new Set<Request>();
  #isStopping = false;
  /** While answers are held: resolves when they may leave. */
  #held: PromiseWithResolvers<void> | undefined;
  #arrived = 0;
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;
  /** To accept connections, since it was last said that they are accepted. */
  #failures = 0;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** Whether it was told to stop: send it no more visitors. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** @throws when it cannot */
  listen(options: Deno.ServeTcpOptions, fetch: Fetch): void {
    const server = Deno.serve(
      options,
      (request) => this.#answer(request, fetch),
    );
    this.#server = server;
    const again = { ...options, port: server.addr.port, onListen() {} };
    server.finished.catch((error) => this.#onDeaf(error, again, fetch));
  }

  /** Resolves when it was told to stop and all that was under way is answered, or ten seconds have passed. */
  async stopped(): Promise<void> {
    await signalled();
    await this.#stop();
  }

  /** Deno ends a listener that finds no descriptor for a connection; the connections there are go on. */
  async #onDeaf(
    error: unknown,
    ...again: Parameters<typeof this.listen>
  ): Promise<void> {
    const failure = ++this.#failures;
    if (failure === 1) {
      const reason = reasonOf(error);
      this.#log(`No new connection can be accepted (${reason}); trying again`);
    }
    await sleep(TIMES.retry);
    if (this.#isStopping) return;
    try {
      this.listen(...again);
    } catch (error) {
      return this.#onDeaf(error, ...again);
    }
    await sleep(TIMES.steady);
    if (failure < this.#failures) return; // it failed again
    this.#failures = 0;
    this.#log("New connections are accepted again");
  }

  async #answer(request: Request, fetch: Fetch): Promise<Response> {
    this.#underWay.add(request);
    this.#arrived++;
    let response;
    try {
      response = await fetch(request);
    } finally {
      this.#underWay.delete(request);
    }
    if (this.#isStopping) response.headers.set("Connection", "close");
    if (this.#held !== undefined) await this.#held.promise;
    return response;
  }

  async #stop(): Promise<void> {
    const ends = performance.now() + TIMES.finish;
    this.#log("Stopping");
    this.#isStopping = true;
    await sleep(TIMES.announce);
    let closed: Promise<void> | undefined;
    while (closed === undefined) {
      this.#held = Promise.withResolvers();
      await this.#quiet();
      // Deno would cut off a form that is arriving when the listener is closed.
      const forms = [...this.#underWay].filter(({ method }) =>
        method !== "GET" && method !== "HEAD"
      );
      const isOver = forms.length === 0 || performance.now() >= ends;
      if (isOver) closed = this.#server?.shutdown() ?? Promise.resolve();
      this.#held.resolve();
      this.#held = undefined;
      if (!isOver) await this.#finished(forms, ends);
    }
    await this.#finished(this.#underWay, ends);
    await within(TIMES.flush, closed);
    for (const { method, url } of this.#underWay) {
      const path = URL.parse(url)?.pathname.slice(0, 100); // without the query
      this.#log(`Cut off: ${method.slice(0, 16)} ${path}`);
    }
  }

  async #quiet(): Promise<void> {
    const ends = performance.now() + TIMES.hold;
    let before;
    do {
      before = this.#arrived;
      await sleep(TIMES.quiet);
    } while (this.#arrived !== before && performance.now() < ends);
  }

  /** Resolves when none of these requests is under way any more, or at `ends`. */
  async #finished(requests: Iterable<Request>, ends: number): Promise<void> {
    const isUnderWay = (request: Request) => this.#underWay.has(request);
    while ([...requests].some(isUnderWay) && performance.now() < ends) {
      await sleep(TIMES.look);
    }
  }
}

/** Resolves at the first signal. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = () => {
      first ??= performance.now();
      resolve();
      if (performance.now() - first > TIMES.sameSignal) Deno.exit(1);
    };
    for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, onSignal);
  });
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
