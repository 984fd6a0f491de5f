import { assert, layer } from "@effect/vitest"
import { Identifiers, Money } from "@entegre/paynkolay"
import { Fault, type PaynkolayModel, Sandbox } from "@entegre/sandbox"
import { Effect, Redacted, Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { eventually } from "../src/sandboxed.ts"
import { Backend, post } from "./support/backend.ts"

const seller = {
  sellerType: 1,
  sellerExternalId: "seller-1",
  nameSurname: "Ayşe Yılmaz",
  tckn: Identifiers.Tckn.make("10000000146"),
  iban: Identifiers.Iban.make("TR330006100519786457841326"),
  mpPaymentProfileExternalId: "PROFILE1"
} as const

const Problem = Schema.fromJsonString(HttpApiError.BadRequestProblem)

layer(Backend.layer, { excludeTestServices: true })("a seller", (it) => {
  it.effect("is opened at Paynkolay, and shown without name and numbers", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const { status, text } = yield* post("/sellers", JSON.stringify(seller))
      assert.deepStrictEqual([status, text], [201, "{\"sellerExternalId\":\"seller-1\",\"active\":true}"])
      const sellers = yield* paynkolay.sellers.list
      assert.isTrue(
        sellers.some(({ sellerExternalId, tckn }) => sellerExternalId === "seller-1" && tckn === seller.tckn)
      )
    }))

  it.effect("with wrong numbers is refused before anything is sent: each field is named, its value is not", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const before = (yield* paynkolay.counters).operations["seller"]?.received
      const wrong = { ...seller, iban: "TR330006100519786457841327", tckn: "10000000147" }
      const { status, text } = yield* post("/sellers", JSON.stringify(wrong))
      assert.strictEqual(status, 400)
      const { errors } = yield* Schema.decodeEffect(Problem)(text)
      assert.deepStrictEqual(errors?.map(({ path }) => path), [["payload", "iban"], ["payload", "tckn"]])
      assert.notInclude(text, wrong.iban)
      assert.notInclude(text, wrong.tckn)
      assert.strictEqual((yield* paynkolay.counters).operations["seller"]?.received, before)
    }))

  it.effect("that Paynkolay refuses is refused, in its own words", () =>
    Effect.gen(function*() {
      const { client } = yield* Backend
      const payload = { ...seller, sellerExternalId: "seller-2", mpPaymentProfileExternalId: "PROFILE9" }
      const problem = yield* Effect.flip(client.marketplace.open({ payload }))
      assert.strictEqual(problem._tag, "Refused")
      assert.match(problem.message, /\p{L}/u)
    }))

  it.effect("whose opening was not answered is not opened again: asking for it finds out", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const { client } = yield* Backend
      yield* paynkolay.faults.inject(Fault.lostReply({ on: "seller" }))
      const before = (yield* paynkolay.counters).operations["seller"]?.received ?? 0
      const payload = { ...seller, sellerExternalId: "seller-3" }
      assert.strictEqual((yield* Effect.flip(client.marketplace.open({ payload })))._tag, "OutcomeUnknown")
      assert.strictEqual((yield* paynkolay.counters).operations["seller"]?.received, before + 1)
      const found = yield* client.marketplace.find({ params: { sellerExternalId: "seller-3" } })
      assert.deepStrictEqual(found, { sellerExternalId: "seller-3", active: true })
    }))
})

layer(Backend.layer, { excludeTestServices: true })("a callback of Paynkolay", (it) => {
  const sellerExternalId = "SELLER123"

  /** Starts a payment that nobody has paid yet. */
  const sell = Effect.fnUntraced(function*(trxCode: string, settings?: PaynkolayModel.PaynkolaySettingsPatch) {
    const { paynkolay } = yield* Sandbox
    const { client: { marketplace } } = yield* Backend
    yield* paynkolay.settings.update({
      callbacks: false,
      callbackFormat: "form",
      bankCode: "00",
      clockSkew: 0,
      ...settings
    })
    const params = { sellerExternalId, trxCode }
    const gsm = Redacted.make(Identifiers.Gsm.make("5321234567"))
    yield* marketplace.sell({ params, payload: { trxCode, amount: Money.make("80.00"), gsm } })
    return { status: Effect.map(marketplace.findSale({ params }), ({ status }) => status) }
  })

  const send = Effect.fnUntraced(function*(trxCode: string, change?: PaynkolayModel.PaynkolayCallbackChange) {
    const { paynkolay } = yield* Sandbox
    return (yield* paynkolay.callbacks.send(trxCode, change)).map(({ outcome }) => outcome)
  })

  const asked = Effect.gen(function*() {
    const { paynkolay } = yield* Sandbox
    return (yield* paynkolay.counters).operations["payment.status"]?.received ?? 0
  })

  const isSettled = (status: string) => status !== "PENDING"

  it.effect("settles the payment once Paynkolay has confirmed it, however often it comes", () =>
    Effect.gen(function*() {
      const { status } = yield* sell("paid")
      const before = yield* asked
      assert.deepStrictEqual(yield* send("paid", { copies: 5 }), [200, 200, 200, 200, 200])
      assert.strictEqual(yield* eventually(status, isSettled), "PAID")
      assert.deepStrictEqual(yield* send("paid"), [200])
      assert.strictEqual((yield* asked) - before, 1)
    }))

  it.effect.each(["form", "json"] as const)("is taken as %s", (callbackFormat) =>
    Effect.gen(function*() {
      const { status } = yield* sell(`as-${callbackFormat}`, { callbackFormat })
      assert.deepStrictEqual(yield* send(`as-${callbackFormat}`), [200])
      assert.strictEqual(yield* eventually(status, isSettled), "PAID")
    }))

  it.effect("says that the bank declined", () =>
    Effect.gen(function*() {
      const { status } = yield* sell("declined", { bankCode: "51" })
      assert.deepStrictEqual(yield* send("declined"), [200])
      assert.strictEqual(yield* eventually(status, isSettled), "DECLINED")
    }))

  it.effect.each<readonly [string, PaynkolayModel.PaynkolayCallbackChange]>([
    ["whose signature is forged", { forged: true }],
    ["whose amount was changed on the way", { fields: { authAmount: "8000.00" } }]
  ])("%s is refused, and changes nothing", ([name, change]) =>
    Effect.gen(function*() {
      const trxCode = name.replaceAll(" ", "-")
      const { status } = yield* sell(trxCode)
      const before = yield* asked
      assert.deepStrictEqual(yield* send(trxCode, change), [401])
      assert.strictEqual(yield* status, "PENDING")
      assert.strictEqual(yield* asked, before)
    }))

  it.effect("that is an hour old is refused", () =>
    Effect.gen(function*() {
      const { status } = yield* sell("old", { clockSkew: "-1 hour" })
      assert.deepStrictEqual(yield* send("old"), [400])
      assert.strictEqual(yield* status, "PENDING")
    }))

  it.effect("of a payment whose start was not answered settles it, and it is not started again", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* paynkolay.faults.inject(Fault.lostReply({ on: "payment.create.MASTERPASS" }))
      assert.strictEqual((yield* Effect.flip(sell("unanswered")))._tag, "OutcomeUnknown")
      assert.strictEqual((yield* Effect.flip(sell("unanswered")))._tag, "Conflict")
      assert.deepStrictEqual(yield* send("unanswered"), [200])
      const payments = yield* paynkolay.payments.list
      assert.lengthOf(payments.filter(({ trxCode }) => trxCode === "unanswered"), 1)
    }))

  it.effect("follows a payment that was to be tried later, and was", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* paynkolay.faults.inject(Fault.status(429, { on: "payment.create.MASTERPASS" }))
      assert.strictEqual((yield* Effect.flip(sell("later")))._tag, "TryLater")
      const { status } = yield* sell("later")
      assert.deepStrictEqual(yield* send("later"), [200])
      assert.strictEqual(yield* eventually(status, isSettled), "PAID")
    }))

  it.effect("that can not be read is refused", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* post("/callbacks/paynkolay", "{")).status, 400)
      assert.strictEqual((yield* post("/callbacks/paynkolay", "<xml/>", "application/xml")).status, 415)
    }))
})
