// Requests that are random, malformed, cut off, or nearly right.
import fc from "npm:fast-check@4.10.2";

export interface HeadFigures {
  readonly requests: number;
  /** Answers by status; 0: the connection was closed without one, or nothing came. */
  readonly statuses: Record<number, number>;
  /** The first request of each status of 500 and above. */
  readonly broken: readonly string[];
}

/** Sends so many, some at once, and tells what came back. The same seed, the same requests. */
export async function sendRandomRequests(
  port: number,
  requests: number,
  seed: number,
): Promise<HeadFigures> {
  const statuses: Record<number, number> = {};
  const broken = new Map<number, string>();
  let batch: Uint8Array<ArrayBuffer>[] = [];
  let sent = 0;
  await Promise.all(Array.from({ length: 32 }, async () => {
    while (sent < requests) {
      if (batch.length === 0) {
        batch = fc.sample(REQUEST, { numRuns: 500, seed: seed + sent });
      }
      sent++;
      const request = batch.pop()!;
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

type Text = string | fc.Arbitrary<string>;

const bytes = fc.uint8Array({ maxLength: 300 })
  .map((bytes) => String.fromCharCode(...bytes));
const text = fc.string({ maxLength: 90 });
const long = (of: string) => fc.nat(20_000).map((times) => of.repeat(times));

/** One of these, each as often as the others. */
const pick = (...all: Text[]): fc.Arbitrary<string> =>
  fc.oneof(
    ...all.map((one) => typeof one === "string" ? fc.constant(one) : one),
  );

/** Most often the good one: so that whole requests are good. */
const mostly = (good: Text, ...odd: Text[]): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: pick(good), weight: 7 },
    { arbitrary: pick(...odd), weight: 3 },
  );

const METHOD = mostly(
  pick("GET", "POST", "HEAD"),
  ...[
    "PUT",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PATCH",
    "get",
    "",
    "G@T",
  ],
  ...[text, long("G"), bytes],
);

const PATH = pick(
  ...["/", "/users", "/show", "/session", "/session/end", "/session/renew"],
  ...["/lab", "/language", "/healthz", "/nope", "//", "/..", "/%", "/%ff", "*"],
  ...["http://other.example/", "/assets/x.css", bytes],
  ...[text, long("a"), long("%41")].map((path) => path.map((p) => `/${p}`)),
);

const PART = "--b\r\nContent-Disposition: form-data; name=";

const BODY = pick(
  ...["", "name=Jay&email=jay%40example.com", "lang=ar&back=/show"],
  ...["attempt=replay", bytes, long("a&")],
  long("%CC%81").map((marks) => `name=${marks}&email=j`),
  bytes.map((name) => `name=${name}&email=jay@xn--${name}`),
  text.map((name) => `name=Jos%${name}&payload=${name}&seal=${name}`),
  ...[`${PART}name\r\n\r\nJay\r\n--b`, `${PART}name\r\n\r\nJay\r\n--b--\r\n`],
  bytes.map((part) => `${PART}a; filename=${part}\r\n\r\n${part}\r\n--b--`),
);

/** How often each is sent, and its values. */
const HEADERS: [chance: number, name: Text, good: Text, ...odd: Text[]][] = [
  [
    ...[0.95, "Host", "localhost"] as const,
    ...["a b", "localhost:99999", "", "[::1", "[::1]:80", "localhost:443"],
    ...["é", "a/b", "a@b", text, long("h"), bytes],
  ],
  [0.05, "Host", "second", text],
  [
    ...[0.5, "Cookie", text.map((t) => `session=v1.${t}.${t}`)] as const,
    ...["session=", `session=v1.${"A".repeat(40)}.${"A".repeat(43)}`, text],
    ...["session=\u00a0", "language=<b>", long("a=b; "), bytes],
  ],
  [
    ...[0.6, "Content-Type", "application/x-www-form-urlencoded"] as const,
    ...["multipart/form-data; boundary=b", "multipart/form-data", "text/plain"],
    ...["multipart/form-data; boundary=", text, bytes],
    "application/x-www-form-urlencoded; charset=utf-16",
  ],
  [0.3, "Origin", "http://localhost", "null", "http://a b", text, bytes],
  [0.3, "Sec-Fetch-Site", "same-origin", "cross-site", text],
  [0.2, "X-Forwarded-Proto", "https", text, long("http,")],
  [0.3, "Accept-Language", "ar", "*;q=9", text, long("a,"), bytes],
  [0.2, "X-Request-Id", "abc", text, bytes],
  [0.1, "Expect", "100-continue", text],
  [0.1, "Upgrade", "websocket", "h2c"],
  [0.1, "Connection", "close", "upgrade", text],
  [0.1, text, bytes, text],
];

const HEADER_LINES = fc.tuple(
  ...HEADERS.map(([chance, name, good, ...odd]) =>
    fc.oneof(
      {
        arbitrary: fc.tuple(pick(name), mostly(good, ...odd))
          .map(([name, value]) => `${name}: ${value}\r\n`),
        weight: chance * 100,
      },
      { arbitrary: fc.constant(""), weight: 100 - chance * 100 },
    )
  ),
).map((lines) => lines.join(""));

/** The body with what says how long it is; that may be wrong. */
const FRAMED = BODY.chain((body) => {
  const size = body.length.toString(16);
  const long = String(body.length + 9);
  const length = (given: string) => `Content-Length: ${given}\r\n\r\n${body}`;
  const chunked = (sent: string) => `Transfer-Encoding: chunked\r\n\r\n${sent}`;
  return mostly(
    length(`${body.length}`),
    `\r\n${body}`,
    ...["-1", "a", "99999999999999999999", long, "0", "1, 2"].map(length),
    ...[`${size}\r\n${body}\r\n0\r\n\r\n`, `${size}\r\n${body}`].map(chunked),
    ...[`zz\r\n${body}`, "0\r\n\r\n", "fffffffffffffffff\r\na"].map(chunked),
  );
});

const QUERY = mostly(
  "",
  ...["?hidden=query", "?hidden=%00", text.map((query) => `?hidden=${query}`)],
  long("q").map((query) => `?hidden=${query}`),
);

const VERSION = mostly(
  " HTTP/1.1",
  "\tHTTP/1.1",
  " HTTP/1.0",
  " HTTP/2.0",
  text,
);

/** Bytes that are changed, at most four; and where the request is cut off, if it is. */
const DAMAGE = fc.record({
  changes: fc.oneof(
    { arbitrary: fc.constant([]), weight: 85 },
    {
      arbitrary: fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }),
      weight: 15,
    },
  ),
  end: fc.oneof(
    { arbitrary: fc.constant(1), weight: 90 },
    { arbitrary: fc.double({ min: 0, max: 1, noNaN: true }), weight: 10 },
  ),
});

const REQUEST = fc.tuple(
  fc.tuple(METHOD, PATH, QUERY, VERSION, HEADER_LINES, FRAMED),
  DAMAGE,
).map(([[method, path, query, version, headers, framed], damage]) => {
  const whole = `${method} ${path}${query}${version}\r\n${headers}${framed}`;
  const sent = Uint8Array.from(whole, (character) => character.charCodeAt(0));
  for (const [at, byte] of damage.changes) {
    if (at < sent.length) sent[at] = byte;
  }
  return sent.slice(0, Math.ceil(sent.length * damage.end));
});
