// Requests that are random, malformed, cut off, or nearly right.
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { connect, postUsers, writeAll } from "./raw_http.ts";
import { startServer } from "./server.ts";

/**
 * Sends so many to the started app, some at once: nothing breaks, and no line of
 * the log is long or has a query. The answers by status; 0: the connection was
 * closed without one, or nothing came. The same seed, the same requests.
 */
export async function fuzzRequests(
  requests: number,
  seed: number,
): Promise<Record<number, number>> {
  await using server = await startServer();
  const statuses: Record<number, number> = {};
  let batch: Uint8Array[] = [];
  let sent = 0;
  await Promise.all(Array.from({ length: 32 }, async () => {
    while (sent < requests) {
      if (batch.length === 0) {
        batch = fc.sample(REQUEST, { numRuns: 500, seed: seed + sent });
      }
      sent++;
      const request = batch.pop()!;
      const status = await statusOf(server.url, request);
      statuses[status] = (statuses[status] ?? 0) + 1;
      assert(status < 500, new TextDecoder("latin1").decode(request));
    }
  }));
  const { status, body } = await fetch(server.url);
  await body?.cancel();
  assert.deepEqual([status, await server.stop()], [200, 0]);
  for (const line of server.output().split("\n")) {
    assert(new TextEncoder().encode(line).length <= 300, line);
    assert(!line.includes("hidden="), line);
  }
  return statuses;
}

/** Milliseconds in which an answer to a whole request comes. An unfinished one gets none. */
const PATIENCE = 250;

async function statusOf(url: string, bytes: Uint8Array): Promise<number> {
  using connection = await connect(url);
  const timer = setTimeout(() => connection.close(), PATIENCE);
  const buffer = new Uint8Array(64);
  const read = await writeAll(connection, bytes)
    .then(() => connection.read(buffer)).catch(() => null);
  clearTimeout(timer);
  const text = new TextDecoder().decode(buffer.subarray(0, read ?? 0));
  return Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0);
}

const HOST = "HTTP/1.1\r\nHost: localhost\r\n";
const FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
const MULTIPART =
  "--b\r\nContent-Disposition: form-data; name=name\r\n\r\nJay\r\n--b--\r\n";

/** Whole requests, which are then changed. */
const WHOLE = [
  `GET /show?hidden=query ${HOST}Cookie: session=v1.YQ.YQ; language=ar\r\n` +
  "Accept-Language: ar,en;q=0.5\r\nX-Request-Id: abc\r\nConnection: close\r\n\r\n",
  `HEAD /healthz?hidden=query ${HOST}X-Forwarded-Proto: https\r\n\r\n`,
  `GET /assets/x.css ${HOST}Upgrade: h2c\r\nExpect: 100-continue\r\n\r\n`,
  postUsers("Jay").replace("\r\n\r\n", "\r\nOrigin: http://localhost\r\n\r\n"),
  `POST /users ${HOST}Content-Type: text/plain\r\nContent-Length: 3\r\n\r\na=b`,
  `POST /lab?hidden=query ${HOST}${FORM}Sec-Fetch-Site: same-origin\r\n` +
  "Content-Length: 31\r\n\r\nkind=signed&attempt=replay&seal",
  `POST /users ${HOST}Content-Type: multipart/form-data; boundary=b\r\n` +
  `Content-Length: ${MULTIPART.length}\r\n\r\n${MULTIPART}`,
  `POST /language ${HOST}${FORM}Transfer-Encoding: chunked\r\n\r\n` +
  "12\r\nlang=ar&back=/show\r\n0\r\n\r\n",
];

/** Replacements for a word, a number or a mark. */
const ODD = [
  ...["", " ", "\t", "\r\n", "\0", "\u00a0", "\u00e9", "<b>", "a b", "*", "@"],
  ...["//", "/..", "%", "%00", "%ff", "%E9", "-1", "0", "zz", "1, 2", "null"],
  ...["99999999999999999999", "fffffffffffffffff", "PUT", "get", "CONNECT"],
  ...["/session/end", "http://other.example/", "[::1", "[::1]:80", ":99999"],
  ...["HTTP/2.0", "text/plain", "utf-16", "xn--a", "\r\nHost: second\r\n"],
  ...["\r\nContent-Length: 5\r\n", "\r\nTransfer-Encoding: chunked\r\n"],
];

const number = fc.noBias(fc.nat(1_000_000));
const bytes = fc.uint8Array({ maxLength: 99 })
  .map((bytes) => String.fromCharCode(...bytes));
const long = fc.tuple(
  fc.constantFrom("a", "a&", "a=b; ", "a,", "%CC%81", "%41", "G"),
  number,
).map(([text, times]) => text.repeat(times % 20_000));
const change = fc.tuple(
  number,
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...ODD) },
    { weight: 1, arbitrary: bytes },
    { weight: 1, arbitrary: long },
  ),
);

/** Some of its parts are changed; one of ten is cut off. */
const REQUEST = fc.tuple(
  fc.constantFrom(...WHOLE),
  fc.array(change, { maxLength: 4 }),
  number,
).map(([whole, changes, end]) => {
  const parts = whole.split(/\b(?<!\?)/); // a query stays one
  for (const [at, odd] of changes) parts[at % parts.length] = odd;
  const sent = Uint8Array.from(parts.join(""), (part) => part.charCodeAt(0));
  return end % 10 > 0 ? sent : sent.slice(0, end % sent.length);
});
