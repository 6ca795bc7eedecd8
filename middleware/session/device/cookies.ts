// The cookies that the browser keeps for a binding, so that the server keeps nothing:
//
//     __Host-session-proof     short-lived, on every request: shows that the device was here
//     __Secure-session-key     as long as the session may live, but for the
//                              binding's own addresses only: the public key
//
// and the challenges that it signs. All are sealed, each for a purpose of its own.
import type { Context } from "hono";
import { generateCookie } from "hono/cookie";
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

export interface BoundCookiesOptions {
  readonly sealer: BindingSite["sealer"];
  /** The session's, without its prefix. */
  readonly cookieName: string;
  readonly path: string;
  readonly refreshSeconds: number;
}

/** Seconds in which a challenge may be signed. */
const CHALLENGE_SECONDS = 60;

/** The browser asks for another proof before the server stops believing this one, so that no request is late. */
const MAX_AGE_SHARE = 0.9;

/** Reads and writes all of it. Times are in seconds since the epoch. */
export class BoundCookies {
  readonly #path: string;
  readonly #refreshSeconds: number;
  readonly #proofName: string;
  readonly #keyName: string;
  readonly #proofs: Sealer;
  readonly #keys: Sealer;
  readonly #offers: Sealer;
  readonly #challenges: Sealer;

  constructor(
    { sealer, cookieName, path, refreshSeconds }: BoundCookiesOptions,
  ) {
    this.#path = path;
    this.#refreshSeconds = refreshSeconds;
    this.#proofName = `__Host-${cookieName}-proof`;
    this.#keyName = `__Secure-${cookieName}-key`;
    this.#proofs = rememberingSealer(sealer("bound proof", this.#proofName));
    this.#keys = sealer("bound key", this.#keyName);
    this.#offers = sealer("bound offer", cookieName);
    this.#challenges = sealer("bound challenge", cookieName);
  }

  /** The first proof of the request that is still good. */
  proof(c: Context, now: number): Proof | undefined {
    for (const value of readCookies(c, this.#proofName)) {
      const [key, session, end] = read<[DeviceKey, string, number]>(
        this.#proofs,
        value,
      ) ?? [];
      if (key && session && end && end > now) return { key, session };
    }
    return undefined;
  }

  /**
   * Good for `refreshSeconds` from the moment of the challenge, so that sending
   * the same signature again gains nothing; never longer than the session.
   */
  setProof(c: Context, held: Held, challengedAt: number, now: number): void {
    const { key, session, until } = held;
    const end = Math.min(challengedAt + this.#refreshSeconds, until);
    const value = seal(this.#proofs, [key, session, end]);
    const maxAge = Math.max(1, Math.floor(MAX_AGE_SHARE * (end - now)));
    set(c, this.#proofName, value, { ...PROOF_COOKIE, maxAge });
  }

  /** Takes the proof away: a browser without one asks for another. */
  clearProof(c: Context): void {
    if (readCookies(c, this.#proofName).length === 0) return;
    set(c, this.#proofName, "", { ...PROOF_COOKIE, maxAge: 0 });
  }

  /**
   * The keys that came with the request, ended ones too; undefined for a cookie
   * that was not sealed here. A sibling host can put cookies of this name beside
   * ours, and before it. `isOld`: an older secret sealed it.
   */
  keys(c: Context): ((Held & { isOld: boolean }) | undefined)[] {
    return readCookies(c, this.#keyName).map((value) => {
      const opened = this.#keys.open(value);
      if (typeof opened === "string") return undefined;
      const [key, session, until] = JSON.parse(opened.token);
      return { key, session, until, isOld: opened.isOld };
    });
  }

  setKey(c: Context, { key, session, until }: Held, now: number): void {
    const value = seal(this.#keys, [key, session, until]);
    const maxAge = Math.min(Math.ceil(until - now), MAX_AGE_LIMIT_SECONDS);
    set(c, this.#keyName, value, this.#keyCookie(maxAge));
  }

  clear(c: Context): void {
    set(c, this.#proofName, "", { ...PROOF_COOKIE, maxAge: 0 });
    set(c, this.#keyName, "", this.#keyCookie(0));
  }

  /** Asks the browser to make a key. */
  offer(c: Context, { session, until }: Offer, now: number): void {
    const challenge = seal(this.#offers, [session, until, now]);
    const offer = `(ES256);path="${this.#path}/bind";challenge="${challenge}"`;
    c.header("Secure-Session-Registration", offer, { append: true });
  }

  /** The offer that a proof answers, while it is fresh, and when it was made. */
  offered(challenge: string, now: number): Offer & { at: number } | undefined {
    const [session, until, at] = read<[string, number, number]>(
      this.#offers,
      challenge,
    ) ?? [];
    return session && until && at && this.#isFresh(at, now)
      ? { session, until, at }
      : undefined;
  }

  /** Asks the browser to sign. */
  challenge(c: Context, { key, session }: Held, now: number): void {
    const challenge = seal(this.#challenges, [session, now]);
    const value = `"${challenge}";id="${thumbprint(key)}"`;
    c.header("Secure-Session-Challenge", value);
  }

  /** The time of the challenge, while it is fresh. */
  challengedAt(
    challenge: string,
    { session }: Held,
    now: number,
  ): number | undefined {
    const [whose, at] = read<[string, number]>(this.#challenges, challenge) ??
      [];
    return whose === session && at && this.#isFresh(at, now) ? at : undefined;
  }

  /** The description of the proof's cookie, for the browser. */
  get credential(): { type: "cookie"; name: string; attributes: string } {
    const [, ...all] = generateCookie("-", "", PROOF_COOKIE).split("; ");
    const attributes = all.join("; ");
    return { type: "cookie", name: this.#proofName, attributes };
  }

  /** SameSite=None: when another site caused the request, it carries no Lax cookie. */
  #keyCookie(maxAge: number): CookieOptions {
    return { ...PROOF_COOKIE, path: this.#path, sameSite: "None", maxAge };
  }

  #isFresh(at: number, now: number): boolean {
    return now < at + Math.min(CHALLENGE_SECONDS, this.#refreshSeconds);
  }
}

type CookieOptions = NonNullable<Parameters<typeof generateCookie>[2]>;

const PROOF_COOKIE = {
  path: "/",
  httpOnly: true,
  secure: true,
  sameSite: "Lax",
} as const;

function set(
  c: Context,
  name: string,
  value: string,
  options: CookieOptions,
): void {
  const line = generateCookie(name, value, options);
  c.header("Set-Cookie", line, { append: true });
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
