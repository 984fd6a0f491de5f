import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "vitest"
import { published, root } from "../scripts/packages.ts"

const tsconfig = fs.readFileSync(path.join(root, "tsconfig.json"), "utf8")
const names = published.map(({ manifest }) => manifest.name)

describe.for(published)("$manifest.name", ({ directory, manifest }) => {
  const text = fs.readFileSync(path.join(directory, "package.json"), "utf8")

  it("is built and checked with everything else", () => {
    assert.include(tsconfig, `"${path.relative(root, directory)}"`)
  })

  it("shares one copy of Effect and of our packages with the application", () => {
    const { dependencies = {} } = manifest
    assert.deepStrictEqual(Object.keys(dependencies).filter((name) => name === "effect" || names.includes(name)), [])
    assert.property(manifest.peerDependencies, "effect")
  })

  it("depends on core alone among our packages, and core and the sandbox on none", () => {
    const ours = Object.keys(manifest.peerDependencies ?? {}).filter((name) => names.includes(name))
    assert.includeMembers(["@entegre/core", "@entegre/sandbox"].includes(manifest.name) ? [] : ["@entegre/core"], ours)
  })

  it("requires nothing else, but for the sandbox, which is a server", () => {
    const { dependencies = {}, peerDependencies = {} } = manifest
    const required = [...Object.keys(dependencies), ...Object.keys(peerDependencies)]
    const allowed = ["effect", manifest.name === "@entegre/sandbox" ? "@effect/platform-node" : "@entegre/core"]
    assert.includeMembers(allowed, required)
  })

  it("says in its README why each of its dependencies is there", () => {
    const readme = fs.readFileSync(path.join(directory, "README.md"), "utf8")
    const [, section = ""] = readme.split("\n## Dependencies\n")
    const named = Array.from(section.matchAll(/^\| `(\S+)` +\| \S/gm), ([, name = ""]) => name).toSorted()
    const { dependencies = {}, peerDependencies = {} } = manifest
    assert.deepStrictEqual(named, [...Object.keys(dependencies), ...Object.keys(peerDependencies)].toSorted())
  })

  it("shows its sources to this repository and its build to users, and its internals to nobody", () => {
    assert.strictEqual(text.match(/"\.\/internal\/\*": null/g)?.length, 2)
    assert.match(text, /"\.": "\.\/src\/index\.ts"/)
    assert.match(text, /"default": "\.\/dist\/index\.js"/)
  })

  it("says where its source is, which provenance is checked against", () => {
    assert.include(text, `"directory": "${path.relative(root, directory)}"`)
    assert.include(text, `"url": "git+https://github.com/entegre/entegre.git"`)
  })
})
