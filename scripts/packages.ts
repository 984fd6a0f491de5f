/**
 * The packages that users install: where they are, and what users get of them.
 */
import * as Schema from "effect/Schema"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

export const root = path.resolve(import.meta.dirname, "..")

/** What the scripts read of a package.json. */
export const Manifest = Schema.Struct({
  name: Schema.NonEmptyString,
  version: Schema.NonEmptyString,
  private: Schema.optionalKey(Schema.Boolean),
  dependencies: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  peerDependencies: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})

/** A package of the workspace. */
export interface Package {
  readonly directory: string
  readonly manifest: typeof Manifest.Type
}

/** Reads a file, or what a program wrote, as JSON of the given shape. */
export const parseJson = <A, I>(schema: Schema.Codec<A, I>, json: string): A =>
  Schema.decodeSync(Schema.fromJsonString(schema))(json)

/** The package whose package.json is in a directory. */
export const packageIn = (directory: string): Package => ({
  directory,
  manifest: parseJson(Manifest, fs.readFileSync(path.join(directory, "package.json"), "utf8"))
})

/** Every package below `packages/` that is not private. */
export const published: ReadonlyArray<Package> = fs.globSync("packages/*/package.json", { cwd: root }).toSorted()
  .map((file) => packageIn(path.join(root, path.dirname(file))))
  .filter(({ manifest }) => manifest.private !== true)

/** Runs a program to its end and returns what it wrote; fails if it fails. */
export const run = (cwd: string, command: string, ...args: ReadonlyArray<string>): string => {
  const { error, status, stderr, stdout } = spawnSync(command, args, { cwd, encoding: "utf8" })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${stdout}${stderr}`)
  return stdout
}

/** Writes the tarball that the registry would get, and returns its path. */
export const pack = ({ directory }: Package, destination: string): string =>
  parseJson(
    Schema.Struct({ filename: Schema.NonEmptyString }),
    run(directory, "pnpm", "pack", "--json", "--pack-destination", destination)
  ).filename

/** Calls `f` with a new directory, which is gone afterwards. */
export const withTemporaryDirectory = async (f: (directory: string) => Promise<void>): Promise<void> => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "entegre-"))
  try {
    await f(directory)
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
}
