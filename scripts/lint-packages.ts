/**
 * Lints the tarballs that the registry would get: their manifests (publint) and how every resolver sees their types
 * (Are the types wrong?).
 */
import { pack, published, run, withTemporaryDirectory } from "./packages.ts"

withTemporaryDirectory((directory) => {
  for (const one of published) {
    const tarball = pack(one, directory)
    console.log(run(directory, "publint", tarball, "--strict"))
    console.log(run(directory, "attw", tarball, "--profile", "esm-only", "--format", "ascii"))
  }
})
