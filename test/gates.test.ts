import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { root } from "../scripts/packages.ts"

/** What must not be written in a package, and the rule that stops it. */
const offences: ReadonlyArray<readonly [rule: string, source: string]> = [
  ["floatingEffect", `export const f = () => { Effect.void; return 1 }`],
  ["missingReturnYieldStar", `export const f = Effect.gen(function*() { yield* Effect.fail("no") })`],
  ["globalDate", `export const f = () => Date.now()`],
  ["globalRandom", `export const f = () => Math.random()`],
  ["globalFetch", `export const f = () => fetch("https://example.com")`],
  ["globalConsole", `export const f = () => console.log("hello")`],
  ["globalTimers", `export const f = () => setTimeout(() => {}, 1)`],
  ["processEnv", `export const f = () => process.env["HOME"]`],
  ["nodeBuiltinImport", `import * as fs from "node:fs"\nexport const f = fs.existsSync`],
  ["lazyEffect", `export const f = () => Effect.void`],
  ["TS1294", `export enum Colour { Red }`],
  ["TS2322", `export const f: number = "one"`],
  ["no-explicit-any", `export const f = (x: any) => String(x)`],
  ["no-unsafe-type-assertion", `export const f = (x: unknown) => x as string`],
  ["ban-ts-comment", `// @ts-ignore\nexport const f: number = "one"`],
  ["no-restricted-globals", `export const f = () => setTimeout(() => {}, 1)`],
  ["no-restricted-properties", `export const f = () => Effect.runSync(Effect.void)`],
  ["no-restricted-imports", `import { Option } from "effect"\nexport const f = Option.none()`],
  ["no-nodejs-modules", `import * as crypto from "node:crypto"\nexport const f = crypto.randomUUID`],
  ["no-console", `export const f = () => console.log("hello")`],
  ["documented-exports", `export const f = 1`],
  ["no-cycle", `import { f as g } from "./f.ts"\nexport const f = (): number => g()`]
]

describe("the gates", () => {
  const workspace = fs.mkdtempSync(path.join(os.tmpdir(), "entegre-gates-"))
  const packageOf = (i: number) => path.join(workspace, "packages", `offence${i}`)
  let output = ""

  const run = (command: string, ...args: ReadonlyArray<string>) =>
    spawnSync(path.join(root, "node_modules/.bin", command), args, {
      cwd: workspace,
      encoding: "utf8",
      timeout: 100_000
    }).stdout

  beforeAll(() => {
    for (const file of ["tsconfig.base.json", ".oxlintrc.json", "scripts"]) {
      fs.cpSync(path.join(root, file), path.join(workspace, file), { recursive: true })
    }
    fs.symlinkSync(path.join(root, "node_modules"), path.join(workspace, "node_modules"))
    offences.forEach(([, source], i) => {
      fs.mkdirSync(path.join(packageOf(i), "src"), { recursive: true })
      const write = (file: string, content: string) => fs.writeFileSync(path.join(packageOf(i), file), content)
      write("package.json", JSON.stringify({ name: `@entegre/offence${i}`, type: "module" }))
      write(
        "tsconfig.json",
        JSON.stringify({
          extends: "../../tsconfig.base.json",
          include: ["src"],
          compilerOptions: { types: ["node"] }
        })
      )
      write("src/f.ts", `import * as Effect from "effect/Effect"\n${source}\nexport const effect = Effect.void\n`)
    })
    fs.writeFileSync(
      path.join(workspace, "tsconfig.json"),
      JSON.stringify({ files: [], references: offences.map((_, i) => ({ path: `packages/offence${i}` })) })
    )
    output = run("tsc", "-b", "--pretty", "false") + run("oxlint", "--format", "unix", "packages")
  })

  afterAll(() => fs.rmSync(workspace, { recursive: true }))

  it.for(offences.map(([rule, source], i) => ({ rule, source, i })))("$rule stops $source", ({ i, rule }) => {
    const place = path.relative(workspace, path.join(packageOf(i), "src/f.ts"))
    const findings = output.split("\n").filter((line) => line.includes(place))
    assert.isTrue(findings.some((line) => line.includes(rule)), findings.join("\n"))
  })
})
