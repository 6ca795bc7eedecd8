// HTTP over a bare socket, for what fetch() would never send, and to know what became of it.

/** To a server at such as "http://localhost:41234". */
export function connect(url: string): Promise<Deno.TcpConn> {
  return Deno.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(url).port),
  });
}

/** Opens a connection and sends this; an unfinished request holds it. */
export async function send(url: string, text: string): Promise<Deno.TcpConn> {
  const connection = await connect(url);
  await writeAll(connection, text);
  return connection;
}

export async function writeAll(
  connection: Deno.Conn,
  text: string | Uint8Array,
): Promise<void> {
  let bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  while (bytes.length > 0) {
    bytes = bytes.subarray(await connection.write(bytes));
  }
}

export interface Answer {
  readonly status: number;
  readonly head: string;
}

/** One answer with a Content-Length; null when the connection ends before it is whole. */
export async function readAnswer(
  connection: Deno.Conn,
): Promise<Answer | null> {
  const buffer = new Uint8Array(65_536);
  const decoder = new TextDecoder("latin1"); // a character a byte, as lengths are in bytes
  let text = "";
  while (true) {
    const [head = "", body] = text.split(/\r\n\r\n(.*)/s);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    if (body !== undefined && body.length >= length) {
      return { status: Number(/ (\d{3})/.exec(head)?.[1]), head };
    }
    const read = await connection.read(buffer);
    if (read === null) return null;
    text += decoder.decode(buffer.subarray(0, read));
  }
}

/** null when the connection is reset, too. */
export async function ask(
  connection: Deno.Conn,
  request: string,
): Promise<Answer | null> {
  try {
    await writeAll(connection, request);
    return await readAnswer(connection);
  } catch {
    return null;
  }
}

/** A valid form, as a request. */
export function postUsers(name: string): string {
  const body = `name=${name}&email=jay%40example.com`;
  return "POST /users HTTP/1.1\r\nHost: localhost\r\n" +
    "Content-Type: application/x-www-form-urlencoded\r\n" +
    `Content-Length: ${body.length}\r\n\r\n${body}`;
}
