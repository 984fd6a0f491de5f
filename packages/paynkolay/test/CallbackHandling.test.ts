import { assert, describe, it } from "@effect/vitest"
import * as Callback from "@entegre/paynkolay/Callback"
import type { CallbackError } from "@entegre/paynkolay/CallbackError"
import * as CallbackStore from "@entegre/paynkolay/CallbackStore"
import * as Money from "@entegre/paynkolay/Money"
import type * as Payment from "@entegre/paynkolay/PaynkolaySchemaPayment"
import { BigDecimal, Deferred, Duration, Effect, Fiber, Layer, Ref } from "effect"
import { TestClock } from "effect/testing"
import { approved, type Fields, now, sign, signTwoStep, twoStep } from "./support/callbacks.ts"
import { apiSecretKey, merchantSecretKey } from "./support/keys.ts"

const report = (fields: Fields) =>
  Effect.andThen(TestClock.setTime(now), Callback.verify(fields, { apiSecretKey, merchantSecretKey }))

const reportApproved = Effect.filterOrElse(
  report(sign(approved)),
  (reported) => reported._tag === "Approved",
  () => Effect.die("not approved")
)

/** Whether the handler ran, or the callback was taken before. */
const outcome = <A, R>(once: Effect.Effect<A, CallbackError, R>) =>
  once.pipe(
    Effect.as("handled"),
    Effect.catchReason("CallbackError", "Duplicate", () => Effect.succeed("duplicate"))
  )

describe("a callback that is handled once", () => {
  it.effect("is not handled again, neither at the same time nor later", () =>
    Effect.gen(function*() {
      const reported = yield* report(sign(approved))
      const handled = yield* Ref.make(0)
      const handler = Effect.andThen(Effect.yieldNow, Ref.update(handled, (count) => count + 1))
      const outcomes = yield* Effect.forEach(
        Array.from({ length: 50 }),
        () => outcome(Callback.once(reported, handler)),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(yield* Ref.get(handled), 1)
      assert.lengthOf(outcomes.filter((word) => word === "duplicate"), 49)
    }).pipe(Effect.provide(CallbackStore.layerMemory)))

  it.effect("is the same when it is signed anew, and another with another outcome or payment", () =>
    Effect.gen(function*() {
      const outcomeOf = (fields: Fields) =>
        outcome(Effect.flatMap(report(fields), (reported) => Callback.once(reported, Effect.void)))
      assert.strictEqual(yield* outcomeOf(sign(approved)), "handled")
      assert.strictEqual(yield* outcomeOf(sign({ ...approved, timestamp: "2026-01-15 14:31:00+0300" })), "duplicate")
      assert.strictEqual(yield* outcomeOf(sign({ ...approved, statusCode: "0" })), "handled")
      assert.strictEqual(yield* outcomeOf(sign({ ...approved, refCode: "IKSIRPF456013" })), "handled")
      assert.strictEqual(yield* outcomeOf(sign({ ...approved, trxCode: "ORDER_12346" })), "handled")
      assert.strictEqual(yield* outcomeOf(signTwoStep(twoStep)), "handled")
      assert.strictEqual(yield* outcomeOf(signTwoStep(twoStep)), "duplicate")
    }).pipe(Effect.provide(CallbackStore.layerMemory)))

  it.effect("may come again after its handler failed, died or was interrupted", () =>
    Effect.gen(function*() {
      const reported = yield* report(sign(approved))
      assert.strictEqual(yield* Effect.flip(Callback.once(reported, Effect.fail("no stock" as const))), "no stock")
      yield* Effect.exit(Callback.once(reported, Effect.die("bug")))
      const started = yield* Deferred.make<void>()
      const fiber = yield* Effect.forkChild(
        Callback.once(reported, Effect.andThen(Deferred.succeed(started, undefined), Effect.never))
      )
      yield* Deferred.await(started)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(yield* Callback.once(reported, Effect.succeed("shipped")), "shipped")
    }).pipe(Effect.provide(CallbackStore.layerMemory)))

  it.effect("is remembered as long as the options say", () =>
    Effect.gen(function*() {
      const reported = yield* report(sign(approved))
      yield* Callback.once(reported, Effect.void, { rememberFor: "2 hours" })
      yield* TestClock.adjust("119 minutes")
      const { reason } = yield* Effect.flip(Callback.once(reported, Effect.void))
      assert.strictEqual(reason._tag, "Duplicate")
      yield* TestClock.adjust("1 minute")
      yield* Callback.once(reported, Effect.void)
    }).pipe(Effect.provide(CallbackStore.layerMemory)))

  const broken = (store: Partial<CallbackStore.CallbackStore["Service"]>) =>
    Layer.mock(CallbackStore.CallbackStore, { release: () => Effect.void, ...store })

  it.effect("is not handled while the store can not tell", () =>
    Effect.gen(function*() {
      const reported = yield* report(sign(approved))
      const { message, reason } = yield* Effect.flip(Callback.once(reported, Effect.void))
      assert.strictEqual(reason._tag, "StoreUnavailable")
      assert.strictEqual(message, "it can not be told whether the callback was taken before: no connection")
    }).pipe(Effect.provide(broken({
      claim: () => Effect.fail(new CallbackStore.CallbackStoreError({ problem: "no connection" }))
    }))))

  it.effect("gives back a claim that may have been made after all, and none that is somebody else's", () =>
    Effect.gen(function*() {
      const reported = yield* report(sign(approved))
      const claimed: Array<CallbackStore.Claim> = []
      const released: Array<CallbackStore.Claim> = []
      const handle = (answer: Effect.Effect<boolean, CallbackStore.CallbackStoreError>) =>
        Effect.exit(Callback.once(reported, Effect.void)).pipe(
          Effect.provide(broken({
            claim: (claim) => Effect.andThen(Effect.sync(() => claimed.push(claim)), answer),
            release: (claim) => Effect.sync(() => void released.push(claim))
          }))
        )
      yield* handle(Effect.succeed(false))
      assert.deepStrictEqual(released, [])
      yield* handle(Effect.fail(new CallbackStore.CallbackStoreError({ problem: "connection lost" })))
      assert.deepStrictEqual(released, claimed.slice(1))
      assert.notStrictEqual(claimed[0]?.owner, claimed[1]?.owner)
    }))

  it.effect("waits no longer than five seconds for the store, neither to claim nor to release", () =>
    Effect.gen(function*() {
      const reported = yield* report(sign(approved))
      const fiber = yield* Effect.forkChild(Effect.flip(Callback.once(reported, Effect.void)))
      yield* TestClock.adjust("5 seconds")
      // The claim gave up; giving it back is tried for as long.
      yield* TestClock.adjust("5 seconds")
      const { reason } = yield* Fiber.join(fiber)
      assert.strictEqual(reason._tag, "StoreUnavailable")
    }).pipe(Effect.provide(broken({ claim: () => Effect.never, release: () => Effect.never }))))
})

describe("the store in memory", () => {
  const claim = (key: string, owner: string, timeToLive = Duration.minutes(1)) =>
    CallbackStore.CallbackStore.use((store) => store.claim({ key, owner }, timeToLive))
  const release = (key: string, owner: string) =>
    CallbackStore.CallbackStore.use((store) => store.release({ key, owner }))

  it.effect("gives a claim to one owner, and takes it back from that one only", () =>
    Effect.gen(function*() {
      assert.isTrue(yield* claim("a", "1"))
      assert.isFalse(yield* claim("a", "2"))
      yield* release("a", "2")
      assert.isFalse(yield* claim("a", "2"))
      yield* release("a", "1")
      assert.isTrue(yield* claim("a", "2"))
    }).pipe(Effect.provide(CallbackStore.layerMemory)))

  it.effect("keeps a late owner from releasing the next one's claim", () =>
    Effect.gen(function*() {
      assert.isTrue(yield* claim("a", "1"))
      yield* TestClock.adjust("1 minute")
      assert.isTrue(yield* claim("a", "2"))
      yield* release("a", "1")
      assert.isFalse(yield* claim("a", "3"))
    }).pipe(Effect.provide(CallbackStore.layerMemory)))

  it.effect("has a bound, and room again when the oldest claim ends", () =>
    Effect.gen(function*() {
      assert.isTrue(yield* claim("a", "1"))
      yield* TestClock.adjust("30 seconds")
      assert.isTrue(yield* claim("b", "1"))
      assert.strictEqual((yield* Effect.flip(claim("c", "1"))).message, "no room for another claim")
      assert.isFalse(yield* claim("a", "2"))
      yield* TestClock.adjust("30 seconds")
      assert.isTrue(yield* claim("c", "1"))
      assert.isFalse(yield* claim("b", "2"))
    }).pipe(Effect.provide(CallbackStore.layerMemoryWith({ capacity: 2 }))))
})

describe("a callback that is confirmed", () => {
  const sale: Payment.PaymentStatus = {
    trxStatus: "SUCCESS",
    trxCode: "ORDER_12345",
    refCode: "IKSIRPF456012",
    trxType: "SALES",
    trxAmount: BigDecimal.fromStringUnsafe("150"),
    trxCurrency: "TRY"
  }
  const expected = { trxAmount: Money.make("150.00"), trxCurrency: "TRY" } as const

  const confirm = (transactions: ReadonlyArray<Payment.PaymentStatus>, change: Partial<typeof expected> = {}) =>
    Effect.flatMap(reportApproved, (reported) =>
      Callback.confirm(reported, {
        expected: { ...expected, ...change },
        status: () => Effect.succeed(transactions)
      }))

  it.effect("is asked for by both codes, and holds what was reported and what was said", () =>
    Effect.gen(function*() {
      const reported = yield* reportApproved
      const asked: Array<Payment.StatusQuery> = []
      const confirmed = yield* Callback.confirm(reported, {
        expected,
        status: (query) =>
          Effect.sync(() => {
            asked.push(query)
            return [sale]
          })
      })
      assert.deepStrictEqual(asked, [{ refCode: "IKSIRPF456012", trxCode: "ORDER_12345" }])
      assert.deepStrictEqual(confirmed, { _tag: "Confirmed", reported, status: sale })
    }))

  it.effect("may have a refund beside it, and more paid by instalment fees", () =>
    Effect.gen(function*() {
      const refund = { ...sale, trxType: "REFUND", trxStatus: "FAILED" }
      const more = { ...sale, trxAmount: BigDecimal.fromStringUnsafe("153.00") }
      assert.strictEqual((yield* confirm([refund, more])).status.trxAmount, more.trxAmount)
    }))

  it.effect.each<readonly [string, ReadonlyArray<Payment.PaymentStatus>, string, string | undefined, boolean]>([
    ["nothing", [], "notFound", undefined, true],
    ["another payment", [{ ...sale, refCode: "IKSIRPF456013" }], "notFound", undefined, true],
    ["another order", [{ ...sale, trxCode: "ORDER_1" }], "notFound", undefined, true],
    ["a refund only", [{ ...sale, trxType: "REFUND" }], "notFound", undefined, true],
    ["that it waits", [{ ...sale, trxStatus: "PENDING" }], "status", "PENDING", true],
    ["that it failed", [{ ...sale, trxStatus: "FAILED" }], "status", "FAILED", false],
    ["that it was cancelled", [sale, { ...sale, trxStatus: "CANCELLED" }], "status", "CANCELLED", false],
    ["that less was paid", [{ ...sale, trxAmount: BigDecimal.fromStringUnsafe("149.99") }], "amount", "SUCCESS", false],
    ["another currency", [{ ...sale, trxCurrency: "USD" }], "currency", "SUCCESS", false]
  ])("is not, if Paynkolay says %s", ([, transactions, problem, trxStatus, isRetryable]) =>
    Effect.gen(function*() {
      const { reason } = yield* Effect.flip(confirm(transactions))
      assert(reason._tag === "NotConfirmed")
      assert.deepStrictEqual([reason.problem, reason.trxStatus, reason.isRetryable], [problem, trxStatus, isRetryable])
    }))

  it.effect("is not, if the order costs more, or another currency", () =>
    Effect.gen(function*() {
      const dearer = yield* Effect.flip(confirm([sale], { trxAmount: Money.make("150.01") }))
      assert.strictEqual(dearer.reason._tag === "NotConfirmed" && dearer.reason.problem, "amount")
      const reported = yield* reportApproved
      const foreign = yield* Effect.flip(Callback.confirm(reported, {
        expected: { ...expected, trxCurrency: "EUR" },
        status: () => Effect.succeed([sale])
      }))
      assert.strictEqual(foreign.reason._tag === "NotConfirmed" && foreign.reason.problem, "currency")
    }))

  it.effect("fails as asking does", () =>
    Effect.gen(function*() {
      const reported = yield* reportApproved
      const error = yield* Effect.flip(Callback.confirm(reported, { expected, status: () => Effect.fail("offline") }))
      assert.strictEqual(error, "offline")
    }))
})
