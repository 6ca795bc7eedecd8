/** A bar for each contender: the share of the page without a session that it keeps. Readable on light and dark. */
export function chart(
  shares: readonly { readonly name: string; readonly share: number }[],
): string {
  const ROW = 26;
  const LEFT = 265;
  const WIDTH = 755;
  const height = 52 + shares.length * ROW;
  const x = (share: number) => LEFT + share * (WIDTH - LEFT - 50);
  const bars = shares.toSorted((a, b) => b.share - a.share).map(
    ({ name, share }, i) => {
      const y = 34 + i * ROW;
      const kind = name.startsWith("Baton") ? "own" : "peer";
      return `<text class="name" x="${LEFT - 10}" y="${y + 14}">${name}</text>
<rect class="${kind}" x="${LEFT}" y="${y}" width="${
        (x(share) - LEFT).toFixed(1)
      }" height="18" rx="3"/>
<text x="${(x(share) + 6).toFixed(1)}" y="${y + 14}">${
        share.toFixed(2)
      }</text>`;
    },
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">Share of the throughput of GET /show without a session that each keeps</title>
<style>
text { font: 13px system-ui, sans-serif; fill: #55625f; }
.name { text-anchor: end; }
.own { fill: #0b8c8c; }
.peer { fill: #a9b6b2; }
line { stroke: #a9b6b2; stroke-dasharray: 3 4; }
@media (prefers-color-scheme: dark) { text { fill: #a3b1ad; } .peer { fill: #55625f; } }
</style>
<line x1="${x(1)}" y1="26" x2="${x(1)}" y2="${height - 10}"/>
<text x="${x(1)}" y="18" text-anchor="middle">no session: 1</text>
${bars.join("\n")}
</svg>
`;
}
