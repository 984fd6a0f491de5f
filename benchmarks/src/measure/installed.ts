/**
 * The packages as users have them: built, and in a project of their own beside `effect`.
 */
import * as Schema from "effect/Schema"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

/** The root of the repository. */
export const root = path.resolve(import.meta.dirname, "../../..")

/** The packages that an application composes. */
export const packages = ["core", "dukkango", "paynkolay", "apex", "odeal"] as const
export type PackageName = typeof packages[number]

/** The programs that a project has: one with Effect alone, and one that composes all packages. */
export const programs = ["baseline", "composed"] as const

const Manifest = Schema.fromJsonString(Schema.Struct({
  publishConfig: Schema.Struct({ exports: Schema.Record(Schema.String, Schema.Unknown) })
}))

/** Runs a program to its end and returns what it wrote; fails if it fails. */
export const execute = (cwd: string, command: string, ...args: ReadonlyArray<string>): string => {
  const { error, status, stderr, stdout } = spawnSync(command, args, { cwd, encoding: "utf8" })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${stdout}${stderr}`)
  return stdout
}

const bin = (name: string): string => path.join(root, "node_modules/.bin", name)

/** The compiler of the repository. */
export const compiler = bin("tsc")

/** Calls `f` with a project that has the packages and the programs, and is gone afterwards. */
export const withProject = async <A>(f: (project: string) => Promise<A>): Promise<A> => {
  for (const name of packages) execute(root, compiler, "-b", `packages/${name}/tsconfig.src.json`)
  const project = fs.mkdtempSync(path.join(os.tmpdir(), "entegre-bench-"))
  try {
    const modules = path.join(project, "node_modules")
    fs.writeFileSync(path.join(project, "package.json"), JSON.stringify({ private: true, type: "module" }))
    for (const name of packages) {
      const source = path.join(root, "packages", name)
      const target = path.join(modules, "@entegre", name)
      fs.cpSync(path.join(source, "dist"), path.join(target, "dist"), { recursive: true })
      const { publishConfig } = Schema.decodeSync(Manifest)(
        fs.readFileSync(path.join(source, "package.json"), "utf8")
      )
      fs.writeFileSync(
        path.join(target, "package.json"),
        JSON.stringify({ name: `@entegre/${name}`, type: "module", sideEffects: [], exports: publishConfig.exports })
      )
    }
    for (const program of programs) {
      fs.copyFileSync(path.join(root, "benchmarks/programs", `${program}.ts`), path.join(project, `${program}.ts`))
    }
    fs.mkdirSync(path.join(modules, "@effect"))
    for (const name of ["effect", "@effect/platform-node"]) {
      fs.symlinkSync(fs.realpathSync(path.join(root, "node_modules", name)), path.join(modules, name))
    }
    return await f(project)
  } finally {
    fs.rmSync(project, { recursive: true, force: true })
  }
}
