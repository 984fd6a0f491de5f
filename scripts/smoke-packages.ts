/**
 * Installs every package from its tarball into an empty project, beside nothing but its peers, imports and type-checks
 * every module of it there, and uses it: with the program that `scripts/smoke` has for it, and with those in its README
 * that need nothing else. An argument names another Node to run with.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { pack, type Package, packageIn, published, root, run, withTemporaryDirectory } from "./packages.ts"
import { programs } from "./programs.ts"

const node = process.argv[2] ?? process.execPath

const modulesOf = (installed: string): ReadonlyArray<string> =>
  fs.globSync("dist/*.js", { cwd: installed }).toSorted()
    .map((file) => path.basename(file, ".js"))
    .filter((name) => name !== "bin")

const installedVersion = (name: string): string => packageIn(path.join(root, "node_modules", name)).manifest.version

/** Our own peers come from their tarballs, the others from the registry. */
const dependenciesOf = ({ manifest }: Package, tarballs: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries(
    [manifest.name, ...Object.keys(manifest.peerDependencies ?? {})].map((name) => {
      const tarball = tarballs.get(name)
      return [name, tarball === undefined ? installedVersion(name) : `file:${tarball}`]
    })
  )

const packageOf = (specifier: string): string =>
  specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/")

/** The programs that use a package beside its peers, and nothing else. */
const usesOf = ({ directory }: Package, dependencies: Record<string, string>): ReadonlyArray<string> => {
  const own = path.join(root, "scripts/smoke", `${path.basename(directory)}.ts`)
  const readme = path.relative(root, path.join(directory, "README.md"))
  const suffices = (source: string) =>
    Array.from(source.matchAll(/^(?:import|\}) .*?from "(?<specifier>.+)"$/gm)).every(({ groups }) =>
      packageOf(groups?.["specifier"] ?? "") in dependencies
    )
  return [
    ...(fs.existsSync(own) ? [fs.readFileSync(own, "utf8")] : []),
    ...programs.filter(({ where }) => where.startsWith(`${readme}:`)).map(({ source }) => source).filter(suffices)
  ]
}

await withTemporaryDirectory(async (directory) => {
  const tarballs = new Map(published.map((one) => [one.manifest.name, pack(one, directory)]))
  for (const one of published) {
    const { name } = one.manifest
    const project = path.join(directory, name.replace("/", "-"))
    fs.mkdirSync(project)
    const write = (file: string, content: string) => fs.writeFileSync(path.join(project, file), content)
    const dependencies = dependenciesOf(one, tarballs)
    write("package.json", JSON.stringify({ private: true, type: "module", dependencies }))
    run(project, "pnpm", "install", "--ignore-workspace", "--ignore-scripts", "--strict-peer-dependencies")

    const specifiers = modulesOf(path.join(project, "node_modules", name))
      .map((module) => module === "index" ? name : `${name}/${module}`)
    write("main.js", specifiers.map((specifier) => `await import(${JSON.stringify(specifier)})\n`).join(""))
    run(project, node, "main.js")

    write("main.ts", specifiers.map((specifier, i) => `export * as m${i} from ${JSON.stringify(specifier)}\n`).join(""))
    const options = ["--strict", "--noEmit", "--target", "es2023", "--module", "nodenext", "--skipLibCheck", "false"]
    run(project, path.join(root, "node_modules/.bin/tsc"), ...options, "main.ts")

    const uses = usesOf(one, dependencies)
    if (uses.length === 0) throw new Error(`nothing uses ${name}: neither its README nor scripts/smoke`)
    for (const [index, source] of uses.entries()) {
      write(`use${index}.ts`, source)
      run(project, path.join(root, "node_modules/.bin/tsc"), ...options, `use${index}.ts`)
      run(project, node, `use${index}.ts`)
    }
    const beside = Object.keys(dependencies).slice(1).join(", ")
    console.log(`${name}: modules ${specifiers.length}, programs ${uses.length}, beside ${beside}`)
  }
})
