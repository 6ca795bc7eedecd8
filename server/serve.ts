// The life of the server: it listens, outlives a lack of file descriptors, and stops without losing what is under way.

export type Fetch = (request: Request) => Response | Promise<Response>;

/** In milliseconds. */
const TIMES = {
  /** Proxies and clients learn that this server stops, while it still serves. */
  announce: 500,
  /** Answers wait until nothing has been asked for so long: then no client is between connecting and asking. */
  quiet: 100,
  /** But so long at most. */
  hold: 1000,
  /** From the signal on: whatever is under way then is cut off. */
  finish: 10_000,
  /** For the last answers to leave. */
  flush: 500,
  /** A second signal is the first one again: `deno task` forwards what its process group got already. */
  sameSignal: 1000,
  /** Between two tries to listen again. */
  retry: 250,
  /** Without a failure, until connections are said to be accepted again. */
  steady: 2000,
};

/**
 * - `serving`: as ever
 * - `announcing`: still serving, but answers say `Connection: close`
 * - `holding`: still serving, but answers wait
 * - `refusing`: a form is still arriving, and Deno would cut it off if the
 *   listener were closed; whatever comes now is 503
 * - `closing`: the listener is closed
 */
type Phase = "serving" | "announcing" | "holding" | "refusing" | "closing";

/** Serves until SIGINT or SIGTERM. A signal more than a second later ends the process at once, with 1. */
export class GracefulServer {
  readonly #log: (line: string) => void;
  readonly #underWay = new Set<Request>();
  readonly #released = Promise.withResolvers<void>();
  #phase: Phase = "serving";
  #arrived = 0;
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;
  #fetch: Fetch = () => new Response(null, { status: 503 });
  #onAnswer = () => {};
  #isDeaf = false;
  #steadyTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** true when it was told to stop, so that it should get no more requests. */
  get isStopping(): boolean {
    return this.#phase !== "serving";
  }

  /** @throws when it cannot */
  listen(options: Deno.ServeTcpOptions, fetch: Fetch): void {
    this.#fetch = fetch;
    this.#listen(options);
  }

  /** Resolves when it was told to stop and all that was under way is answered, or ten seconds have passed. */
  async stopped(): Promise<void> {
    await signalled();
    await this.#stop();
  }

  #listen(options: Deno.ServeTcpOptions): void {
    const server = Deno.serve(options, (request) => this.#answer(request));
    this.#server = server;
    const { port } = server.addr;
    server.finished.catch((error) =>
      this.#onDeaf(error, { ...options, port, onListen() {} })
    );
  }

  /** Deno ends a listener that finds no descriptor for a connection; the connections there are go on. */
  #onDeaf(error: unknown, options: Deno.ServeTcpOptions): void {
    clearTimeout(this.#steadyTimer);
    if (!this.#isDeaf) {
      this.#isDeaf = true;
      const reason = error instanceof Error ? error.message : String(error);
      this.#log(`No new connection can be accepted (${reason}); trying again`);
    }
    setTimeout(() => this.#listenAgain(options), TIMES.retry);
  }

  #listenAgain(options: Deno.ServeTcpOptions): void {
    if (this.isStopping) return;
    try {
      this.#listen(options);
    } catch (error) {
      return this.#onDeaf(error, options);
    }
    this.#steadyTimer = setTimeout(() => {
      this.#isDeaf = false;
      this.#log("New connections are accepted again");
    }, TIMES.steady);
  }

  async #answer(request: Request): Promise<Response> {
    if (this.#phase === "refusing") {
      const headers = { "Connection": "close", "Retry-After": "1" };
      return new Response(null, { status: 503, headers });
    }
    this.#underWay.add(request);
    this.#arrived++;
    let response;
    try {
      response = await this.#fetch(request);
    } finally {
      this.#underWay.delete(request);
      this.#onAnswer();
    }
    if (this.isStopping) response.headers.set("Connection", "close");
    if (this.#phase === "holding") await this.#released.promise;
    return response;
  }

  async #stop(): Promise<void> {
    const ends = performance.now() + TIMES.finish;
    this.#log("Stopping");
    this.#phase = "announcing";
    await sleep(TIMES.announce);
    this.#phase = "holding";
    await this.#quiet();
    this.#phase = "refusing";
    this.#released.resolve();
    await this.#until(() => !this.#isFormArriving(), ends);
    this.#phase = "closing";
    const closed = this.#server?.shutdown();
    await this.#until(() => this.#underWay.size === 0, ends);
    await Promise.race([closed, sleep(TIMES.flush)]);
    for (const { method, url } of this.#underWay) {
      this.#log(`Cut off: ${method.slice(0, 16)} ${printablePath(url)}`);
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

  #isFormArriving(): boolean {
    return [...this.#underWay].some(({ method }) =>
      method !== "GET" && method !== "HEAD"
    );
  }

  #until(isSo: () => boolean, ends: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ends - performance.now());
      this.#onAnswer = () => {
        if (!isSo()) return;
        clearTimeout(timer);
        resolve();
      };
      this.#onAnswer();
    });
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
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, onSignal);
    }
  });
}

function printablePath(url: string): string {
  const [, path = ""] = /^\w+:\/\/[^/]*([^?#]*)/.exec(url) ?? [];
  return path.slice(0, 100).replace(/[^!-~]/g, "?");
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
