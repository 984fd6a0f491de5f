/**
 * What the packages add to a bundle that has `effect`: their own modules, with what nobody uses shaken off, minified and
 * compressed.
 */
import * as path from "node:path"
import { brotliCompressSync, gzipSync } from "node:zlib"
import { rolldown } from "rolldown"
import type { FiguresOf } from "../Figures.ts"
import type { Case } from "../measure/Case.ts"
import { type PackageName, packages, root } from "../measure/installed.ts"

type Bundle = FiguresOf<"size">["all"]

const layers: { readonly [name in PackageName]: ReadonlyArray<string> } = {
  core: [],
  dukkango: ["Dukkango.layerConfig()"],
  paynkolay: ["Paynkolay.layerConfig()"],
  apex: ["Apex.layerConfig()"],
  odeal: ["Odeal.layerConfig()"]
}

/** An application's edge: providers over one token cache. */
const programOf = (names: ReadonlyArray<PackageName>): string => {
  const providers = names.filter((name) => name !== "core")
  const imports = providers.map((name) => {
    const service = layers[name][0]?.split(".")[0] ?? ""
    return `import { ${service} } from "@entegre/${name}"`
  })
  const calls = providers.flatMap((name) => layers[name])
  return [
    `import { TokenCache } from "@entegre/core"`,
    `import * as Layer from "effect/Layer"`,
    ...imports,
    `export const Main = Layer.provideMerge(Layer.mergeAll(Layer.empty, ${calls.join(", ")}), TokenCache.layer)`
  ].join("\n")
}

const bundle = async (names: ReadonlyArray<PackageName>): Promise<Bundle> => {
  const entry = path.join(root, "benchmarks/main.ts")
  const build = await rolldown({
    input: entry,
    external: /^effect(\/|$)/,
    plugins: [{
      name: "program",
      resolveId: (id) => id === entry ? id : null,
      load: (id) => id === entry ? { code: programOf(names), moduleType: "ts" } : null
    }]
  })
  const { output } = await build.generate({ format: "esm", minify: true })
  await build.close()
  const code = Buffer.from(output.map((chunk) => chunk.type === "chunk" ? chunk.code : "").join(""))
  return {
    minified: code.length,
    gzip: gzipSync(code, { level: 9 }).length,
    brotli: brotliCompressSync(code).length
  }
}

export const run: Case<"size"> = async ({ report }) => {
  const bundled = async (name: PackageName) => {
    report(name)
    return bundle(name === "core" ? ["core"] : ["core", name])
  }
  const bundles = {
    core: await bundled("core"),
    dukkango: await bundled("dukkango"),
    paynkolay: await bundled("paynkolay"),
    apex: await bundled("apex"),
    odeal: await bundled("odeal")
  }
  const withOne = Object.entries(bundles).filter(([name]) => name !== "core").map(([, { gzip }]) => gzip)
  return {
    bundles,
    all: await bundle(packages),
    coreWithSmallest: Math.min(...withOne),
    coreWithLargest: Math.max(...withOne)
  }
}
