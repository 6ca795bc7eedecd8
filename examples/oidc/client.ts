// All that is said to the provider, by openid-client; and by jose what it says by itself.
import { HTTPException } from "hono/http-exception";
import { createRemoteJWKSet, jwtVerify } from "npm:jose@6.2.18";
import * as oidc from "npm:openid-client@6.9.0";
import { z } from "zod";
import type { Pending, SignedIn, Tokens } from "./data.ts";

/** Kept from the way to the provider until the way back. */
export type Checks = Pick<Pending, "state" | "nonce" | "verifier">;

/** The provider takes this refresh token no more: the grant has ended. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

export interface ClientOptions {
  readonly issuer: string;
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
  /** Seconds since the epoch. */
  readonly now?: () => number;
  /** Seconds that this clock is ahead of the right one; for tests. */
  readonly ahead?: number;
}

export type Client = Awaited<ReturnType<typeof connect>>;

/** Asks the provider for its addresses. Over plain http on this machine only. */
export async function connect(
  {
    issuer,
    id,
    secret,
    redirectUri,
    ahead = 0,
    now = () => Date.now() / 1000,
  }: ClientOptions,
) {
  const isLocal = /^http:\/\/(localhost|127\.0\.0\.1):/.test(issuer);
  const config = await oidc.discovery(
    new URL(issuer),
    id,
    { client_secret: secret, [oidc.clockSkew]: ahead },
    undefined,
    { execute: isLocal ? [oidc.allowInsecureRequests] : [] },
  );
  config.timeout = 5; // seconds
  const server = config.serverMetadata();
  const scopes = ["openid", "profile"];
  // Most providers give a refresh token for it; Google does not know it.
  if (server.scopes_supported?.includes("offline_access")) {
    scopes.push("offline_access");
  }
  const keys = createRemoteJWKSet(new URL(server.jwks_uri ?? issuer));

  function tokensOf(answer: oidc.TokenEndpointResponse, old?: string): Tokens {
    const refresh = answer.refresh_token ?? old;
    return {
      access: answer.access_token,
      ...(refresh !== undefined && { refresh }),
      endsAt: Math.floor(now()) + (answer.expires_in ?? 3600),
    };
  }

  return {
    /** Where a browser goes to sign in, and what to keep until it comes back. */
    async begin(isPost: boolean) {
      const checks: Checks = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      };
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: scopes.join(" "),
        ...{ state: checks.state, nonce: checks.nonce },
        ...(isPost && { response_mode: "form_post" }),
        code_challenge: await oidc.calculatePKCECodeChallenge(checks.verifier),
        code_challenge_method: "S256",
      });
      return { url, checks };
    },

    /**
     * Gives the code of a browser that came back, and gets tokens.
     *
     * @throws {HTTPException} with a message for whoever tried to sign in
     */
    async exchange(
      search: string,
      { state, nonce, verifier }: Checks,
    ): Promise<SignedIn> {
      try {
        const answer = await oidc.authorizationCodeGrant(
          config,
          new URL(search, redirectUri),
          {
            ...{ expectedState: state, expectedNonce: nonce },
            ...{ pkceCodeVerifier: verifier, idTokenExpected: true },
          },
        );
        const { sub, sid, name, email } = answer.claims() as oidc.IDToken;
        return {
          user: { sub, name: String(name ?? email ?? sub) },
          ...(typeof sid === "string" && { sid }),
          tokens: tokensOf(answer),
        };
      } catch (cause) {
        const [status, message] = faultOf(cause);
        throw new HTTPException(status, { message, cause });
      }
    },

    /** @throws {RefusedError} when the grant has ended, {HTTPException} when the provider does not answer */
    async refresh(token: string): Promise<Tokens> {
      try {
        return tokensOf(await oidc.refreshTokenGrant(config, token), token);
      } catch (cause) {
        const code = cause instanceof oidc.ResponseBodyError && cause.error;
        if (code === "invalid_grant") throw new RefusedError(code, { cause });
        throw new HTTPException(502, { message: NO_ANSWER, cause });
      }
    },

    /** The question that an app has the access token for. */
    async userInfo(access: string, sub: string) {
      try {
        return await oidc.fetchUserInfo(config, access, sub);
      } catch (cause) {
        throw new HTTPException(502, { message: NO_ANSWER, cause });
      }
    },

    /** Where the provider's own session ends (RP-Initiated Logout 1.0); undefined: it has no such page. */
    endSessionUrl: server.end_session_endpoint === undefined
      ? undefined
      : oidc.buildEndSessionUrl(config, {
        post_logout_redirect_uri: new URL("/", redirectUri).href,
      }),

    /**
     * Checks a logout token (Back-Channel Logout 1.0, 2.6). One that comes twice
     * ends the same session again, so its `jti` is not remembered.
     */
    async whoseLogout(token: string) {
      const { payload } = await jwtVerify(token, keys, {
        ...{ issuer: server.issuer, audience: id, maxTokenAge: 300 },
        algorithms: server.id_token_signing_alg_values_supported
          ?.filter((name) => /^(RS|PS|ES|Ed)/.test(name)) ?? ["RS256"],
        clockTolerance: 30,
        requiredClaims: ["iat", "exp", "jti", "events"],
      });
      return logoutClaims.parse(payload);
    },
  };
}

/** A token for this purpose, and no ID token. Sessions are listed by `sub`, so a provider must send it. */
const logoutClaims = z.object({
  events: z.object({
    "http://schemas.openid.net/event/backchannel-logout": z.object({}),
  }),
  nonce: z.never().optional(),
  sub: z.string().min(1),
  sid: z.string().optional(),
});

const NO_ANSWER = "The provider did not answer as it should. Try again later.";

function faultOf(error: unknown): [400 | 403 | 500 | 502, string] {
  const { error: told, code } = error as { error?: string; code?: string };
  if (error instanceof oidc.AuthorizationResponseError) {
    return told === "access_denied"
      ? [403, "You are not signed in, because you or the provider said no."]
      : [400, `You are not signed in. The provider says: ${told}.`];
  }
  if (told === "invalid_grant") {
    return [400, "That took too long: the provider's code is not valid now."];
  }
  return code === "OAUTH_JWT_TIMESTAMP_CHECK_FAILED"
    ? [500, "The clocks of this server and of the provider do not agree."]
    : [502, NO_ANSWER];
}
