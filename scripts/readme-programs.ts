/**
 * The programs in the documentation, written out as files, so that they are type-checked and run like any other source.
 *
 * A block that begins with `ts program` is a whole program and must end well; one that begins with `ts check` must
 * type-check.
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
const directory = path.join(root, ".readme")

const fence = /^(?<ticks>`{3,})(?:ts|typescript)\b[ \t]*(?<kind>.*)\n(?<source>[^]*?)^\k<ticks>$/gm

const blocksOf = (document: string): ReadonlyArray<Block> => {
  const text = fs.readFileSync(path.join(root, document), "utf8")
  return Array.from(text.matchAll(fence), (match) => {
    const { kind = "", source = "" } = match.groups ?? {}
    const line = text.slice(0, match.index).split("\n").length
    const name = `${document.replaceAll(/[^\w]+/g, "-")}-${line}.ts`
    return { where: `${document}:${line}`, kind: kind.trim(), source, file: path.join(directory, name) }
  })
}

/** Every fenced block of TypeScript in the READMEs and in `docs/`. */
export const blocks: ReadonlyArray<Block> = fs
  .globSync(["README.md", "{packages,examples}/*/README.md", "docs/**/*.md"], { cwd: root })
  .toSorted()
  .flatMap(blocksOf)

/** Writes the blocks that are to be checked, on the lines that they have in their documents; returns the project. */
export const write = (): string => {
  fs.rmSync(directory, { recursive: true, force: true })
  fs.mkdirSync(directory)
  for (const { file, kind, source, where } of blocks) {
    if (kind !== "program" && kind !== "check") continue
    fs.writeFileSync(file, "\n".repeat(Number(where.split(":")[1])) + source)
  }
  const project = path.join(directory, "tsconfig.json")
  fs.writeFileSync(
    project,
    JSON.stringify({
      extends: "../tsconfig.base.json",
      include: ["*.ts"],
      compilerOptions: { types: ["node"], noEmit: true, composite: false, incremental: false, declaration: false }
    })
  )
  return project
}
