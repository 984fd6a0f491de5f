/**
 * With plain mocks: one member of the service in place of the provider, for a unit test of one reason. Everything else of
 * the service dies with a clear message if it is used.
 */
import { assert, describe, it } from "@effect/vitest"
import { CallError, TokenError } from "@entegre/core"
import { DukkangoError, DukkangoMock, DukkangoSchema } from "@entegre/dukkango"
import { Duration, Effect } from "effect"
import { acceptOrder, type Screen } from "../src/acceptOrder.ts"

const key = DukkangoSchema.OrderKey.make("3e9caf87-5cb7-4c4e-adcb-fc2ec54cf24e")

const failingWith = (reason: DukkangoError["reason"]) =>
  DukkangoMock.layer({
    orders: { accept: () => Effect.fail(new DukkangoError({ operation: "orders.accept", reason })) }
  })

const expected: ReadonlyArray<readonly [DukkangoError["reason"], Screen]> = [
  [new CallError.NotSent({ problem: "connectionRefused" }), { _tag: "TryLater", seconds: 5 }],
  [
    new TokenError.IssuerUnavailable({ problem: "refused", retryAfter: Duration.millis(1200) }),
    { _tag: "TryLater", seconds: 2 }
  ],
  [
    new CallError.OutcomeUnknown({ problem: "timedOut", findOut: "look" }),
    { _tag: "CheckFirst", how: "look" }
  ]
]

describe("a reason", () => {
  for (const [reason, screen] of expected) {
    it.effect(`${reason._tag} shows ${screen._tag}`, () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* acceptOrder(key, 30), screen)
      }).pipe(Effect.provide(failingWith(reason))))
  }
})
