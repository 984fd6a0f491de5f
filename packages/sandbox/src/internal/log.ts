import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type { RequestEntry } from "../RequestLog.ts"
import type * as Exchange from "./exchange.ts"

const size = 1000

const bodySize = 65_536

/** The last thousand requests, oldest first. */
export interface Log {
  readonly entries: Effect.Effect<ReadonlyArray<RequestEntry>>
  /** Notes the arrival of a request; the effect it gives notes the reply and ends the entry. */
  readonly arrived: (
    request: Exchange.SandboxRequest,
    operation: string
  ) => Effect.Effect<(reply: Exchange.SandboxReply) => Effect.Effect<void>>
}

export const make: Effect.Effect<Log> = Effect.map(
  Ref.make<ReadonlyArray<RequestEntry>>([]),
  (ref): Log => ({
    entries: Ref.get(ref),
    arrived: (request, operation) =>
      Effect.map(
        Clock.currentTimeMillis,
        (at) => (reply) =>
          Ref.update(ref, (entries) => [...entries.slice(1 - size), entryOf(at, request, operation, reply)])
      )
  })
)

const entryOf = (
  at: number,
  request: Exchange.SandboxRequest,
  operation: string,
  reply: Exchange.SandboxReply
): RequestEntry => ({
  at,
  method: request.method,
  path: request.query.size === 0 ? request.path : `${request.path}?${request.query}`,
  operation,
  headerNames: Object.keys(request.headers),
  reply: reply._tag === "Answer" || reply._tag === "Dripped" ? reply.status : reply._tag,
  headers: Redacted.make(request.headers),
  body: Redacted.make(request.body.slice(0, bodySize))
})
