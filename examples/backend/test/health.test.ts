import { assert, describe, it } from "@effect/vitest"
import { type Counters, Fault, Sandbox } from "@entegre/sandbox"
import { Effect } from "effect"
import * as Sandboxed from "../src/sandboxed.ts"
import { Stage } from "./support/backend.ts"

const providers = Effect.map(Sandbox, ({ apex, dukkango, odeal, paynkolay }) => [apex, dukkango, odeal, paynkolay])

/** What the token endpoints of all providers have seen. */
const tokenRequests = Effect.flatMap(
  providers,
  (providers) => Effect.forEach(providers, ({ counters }) => Effect.map(counters, received))
)

const received = ({ logins, loginsFailed, loginsRefused, renewals }: Counters.Counters) =>
  logins + loginsFailed + loginsRefused + renewals

/** Many probes, as they come from whoever runs the service. */
const probe = <A, E, R>(readyz: Effect.Effect<A, E, R>) => Effect.replicateEffect(readyz, 50, { concurrency: 10 })

describe("readiness", () => {
  it.live("is given on a cold start, while no provider hands out a token", () =>
    Effect.gen(function*() {
      yield* Effect.forEach(yield* providers, ({ faults }) => faults.inject(Fault.hang({ on: "auth", times: 1 })))
      const { client } = yield* Sandboxed.start()
      assert.deepStrictEqual(yield* client.readyz(), { ready: true })
      assert.deepStrictEqual(yield* client.healthz(), { alive: true })
    }).pipe(Effect.scoped, Effect.provide(Stage)))

  it.live("comes after a login to each provider in the background, and probes add none", () =>
    Effect.gen(function*() {
      const { client } = yield* Sandboxed.start()
      yield* Sandboxed.eventually(tokenRequests, (requests) => requests.every((count) => count === 1))
      yield* probe(client.readyz())
      assert.deepStrictEqual(yield* tokenRequests, [1, 1, 1, 1])
    }).pipe(Effect.scoped, Effect.provide(Stage)))

  it.live("is taken away while credentials stand refused, and probes do not try them again", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.settings.update({ credentialsAccepted: false })
      const { client } = yield* Sandboxed.start()
      const notReady = yield* Sandboxed.eventually(Effect.result(client.readyz()), ({ _tag }) => _tag === "Failure")
      assert.strictEqual(notReady._tag === "Failure" ? notReady.failure._tag : "", "NotReady")
      const problems = yield* probe(Effect.flip(client.readyz()))
      assert.isTrue(problems.every((problem) => problem._tag === "NotReady" && problem.providers.join() === "odeal"))
      assert.strictEqual((yield* odeal.counters).loginsRefused, 1)
      assert.deepStrictEqual(yield* client.healthz(), { alive: true })
    }).pipe(Effect.scoped, Effect.provide(Stage)))
})
