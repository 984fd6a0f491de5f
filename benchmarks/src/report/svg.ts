/**
 * The parts that plots are drawn of.
 *
 * A plot brings its own ground and follows the reader's choice of light or dark, so it is readable on any page.
 */

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;")

/** What something looks like: a class of the style sheet. */
export type Look = "ours" | "other" | "floor" | "grid" | "whisker" | "strong" | "muted" | "ink" | "area"

const attributes = (all: { readonly [name: string]: string | number }): string =>
  Object.entries(all)
    .map(([name, value]) => ` ${name}="${typeof value === "number" ? Number(value.toFixed(2)) : escape(value)}"`)
    .join("")

export const rect = (look: Look, x: number, y: number, width: number, height: number): string =>
  `<rect${attributes({ class: look, x, y, width, height, rx: Math.min(2, width / 4) })}/>`

export const line = (look: Look, x1: number, y1: number, x2: number, y2: number): string =>
  `<line${attributes({ class: look, x1, y1, x2, y2 })}/>`

export const text = (
  look: Look,
  x: number,
  y: number,
  content: string,
  anchor: "start" | "middle" | "end" = "start"
): string => `<text${attributes({ class: look, x, y, "text-anchor": anchor })}>${escape(content)}</text>`

export const polyline = (look: Look, points: ReadonlyArray<readonly [x: number, y: number]>): string =>
  `<polyline${
    attributes({ class: look, points: points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ") })
  }/>`

const style = `
    :root { --ground: #ffffff; --ink: #1f2328; --muted: #59636e; --grid: #d1d9e0; --ours: #0969da; --other: #afb8c1;
      --floor: #7d8590; }
    @media (prefers-color-scheme: dark) {
      :root { --ground: #151b23; --ink: #f0f6fc; --muted: #9198a1; --grid: #3d444d; --ours: #4493f8; --other: #656c76;
        --floor: #9ea7b3; }
    }
    text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: var(--ink); stroke: var(--ground);
      stroke-width: 4px; stroke-linejoin: round; paint-order: stroke; }
    text.strong { font-weight: 600; font-size: 15px; }
    text.ours { fill: var(--ours); font-weight: 600; }
    text.muted { fill: var(--muted); font-size: 12px; }
    rect.ground { fill: var(--ground); stroke: var(--grid); }
    rect.ours, rect.area { fill: var(--ours); }
    rect.other { fill: var(--other); }
    rect.floor { fill: var(--floor); }
    line.grid { stroke: var(--grid); }
    line.whisker { stroke: var(--ink); stroke-width: 1.5; }
    line.muted { stroke: var(--muted); stroke-dasharray: 4 3; }
    polyline.ours { fill: none; stroke: var(--ours); stroke-width: 2; }
`

/** A whole plot: a title, a line below it that says how to read it, and what is drawn. */
export const plot = (options: {
  readonly title: string
  readonly subtitle: string
  readonly width: number
  readonly height: number
  readonly content: ReadonlyArray<string>
}): string => {
  const { content, height, subtitle, title, width } = options
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `  <title>${escape(title)}</title>`,
    `  <desc>${escape(subtitle)}</desc>`,
    `  <style>${style}  </style>`,
    `  <rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...[text("strong", 24, 34, title), text("muted", 24, 54, subtitle), ...content].map((part) => `  ${part}`),
    "</svg>\n"
  ].join("\n")
}
