// Load by wrk, and its measurements.

export interface Load {
  readonly url: string;
  readonly seconds: number;
  /** Each request carries the next of them. */
  readonly cookies?: readonly string[];
  /** A form to post. */
  readonly body?: string;
}

export interface Measured {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The Cookie header that a browser would send back: of two cookies with one name, the last. */
export function cookieHeader(response: Response): string {
  const pairs = response.headers.getSetCookie().map((line) => {
    const [pair = ""] = line.split(";");
    return [pair.slice(0, pair.indexOf("=")), pair] as const;
  });
  return [...new Map(pairs).values()].join("; ");
}

const CONNECTIONS = 32;

/** Throws when wrk is missing, or an answer was none of 200 and 303. */
export async function wrk(load: Load): Promise<Measured> {
  const script = await Deno.makeTempFile({ suffix: ".lua" });
  try {
    await Deno.writeTextFile(script, lua(load));
    const { success, stdout, stderr } = await new Deno.Command("wrk", {
      args: [
        ...["-t", "1", "-c", String(CONNECTIONS), "-d", `${load.seconds}s`],
        ...["--latency", "-s", script, load.url],
      ],
      stdout: "piped",
      stderr: "piped",
    }).output();
    const text = new TextDecoder().decode(stdout);
    if (!success) throw new Error(text + new TextDecoder().decode(stderr));
    if (/Non-2xx|Socket errors/.test(text)) throw new Error(text);
    return {
      requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]),
      p50Ms: milliseconds(/50%\s+(\S+)/.exec(text)?.[1]),
      p99Ms: milliseconds(/99%\s+(\S+)/.exec(text)?.[1]),
    };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error("wrk is missing: apt-get install wrk", { cause: error });
  } finally {
    await Deno.remove(script);
  }
}

function milliseconds(text = ""): number {
  const units: Record<string, number> = { us: 0.001, ms: 1, s: 1000 };
  const [, value, unit = ""] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  return Number(value) * (units[unit] ?? NaN);
}

/** Requests are made beforehand, so that wrk is not the one that is measured. */
function lua({ cookies = [""], body }: Load): string {
  const method = body === undefined ? "GET" : "POST";
  const type = body === undefined
    ? ""
    : `headers["Content-Type"] = "application/x-www-form-urlencoded"`;
  return `
local cookies = { ${cookies.map((cookie) => JSON.stringify(cookie)).join(",")} }
local requests = {}
local at = 0
function init(args)
  for i, cookie in ipairs(cookies) do
    local headers = {}
    if cookie ~= "" then headers["Cookie"] = cookie end
    ${type}
    requests[i] = wrk.format("${method}", nil, headers, ${
    body === undefined ? "nil" : JSON.stringify(body)
  })
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
`;
}
