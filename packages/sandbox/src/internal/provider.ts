import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type { Counters } from "../Counters.ts"
import type { RequestEntry } from "../RequestLog.ts"
import * as Counting from "./counting.ts"
import * as Exchange from "./exchange.ts"
import * as Faults from "./faults.ts"
import * as Log from "./log.ts"

/** What a request asks of the provider. */
export interface Operation {
  readonly name: string
  readonly target: "auth" | "calls"
  /** Whether a successful answer is a renewal by refresh token and not a login. */
  readonly renews: boolean
}

/** What one provider does of its own; the rest is the same for all of them. */
export interface Behaviour {
  readonly operationOf: (request: Exchange.SandboxRequest) => Effect.Effect<Operation>
  /** Whose token a request to the token endpoint is about. */
  readonly accountOf: (request: Exchange.SandboxRequest) => Effect.Effect<string>
  readonly act: (request: Exchange.SandboxRequest) => Effect.Effect<Exchange.Answer>
  /** What the provider sends with a status that a fault asks for. */
  readonly envelope: Effect.Effect<(status: number) => Exchange.Answer>
  readonly conditions: Effect.Effect<{ readonly latency: Duration.Duration; readonly clockSkew: Duration.Duration }>
}

/** A provider that can be put behind any transport. */
export interface Provider {
  /** The scope is that of the exchange: it ends when the caller is answered or gone. */
  readonly handle: (request: Exchange.SandboxRequest) => Effect.Effect<Exchange.SandboxReply, never, Scope.Scope>
  readonly counters: Effect.Effect<Counters>
  readonly resetCounters: Effect.Effect<void>
  readonly requests: Effect.Effect<ReadonlyArray<RequestEntry>>
  readonly faults: Faults.Faults
}

/** Puts faults, counters and the request log around a provider's behaviour. */
export const make = Effect.fnUntraced(function*(behaviour: Behaviour) {
  const scope = yield* Effect.scope
  const faults = yield* Faults.make
  const counting = yield* Counting.make
  const log = yield* Log.make

  const actAndStrike = Effect.fnUntraced(function*(request: Exchange.SandboxRequest, operation: Operation) {
    const { latency } = yield* behaviour.conditions
    const fault = yield* faults.take(operation)
    const delay = fault === undefined ? latency : Duration.sum(latency, fault.delay)
    if (Duration.isPositive(delay)) yield* Effect.sleep(delay)
    const acted = fault === undefined || fault.acts
    const meant = acted ? yield* behaviour.act(request) : Exchange.json(200, {})
    const intact = fault === undefined || Faults.leavesIntact(fault)
    yield* counting.finished(operation, { meant, acted, intact })
    return fault === undefined ? meant : Faults.strike(fault, meant, yield* behaviour.envelope)
  })

  const dated = Effect.fnUntraced(function*(reply: Exchange.SandboxReply) {
    if (!("headers" in reply) || "date" in reply.headers) return reply
    const { clockSkew } = yield* behaviour.conditions
    const now = DateTime.addDuration(yield* DateTime.now, clockSkew)
    return { ...reply, headers: { ...reply.headers, date: DateTime.toDateUtc(now).toUTCString() } }
  })

  const handle = Effect.fnUntraced(function*(request: Exchange.SandboxRequest) {
    const operation = yield* behaviour.operationOf(request)
    yield* counting.received(operation)
    if (operation.target === "auth") yield* counting.occupyTokenEndpoint(yield* behaviour.accountOf(request))
    const finish = yield* log.arrived(request, operation.name)
    // A provider goes on with what it was asked when the caller hangs up.
    const fiber = yield* actAndStrike(request, operation).pipe(
      Effect.flatMap(dated),
      Effect.tap(finish),
      Effect.forkIn(scope, { startImmediately: true })
    )
    return yield* Fiber.join(fiber)
  })

  return {
    handle,
    counters: counting.get,
    resetCounters: counting.reset,
    requests: log.entries,
    faults
  } satisfies Provider
})
