/**
 * The programs in the documentation, written out as files, so that they are type-checked and run like any other source.
 *
 * A block that begins with `ts program` is a whole program and must end well; one that begins with `ts check` must
 * type-check. In a docstring, a block that is neither is a fragment.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { root } from "./packages.ts"

/** A fenced block of TypeScript in the documentation. */
export interface Block {
  /** Where it begins: `packages/core/README.md:12`. */
  readonly where: string
  /** What is written after the language: `program`, `check`, or something that nobody checks. */
  readonly kind: string
  readonly source: string
  /** The file that it is written to. */
  readonly file: string
}

/** Programs are written inside the repository, so that packages resolve as they do for everybody else. */
const directory = path.join(root, ".programs")

const fence = /^(?<ticks>`{3,})(?:ts|typescript)\b[ \t]*(?<kind>.*)\n(?<source>[^]*?)^\k<ticks>$/gm

const blocksOf = (document: string): ReadonlyArray<Block> => {
  const content = fs.readFileSync(path.join(root, document), "utf8")
  const text = document.endsWith(".ts") ? content.replaceAll(/^ *\* ?/gm, "") : content
  return Array.from(text.matchAll(fence), (match) => {
    const { kind = "", source = "" } = match.groups ?? {}
    const line = text.slice(0, match.index).split("\n").length
    const name = `${document.replaceAll(/[^\w]+/g, "-")}-${line}.ts`
    return { where: `${document}:${line}`, kind: kind.trim(), source, file: path.join(directory, name) }
  })
}

const blocksIn = (...patterns: ReadonlyArray<string>): ReadonlyArray<Block> =>
  fs.globSync(patterns, { cwd: root }).toSorted().flatMap(blocksOf)

const isChecked = ({ kind }: Block): boolean => kind === "program" || kind === "check"

/** Every fenced block of TypeScript in the READMEs and in `docs/`, and those in docstrings that ask to be checked. */
export const blocks: ReadonlyArray<Block> = [
  ...blocksIn("README.md", "README.*.md", "{packages,examples}/*/README.md", "docs/**/*.md"),
  ...blocksIn("packages/*/src/**/*.ts").filter(isChecked)
]

/** The blocks that type-check. */
export const checked: ReadonlyArray<Block> = blocks.filter(isChecked)

/** The blocks that run to their end. */
export const programs: ReadonlyArray<Block> = checked.filter(({ kind }) => kind === "program")

/** Writes the blocks that are to be checked, on the lines that they have in their documents; returns the project. */
export const write = (): string => {
  fs.rmSync(directory, { recursive: true, force: true })
  fs.mkdirSync(directory)
  for (const { file, source, where } of checked) {
    fs.writeFileSync(file, "\n".repeat(Number(where.split(":")[1])) + source)
  }
  const project = path.join(directory, "tsconfig.json")
  fs.writeFileSync(
    project,
    JSON.stringify({
      extends: "../tsconfig.base.json",
      include: ["*.ts"],
      compilerOptions: {
        types: ["node"],
        noEmit: true,
        composite: false,
        incremental: false,
        declaration: false,
        declarationMap: false
      }
    })
  )
  return project
}
