// The two addresses that browsers post to on their own. No store is asked but at the bind.
import type { Context } from "hono";
import type { BoundCookies, Held, Proof } from "./cookies.ts";
import {
  bondOf,
  type DeviceKey,
  parseProof,
  parseString,
  thumbprint,
} from "./proof.ts";
import { tell } from "../events.ts";
import { load, type Visit } from "../request/load.ts";
import { openedBy } from "../middleware.ts";
import type { Settings } from "../options.ts";
import { cookieLine, decide, eventOf } from "../request/response.ts";
import { save } from "../request/save.ts";

/** What both need. */
export interface Endpoint<T> {
  readonly settings: Settings<T>;
  readonly cookies: BoundCookies;
  readonly path: string;
  readonly admit: (visit: Visit<T>, proof: Proof | undefined) => Visit<T>;
}

/**
 * The browser has made a key, and proves that it has it. The session is bound
 * at once when its cookie comes along; when another site led here it does not,
 * and the next request that shows the proof binds it.
 */
export async function bind<T>(
  c: Context,
  { settings, cookies, path, admit }: Endpoint<T>,
): Promise<Response> {
  const now = Math.floor(settings.now());
  const proof = parseProof(c.req.header("Secure-Session-Response"));
  if (proof?.key === undefined) return refuse(c, 400, "No proof with a key");
  const { key } = proof;
  const offer = cookies.offered(proof.challenge, now);
  if (offer === undefined || !await proof.isSignedBy(key)) {
    return refuse(c, 403, "The proof does not fit");
  }
  const held: Held = { key, ...offer };
  const loaded = await load(c, settings);
  if (loaded.value !== undefined) {
    const visit = admit(loaded, held);
    if (!await isBoundTo(key, c, visit, settings)) {
      return refuse(c, 409, "It is another session, or bound already");
    }
  }
  cookies.setKey(c, held, now);
  cookies.setProof(c, held, offer.at, now);
  return instruct(c, held, cookies, path);
}

/** Saves the session as bound. false: it is another one, or bound to another key, so this one may not get in its way. */
async function isBoundTo<T>(
  key: DeviceKey,
  c: Context,
  visit: Visit<T>,
  settings: Settings<T>,
): Promise<boolean> {
  const bound = visit.base?.record.terms?.bound;
  if (bound !== undefined) return bondOf(bound).key === key;
  if (visit.bindTo === undefined) return false;
  const { session } = openedBy(visit, settings);
  const saved = await save(session, visit, settings);
  if (!("record" in saved) || saved.record.terms?.bound !== visit.bindTo) {
    return false; // another request was faster
  }
  const line = cookieLine(decide(saved, visit), visit, settings);
  if (line !== undefined) c.header("Set-Cookie", line, { append: true });
  const event = eventOf(saved, visit);
  if (event !== undefined) tell(c, settings.onEvent, event);
  return true;
}

/**
 * The browser wants another proof. 403 has it sign, and sign again; any other
 * 4xx would end the binding, and so log the visitor out.
 */
export async function refresh<T>(
  c: Context,
  { settings, cookies, path }: Endpoint<T>,
): Promise<Response> {
  const now = Math.floor(settings.now());
  const name = parseString(c.req.header("Sec-Secure-Session-Id"));
  if (name === undefined) return refuse(c, 400, "Not a browser's own request");
  const held = cookies.key(c, now);
  if (held === undefined || thumbprint(held.key) !== name) {
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

/** Tells the browser what to do from now on. An empty body would leave it with a challenge that is too old. */
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
