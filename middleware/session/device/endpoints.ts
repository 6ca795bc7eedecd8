// The two addresses that browsers post to by themselves. Only the bind asks a store.
import type { Context } from "hono";
import type { BoundCookies, Held } from "./cookies.ts";
import { bondOf, parseProof, parseString, thumbprint } from "./proof.ts";

/** The parts that both addresses need. */
export interface Endpoint {
  /** Seconds since the epoch. */
  readonly now: number;
  readonly cookies: BoundCookies;
  readonly path: string;
}

/**
 * The browser has made a key, and proves that it has it. The session is bound
 * at once when its cookie comes along; when another site led here it does not,
 * and the next request that shows the proof binds it.
 *
 * @param keep binds the session to this key, and returns its bond
 */
export async function bind(
  c: Context,
  { now, cookies, path }: Endpoint,
  keep: (held: Held) => Promise<string | null | undefined>,
): Promise<Response> {
  const proof = parseProof(c.req.header("Secure-Session-Response"));
  if (proof?.key === undefined) return refuse(c, 400, "No proof with a key");
  const { key } = proof;
  const offer = cookies.offered(proof.challenge, now);
  if (offer === undefined || !await proof.isSignedBy(key)) {
    return refuse(c, 403, "The proof does not fit");
  }
  const held: Held = { key, ...offer };
  const bond = await keep(held);
  if (bond === null || bond !== undefined && bondOf(bond).key !== key) {
    return refuse(c, 409, "The session is another one, or bound already");
  }
  cookies.setKey(c, held, now);
  cookies.setProof(c, held, offer.at, now);
  return instruct(c, held, cookies, path);
}

/**
 * The browser wants another proof. 403 makes it sign, and sign again. Any other
 * 4xx would end the binding, and log the visitor out.
 */
export async function refresh(
  c: Context,
  { now, cookies, path }: Endpoint,
): Promise<Response> {
  const name = parseString(c.req.header("Sec-Secure-Session-Id"));
  if (name === undefined) return refuse(c, 400, "Not a browser's own request");
  const held = cookies.keys(c, now)
    .find(({ key }) => thumbprint(key) === name);
  if (held === undefined) {
    // The session is over, or bound to another key by now.
    return c.json({ session_identifier: name, continue: false }, 200, NO_STORE);
  }
  const proof = parseProof(c.req.header("Secure-Session-Response"));
  const at = proof && cookies.challengedAt(proof.challenge, held, now);
  if (at === undefined || !await proof?.isSignedBy(held.key)) {
    cookies.challenge(c, held, now);
    return refuse(c, 403, "Sign the challenge");
  }
  if (held.isOld) cookies.setKey(c, held, now);
  cookies.setProof(c, held, at, now);
  return instruct(c, held, cookies, path);
}

/** Instructs the browser. With an empty body it would keep a challenge that is too old. */
function instruct(
  c: Context,
  { key }: Held,
  { credential }: BoundCookies,
  path: string,
): Response {
  const instructions = {
    session_identifier: thumbprint(key),
    refresh_url: `${path}/refresh`,
    scope: { include_site: false },
    credentials: [credential],
    // A link on another site may need a proof first.
    allowed_refresh_initiators: ["*"],
  };
  return c.json(instructions, 200, NO_STORE);
}

const NO_STORE = { "Cache-Control": "no-store" };

function refuse(
  c: Context,
  status: 400 | 403 | 409,
  message: string,
): Response {
  return c.text(message, status, NO_STORE);
}
