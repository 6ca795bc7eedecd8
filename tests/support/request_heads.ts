// Requests that are random, malformed, cut off, or nearly right.

export interface HeadFigures {
  readonly requests: number;
  /** Answers by status; 0: the connection was closed without one, or nothing came. */
  readonly statuses: Record<number, number>;
  /** The first request of each status of 500 and above. */
  readonly broken: readonly string[];
}

/** Sends so many, some at once, and tells what came back. */
export async function sendRandomRequests(
  port: number,
  requests: number,
  seed: number,
): Promise<HeadFigures> {
  const random = generator(seed);
  const statuses: Record<number, number> = {};
  const broken = new Map<number, string>();
  let sent = 0;
  await Promise.all(Array.from({ length: 32 }, async () => {
    while (sent++ < requests) {
      const request = randomRequest(random);
      const status = await statusOf(port, request);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status >= 500 && !broken.has(status)) {
        broken.set(status, `${status}: ${printable(request)}`);
      }
    }
  }));
  return { requests, statuses, broken: [...broken.values()] };
}

function printable(bytes: Uint8Array): string {
  return JSON.stringify(new TextDecoder("latin1").decode(bytes.slice(0, 600)));
}

/** Milliseconds in which an answer to a whole request comes. An unfinished one gets none. */
const PATIENCE = 250;

async function statusOf(port: number, bytes: Uint8Array): Promise<number> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const timer = setTimeout(() => connection.close(), PATIENCE);
  try {
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(await connection.write(rest));
    }
    const buffer = new Uint8Array(64);
    const read = await connection.read(buffer);
    const text = new TextDecoder().decode(buffer.subarray(0, read ?? 0));
    return Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  } finally {
    clearTimeout(timer);
    try {
      connection.close();
    } catch { /* the timer was faster */ }
  }
}

/** mulberry32: the same seed, the same requests. Numbers from 0 up to 1. */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function randomRequest(random: () => number): Uint8Array<ArrayBuffer> {
  const chance = (p: number) => random() < p;
  const pick = <T>(list: readonly T[]): T =>
    list[Math.floor(random() * list.length)] as T;
  const bytes = (most: number) =>
    Array.from(
      { length: Math.floor(random() * most) },
      () => String.fromCharCode(Math.floor(random() * 256)),
    ).join("");
  const text = (most: number) =>
    Array.from(
      { length: Math.floor(random() * most) },
      () => String.fromCharCode(33 + Math.floor(random() * 94)),
    ).join("");
  const long = (of: string) => of.repeat(Math.floor(random() * 20_000));

  const method = chance(0.6) ? pick(["GET", "POST", "HEAD"]) : pick([
    "PUT",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PATCH",
    "get",
    "",
    "G@T",
    text(20),
    long("G"),
    bytes(5),
  ]);
  const path = pick([
    "/",
    "/users",
    "/show",
    "/session",
    "/session/end",
    "/session/renew",
    "/lab",
    "/language",
    "/healthz",
    "/nope",
    "//",
    "/..",
    "/%",
    "/%ff",
    "*",
    "http://other.example/",
    `/${text(40)}`,
    `/${long("a")}`,
    `/${long("%41")}`,
    bytes(10),
    "/assets/x.css",
  ]);
  const query = chance(0.4)
    ? `?hidden=${pick(["query", text(30), long("q"), "%00"])}`
    : "";
  const version = chance(0.9)
    ? "HTTP/1.1"
    : pick(["HTTP/1.0", "HTTP/2.0", "HTTP/9", "", text(8)]);
  const body = pick([
    "",
    "name=Jay&email=jay%40example.com",
    `name=${long("%CC%81")}&email=j`,
    `payload=${text(200)}&seal=${text(80)}`,
    "attempt=replay",
    "lang=ar&back=/show",
    `name=Jos%${text(2)}&email=jay@${text(9)}.xn--${text(9)}`,
    `name=${bytes(9)}&email=jay@${bytes(9)}`,
    "--b\r\nContent-Disposition: form-data; name=name\r\n\r\nJay\r\n--b",
    long("a&"),
    bytes(300),
    "--b\r\nContent-Disposition: form-data; name=name\r\n\r\nJay\r\n--b--\r\n",
    `--b\r\nContent-Disposition: form-data; name=${text(9)}; filename=${
      text(9)
    }\r\n\r\n${bytes(99)}\r\n--b--`,
  ]);
  const headers: string[] = [];
  // The first value is a good one; how often it is taken makes whole requests good.
  const header = (p: number, name: string, values: readonly string[]) => {
    const value = chance(0.7) ? values[0] : pick(values);
    if (chance(p)) headers.push(`${name}: ${value}`);
  };
  header(0.95, "Host", [
    "localhost",
    "localhost",
    "localhost",
    "a b",
    "localhost:99999",
    "",
    "[::1",
    "[::1]:80",
    "localhost:443",
    "é",
    text(20),
    long("h"),
    bytes(8),
    "a/b",
    "a@b",
  ]);
  header(0.05, "Host", ["second"]);
  header(0.5, "Cookie", [
    `session=v1.${text(60)}.${text(43)}`,
    "session=",
    `session=v1.${"A".repeat(40)}.${"A".repeat(43)}`,
    long("a=b; "),
    `language=${text(6)}`,
    bytes(40),
    "session=\u00a0",
    text(60),
  ]);
  header(0.6, "Content-Type", [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "text/plain",
    text(30),
    "application/x-www-form-urlencoded; charset=utf-16",
    bytes(20),
  ]);
  header(0.3, "Origin", [
    "http://localhost",
    "null",
    "http://a b",
    text(20),
    bytes(9),
  ]);
  header(0.3, "Sec-Fetch-Site", ["same-origin", "cross-site", text(9)]);
  header(0.2, "X-Forwarded-Proto", ["https", text(9), long("http,")]);
  header(0.3, "Accept-Language", [
    "ar",
    "*;q=9",
    text(40),
    long("a,"),
    bytes(20),
  ]);
  header(0.2, "X-Request-Id", ["abc", text(90), bytes(20)]);
  header(0.1, "Expect", ["100-continue", text(5)]);
  header(0.1, "Upgrade", ["websocket", "h2c"]);
  header(0.1, "Connection", ["close", "upgrade", text(9)]);
  header(0.1, text(12), [bytes(30), text(30)]);
  let framed = body;
  const framing = random();
  if (framing < 0.7) headers.push(`Content-Length: ${body.length}`);
  else if (framing < 0.8) {
    headers.push(
      `Content-Length: ${
        pick([
          "-1",
          "a",
          "99999999999999999999",
          String(body.length + 9),
          "0",
          "1, 2",
        ])
      }`,
    );
  } else if (framing < 0.95) {
    headers.push("Transfer-Encoding: chunked");
    framed = pick([
      `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      `zz\r\n${body}`,
      `${body.length.toString(16)}\r\n${body}`,
      "0\r\n\r\n",
      "fffffffffffffffff\r\na",
    ]);
  }
  const whole = `${method} ${path}${query}${
    chance(0.98) ? " " : "\t"
  }${version}\r\n${headers.join("\r\n")}\r\n\r\n${framed}`;
  const sent = Uint8Array.from(whole, (character) => character.charCodeAt(0));
  if (chance(0.15)) {
    for (let i = 0; i < 1 + random() * 4; i++) {
      sent[Math.floor(random() * Math.min(sent.length, 400))] = Math.floor(
        random() * 256,
      );
    }
  }
  return chance(0.1) ? sent.slice(0, Math.floor(random() * sent.length)) : sent;
}
