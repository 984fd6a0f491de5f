/**
 * Lints the tarballs that the registry would get: their manifests (publint), and how every resolver sees their types
 * (Are the types wrong?).
 */
import * as fs from "node:fs"
import { publint } from "publint"
import { formatMessage } from "publint/utils"
import { pack, published, run, withTemporaryDirectory } from "./packages.ts"

await withTemporaryDirectory(async (directory) => {
  for (const one of published) {
    const tarball = pack(one, directory)
    const { buffer } = new Uint8Array(fs.readFileSync(tarball))
    const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true })
    for (const message of messages) {
      console.error(`${one.manifest.name}: ${formatMessage(message, pkg)}`)
      process.exitCode = 1
    }
    run(directory, "attw", tarball, "--profile", "esm-only", "--format", "ascii")
    console.log(`${one.manifest.name}: ${messages.length} remarks, types resolve`)
  }
})
