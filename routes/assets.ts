import { Hono } from "hono";
import { assets as files } from "../components/assets.ts";
import type { AppEnv } from "../visitor.ts";

/** The static files. Their URLs change with their content, so caches may keep them for good. */
export const assets = new Hono<AppEnv>();

for (const { path, type, body } of Object.values(files)) {
  assets.get(path, (c) =>
    c.body(body, 200, {
      "Content-Type": type,
      "Cache-Control": "public, max-age=31536000, immutable",
    }));
}
