/**
 * Writes what happens to tokens into the application's log: an audit trail that needs nothing else.
 *
 * Each event is one line, with its fields as annotations under their own names and `event` for its kind. Routine is logged
 * at `Debug` and `Info`, what somebody should look at at `Warning`, refused credentials at `Error`. No event has a secret
 * in it, so no line has.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as LogLevel from "effect/LogLevel"
import { follow } from "./internal/follow.ts"
import type { TokenCache } from "./TokenCache.ts"
import type { TokenEvent } from "./TokenEvent.ts"

/**
 * At which level an event is logged.
 */
export const levelOf = (event: TokenEvent): LogLevel.Severity => {
  switch (event._tag) {
    case "Asked":
    case "SkewLearnt":
      return "Debug"
    case "Issued":
    case "Adopted":
    case "Rejected":
    case "LockoutEnded":
    case "StoreRecovered":
    case "Forgotten":
    case "NotIssued":
      return "Info"
    case "Failed":
    case "ExpiryDoubtful":
    case "WindowClamped":
    case "Slowed":
    case "StoreUnavailable":
      return "Warn"
    case "LockedOut":
      return "Error"
  }
}

/**
 * An event in words: `"dukkango/Akat: a login brought generation 3 after 120 ms"`.
 */
export const describe = (event: TokenEvent): string => `${event.provider}/${event.key}: ${words(event)}`

const words = (event: TokenEvent): string => {
  switch (event._tag) {
    case "Asked":
      return `a ${event.means} is sent (${event.cause}, attempt ${event.attempt})`
    case "Issued":
      return `a ${event.means} brought generation ${event.generation} after ${event.duration} ms`
    case "NotIssued":
      return `a ${event.means} brought nothing after ${event.duration} ms: ${event.reason}`
    case "Failed":
      return `attempt ${event.attempt} failed: ${event.message}; the next may follow in ${event.retryAfter} ms`
    case "Adopted":
      return `generation ${event.generation} was taken over from the token store`
    case "Rejected":
      return `the provider refused generation ${event.generation}`
    case "Slowed":
      return `tokens are refused as soon as they are issued; nobody asks for ${event.retryAfter} ms`
    case "LockedOut":
      return `the credentials were refused (${event.attempts} in a row); the next probe may follow in ${event.retryAfter} ms`
    case "LockoutEnded":
      return "the credentials are tried again"
    case "Forgotten":
      return `generation ${event.generation} was forgotten by request`
    case "ExpiryDoubtful":
      return `what the provider said about expiry could not be used: ${event.problem}`
    case "WindowClamped":
      return `the refresh window of ${event.window} ms is longer than half of a life of ${event.life} ms`
    case "SkewLearnt":
      return `the provider's clock is ahead by ${event.millis} ms`
    case "StoreUnavailable":
      return `the token store did not serve (${event.operation}): ${event.problem}`
    case "StoreRecovered":
      return `generation ${event.generation} has reached the token store`
  }
}

/**
 * Logs every event of the token cache.
 *
 * ```ts
 * const Main = Layer.mergeAll(Providers, TokenLog.layer).pipe(Layer.provideMerge(TokenCache.layer))
 * ```
 */
export const layer: Layer.Layer<never, never, TokenCache> = Layer.effectDiscard(
  follow((event) => {
    const { _tag, ...fields } = event
    return Effect.annotateLogs(Effect.logWithLevel(levelOf(event))(describe(event)), { event: _tag, ...fields })
  })
)
