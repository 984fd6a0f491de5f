/**
 * Concurrent calls without a pause, and what became of them.
 */
import { Clock, Effect, Ref } from "effect"
import type { CallFailure, Subject } from "./Subject.ts"

interface Calls {
  readonly calls: number
  readonly failures: ReadonlyArray<CallFailure>
  readonly slowestMs: number
}

const none: Calls = { calls: 0, failures: [], slowestMs: 0 }

/** So many callers, each with one call under way at any time. */
const callers = 8

/** How long a caller thinks between two calls. */
const pause = "20 millis"

export const make = Effect.fnUntraced(function*(reads: Subject["reads"]) {
  const seen = yield* Ref.make(none)

  const record = (read: Subject["reads"][number]): Effect.Effect<void> =>
    Effect.gen(function*() {
      const began = yield* Clock.currentTimeMillis
      const result = yield* Effect.result(read)
      const took = (yield* Clock.currentTimeMillis) - began
      yield* Ref.update(seen, ({ calls, failures, slowestMs }) => ({
        calls: calls + 1,
        failures: result._tag === "Failure" ? [...failures, result.failure] : failures,
        slowestMs: Math.max(slowestMs, took)
      }))
    })

  const caller = Effect.forever(
    Effect.forEach(reads, (read) => Effect.andThen(record(read), Effect.sleep(pause)), { discard: true })
  )

  return {
    /** Everybody calls at once. */
    burst: (size: number): Effect.Effect<void> =>
      Effect.forEach(
        Array.from({ length: size }, (_, index) => reads[index % reads.length]),
        (read) => read === undefined ? Effect.void : record(read),
        { concurrency: "unbounded", discard: true }
      ),
    /** Calls go on until the scope closes. */
    flow: Effect.forEach(Array.from({ length: callers }), () => Effect.forkScoped(caller), { discard: true }),
    result: Ref.get(seen)
  }
})
