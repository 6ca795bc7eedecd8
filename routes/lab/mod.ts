import { Hono } from "hono";
import type { AppEnv } from "../../visitor.ts";
import { forge } from "./forge.tsx";
import { type LabOptions, labSecret } from "./lab_server.ts";
import { limits } from "./limits.tsx";
import { secret } from "./secret.tsx";

/** `/lab`: what can be tried out with sessions of its own. */
export function lab(
  { secrets, now, trustProxy }: LabOptions,
): Hono<AppEnv> {
  const own = { secrets: secrets.map(labSecret), now, trustProxy };
  return new Hono<AppEnv>()
    .route("/", forge(own))
    .route("/", secret(own))
    .route("/", limits(own));
}
