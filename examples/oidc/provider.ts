// An OpenID provider for development, on this machine alone: it believes
// everybody, and forgets all when it ends.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { exportJWK, generateKeyPair } from "npm:jose@6.2.18";
import Provider from "npm:oidc-provider@9.13.3";

export interface ProviderOptions {
  readonly redirectUri: string;
  /** Seconds that an access token lasts: the first of a sign-in, and the others. */
  readonly seconds?: { readonly first: number; readonly later: number };
  /** Koa middleware that sees each request first. */
  // deno-lint-ignore no-explicit-any
  readonly before?: (ctx: any, next: () => Promise<void>) => Promise<void>;
  readonly log?: (line: string) => void;
}

const ID = "leaf-and-kettle";
const SECRET = "the provider is on this machine, so this is no secret";

/** It listens on 127.0.0.1, and the app on localhost: to a browser they are two sites, as in earnest. */
export async function startProvider(
  {
    redirectUri,
    seconds = { first: 60, later: 60 },
    before,
    log = (line) => console.log(`provider: ${line}`),
  }: ProviderOptions,
) {
  const server = createServer();
  await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { origin } = new URL(redirectUri);
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });

  const provider = new Provider(issuer, {
    jwks: {
      keys: [{ ...await exportJWK(privateKey), alg: "RS256", use: "sig" }],
    },
    cookies: { keys: [crypto.randomUUID()] },
    clients: [{
      client_id: ID,
      client_secret: SECRET,
      redirect_uris: [redirectUri],
      post_logout_redirect_uris: [`${origin}/`],
      grant_types: ["authorization_code", "refresh_token"],
      backchannel_logout_uri: `${origin}/backchannel-logout`,
      backchannel_logout_session_required: true,
    }],
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
    },
    scopes: ["openid", "profile"],
    claims: { openid: ["sub"], profile: ["name"] },
    conformIdTokenClaims: false, // the name is in the ID token
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    // An access token of 1.5 kB, as providers make them that put claims into it.
    formats: {
      bitsOfOpaqueRandomness: (_: unknown, token: { kind: string }) =>
        token.kind === "AccessToken" ? 9000 : 256,
    },
    ttl: {
      AccessToken: (ctx: Ctx) =>
        ctx.oidc.params.grant_type === "refresh_token"
          ? seconds.later
          : seconds.first,
      AuthorizationCode: 60,
      Grant: 86_400,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 86_400,
      Session: 86_400,
    },
    findAccount: (_: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, name: sub }),
    }),
    // Consent is given unasked.
    async loadExistingGrant(ctx: Ctx) {
      const { session, client } = ctx.oidc;
      const id = session.grantIdFor(client.clientId);
      if (id) return await provider.Grant.find(id);
      const { accountId } = session;
      const { clientId } = client;
      const grant = new provider.Grant({ clientId, accountId });
      grant.addOIDCScope("openid profile");
      await grant.save();
      return grant;
    },
    interactions: {
      url: (_: unknown, { uid }: { uid: string }) => `/in/${uid}`,
    },
    // Without this it refuses to post to a loopback address.
    fetch: (url: string, { method, headers, body, signal }: RequestInit) =>
      fetch(url, { method, headers, body, signal } as RequestInit),
  });

  if (before) provider.use(before);
  // deno-lint-ignore no-explicit-any
  provider.use(async (ctx: any, next: () => Promise<void>) => {
    if (!ctx.path.startsWith("/in/")) return await next();
    try {
      const { prompt } = await provider.interactionDetails(ctx.req, ctx.res);
      if (ctx.method === "GET") {
        ctx.type = "html";
        ctx.body = SIGN_IN;
        return;
      }
      const form = new URLSearchParams(await text(ctx.req as IncomingMessage));
      const name = form.get("name")?.trim();
      const isDenied = form.has("cancel") || !name || prompt.name !== "login";
      const result = isDenied
        ? { error: "access_denied" }
        : { login: { accountId: name } };
      await provider.interactionFinished(ctx.req, ctx.res, result);
    } catch (error) {
      if ((error as Error).name !== "SessionNotFound") throw error;
      ctx.redirect(origin); // this form was sent before
    }
  });
  provider.on("grant.success", ({ oidc }: Ctx) => log(oidc.params.grant_type));
  const problem = (_: unknown, error: Error & { error_detail?: string }) =>
    log(`${error.message} ${error.error_detail ?? ""}`);
  for (const name of ["grant.", "authorization.", "backchannel.", "server_"]) {
    provider.on(`${name}error`, problem);
  }
  provider.on("backchannel.success", () => log("backchannel logout"));
  server.on("request", provider.callback());

  return {
    ...{ issuer, id: ID, secret: SECRET, key: privateKey },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

interface Ctx {
  // deno-lint-ignore no-explicit-any
  readonly oidc: any;
}

const SIGN_IN = `<!doctype html>
<html lang="en">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in at the provider</title>
<link rel="icon" href="data:,">
<h1>A provider for development</h1>
<form method="post">
  <label>Any name <input name="name" value="Ada" required></label>
  <button name="enter">Sign in</button>
  <button name="cancel" formnovalidate>Cancel</button>
</form>`;
