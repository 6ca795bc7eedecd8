/** A wire to a port of the loopback that a test can cut in its way. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Connections made from now on are taken, and nothing on them arrives. */
  swallows: boolean;
  /** How often something was sent to the port after something had come back, or first. */
  trips: number;
  /** How many it holds now, those to the port included. */
  readonly connections: number;
}

export function tcpProxy(port: number): TcpProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const proxy = {
    port: (listener.addr as Deno.NetAddr).port,
    swallows: false,
    trips: 0,
    get connections() {
      return open.size;
    },
    // deno-lint-ignore require-await
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const conn of open) close(conn);
    },
  };

  function close(conn: Deno.Conn): void {
    open.delete(conn);
    try {
      conn.close();
    } catch {
      // closed already
    }
  }

  async function carry(conn: Deno.Conn): Promise<void> {
    open.add(conn);
    if (proxy.swallows) {
      while (await conn.read(new Uint8Array(1024)) !== null);
      return close(conn);
    }
    const far = await Deno.connect({ hostname: "127.0.0.1", port });
    open.add(far);
    let isAnswered = true;
    const note = (isAnswer: boolean) =>
      new TransformStream<Uint8Array<ArrayBuffer>>({
        transform(bytes, to) {
          if (isAnswered && !isAnswer) proxy.trips++;
          isAnswered = isAnswer;
          to.enqueue(bytes);
        },
      });
    await Promise.allSettled([
      conn.readable.pipeThrough(note(false)).pipeTo(far.writable),
      far.readable.pipeThrough(note(true)).pipeTo(conn.writable),
    ]);
    close(conn);
    close(far);
  }

  void (async () => {
    for await (const conn of listener) carry(conn).catch(() => close(conn));
  })().catch(() => {}); // the listener was closed
  return proxy;
}
