// All that is said to the provider, and all that is believed of it.
import { HTTPException } from "hono/http-exception";
import { createRemoteJWKSet, jwtVerify } from "npm:jose@6.2.18";
import * as oidc from "npm:openid-client@6.9.0";
import { z } from "zod";
import type { Pending, Tokens } from "./data.ts";

export type Client = Awaited<ReturnType<typeof connect>>;
type Credentials = { issuer: string; id: string; secret: string };

/** Back-Channel Logout 1.0, 2.6: it has this event and no nonce, so no ID token passes for one. */
const logoutToken = z.object({
  events: z.object({
    "http://schemas.openid.net/event/backchannel-logout": z.object({}),
  }),
  nonce: z.never().optional(),
  sub: z.string().min(1),
  sid: z.string().optional(),
});

/** Asks the provider for its addresses; over plain http only on this machine. */
export async function connect(
  { issuer, id, secret }: Credentials,
  redirectUri: string,
) {
  const isLocal = /^http:\/\/(localhost|127\.0\.0\.1):/.test(issuer);
  const execute = isLocal ? [oidc.allowInsecureRequests] : [];
  const options = { execute, timeout: 5 }; // seconds
  const url = new URL(issuer);
  const config = await oidc.discovery(url, id, secret, undefined, options);
  const server = config.serverMetadata();
  const keys = createRemoteJWKSet(new URL(server.jwks_uri ?? url));
  const home = new URL("/", redirectUri).href;
  // Most providers give a refresh token for it; some do not know it.
  const isOffline = server.scopes_supported?.includes("offline_access");

  function tokensOf(answer: oidc.TokenEndpointResponse): Tokens {
    const { access_token: access, refresh_token: refresh } = answer;
    const endsAt = Date.now() / 1000 + (answer.expires_in ?? 3600);
    return { access, endsAt, ...(refresh !== undefined && { refresh }) };
  }

  return {
    /** The address to sign in at, and the values to compare when the browser is back. */
    async begin(isPost: boolean) {
      const verifier = oidc.randomPKCECodeVerifier();
      const checks = { state: oidc.randomState(), nonce: oidc.randomNonce() };
      const url = oidc.buildAuthorizationUrl(config, {
        ...checks,
        redirect_uri: redirectUri,
        scope: isOffline ? "openid profile offline_access" : "openid profile",
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        ...(isPost && { response_mode: "form_post" }),
      });
      return { url, checks: { ...checks, verifier } };
    },

    /** Gives the code that came back in the address; gets tokens, and the user. */
    async exchange(search: string, { state, nonce, verifier }: Pending) {
      const url = new URL(search, redirectUri);
      const answer = await ask(oidc.authorizationCodeGrant(config, url, {
        ...{ expectedState: state, expectedNonce: nonce },
        ...{ pkceCodeVerifier: verifier, idTokenExpected: true },
      }));
      const { sub, name = sub, sid } = answer.claims() as oidc.IDToken;
      return {
        ...{ user: { sub, name: String(name) }, tokens: tokensOf(answer) },
        sid: typeof sid === "string" ? sid : undefined,
      };
    },

    async refresh(token: string): Promise<Tokens> {
      const answer = await ask(oidc.refreshTokenGrant(config, token));
      return { refresh: token, ...tokensOf(answer) };
    },

    userInfo: (access: string, sub: string) =>
      ask(oidc.fetchUserInfo(config, access, sub)),

    /** The page that ends the provider's own session (RP-Initiated Logout 1.0), if there is one. */
    endSessionUrl: server.end_session_endpoint === undefined
      ? undefined
      : oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: home }),

    /** Whose sessions end. A token that is sent twice ends nothing else. */
    async whoseLogout(token: unknown) {
      const { payload } = await jwtVerify(String(token), keys, {
        ...{ issuer: server.issuer, audience: id, maxTokenAge: 300 },
        algorithms: ["RS256", "PS256", "ES256", "EdDSA"],
        requiredClaims: ["iat", "exp", "jti"],
      });
      return logoutToken.parse(payload);
    },
  };
}

/** True when the provider no longer accepts this code or refresh token. */
export function isRefusal({ cause }: { cause?: unknown }): boolean {
  return cause instanceof oidc.ResponseBodyError &&
    cause.error === "invalid_grant";
}

const CLOCK = "OAUTH_JWT_TIMESTAMP_CHECK_FAILED";
const FAULTS: Readonly<Record<string, [400 | 403 | 502, string]>> = {
  access_denied: [403, "You or the provider said no."],
  invalid_grant: [400, "This took too long."],
  [CLOCK]: [502, "The clocks of this server and the provider do not agree."],
};

/** The answer; what goes wrong becomes an error in words for whoever is at the browser. */
async function ask<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (cause) {
    const { error, code = "" } = cause as { error?: string; code?: string };
    const [status, message] = FAULTS[error ?? code] ??
      [502, "The provider does not answer as it should."];
    throw new HTTPException(status, { message, cause });
  }
}
