// A browser that binds sessions, as Chromium does it, with a key of WebCrypto's. Over app.request.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  type App,
  type Browser,
  browser,
} from "../../middleware/session/testing/mod.ts";
import type { Me } from "./contract_app.ts";

/** How a proof may differ from what a browser would send; `by` signs it. */
export interface ProofOptions {
  readonly alg?: string;
  readonly typ?: string;
  readonly jwk?: JsonWebKey | undefined;
  readonly by?: CryptoKey;
}

/** A key pair on P-256. */
export async function newKey(): Promise<CryptoKeyPair> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  return await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

/** The cookies that an answer sets, each with its attributes. */
export function setCookies(response: Response): ReadonlyMap<string, string> {
  return new Map(
    response.headers.getSetCookie().map((line) => {
      const [pair = "", ...attributes] = line.split("; ");
      return [pair.split("=")[0] ?? "", attributes.join("; ")];
    }),
  );
}

/** A DBSC proof. */
export async function signProof(
  { privateKey, publicKey }: CryptoKeyPair,
  jti: string,
  { alg = "ES256", typ = "dbsc+jwt", by = privateKey, ...given }: ProofOptions =
    {},
): Promise<string> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const { jwk } = { jwk: { kty, crv, x, y }, ...given };
  const signed = [{ typ, alg, ...(jwk && { jwk }) }, { jti }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    by,
    Buffer.from(signed),
  );
  return `${signed}.${Buffer.from(signature).toString("base64url")}`;
}

/** The request of a server in a header. */
function challengeIn(response: Response, header: string): string {
  const value = response.headers.get(header) ?? assert.fail(`No ${header}`);
  return /"(v1\.[^"]+)"/.exec(value)?.[1] ?? assert.fail(value);
}

const PROOF_COOKIE = "__Host-session-proof";

export class Device {
  readonly visitor: Browser;
  #ahead = 0;
  #bound: { readonly key: CryptoKeyPair; readonly id: string } | undefined;
  /** The last answer's offer, which {@linkcode bind} takes up. */
  offer: string | undefined;

  constructor(app: App, origin = "https://localhost") {
    this.visitor = browser(app, {
      origin,
      now: () => Date.now() / 1000 + this.#ahead,
    });
  }

  get bound() {
    return this.#bound ?? assert.fail("Nothing is bound");
  }

  /** Asks for a proof first, when there is none any more. */
  async request(path: string, method = "GET"): Promise<Response> {
    if (this.#bound !== undefined && !this.visitor.cookies.has(PROOF_COOKIE)) {
      await this.refresh();
    }
    const response = await this.visitor.request(path, { method });
    const header = "Secure-Session-Registration";
    if (response.headers.has(header)) {
      this.offer = challengeIn(response, header);
    }
    return response;
  }

  async post(path: string): Promise<number> {
    const response = await this.request(path, "POST");
    await response.body?.cancel();
    return response.status;
  }

  async me(): Promise<Me> {
    return await (await this.request("/me")).json();
  }

  /** Signs in, and binds the session. */
  async signIn(): Promise<void> {
    await (await this.request("/sign-in")).body?.cancel();
    assert.equal((await this.bind()).status, 200);
    assert.equal((await this.me()).binding, "bound");
  }

  /** The browser's answer to an offer. */
  async bind(headers: Record<string, string> = {}): Promise<Response> {
    const key = await newKey();
    const proof = await signProof(key, this.offer ?? assert.fail("No offer"));
    const response = await this.send("/session/bind", {
      "Secure-Session-Response": proof,
      ...headers,
    });
    if (response.status === 200) {
      const { session_identifier: id } = await response.clone().json();
      this.#bound = { key, id };
    }
    return response;
  }

  /** Both halves of a refresh; the answer to the second. */
  async refresh(headers: Record<string, string> = {}): Promise<Response> {
    const challenge = await this.challenge(headers);
    if (challenge === undefined) {
      this.#bound = undefined;
      return new Response("The binding is over", { status: 410 });
    }
    const options = { jwk: undefined };
    const proof = await signProof(this.bound.key, challenge, options);
    return await this.prove(proof, headers);
  }

  /** The challenge that the server gives; undefined: the binding is over. */
  async challenge(
    headers: Record<string, string> = {},
  ): Promise<string | undefined> {
    const response = await this.send("/session/refresh", {
      "Sec-Secure-Session-Id": this.bound.id,
      ...headers,
    });
    if (response.status !== 403) {
      assert.equal((await response.json()).continue, false);
      return undefined;
    }
    await response.body?.cancel();
    const header = response.headers.get("Secure-Session-Challenge") ?? "";
    assert(header.endsWith(`;id="${this.bound.id}"`), header);
    return challengeIn(response, "Secure-Session-Challenge");
  }

  /** Sends a proof. */
  async prove(proof: string, headers: Record<string, string> = {}) {
    return await this.send("/session/refresh", {
      "Sec-Secure-Session-Id": this.bound.id,
      "Secure-Session-Response": proof,
      ...headers,
    });
  }

  async send(path: string, headers: Record<string, string>): Promise<Response> {
    return await this.visitor.request(path, { method: "POST" }, { headers });
  }

  /** Moves the server's clock and this browser's. */
  async wait(seconds: number): Promise<void> {
    await this.visitor.request(`/clock/${seconds}`, { method: "POST" });
    this.#ahead += seconds;
  }

  /** All that malware could copy, in a client that cannot sign. */
  thief(app: App): Device {
    const thief = new Device(app);
    thief.#ahead = this.#ahead;
    for (const [name, value] of this.visitor.cookies) {
      thief.visitor.setCookie(`${name}=${value}; Path=/; Secure`);
    }
    return thief;
  }
}
