import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Counters from "../Counters.ts"
import type { RequestEntry } from "../RequestLog.ts"
import * as Exchange from "./exchange.ts"
import * as Faults from "./faults.ts"

/** What a request asks of the provider. */
export interface Operation {
  readonly name: string
  readonly target: "auth" | "calls"
  /** Whether a successful answer is a renewal by refresh token and not a login. */
  readonly renews: boolean
}

/** What one provider does of its own; the rest is the same for all of them. */
export interface Behaviour {
  readonly operationOf: (request: Exchange.SandboxRequest) => Operation
  readonly accountOf: (request: Exchange.SandboxRequest) => string
  readonly act: (request: Exchange.SandboxRequest) => Effect.Effect<Exchange.Answer>
  readonly envelope: (status: number) => Exchange.Answer
  readonly conditions: Effect.Effect<{ readonly latency: Duration.Duration; readonly clockSkew: Duration.Duration }>
}

/** A provider that can be put behind any transport. */
export interface Provider {
  /** The scope is that of the exchange: it ends when the caller is answered or gone. */
  readonly handle: (request: Exchange.SandboxRequest) => Effect.Effect<Exchange.SandboxReply, never, Scope.Scope>
  readonly counters: Effect.Effect<Counters.Counters>
  readonly resetCounters: Effect.Effect<void>
  readonly requests: Effect.Effect<ReadonlyArray<RequestEntry>>
  readonly faults: Faults.Faults
}

const requestLogSize = 1000

/** Puts faults, counters and the request log around a provider's behaviour. */
export const make = Effect.fnUntraced(function*(behaviour: Behaviour) {
  const scope = yield* Effect.scope
  const faults = yield* Faults.make
  const counters = yield* Ref.make(Counters.zero)
  const requests = yield* Ref.make<ReadonlyArray<RequestEntry>>([])
  const inProgress = yield* Ref.make(HashMap.empty<string, number>())

  const record = (entry: RequestEntry) =>
    Ref.update(requests, (entries) => [...entries.slice(1 - requestLogSize), entry])

  const enterTokenEndpoint = (account: string) =>
    Effect.gen(function*() {
      const [others, total] = yield* Ref.modify(inProgress, (accounts) => {
        const others = Option.getOrElse(HashMap.get(accounts, account), () => 0)
        const entered = HashMap.set(accounts, account, others + 1)
        return [[others, HashMap.reduce(entered, 0, (sum, n) => sum + n)] as const, entered]
      })
      yield* Ref.update(counters, (counts) => ({
        ...counts,
        overlaps: counts.overlaps + (others > 0 ? 1 : 0),
        peakLogins: Math.max(counts.peakLogins, total)
      }))
    })

  const leaveTokenEndpoint = (account: string) =>
    Ref.update(inProgress, (accounts) => {
      const left = Option.getOrElse(HashMap.get(accounts, account), () => 1) - 1
      return left === 0 ? HashMap.remove(accounts, account) : HashMap.set(accounts, account, left)
    })

  const dated = Effect.fnUntraced(function*(reply: Exchange.SandboxReply) {
    if (!("headers" in reply) || "date" in reply.headers) return reply
    const { clockSkew } = yield* behaviour.conditions
    const now = DateTime.addDuration(yield* DateTime.now, clockSkew)
    return { ...reply, headers: { ...reply.headers, date: DateTime.toDateUtc(now).toUTCString() } }
  })

  const actAndStrike = Effect.fnUntraced(function*(request: Exchange.SandboxRequest, operation: Operation) {
    const { latency } = yield* behaviour.conditions
    const fault = yield* faults.take(operation)
    const delay = fault === undefined ? latency : Duration.sum(latency, fault.delay)
    if (Duration.isPositive(delay)) yield* Effect.sleep(delay)
    const acts = fault === undefined || fault.acts
    const meant = acts ? yield* behaviour.act(request) : Exchange.json(200, {})
    const done = acts && isOk(meant)
    const intact = fault === undefined || Faults.leavesIntact(fault)
    yield* Ref.update(counters, (counts) => countAnswer(counts, operation, meant, { done, intact }))
    return yield* dated(fault === undefined ? meant : Faults.strike(fault, meant, behaviour.envelope))
  })

  const handle = Effect.fnUntraced(function*(request: Exchange.SandboxRequest) {
    const at = yield* Clock.currentTimeMillis
    const operation = behaviour.operationOf(request)
    yield* Ref.update(counters, (counts) => countReceived(counts, operation))
    if (operation.target === "auth") {
      const account = behaviour.accountOf(request)
      yield* Effect.acquireRelease(enterTokenEndpoint(account), () => leaveTokenEndpoint(account))
    }
    // A provider goes on with what it was asked when the caller hangs up.
    const fiber = yield* actAndStrike(request, operation).pipe(
      Effect.tap((reply) => record(entryOf(at, request, operation, reply))),
      Effect.forkIn(scope, { startImmediately: true })
    )
    return yield* Fiber.join(fiber)
  })

  return {
    handle,
    counters: Ref.get(counters),
    resetCounters: Ref.set(counters, Counters.zero),
    requests: Ref.get(requests),
    faults
  } satisfies Provider
})

const isOk = (answer: Exchange.Answer) => answer.status >= 200 && answer.status < 300

const countOperation = (
  counts: Counters.Counters,
  operation: Operation,
  add: { readonly received: number; readonly done: number }
): Counters.Counters => {
  const before = counts.operations[operation.name] ?? { received: 0, done: 0 }
  return {
    ...counts,
    operations: {
      ...counts.operations,
      [operation.name]: { received: before.received + add.received, done: before.done + add.done }
    }
  }
}

const countReceived = (counts: Counters.Counters, operation: Operation) =>
  countOperation(counts, operation, { received: 1, done: 0 })

const countAnswer = (
  counts: Counters.Counters,
  operation: Operation,
  answer: Exchange.Answer,
  how: { readonly done: boolean; readonly intact: boolean }
): Counters.Counters => {
  const kind = kindOf(operation, answer, how.intact)
  return countOperation({ ...counts, [kind]: counts[kind] + 1 }, operation, { received: 0, done: how.done ? 1 : 0 })
}

const kindOf = (operation: Operation, answer: Exchange.Answer, intact: boolean) => {
  if (operation.target === "auth") {
    if (!intact) return "loginsFailed"
    if (!isOk(answer)) return "loginsRefused"
    return operation.renews ? "renewals" : "logins"
  }
  if (!intact) return "failed"
  if (isOk(answer)) return "calls"
  if (answer.status === 401) return "refused"
  return answer.status === 429 ? "cooldownRefusals" : "rejected"
}

const entryOf = (
  at: number,
  request: Exchange.SandboxRequest,
  operation: Operation,
  reply: Exchange.SandboxReply
): RequestEntry => ({
  at,
  method: request.method,
  path: request.query.size === 0 ? request.path : `${request.path}?${request.query}`,
  operation: operation.name,
  headerNames: Object.keys(request.headers),
  reply: reply._tag === "Answer" || reply._tag === "Dripped" ? reply.status : reply._tag,
  headers: Redacted.make(request.headers),
  body: Redacted.make(request.body)
})
