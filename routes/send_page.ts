import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { render } from "../components/template.ts";
import type { TimedEnv } from "../middleware/server_timing.ts";

/** Answers with a page. As c.html(), which waits for its components even when there is nothing to wait for. */
export function sendPage<E extends TimedEnv>(
  c: Context<E>,
  content: Child,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  const time = c.get("timeRender");
  const html = time ? time(() => render(content)) : render(content);
  return c.html(html, status);
}
