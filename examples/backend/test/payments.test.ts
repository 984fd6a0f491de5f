import { assert, layer } from "@effect/vitest"
import { Money, Payment } from "@entegre/odeal"
import { Fault, type OdealModel, Sandbox } from "@entegre/sandbox"
import { Effect } from "effect"
import { eventually } from "../src/sandboxed.ts"
import { Backend, post } from "./support/backend.ts"

layer(Backend.layer, { excludeTestServices: true })("a payment at Ödeal", (it) => {
  const start = Effect.fnUntraced(function*(id: string, amount: string = "150.00") {
    const { client } = yield* Backend
    return yield* client.payments.start({ payload: { id: Payment.ExternalId.make(id), amount: Money.make(amount) } })
  })

  const find = Effect.fnUntraced(function*(id: string) {
    const { client } = yield* Backend
    return yield* client.payments.find({ params: { id: Payment.ExternalId.make(id) } })
  })

  const received = Effect.gen(function*() {
    const { odeal } = yield* Sandbox
    return (yield* odeal.counters).operations["payments.start"]?.received ?? 0
  })

  it.effect("is started, and settled by the callback that follows", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const { said } = yield* Backend
      yield* odeal.settings.update({ callbacks: true })
      assert.include((yield* start("paid")).page, "<form")
      assert.strictEqual((yield* odeal.callbacks.take).outcome, 200)
      yield* eventually(said, (lines) => lines.some((line) => line.includes("A payment was confirmed")))
      const before = (yield* odeal.counters).operations["payments.status"]?.received
      assert.strictEqual((yield* find("paid")).status, "COMPLETED")
      assert.strictEqual((yield* odeal.counters).operations["payments.status"]?.received, before)
    }))

  it.effect("whose start was not answered is not started again: 504 says so, and asking for it finds out", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.settings.update({ callbacks: false })
      yield* odeal.faults.inject(Fault.lostReply({ on: "payments.start" }))
      const before = yield* received
      const problem = yield* Effect.flip(start("unanswered"))
      assert.strictEqual(problem._tag, "OutcomeUnknown")
      assert.strictEqual((yield* received) - before, 1)
      assert.strictEqual((yield* find("unanswered")).status, "COMPLETED")
    }))

  it.effect("that Ödeal knows already is refused by it, in its own words", () =>
    Effect.gen(function*() {
      yield* start("twice")
      const problem = yield* Effect.flip(start("twice"))
      assert.strictEqual(problem._tag, "Refused")
      assert.include(problem.message, "Bu externalId ile daha önce işlem yapılmış")
    }))

  it.effect("of another amount by the same id is a conflict, and nothing is sent", () =>
    Effect.gen(function*() {
      yield* start("conflict", "10.00")
      const before = yield* received
      assert.strictEqual((yield* Effect.flip(start("conflict", "20.00")))._tag, "Conflict")
      assert.strictEqual(yield* received, before)
    }))

  it.effect("that Ödeal can not take now is to be tried later", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.faults.inject(Fault.status(429, { on: "payments.start", retryAfter: "7 seconds" }))
      const problem = yield* Effect.flip(start("later"))
      assert.deepInclude(problem, { _tag: "TryLater", retryAfter: 7 })
      yield* odeal.faults.inject(Fault.status(429, { on: "payments.start", retryAfter: "7 seconds" }))
      const { headers, status } = yield* post("/payments", "{\"id\":\"later\",\"amount\":\"150.00\"}")
      assert.deepStrictEqual([status, headers["retry-after"]], [503, "7"])
    }))

  it.effect("that nobody started is not found", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* Effect.flip(find("nobody")))._tag, "NotFound")
    }))
})

layer(Backend.layer, { excludeTestServices: true })("a callback of Ödeal", (it) => {
  /** Starts a payment that stays open. */
  const open = Effect.fnUntraced(function*(externalId: string) {
    const { client } = yield* Backend
    const { odeal } = yield* Sandbox
    yield* odeal.settings.update({ paymentOutcome: "PENDING", callbacks: false })
    const id = Payment.ExternalId.make(externalId)
    yield* client.payments.start({ payload: { id, amount: Money.make("150.00") } })
    const payments = yield* odeal.payments.list
    const payment = payments.find((payment) => payment.externalId === externalId)
    return {
      number: payment?.id ?? 0,
      status: Effect.map(client.payments.find({ params: { id } }), ({ status }) => status)
    }
  })

  const asked = Effect.gen(function*() {
    const { odeal } = yield* Sandbox
    return (yield* odeal.counters).operations["payments.status"]?.received ?? 0
  })

  const report = (number: number, change?: OdealModel.OdealCallbackChange) =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const sent = yield* odeal.callbacks.send(number, change)
      return sent.map(({ outcome }) => outcome)
    })

  it.effect("is answered, and not believed if Ödeal says something else", () =>
    Effect.gen(function*() {
      const { says } = yield* Backend
      const { number, status } = yield* open("forged")
      assert.deepStrictEqual(yield* report(number, { status: "COMPLETED" }), [200])
      yield* says("the callback says COMPLETED, and Ödeal says PENDING")
      assert.strictEqual(yield* status, "PENDING")
    }))

  it.effect("is believed after a forged one by the same key", () =>
    Effect.gen(function*() {
      const { said, says } = yield* Backend
      const { odeal } = yield* Sandbox
      const { number } = yield* open("forged-first")
      yield* report(number, { status: "FAILED" })
      yield* says("the callback says FAILED, and Ödeal says PENDING")
      yield* odeal.payments.advance(number, "FAILED")
      const before = (yield* said).length
      yield* report(number)
      yield* eventually(said, (lines) => lines.slice(before).some((line) => line.includes("A payment was confirmed")))
    }))

  it.effect("has Ödeal asked once, however often it comes", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const { said } = yield* Backend
      const { number } = yield* open("repeated")
      yield* odeal.payments.advance(number, "COMPLETED")
      const before = { asked: yield* asked, said: (yield* said).length }
      assert.deepStrictEqual(yield* report(number, { copies: 5 }), [200, 200, 200, 200, 200])
      yield* eventually(said, (lines) => lines.slice(before.said).some((line) => line.includes("was confirmed")))
      assert.deepStrictEqual(yield* report(number), [200])
      assert.strictEqual((yield* asked) - before.asked, 1)
    }))

  it.effect("about a payment that is not ours is answered, and Ödeal is not asked", () =>
    Effect.gen(function*() {
      const { says } = yield* Backend
      const before = yield* asked
      const { number } = yield* open("ours")
      assert.deepStrictEqual(yield* report(number, { status: "COMPLETED", fields: { externalId: "theirs" } }), [200])
      yield* says("A callback about a payment that is not ours")
      assert.strictEqual(yield* asked, before)
    }))

  it.effect("that can not be read is refused, with the field that is wrong", () =>
    Effect.gen(function*() {
      const { number } = yield* open("unreadable")
      assert.deepStrictEqual(yield* report(number, { fields: { payment_status: 7 } }), [400])
      const { status, text } = yield* post("/callbacks/odeal", "{\"id\":\"1\"}")
      assert.strictEqual(status, 400)
      assert.include(text, "\"uniqueKey\"")
    }))
})
