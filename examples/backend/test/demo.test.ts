import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { ChildProcess } from "effect/process"
import { fileURLToPath } from "node:url"

it.live("the demonstration ends well", () =>
  Effect.gen(function*() {
    const demo = yield* ChildProcess.make(process.execPath, [fileURLToPath(new URL("../src/demo.ts", import.meta.url))])
    const said = yield* Stream.mkString(Stream.decodeText(demo.all))
    assert.strictEqual(Number(yield* demo.exitCode), 0, said)
    assert.include(said, "the log has no secret in it")
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)), 60_000)
