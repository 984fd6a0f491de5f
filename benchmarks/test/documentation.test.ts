import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "vitest"
import { root } from "../src/measure/installed.ts"
import * as Documentation from "../src/report/documentation.ts"

describe("the documentation", () => {
  const files = Documentation.render(Documentation.shown())

  it.for([...files.keys()])("%s shows what was measured, and nothing else", (file) => {
    assert.strictEqual(fs.readFileSync(path.join(root, file), "utf8"), files.get(file))
  })

  it("shows figures of a whole run, and not of a quick one", () => {
    assert.isFalse(Documentation.shown().machine.quick)
  })
})

describe("a page", () => {
  const page = "before\n<!-- figures:hit -->\nold\n<!-- /figures -->\nafter\n"

  it("has its figures replaced, and nothing else", () => {
    assert.strictEqual(
      Documentation.fill(page, { hit: "new" }),
      "before\n<!-- figures:hit -->\n\nnew\n\n<!-- /figures -->\nafter\n"
    )
  })

  it("that asks for figures that there are none of is an error", () => {
    assert.throws(() => Documentation.fill(page, { call: "new" }), /no figures hit/)
  })
})
