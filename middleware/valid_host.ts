import { HTTPException } from "hono/http-exception";

/**
 * An invalid Host header, such as `a b` or `localhost:99999`, is 400 (RFC 9112,
 * 3.2). Most requests have the same Host as the last one, and are not checked
 * again.
 */
export function validHost(): (url: string) => void {
  let valid = "";
  return (url) => {
    if (valid !== "" && url.startsWith(valid)) return;
    if (!URL.canParse(url)) throw new HTTPException(400);
    const scheme = url.indexOf("//");
    valid = url.slice(0, url.indexOf("/", scheme + 2) + 1);
  };
}
