/**
 * What the packages add to the bundle of an application that has `effect`: their own modules, with what nobody uses shaken
 * off, minified and compressed.
 *
 * A bundle is split in two, `effect` and everything else, and what is added is the difference that everything else makes:
 * compressed together, less `effect` compressed alone. So a name that `effect` has too costs what it costs the application.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import { type OutputChunk, rolldown } from "rolldown"
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

const entry = path.join(root, "benchmarks/main.ts")
const directoryOfEffect = path.dirname(fs.realpathSync(path.join(root, "node_modules/effect/package.json"))) + path.sep
const isOfEffect = (id: string): boolean => id.startsWith(directoryOfEffect)
const isOurs = (id: string): boolean => id === entry || id.startsWith(path.join(root, "packages") + path.sep)

/** The chunk whose modules are all of a kind; a module of another kind would be counted on the wrong side. */
const chunkOf = (chunks: ReadonlyArray<OutputChunk>, isOfKind: (id: string) => boolean): Buffer => {
  const [chunk, ...others] = chunks.filter(({ moduleIds }) => moduleIds.some(isOfKind))
  if (chunk === undefined || others.length > 0) throw new Error("the bundle is not split in two")
  const stranger = chunk.moduleIds.find((id) => !isOfKind(id))
  if (stranger !== undefined) throw new Error(`${stranger} is in the wrong chunk`)
  return Buffer.from(chunk.code)
}

const gzip = (code: Buffer): number => gzipSync(code, { level: 9 }).length

/** With a window that covers the whole bundle. */
const brotli = (code: Buffer): number =>
  brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS } }).length

/** What code adds to other code: the more of before and after it, as a compressor has its luck with each. */
const added = (compressed: (code: Buffer) => number, ours: Buffer, others: Buffer): number =>
  Math.max(compressed(Buffer.concat([others, ours])), compressed(Buffer.concat([ours, others]))) - compressed(others)

const bundle = async (names: ReadonlyArray<PackageName>): Promise<Bundle> => {
  const build = await rolldown({
    input: entry,
    plugins: [{
      name: "program",
      resolveId: (id) => id === entry ? id : null,
      load: (id) => id === entry ? { code: programOf(names), moduleType: "ts" } : null
    }]
  })
  const { output } = await build.generate({
    format: "esm",
    minify: true,
    codeSplitting: { groups: [{ name: "effect", test: isOfEffect }] }
  })
  await build.close()
  const chunks = output.filter((file) => file.type === "chunk")
  if (chunks.length !== 2) throw new Error(`the bundle is split in ${chunks.length}, and not in two`)
  const effect = chunkOf(chunks, isOfEffect)
  const ours = chunkOf(chunks, isOurs)
  return { minified: ours.length, gzip: added(gzip, ours, effect), brotli: added(brotli, ours, effect) }
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
  const withOne = [bundles.dukkango, bundles.paynkolay, bundles.apex, bundles.odeal]
  const over = (compare: (...bytes: ReadonlyArray<number>) => number) => ({
    gzip: compare(...withOne.map(({ gzip }) => gzip)),
    brotli: compare(...withOne.map(({ brotli }) => brotli))
  })
  return {
    bundles,
    all: await bundle(packages),
    coreWithSmallest: over(Math.min),
    coreWithLargest: over(Math.max)
  }
}
