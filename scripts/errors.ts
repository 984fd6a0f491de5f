/**
 * Writes `docs/errors.md` from the code: every error that a package exports, why it comes, whether trying again can help,
 * and what to do. A test holds the page to the code.
 *
 * It reads the declarations and their docstrings. A docstring's first paragraph says why the error comes, the paragraph that
 * begins with `What to do:` says what to do; an error without one is refused.
 */
import { globSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"

/** An error as its declaration tells it. */
export interface ErrorEntry {
  readonly file: string
  readonly packageName: string
  readonly name: string
  readonly tag: string
  readonly why: string
  readonly advice: string | undefined
  readonly retryable: "yes" | "no" | "it depends" | undefined
  readonly fields: ReadonlyArray<string>
}

const page = "docs/errors.md"

const core = path.join(import.meta.dirname, "../packages/core/src")

const declaration =
  /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*export class (\w+)\s+extends Schema\.TaggedError<\w+>\(\s*"[^"]+"\s*\)\(\s*"(\w+)",\s*\{((?:(?!export class)[^])*?)\n\s*\}(?:,\s*\{[^}]*\})?\s*\)\s*\{([^]*?)\n\}/g

const single =
  /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*export class (\w+)\s+extends Schema\.TaggedError<\w+>\(\s*"[^"]+"\s*\)\(\s*"(\w+)",\s*([\w.]+|\{\s*\})\s*\)\s*\{([^]*?)\n\}/g

const paragraphs = (comment: string): ReadonlyArray<string> =>
  comment
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, ""))
    .join("\n")
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, " ").replace(/\{@link ([^}]+)\}/g, "`$1`").trim())
    .filter((paragraph) => paragraph !== "")

/** The fields of an object that an error's fields name: declared in the same file, or exported by a module of core. */
const namedFields = (name: string, source: string): ReadonlyArray<string> => {
  const [module = "", exported] = name.split(".")
  const declaring = exported === undefined ? source : readFileSync(path.join(core, `${module}.ts`), "utf8")
  const fields = new RegExp(`const ${exported ?? name} = \\{([^]*?)\\n\\}`).exec(declaring)?.[1]
  if (fields === undefined) throw new Error(`the fields that are called ${name} can not be read`)
  return fieldsOf(fields, declaring)
}

/** The fields between two braces, those of objects that are spread into them included. */
const fieldsOf = (body: string, source: string): ReadonlyArray<string> =>
  [...body.replace(/\/\*\*[^]*?\*\//g, "").matchAll(/^\s*(?:\.\.\.([\w.]+)|(\w+):|([\w.]+),?$)/gm)].flatMap(
    ([, spread, field, shorthand]) => {
      const named = spread ?? (body.trim() === shorthand ? shorthand : undefined)
      return named === undefined ? [field ?? shorthand ?? ""] : namedFields(named, source)
    }
  )

const retryableOf = (body: string): ErrorEntry["retryable"] => {
  const getter = /get isRetryable\(\): boolean \{\s*return ([^]*?)\n\s*\}/.exec(body)?.[1]?.trim()
  if (getter === undefined) return undefined
  return getter === "true" ? "yes" : getter === "false" ? "no" : "it depends"
}

/** The errors that a source file exports. */
export const read = (file: string, source: string, packageName: string): ReadonlyArray<ErrorEntry> => {
  const found = [...source.matchAll(declaration), ...source.matchAll(single)].toSorted((a, b) => a.index - b.index)
  const seen = new Set<string>()
  return found.flatMap((match) => {
    const [, comment = "", name = "", tag = "", fields = "", body = ""] = match
    if (seen.has(name)) return []
    seen.add(name)
    const all = paragraphs(comment)
    const advice = all.find((paragraph) => paragraph.startsWith("What to do:"))
    return [{
      file,
      packageName,
      name,
      tag,
      why: all[0] ?? "",
      advice: advice?.slice("What to do:".length).trim(),
      retryable: retryableOf(body),
      fields: fieldsOf(fields, source)
    }]
  })
}

/** How many errors the sources declare, however they are spelt: what `read` must find. */
export const declared = (source: string): number =>
  source.match(/^export class \w+\s+extends Schema\.TaggedError</gm)?.length ?? 0

/** Every error that an application may meet, in the order of their files. */
export const errors = (root: string): ReadonlyArray<ErrorEntry> =>
  globSync("packages/!(sandbox|testing)/src/*.ts", { cwd: root }).toSorted().flatMap((file) => {
    const source = readFileSync(path.join(root, file), "utf8")
    const name = file.split("/")[1] ?? ""
    const found = read(file, source, `@entegre/${name}`)
    if (found.length !== declared(source)) {
      throw new Error(`${file}: ${declared(source)} errors are declared, and ${found.length} can be read`)
    }
    return found
  })

const isOuter = ({ fields }: ErrorEntry): boolean => fields.includes("reason")

const cell = (text: string): string => text.replaceAll("|", "\\|")

const row = ({ advice, fields, retryable, tag, why }: ErrorEntry): string =>
  `| \`${tag}\` | ${cell(why)} | ${retryable ?? "–"} | ${cell(advice ?? "")} | ${
    fields.map((field) => `\`${field}\``).join(", ")
  } |`

/** The page. */
export const render = (entries: ReadonlyArray<ErrorEntry>): string => {
  const packages = [...new Set(entries.map(({ packageName }) => packageName))]
  const sections = packages.map((packageName) => {
    const own = entries.filter((entry) => entry.packageName === packageName)
    const outer = own.filter(isOuter).map(({ tag, why }) => `- \`${tag}\`: ${why}`)
    const reasons = own.filter((entry) => !isOuter(entry)).map(row)
    return [
      `## ${packageName}`,
      ...(outer.length === 0 ? [] : [`Errors that carry a \`reason\`:\n\n${outer.join("\n")}`]),
      ["| tag | why | retry? | what to do | carries |", "| --- | --- | --- | --- | --- |", ...reasons].join("\n")
    ].join("\n\n")
  })
  return [
    "# Errors",
    "This page is written by `pnpm errors` from the code.",
    "A provider's methods fail with that provider's error. Its `reason` is one of the provider's own, or one that every provider "
    + "shares and `@entegre/core` declares: `Effect.catchReason(\"DukkangoError\", \"OrderNotFound\", …)` handles one, "
    + "`Effect.unwrapReason` turns them all into errors of their own. *Retry?* is the reason's `isRetryable`: whether the "
    + "same call may succeed later, and cannot act twice.",
    ...sections
  ].join("\n\n") + "\n"
}

if (import.meta.main) {
  const root = path.join(import.meta.dirname, "..")
  const entries = errors(root)
  const silent = entries.filter((entry) => !isOuter(entry) && entry.advice === undefined)
  for (const { file, name } of silent) console.error(`${file}: ${name} does not say what to do`)
  writeFileSync(path.join(root, page), render(entries))
  process.exitCode = silent.length === 0 ? 0 : 1
}
