// Load by wrk, and its measurements.

export interface Load {
  readonly url: string;
  /** Each request carries the next of them. */
  readonly cookies?: readonly string[] | undefined;
  /** A form to post. */
  readonly body?: string;
}

/** Throws when wrk is missing, or an answer was none of 200 and 303. */
export async function wrk(load: Load, seconds: number) {
  const script = await Deno.makeTempFile({ suffix: ".lua" });
  try {
    await Deno.writeTextFile(script, lua(load));
    const { stdout, stderr } = await new Deno.Command("wrk", {
      args: ["-t1", "-c32", `-d${seconds}s`, "-s", script, load.url],
    }).output();
    const text = new TextDecoder().decode(stdout);
    const last = text.trimEnd().split("\n").at(-1) ?? "";
    const [requestsPerSecond = NaN, p99Ms = NaN, errors] = last.split(" ")
      .map(Number);
    if (errors === 0) return { requestsPerSecond, p99Ms };
    throw new Error(text + new TextDecoder().decode(stderr));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error("wrk is missing: apt-get install wrk", { cause: error });
  } finally {
    await Deno.remove(script);
  }
}

/** Requests are made beforehand, so that wrk is not the one that is measured. */
function lua({ cookies = [""], body }: Load): string {
  const method = body === undefined ? "GET" : "POST";
  return `
local cookies = { ${cookies.map((cookie) => JSON.stringify(cookie)).join(",")} }
local body = ${body === undefined ? "nil" : JSON.stringify(body)}
local requests = {}
local at = 0
function init(args)
  for i, cookie in ipairs(cookies) do
    local headers = {}
    if cookie ~= "" then headers["Cookie"] = cookie end
    if body then headers["Content-Type"] = "application/x-www-form-urlencoded" end
    requests[i] = wrk.format("${method}", nil, headers, body)
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local errors = 0
  for _, count in pairs(summary.errors) do errors = errors + count end
  local rate = summary.requests / summary.duration * 1e6
  print(string.format("%.1f %.2f %d", rate, latency:percentile(99) / 1000, errors))
end
`;
}
