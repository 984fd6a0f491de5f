/**
 * A copy of the token cache that can be spoilt, and what looks whether it is right.
 */
import * as Schema from "effect/Schema"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { parseJson, root } from "../packages.ts"
import type { Mutation, Simulation, Test } from "./mutation.ts"

/** What a look at the token cache finds. */
export type Finding = Right | Wrong | Broken

/** Nothing is wrong. */
interface Right {
  readonly _tag: "Right"
}

/** Something is wrong, in words; under a seed, if a simulation found it. */
export interface Wrong {
  readonly _tag: "Wrong"
  readonly what: string
  readonly seed: Seed | undefined
}

/** It does not even run: nothing can be said. */
export interface Broken {
  readonly _tag: "Broken"
  readonly output: string
}

/** A run of the simulation. */
interface Seed extends Simulation {
  readonly seed: number
}

const right: Right = { _tag: "Right" }

/** What a mutation may call, and the code as it is does not have. */
const helper = `
const later = <A, E>(env: Environment, effect: Effect.Effect<A, E>) =>
  Effect.as(
    Effect.forkIn(Effect.delay(effect, "1 second"), env.scope, { uninterruptible: true }),
    Result.succeed({ _tag: "Written" })
  )
`

const Counts = Schema.Struct({ violations: Schema.Record(Schema.String, Schema.Int) })

const Report = Schema.Struct({
  numPassedTests: Schema.Int,
  testResults: Schema.Array(Schema.Struct({
    message: Schema.String,
    status: Schema.String,
    assertionResults: Schema.Array(Schema.Struct({ fullName: Schema.String, status: Schema.String }))
  }))
})

/** What there is of the repository in a copy. */
const copied = [
  "packages/core",
  "packages/testing",
  "scripts",
  "package.json",
  "tsconfig.base.json",
  "vitest.config.ts",
  "vitest.setup.ts"
]

/** How long a look may take, in milliseconds: a test that fails may wait for its timeouts. */
const longestLook = 300_000

export class Bench {
  readonly #directory: string

  /** Copies what is needed into a directory that is there for nothing else. */
  constructor(directory: string) {
    this.#directory = directory
    const filter = (file: string) => !/node_modules|dist|\.tsbuildinfo/.test(path.relative(root, file))
    for (const name of copied) {
      fs.cpSync(path.join(root, name), path.join(directory, name), { recursive: true, filter })
    }
    fs.mkdirSync(path.join(directory, "node_modules/@entegre"), { recursive: true })
    for (const name of fs.readdirSync(path.join(root, "node_modules"))) {
      if (name !== "@entegre") this.#link(path.join(root, "node_modules", name), `node_modules/${name}`)
    }
    for (const name of ["core", "testing"]) {
      this.#link(path.join(directory, "packages", name), `node_modules/@entegre/${name}`)
    }
    this.#link(path.join(root, "packages/core/node_modules"), "packages/core/node_modules")
  }

  #link(target: string, name: string): void {
    fs.symlinkSync(target, path.join(this.#directory, name))
  }

  /** Runs `look` while the mutation is in place. */
  async spoilt<A>({ file, from, to }: Mutation, look: () => Promise<A>): Promise<A> {
    const target = path.join(this.#directory, "packages/core/src", file)
    const text = fs.readFileSync(target, "utf8")
    fs.writeFileSync(target, text.replace(from, () => to) + (to.includes("later(") ? helper : ""))
    try {
      return await look()
    } finally {
      fs.writeFileSync(target, text)
    }
  }

  /** Simulates until a law is broken: one kind of provider, or all of them. */
  async simulate(kind: Simulation | undefined, seeds: number, from = 1): Promise<Finding> {
    const options = kind === undefined ? [] : ["--policy", kind.policy, "--processes", `${kind.processes}`]
    const range = ["--seeds", `${seeds}`, "--from", `${from}`]
    const { code, stderr, stdout } = await this.#run("node", "scripts/simulate.ts", "--json", ...range, ...options)
    if (code === 0) return right
    const found = /--from (?<seed>\d+) --policy (?<policy>\w+) --processes (?<processes>\d+)/.exec(stderr)?.groups
    const policy = policies.find((policy) => policy === found?.["policy"])
    if (policy === undefined) return { _tag: "Broken", output: stdout + stderr }
    const seed = { policy, processes: Number(found?.["processes"]), seed: Number(found?.["seed"]) }
    const laws = Object.entries(parseJson(Counts, stdout).violations).flatMap(([law, count]) => count > 0 ? [law] : [])
    return {
      _tag: "Wrong",
      what: `${laws.join(", ")} (${policy}, ${seed.processes} on a store, seed ${seed.seed})`,
      seed
    }
  }

  /** Runs some tests of core, or all that have to do with the token cache. */
  async test(tests: ReadonlyArray<Test> | undefined): Promise<Finding> {
    const report = path.join(this.#directory, "report.json")
    fs.rmSync(report, { force: true })
    const which = tests === undefined
      ? ["--exclude=**/redis/**"]
      : [
        ...new Set(tests.map(({ test }) => `packages/core/test/${test}.test.ts`)),
        "--testNamePattern",
        tests.map(({ named }) => escape(named)).join("|")
      ]
    const vitest = path.join(root, "node_modules/.bin/vitest")
    const how = ["--project=packages/core", "--bail=1", "--reporter=json", `--outputFile=${report}`]
    const { stderr, stdout } = await this.#run(vitest, "run", ...how, ...which)
    if (!fs.existsSync(report)) return { _tag: "Broken", output: stdout + stderr }
    const { numPassedTests, testResults } = parseJson(Report, fs.readFileSync(report, "utf8"))
    const failed = testResults.flatMap(({ assertionResults }) => assertionResults)
      .find(({ status }) => status === "failed")
    if (failed !== undefined) return { _tag: "Wrong", what: failed.fullName.trim(), seed: undefined }
    return numPassedTests > 0 && testResults.every(({ status }) => status === "passed")
      ? right
      : { _tag: "Broken", output: testResults.map(({ message }) => message).join("\n") || stdout + stderr }
  }

  #run(command: string, ...args: ReadonlyArray<string>): Promise<Output> {
    return new Promise((resolve, reject) => {
      const stdout: Array<Buffer> = []
      const stderr: Array<Buffer> = []
      const child = spawn(command, args, {
        cwd: this.#directory,
        stdio: ["ignore", "pipe", "pipe"],
        timeout: longestLook
      })
      child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk))
      child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk))
      child.on("error", reject)
      child.on("close", (code) => {
        resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() })
      })
    })
  }
}

interface Output {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const policies: ReadonlyArray<Simulation["policy"]> = ["reusable", "rotating", "singleActive"]

/** A text as a regular expression. */
const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
