/**
 * Two providers that work, are revoked, fail and lock out, so that there is something to see.
 */
import { Apex } from "@entegre/apex"
import { Dukkango } from "@entegre/dukkango"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Effect, Schedule } from "effect"
import type { Duration } from "effect"

const calls = Effect.gen(function*() {
  const { restaurants } = yield* Dukkango
  const { nodes } = yield* Apex
  const list = Effect.exit(restaurants.list)
  const create = Effect.exit(nodes.create({ name: "Root", type: "Apex" }))
  yield* Effect.all([list, list, create], { concurrency: "unbounded" })
})

/** Something goes wrong every now and then. */
const trouble = Effect.gen(function*() {
  const { apex, dukkango } = yield* Sandbox
  yield* dukkango.revokeTokens
  yield* apex.faults.inject(Fault.status(503, { on: "calls", times: 3 }))
  yield* apex.faults.inject(Fault.reset({ on: "auth", times: 1 }))
  yield* apex.revokeTokens
})

/** The credentials of one provider are refused for a while. */
const lockout = Effect.gen(function*() {
  const { dukkango } = yield* Sandbox
  yield* dukkango.settings.update({ credentialsAccepted: false })
  yield* dukkango.revokeTokens
})

/** Traffic with trouble on the way: rounds of calls, one every so often. */
export const traffic = (
  { every, rounds }: { readonly every: Duration.Input; readonly rounds: number }
): Effect.Effect<void, never, Apex | Dukkango | Sandbox> =>
  Effect.gen(function*() {
    const some = Effect.repeat(calls, Schedule.spaced(every).pipe(Schedule.upTo({ times: rounds })))
    yield* some
    yield* trouble
    yield* some
    yield* lockout
    yield* some
  })
