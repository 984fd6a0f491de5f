/**
 * Writes figures into the documentation: the tables between `<!-- figures:… -->` and `<!-- /figures -->`, the plots, and the
 * figures themselves, so that a test can tell whether a page shows anything else.
 */
import * as Schema from "effect/Schema"
import * as fs from "node:fs"
import * as path from "node:path"
import { Figures } from "../Figures.ts"
import { root } from "../measure/installed.ts"
import { blocks } from "./markdown.ts"
import { plots } from "./plots.ts"

const folder = path.join(root, "docs/performance")

/** The pages that show figures. */
const pages = ["README.md", "README.tr.md", "docs/performance.md"]

const place = /(<!-- figures:(?<name>[\w.]+) -->\n)[^]*?(\n<!-- \/figures -->)/g

const isWhole = (figures: Figures): figures is Required<Figures> =>
  Object.values(figures).length === Object.keys(Figures.fields).length

/** A page with these figures in the place of those that it has. */
export const fill = (page: string, tables: { readonly [name: string]: string }): string =>
  page.replaceAll(place, (_, begin: string, name: string, end: string) => {
    const content = tables[name]
    if (content === undefined) throw new Error(`there are no figures ${name}`)
    return `${begin}\n${content}\n${end}`
  })

/** Every file of the documentation that shows figures, as it is to be. */
export const render = (figures: Figures): ReadonlyMap<string, string> => {
  if (!isWhole(figures)) throw new Error("the documentation shows all figures")
  const tables = blocks(figures)
  return new Map([
    ...pages.map((page) => [page, fill(fs.readFileSync(path.join(root, page), "utf8"), tables)] as const),
    ...Object.entries(plots(figures)).map(([file, plot]) => [`docs/performance/${file}`, plot] as const)
  ])
}

const decode = Schema.decodeUnknownSync(Figures)
const decodeMachine = Schema.decodeUnknownSync(Figures.fields.machine)
const parse = Schema.decodeSync(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

const read = () => parse(fs.readFileSync(path.join(folder, "figures.json"), "utf8"))

/** The figures that the documentation shows. */
export const shown = (): Figures => decode(read())

/** The figures that the documentation shows, with these in the place of theirs: of one machine, or none. */
export const updated = (figures: Figures): Figures => {
  const before = read()
  const where = ({ date: _, ...machine }: Figures["machine"]) => JSON.stringify(machine)
  if (where(decodeMachine(before["machine"])) !== where(figures.machine)) {
    throw new Error("the documentation shows figures of another machine: measure all")
  }
  // What a case has shown until now need not be what it shows from now on.
  return decode(Object.assign({}, before, figures))
}

/** Has the documentation show these figures. */
export const write = (figures: Figures): void => {
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, "figures.json"), `${JSON.stringify(figures, undefined, 2)}\n`)
  for (const [file, content] of render(figures)) fs.writeFileSync(path.join(root, file), content)
}
