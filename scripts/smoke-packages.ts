/**
 * Installs every package from its tarball into an empty project, beside nothing but its peers, imports and type-checks
 * every module of it there, and runs the program that `scripts/smoke` has for it. An argument names another Node to run
 * with.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { pack, type Package, packageIn, published, root, run, withTemporaryDirectory } from "./packages.ts"

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

    const program = path.join(root, "scripts/smoke", `${path.basename(name)}.ts`)
    if (fs.existsSync(program)) {
      write("use.ts", fs.readFileSync(program, "utf8"))
      run(project, path.join(root, "node_modules/.bin/tsc"), ...options, "use.ts")
      run(project, node, "use.ts")
    }
    const used = fs.existsSync(program) ? ", and a call" : ""
    console.log(`${name}: ${specifiers.length} modules${used}, beside ${Object.keys(dependencies).slice(1).join(", ")}`)
  }
})
