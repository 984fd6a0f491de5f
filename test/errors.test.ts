import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "vitest"
import { errors, render } from "../scripts/errors.ts"

const root = path.join(import.meta.dirname, "..")

describe("the catalogue of errors", () => {
  const entries = errors(root)

  it("is as the code has it: `pnpm errors` writes it", () => {
    assert.strictEqual(fs.readFileSync(path.join(root, "docs/errors.md"), "utf8"), render(entries))
  })

  it("says of each reason what to do", () => {
    const silent = entries.filter(({ advice, fields }) => advice === undefined && !fields.includes("reason"))
    assert.deepStrictEqual(silent.map(({ file, name }) => `${file}: ${name}`), [])
  })

  it("has no two errors of one package under the same tag", () => {
    const names = entries.map(({ packageName, tag }) => `${packageName} ${tag}`)
    assert.deepStrictEqual(names.filter((name, index) => names.indexOf(name) !== index), [])
  })
})
