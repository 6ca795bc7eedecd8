// HTTP over a bare socket, for what fetch() would never send, and to know what became of it.

/** "http://localhost:41234" as Deno.connect wants it. */
export function address(url: string): { hostname: string; port: number } {
  return { hostname: "127.0.0.1", port: Number(new URL(url).port) };
}

/** Opens a connection and sends this; an unfinished request holds it. */
export async function send(
  url: string,
  text: string | Uint8Array,
): Promise<Deno.TcpConn> {
  const connection = await Deno.connect(address(url));
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
  readonly body: string;
}

/** One answer with a Content-Length; null when the connection ends before it is whole. */
export async function readAnswer(
  connection: Deno.Conn,
): Promise<Answer | null> {
  const buffer = new Uint8Array(65_536);
  let text = "";
  while (true) {
    const end = text.indexOf("\r\n\r\n");
    if (end !== -1) {
      const head = text.slice(0, end);
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      const body = text.slice(end + 4);
      if (body.length >= length) {
        return { status: Number(/ (\d{3})/.exec(head)?.[1]), head, body };
      }
    }
    const read = await connection.read(buffer);
    if (read === null) return null;
    // One character a byte, as lengths are in bytes.
    for (const byte of buffer.subarray(0, read)) {
      text += String.fromCharCode(byte);
    }
  }
}

/** A valid form, as a request. */
export function postUsers(name: string): string {
  const body = `name=${name}&email=jay%40example.com`;
  return "POST /users HTTP/1.1\r\nHost: localhost\r\n" +
    "Content-Type: application/x-www-form-urlencoded\r\n" +
    `Content-Length: ${body.length}\r\n\r\n${body}`;
}
