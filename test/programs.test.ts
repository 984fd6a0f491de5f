import { spawn, spawnSync } from "node:child_process"
import * as path from "node:path"
import { assert, beforeAll, describe, it } from "vitest"
import { root } from "../scripts/packages.ts"
import { type Block, blocks, checked, programs, write } from "../scripts/programs.ts"

const run = ({ file }: Block): Promise<{ readonly code: number | null; readonly output: string }> =>
  new Promise((resolve) => {
    const chunks: Array<Buffer> = []
    const program = spawn(process.execPath, [file], { cwd: root, stdio: ["ignore", "pipe", "pipe"], timeout: 100_000 })
    program.stdout.on("data", (chunk: Buffer) => chunks.push(chunk))
    program.stderr.on("data", (chunk: Buffer) => chunks.push(chunk))
    program.on("close", (code) => resolve({ code, output: Buffer.concat(chunks).toString() }))
  })

describe("the documentation", () => {
  let types = { status: null as number | null, stdout: "" }

  beforeAll(() => {
    const options = { cwd: root, encoding: "utf8", timeout: 100_000 } as const
    types = spawnSync(path.join(root, "node_modules/.bin/tsc"), ["-p", write(), "--pretty", "false"], options)
  })

  it("shows no TypeScript that nobody checks", () => {
    assert.deepStrictEqual(blocks.filter((block) => !checked.includes(block)).map(({ where }) => where), [])
  })

  it("has a program on its first page", () => {
    assert.isTrue(programs.some(({ where }) => where.startsWith("README.md:")))
  })

  it.for(checked)("$where type-checks", ({ file }) => {
    const name = path.relative(root, file)
    assert.deepStrictEqual(types.stdout.split("\n").filter((line) => line.startsWith(name)), [])
  })

  it("type-checks as a whole", () => {
    assert.strictEqual(types.status, 0, types.stdout)
  })

  it.for(programs)("$where runs to its end", async (program) => {
    const { code, output } = await run(program)
    assert.strictEqual(code, 0, output)
  })
})
