// Sign in with an OpenID provider. Each attempt has a record of its own in the session, so that two
// tabs both work. The callback takes its record before it uses the code: a return that comes twice
// is used once (with the cookie store twice, and the provider refuses the second one), and a forged
// `state` writes nothing. examples/oidc/ is the whole app, with refresh and every kind of sign-out.
import { session } from "@baton/session";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import * as oidc from "npm:openid-client@6.9.0";
import { z } from "zod";

const ATTEMPTS_LIMIT = 5;

const attempt = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
});

/** `provider`: the answer of `oidc.discovery()`. */
export function createApp(provider: oidc.Configuration, redirectUri: string) {
  const sessions = session({
    schema: z.object({
      user: z.string().optional(),
      cart: z.array(z.string()).default([]),
      attempts: z.array(attempt).default([]),
    }),
    secrets: [Deno.env.get("SESSION_SECRET")!],
  });

  return new Hono().use(sessions)
    .get("/sign-in", async (c) => {
      const state = oidc.randomState();
      const nonce = oidc.randomNonce();
      const verifier = oidc.randomPKCECodeVerifier();
      (await c.var.session()).update(({ attempts }) => ({
        attempts: [...attempts, { state, nonce, verifier }]
          .slice(-ATTEMPTS_LIMIT),
      }));
      const url = oidc.buildAuthorizationUrl(provider, {
        ...{ redirect_uri: redirectUri, scope: "openid", state, nonce },
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      });
      return c.redirect(url.href, 303);
    })
    // Apple, SAML and 3-D Secure send the visitor back with a form post. A Lax cookie does not come
    // with a post from another site, but it comes with our own redirect. So no csrf() here.
    .post("/callback", async (c) => {
      const form = await c.req.parseBody() as Record<string, string>;
      return c.redirect(`/callback?${new URLSearchParams(form)}`, 303);
    })
    .get("/callback", async (c) => {
      const session = await c.var.session({ touch: false });
      const { state, error } = c.req.query();
      const found = session.data.attempts.find((one) => one.state === state);
      session.update(({ attempts }) => {
        // Run again when another request saved first, which may have taken it.
        const left = attempts.filter((one) => one.state !== state);
        if (left.length < attempts.length) return { attempts: left };
        throw new HTTPException(400, { message: "Please sign in again" });
      });
      await session.commit();
      if (error !== undefined) return c.text(`Not signed in: ${error}`, 403);

      const url = new URL(new URL(c.req.url).search, redirectUri);
      const tokens = await oidc.authorizationCodeGrant(provider, url, {
        expectedState: found?.state ?? "",
        expectedNonce: found?.nonce ?? "",
        pkceCodeVerifier: found?.verifier ?? "",
      });
      session.restart({ keep: ["cart", "attempts"] }); // other tabs are on their way too
      session.update({ user: tokens.claims()?.sub });
      return c.redirect("/", 303);
    })
    .get("/", async (c) => c.json((await c.var.session()).data));
}
