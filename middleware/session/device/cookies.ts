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

/** A key, and the session that it was made for. */
export interface Held extends Offer {
  readonly key: DeviceKey;
}

/** The proof in a request: the key, and the session that it was made for. */
export type Proof = Pick<Held, "key" | "session">;

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
  const challenges = sealer("bound challenge", cookieName);

  const isFresh = (at: number, now: number) =>
    now < at + Math.min(CHALLENGE_SECONDS, refreshSeconds);

  const setProof = (c: Context, value: string, maxAge: number) =>
    setCookie(c, proofName, value, { ...PROOF_COOKIE, maxAge });

  /** SameSite=None: when another site caused the request, it carries no Lax cookie. */
  const setKey = (c: Context, value: string, maxAge: number) =>
    setCookie(c, keyName, value, {
      ...{ ...PROOF_COOKIE, path, sameSite: "None", maxAge },
    });

  return {
    /** The first proof of the request that is still good. */
    proof(c: Context, now: number): Proof | undefined {
      for (const value of readCookies(c, proofName)) {
        const parts = read<[DeviceKey, string, number]>(proofs, value);
        const [key, session, end] = parts ?? [];
        if (key && session && end && end > now) return { key, session };
      }
      return undefined;
    },

    /**
     * Good for `refreshSeconds` from the moment of the challenge, so that sending
     * the same signature again gains nothing; never longer than the session.
     */
    setProof(c: Context, held: Held, challengedAt: number, now: number): void {
      const { key, session, until } = held;
      const end = Math.min(challengedAt + refreshSeconds, until);
      const maxAge = Math.max(1, Math.floor(MAX_AGE_SHARE * (end - now)));
      setProof(c, seal(proofs, [key, session, end]), maxAge);
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
    keys(c: Context): ((Held & { isOld: boolean }) | undefined)[] {
      return readCookies(c, keyName).map((value) => {
        const opened = keys.open(value);
        if (typeof opened === "string") return undefined;
        const [key, session, until] = JSON.parse(opened.token);
        return { key, session, until, isOld: opened.isOld };
      });
    },

    setKey(c: Context, { key, session, until }: Held, now: number): void {
      const maxAge = Math.min(Math.ceil(until - now), MAX_AGE_LIMIT_SECONDS);
      setKey(c, seal(keys, [key, session, until]), maxAge);
    },

    clear(c: Context): void {
      setProof(c, "", 0);
      setKey(c, "", 0);
    },

    /** Asks the browser to make a key. */
    offer(c: Context, { session, until }: Offer, now: number): void {
      const challenge = seal(offers, [session, until, now]);
      const offer = `(ES256);path="${path}/bind";challenge="${challenge}"`;
      c.header("Secure-Session-Registration", offer, { append: true });
    },

    /** The offer that a proof answers, while it is fresh, and when it was made. */
    offered(
      challenge: string,
      now: number,
    ): Offer & { at: number } | undefined {
      const parts = read<[string, number, number]>(offers, challenge);
      const [session, until, at] = parts ?? [];
      const isGood = session && until && at && isFresh(at, now);
      return isGood ? { session, until, at } : undefined;
    },

    /** Asks the browser to sign. */
    challenge(c: Context, { key, session }: Held, now: number): void {
      const challenge = seal(challenges, [session, now]);
      const value = `"${challenge}";id="${thumbprint(key)}"`;
      c.header("Secure-Session-Challenge", value);
    },

    /** The time of the challenge, while it is fresh. */
    challengedAt(
      challenge: string,
      { session }: Held,
      now: number,
    ): number | undefined {
      const parts = read<[string, number]>(challenges, challenge);
      const [whose, at] = parts ?? [];
      return whose === session && at && isFresh(at, now) ? at : undefined;
    },

    /** The description of the proof's cookie, for the browser. */
    get credential(): { type: "cookie"; name: string; attributes: string } {
      const [, ...all] = generateCookie("-", "", PROOF_COOKIE).split("; ");
      return { type: "cookie", name: proofName, attributes: all.join("; ") };
    },
  };
}

function seal(sealer: Sealer, parts: readonly unknown[]): string {
  return sealer.seal(JSON.stringify(parts));
}

/** Reads a value that was sealed here, so its shape is known; once for each remembered value. */
function read<Parts>(
  sealer: Sealer,
  value: string,
): Parts | undefined {
  const opened = sealer.open(value);
  if (typeof opened === "string") return undefined;
  return (opened.derived ??= JSON.parse(opened.token)) as Parts;
}
