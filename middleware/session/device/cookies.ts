// The cookies that the browser keeps for a binding, so that the server keeps nothing:
//
//     __Host-session-proof     short-lived, on every request: shows that the device was here
//     __Secure-session-key     as long as the session may live, but for the
//                              binding's own addresses only: the public key
//
// and the challenges that it signs. All are sealed, each for a purpose of its own.
import type { Context } from "hono";
import { generateCookie, setCookie } from "hono/cookie";
import type { BindingSite } from "../binding.ts";
import { type DeviceKey, thumbprint } from "./proof.ts";
import { MAX_AGE_LIMIT_SECONDS, readCookies } from "../cookie/cookie.ts";
import { rememberingSealer } from "../cookie/opened_seals.ts";
import type { Sealer } from "../cookie/seal.ts";

/** A session as it was when the browser was asked to bind it. */
export interface Offer {
  readonly session: string;
  /** The end of the session by its absolute limit, in seconds since the epoch. */
  readonly until: number;
}

/** A key, and the session that it was made for; in a proof `until` is the proof's own end. */
export interface Held extends Offer {
  readonly key: DeviceKey;
}

/** Seconds in which a challenge may be signed. */
const CHALLENGE_SECONDS = 60;

/** The browser asks for another proof before the server stops believing this one, so that no request is late. */
const MAX_AGE_SHARE = 0.9;

const PROOF_COOKIE = {
  path: "/",
  httpOnly: true,
  secure: true,
  sameSite: "Lax",
} as const;

export type BoundCookies = ReturnType<typeof boundCookies>;

/** Reads and writes all of it. Times are in seconds since the epoch. `path` is of the binding's own addresses. */
export function boundCookies(
  { sealer, cookieName }: BindingSite,
  path: string,
  refreshSeconds: number,
) {
  const proofName = `__Host-${cookieName}-proof`;
  const keyName = `__Secure-${cookieName}-key`;
  const proofs = rememberingSealer(sealer("bound proof", proofName));
  const keys = sealer("bound key", keyName);
  const offers = sealer("bound offer", cookieName);
  const challenges = sealer("bound refresh", cookieName);

  const freshSeconds = Math.min(CHALLENGE_SECONDS, refreshSeconds);

  const challengeOf = ({ session, until }: Offer, now: number) =>
    JSON.stringify([session, until, now]);

  /** The session of a challenge, while it is fresh, and when it was made. */
  function challenged(
    sealer: Sealer,
    challenge: string,
    now: number,
  ): Offer & { readonly at: number } | undefined {
    const opened = sealer.open(challenge);
    if (typeof opened === "string") return undefined;
    const [session, until, at] = JSON.parse(opened.token);
    return now < at + freshSeconds ? { session, until, at } : undefined;
  }

  const setProof = (c: Context, value: string, maxAge: number) =>
    setCookie(c, proofName, value, { ...PROOF_COOKIE, maxAge });

  /** SameSite=None: when another site caused the request, it carries no Lax cookie. */
  const setKey = (c: Context, value: string, maxAge: number) =>
    setCookie(c, keyName, value, {
      ...{ ...PROOF_COOKIE, path, sameSite: "None", maxAge },
    });

  return {
    /** The first proof of the request that is still good. */
    proof(c: Context, now: number): Held | undefined {
      return readCookies(c, proofName).map((value) => heldIn(proofs, value))
        .find((proof) => proof !== undefined && proof.until > now);
    },

    /**
     * Good for `refreshSeconds` from the moment of the challenge, so that sending
     * the same signature again gains nothing; never longer than the session.
     */
    setProof(c: Context, held: Held, challengedAt: number, now: number): void {
      const until = Math.min(challengedAt + refreshSeconds, held.until);
      const maxAge = Math.max(1, Math.floor(MAX_AGE_SHARE * (until - now)));
      setProof(c, proofs.seal(textOf({ ...held, until })), maxAge);
    },

    /** Takes the proof away: a browser without one asks for another. */
    clearProof(c: Context): void {
      if (readCookies(c, proofName).length > 0) setProof(c, "", 0);
    },

    /**
     * The keys that came with the request, ended ones too; undefined for a cookie
     * that was not sealed here. A sibling host can put cookies of this name beside
     * ours, and before it. `isOld`: an older secret sealed it.
     */
    keys: (c: Context) =>
      readCookies(c, keyName).map((value) => heldIn(keys, value)),

    setKey(c: Context, held: Held, now: number): void {
      const left = Math.ceil(held.until - now);
      const maxAge = Math.min(left, MAX_AGE_LIMIT_SECONDS);
      setKey(c, keys.seal(textOf(held)), maxAge);
    },

    clear(c: Context): void {
      setProof(c, "", 0);
      setKey(c, "", 0);
    },

    /** Asks the browser to make a key. */
    offer(c: Context, offer: Offer, now: number): void {
      const challenge = offers.seal(challengeOf(offer, now));
      const value = `(ES256);path="${path}/bind";challenge="${challenge}"`;
      c.header("Secure-Session-Registration", value, { append: true });
    },

    /** The offer that a proof answers. */
    offered: (challenge: string, now: number) =>
      challenged(offers, challenge, now),

    /** Asks the browser to sign. */
    challenge(c: Context, held: Held, now: number): void {
      const challenge = challenges.seal(challengeOf(held, now));
      const value = `"${challenge}";id="${thumbprint(held.key)}"`;
      c.header("Secure-Session-Challenge", value);
    },

    /** The challenge that a proof answers. */
    challenged: (challenge: string, now: number) =>
      challenged(challenges, challenge, now),

    /** The description of the proof's cookie, for the browser. */
    get credential(): { type: "cookie"; name: string; attributes: string } {
      const [, ...all] = generateCookie("-", "", PROOF_COOKIE).split("; ");
      return { type: "cookie", name: proofName, attributes: all.join("; ") };
    },
  };
}

function textOf({ key, session, until }: Held): string {
  return JSON.stringify([key, session, until]);
}

/** Reads a value that was sealed here, so its shape is known; once for each remembered value. */
function heldIn(
  sealer: Sealer,
  value: string,
): Held & { readonly isOld: boolean } | undefined {
  const opened = sealer.open(value);
  if (typeof opened === "string") return undefined;
  const parts = opened.derived ??= JSON.parse(opened.token);
  const [key, session, until] = parts as [DeviceKey, string, number];
  return { key, session, until, isOld: opened.isOld };
}
