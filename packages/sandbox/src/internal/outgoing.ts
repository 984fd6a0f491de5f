import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Semaphore from "effect/Semaphore"
import type { OutgoingEntry } from "../OutgoingLog.ts"

/** What carries the requests that providers send by themselves. */
export interface Carrier {
  readonly client: HttpClient.HttpClient
  readonly mayReach: (url: URL) => boolean
}

/** A request that a provider sends by itself. */
export interface OutgoingRequest {
  readonly method: HttpMethod.HttpMethod
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** No body is `""`. */
  readonly body: string
  /** How long an answer may take. Default 10 seconds. */
  readonly patience?: Duration.Duration | undefined
}

/** The requests that one provider sends by itself. None is tried again. */
export interface Outgoing {
  /**
   * Prepares and sends a request after a while, whatever becomes of the caller. The fiber ends with the outcome.
   */
  readonly send: (
    prepare: Effect.Effect<OutgoingRequest>,
    after: Duration.Duration
  ) => Effect.Effect<Fiber.Fiber<OutgoingEntry>>
  /** The last thousand, oldest first, in the order in which they were answered. */
  readonly sent: Effect.Effect<ReadonlyArray<OutgoingEntry>>
  /** Waits for the oldest of the last thousand that was not taken yet. */
  readonly take: Effect.Effect<OutgoingEntry>
}

const capacity = 1000

const patience = Duration.seconds(10)

/** The requests of one provider, over a carrier. What is underway when the scope ends is given up. */
export const make = Effect.fnUntraced(function*(carrier: Carrier) {
  const scope = yield* Effect.scope
  const underway = yield* Semaphore.make(capacity)
  const log = yield* Ref.make<ReadonlyArray<OutgoingEntry>>([])
  const untaken = yield* Effect.acquireRelease(Queue.sliding<OutgoingEntry>(capacity), Queue.shutdown)

  const outcomeOf = (request: OutgoingRequest): Effect.Effect<OutgoingEntry["outcome"]> => {
    if (!URL.canParse(request.url)) return Effect.succeed("Unreachable")
    if (!carrier.mayReach(new URL(request.url))) return Effect.succeed("NotLoopback")
    return carrier.client.execute(toClientRequest(request)).pipe(
      Effect.map(({ status }) => status),
      Effect.scoped,
      Effect.timeoutOrElse({
        duration: request.patience ?? patience,
        orElse: () => Effect.succeed("TimedOut" as const)
      }),
      Effect.orElseSucceed(() => "Unreachable" as const),
      // A provider sends what it sends, without the trace of whoever made it do so.
      Effect.provideService(HttpClient.TracerPropagationEnabled, false)
    )
  }

  const note = Effect.fnUntraced(function*(
    request: OutgoingRequest,
    outcome: Effect.Effect<OutgoingEntry["outcome"]>
  ) {
    const at = yield* Clock.currentTimeMillis
    const entry = entryOf(at, request, yield* outcome)
    yield* Ref.update(log, (entries) => [...entries.slice(1 - capacity), entry])
    yield* Queue.offer(untaken, entry)
    return entry
  })

  const outgoing: Outgoing = {
    send: (prepare, after) =>
      Effect.delay(prepare, after).pipe(
        Effect.flatMap((request) => note(request, outcomeOf(request))),
        underway.withPermitsIfAvailable(1),
        Effect.flatMap(Option.match({
          onSome: Effect.succeed,
          onNone: () => Effect.flatMap(prepare, (request) => note(request, Effect.succeed("Dropped")))
        })),
        Effect.forkIn(scope, { startImmediately: true })
      ),
    sent: Ref.get(log),
    take: Queue.take(untaken)
  }
  return outgoing
})

/** Sends copies of a request and waits for what becomes of each: by default one, at once. */
export const sendCopies = (
  outgoing: Outgoing,
  request: OutgoingRequest,
  { copies = 1, delay = 0 }: { readonly copies?: number | undefined; readonly delay?: Duration.Input | undefined }
): Effect.Effect<ReadonlyArray<OutgoingEntry>> =>
  Effect.replicateEffect(outgoing.send(Effect.succeed(request), Duration.fromInputUnsafe(delay)), copies).pipe(
    Effect.flatMap(Fiber.joinAll)
  )

const toClientRequest = ({ body, headers, method, url }: OutgoingRequest) => {
  const request = HttpClientRequest.make(method)(url, { headers })
  return body === "" ? request : HttpClientRequest.bodyText(request, body, headers["content-type"])
}

const entryOf = (at: number, request: OutgoingRequest, outcome: OutgoingEntry["outcome"]): OutgoingEntry => ({
  at,
  method: request.method,
  url: request.url,
  headerNames: Object.keys(request.headers),
  outcome,
  headers: Redacted.make(request.headers),
  body: Redacted.make(request.body)
})
