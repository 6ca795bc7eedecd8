import { Hono } from "hono";
import type { AppEnv } from "../../visitor.ts";
import { forge } from "./forge.tsx";
import { labSecret } from "./lab_server.ts";
import { limits } from "./limits.tsx";
import { secret } from "./secret.tsx";

export interface LabOptions {
  /** The app's; the lab derives its own from them. */
  readonly secrets: readonly string[];
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** `/lab`: experiments with sessions that belong to no visitor. */
export function lab({ secrets, now }: LabOptions): Hono<AppEnv> {
  const own = { secrets: secrets.map(labSecret), now };
  return new Hono<AppEnv>()
    .route("/", forge(own))
    .route("/", secret(own))
    .route("/", limits(own));
}
