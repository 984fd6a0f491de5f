/**
 * Keys that several processes know: those in hand, each for as long as somebody handles it, and those that are done with.
 */
import * as Quota from "@entegre/core/Quota"
import * as TokenKey from "@entegre/core/TokenKey"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Attempt } from "./deduplication.ts"

/** How long after its process died a key is in nobody's hand any more. */
const handPeriod = Duration.seconds(30)
/** How often it is looked whether another process is done. */
const lookInterval = Duration.seconds(1)

/**
 * - `ours`: this process is to handle it, and has it in hand.
 * - `handled`: it was handled.
 * - `untold`: the store is away. Twice is better than never.
 */
type Claim = "ours" | "handled" | "untold"

/** `attempt` keeps apart what comes to this process twice. */
export const make = Effect.fnUntraced(function*(
  attempt: Attempt,
  quota: Quota.Service,
  { name, timeToLive }: { readonly name: string; readonly timeToLive: Duration.Duration }
): Effect.fn.Return<Attempt> {
  const newTicket = yield* Quota.tickets
  const key = TokenKey.make({ provider: "odeal", environment: "callbacks", account: Redacted.make(name) })

  const attemptOfAll: Attempt = (callback, handle) =>
    Effect.uninterruptibleMask((restore) => {
      const ticket = newTicket()
      const inHand = new Quota.Allowance({ key, name: `in hand ${callback}` })
      const handled = new Quota.Allowance({ key, name: `handled ${callback}` })
      const giveBack = Effect.ignore(quota.giveBack(inHand, ticket))
      const remember = Effect.ignore(quota.rest(handled, ticket, timeToLive))

      const claim: Effect.Effect<Claim> = Effect.flatMap(
        Effect.result(quota.take(inHand, { ticket, limit: 1, period: handPeriod })),
        (wait) => {
          if (Result.isFailure(wait)) return Effect.succeed("untold")
          return Duration.isZero(wait.success)
            ? Effect.match(quota.remaining(handled, 1), {
              onFailure: () => "ours",
              onSuccess: (remaining) => Duration.isZero(remaining) ? "ours" : "handled"
            })
            : Effect.andThen(restore(Effect.sleep(Duration.min(wait.success, lookInterval))), claim)
        }
      )

      return Effect.flatMap(claim, (claim) => {
        switch (claim) {
          case "handled":
            return Effect.as(giveBack, Option.none())
          case "untold":
            return Effect.tap(restore(handle), () => remember)
          case "ours":
            return restore(handle).pipe(
              Quota.keeping(quota, inHand, { ticket, period: handPeriod, atMost: timeToLive }),
              Effect.tap(() => remember),
              Effect.onExit(() => giveBack)
            )
        }
      })
    })

  return (callback, handle) => attempt(callback, attemptOfAll(callback, handle))
})
