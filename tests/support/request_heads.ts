// Requests that are random, malformed, cut off, or nearly right.
import fc from "npm:fast-check@4.10.2";
import { postUsers, writeAll } from "./raw_http.ts";

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
        const text = new TextDecoder("latin1").decode(request.slice(0, 600));
        broken.set(status, `${status}: ${JSON.stringify(text)}`);
      }
    }
  }));
  return { requests, statuses, broken: [...broken.values()] };
}

/** Milliseconds in which an answer to a whole request comes. An unfinished one gets none. */
const PATIENCE = 250;

async function statusOf(port: number, bytes: Uint8Array): Promise<number> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const isOver = Promise.withResolvers<null>();
  const timer = setTimeout(() => isOver.resolve(null), PATIENCE);
  const buffer = new Uint8Array(64);
  try {
    const answer = writeAll(connection, bytes)
      .then(() => connection.read(buffer)).catch(() => null);
    const read = await Promise.race([answer, isOver.promise]);
    const text = new TextDecoder().decode(buffer.subarray(0, read ?? 0));
    return Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0);
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}

const HOST = "HTTP/1.1\r\nHost: localhost\r\n";
const MULTIPART =
  "--b\r\nContent-Disposition: form-data; name=name\r\n\r\nJay\r\n--b--\r\n";

/** Whole requests, which are then changed. */
const WHOLE = [
  `GET /show?hidden=query ${HOST}Cookie: session=v1.YQ.YQ; language=ar\r\n` +
  "Accept-Language: ar,en;q=0.5\r\nX-Request-Id: abc\r\nConnection: close\r\n\r\n",
  `HEAD /healthz?hidden=query ${HOST}X-Forwarded-Proto: https\r\n\r\n`,
  `GET /assets/x.css ${HOST}Upgrade: h2c\r\nExpect: 100-continue\r\n\r\n`,
  postUsers("Jay").replace("\r\n\r\n", "\r\nOrigin: http://localhost\r\n\r\n"),
  `POST /users ${HOST}Origin: null\r\nContent-Length: 3\r\n\r\na=b`,
  `POST /users ${HOST}Content-Type: text/plain\r\nContent-Length: 3\r\n\r\na=b`,
  `POST /lab?hidden=query ${HOST}Sec-Fetch-Site: same-origin\r\n` +
  "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 31\r\n\r\n" +
  "kind=signed&attempt=replay&seal",
  `POST /users ${HOST}Content-Type: multipart/form-data; boundary=b\r\n` +
  `Content-Length: ${MULTIPART.length}\r\n\r\n${MULTIPART}`,
  `POST /language ${HOST}Content-Type: application/x-www-form-urlencoded\r\n` +
  "Transfer-Encoding: chunked\r\n\r\n12\r\nlang=ar&back=/show\r\n0\r\n\r\n",
];

/** What may stand where a word, a number or a mark was. */
const ODD = [
  ...["", " ", "\t", "\r\n", "\0", "\u00a0", "\u00e9", "<b>", "a b", "*", "@"],
  ...["//", "/..", "%", "%00", "%ff", "%E9", "-1", "0", "zz", "1, 2", "null"],
  ...["99999999999999999999", "fffffffffffffffff", "PUT", "get", "CONNECT"],
  ...["/session/end", "http://other.example/", "[::1", "[::1]:80", ":99999"],
  ...["HTTP/2.0", "text/plain", "utf-16", "xn--a", "\r\nHost: second\r\n"],
  ...["\r\nContent-Length: 5\r\n", "\r\nTransfer-Encoding: chunked\r\n"],
].map((odd) => fc.constant(odd));

const bytes = fc.uint8Array({ maxLength: 99 })
  .map((bytes) => String.fromCharCode(...bytes));

const long = fc.tuple(
  fc.constantFrom("a", "a&", "a=b; ", "a,", "%CC%81", "%41", "G"),
  fc.noBias(fc.nat(20_000)),
).map(([text, times]) => text.repeat(times));

/** From 0 up to 1, each alike: `fc.double()` prefers what is near 0. */
const share = fc.noBias(fc.nat(9999)).map((n) => n / 10_000);

/** Where it is, as a part of the whole; and what stands there then. */
const CHANGE = fc.tuple(
  share,
  fc.oneof(...ODD, bytes, bytes, bytes, long, long),
);

const REQUEST = fc.tuple(
  fc.constantFrom(...WHOLE),
  fc.array(CHANGE, { maxLength: 4 }),
  fc.oneof(
    { arbitrary: fc.constant(1), weight: 9 },
    { arbitrary: share, weight: 1 },
  ),
).map(([whole, changes, end]) => {
  const parts = whole.split(/\b(?<!\?)/); // a query stays one
  for (const [at, odd] of changes) parts[Math.floor(at * parts.length)] = odd;
  const sent = Uint8Array.from(parts.join(""), (part) => part.charCodeAt(0));
  return sent.slice(0, Math.ceil(sent.length * end));
});
