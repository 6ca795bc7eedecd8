// The two addresses that browsers post to by themselves. Only the bind asks a store.
import type { Context } from "hono";
import type { BoundCookies, Held } from "./cookies.ts";
import { bondOf, parseProof, parseString, thumbprint } from "./proof.ts";

export function endpoints(cookies: BoundCookies, path: string) {
  /** Sets a proof, and tells the browser what to do from now on. An empty body would leave it with a challenge that is too old. */
  function instruct(c: Context, held: Held, at: number, now: number): Response {
    cookies.setProof(c, held, at, now);
    const instructions = {
      session_identifier: thumbprint(held.key),
      refresh_url: `${path}/refresh`,
      scope: { include_site: false },
      credentials: [cookies.credential],
      // A link on another site may need a proof first.
      allowed_refresh_initiators: ["*"],
    };
    return c.json(instructions, 200, NO_STORE);
  }

  return {
    /**
     * The browser has made a key, and proves that it has it. The session is bound
     * at once when its cookie comes along; when another site led here it does not,
     * and the next request that shows the proof binds it.
     *
     * @param keep binds the session to this key, and returns its bond
     */
    async bind(
      c: Context,
      now: number,
      keep: (held: Held) => Promise<string | null | undefined>,
    ): Promise<Response> {
      const proof = parseProof(c.req.header("Secure-Session-Response"));
      if (proof?.key === undefined) {
        return refuse(c, 400, "No proof with a key");
      }
      const { key } = proof;
      const offer = cookies.offered(proof.challenge, now);
      if (offer === undefined || !await proof.isSignedBy(key)) {
        return refuse(c, 403, "The proof does not fit");
      }
      const held: Held = { key, ...offer };
      const bond = await keep(held);
      if (bond === null || bond !== undefined && bondOf(bond).key !== key) {
        const why = "The session is another one, or bound already";
        return refuse(c, 409, why);
      }
      cookies.setKey(c, held, now);
      return instruct(c, held, offer.at, now);
    },

    /**
     * The browser wants another proof. 403 makes it sign, and sign again. Any other
     * 4xx would end the binding, and log the visitor out.
     */
    async refresh(c: Context, now: number): Promise<Response> {
      const name = parseString(c.req.header("Sec-Secure-Session-Id"));
      if (name === undefined) {
        return refuse(c, 400, "Not a browser's own request");
      }
      const keys = cookies.keys(c);
      const held = keys.find((one) =>
        one !== undefined && one.until > now && thumbprint(one.key) === name
      );
      if (held === undefined) return endOrWait(c, name, keys);
      const proof = parseProof(c.req.header("Secure-Session-Response"));
      const asked = proof && cookies.challenged(proof.challenge, now);
      const isSigned = asked?.session === held.session &&
        await proof?.isSignedBy(held.key);
      if (!isSigned) {
        cookies.challenge(c, held, now);
        return refuse(c, 403, "Sign the challenge");
      }
      if (held.isOld) cookies.setKey(c, held, now);
      return instruct(c, held, asked.at, now);
    },
  };
}

/**
 * Without its key no proof is possible. The binding is over when the browser has
 * no key any more, or has another one of ours instead. A cookie that was not
 * sealed here tells nothing: a sibling host may have set it, or the secrets of
 * this server are wrong for a while. Then 503 lets the browser ask again.
 */
function endOrWait(
  c: Context,
  name: string,
  keys: readonly (Held | undefined)[],
): Response {
  const isOver = keys.length === 0 || keys.some((one) => one !== undefined);
  if (!isOver) return refuse(c, 503, "The key is unknown here");
  return c.json({ session_identifier: name, continue: false }, 200, NO_STORE);
}

const NO_STORE = { "Cache-Control": "no-store" };

function refuse(
  c: Context,
  status: 400 | 403 | 409 | 503,
  message: string,
): Response {
  return c.text(message, status, NO_STORE);
}
