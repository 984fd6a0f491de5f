/**
 * A day of the service in some seconds: it runs as a process of its own against the sandbox, and everything that happens
 * to it comes over HTTP. Exits with 1 if anything is not as it should be.
 */
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Apex } from "@entegre/apex"
import { TokenCache } from "@entegre/core"
import { Money, Payment } from "@entegre/odeal"
import { Identifiers, Money as Lira } from "@entegre/paynkolay"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Console, Data, Effect, Fiber, Layer, Redacted } from "effect"
import { eventually } from "./sandboxed.ts"
import * as Sandboxed from "./sandboxed.ts"

class Unexpected extends Data.TaggedError("Unexpected")<{ readonly message: string }> {}

type Backend = Effect.Success<ReturnType<typeof Sandboxed.start>>

const title = (text: string) => Console.log(`\n${text}`)

/** Says that something is so, and fails if it is not. */
const so = <A>(what: string, seen: A, expected: NoInfer<A>) => {
  const [was, should] = [JSON.stringify(seen), JSON.stringify(expected)]
  return was === should
    ? Console.log(`  ✓ ${what}`)
    : Effect.fail(new Unexpected({ message: `${what}: saw ${was}, expected ${should}` }))
}

const restaurant = Effect.fnUntraced(function*({ client: { restaurant } }: Backend) {
  const { dukkango } = yield* Sandbox
  yield* title("Dükkango: a customer orders")
  const { payment_key: key } = yield* dukkango.orders.place()
  const orders = yield* eventually(restaurant.orders(), ({ length }) => length > 0)
  yield* so("the service lists the order", orders.map((order): string => order.key), [key])
  const acknowledged = yield* eventually(dukkango.orders.acknowledgements, ({ length }) => length > 0)
  yield* so("and has told Dükkango so", acknowledged.map(({ paymentKey }) => paymentKey), [key])
})

const payments = Effect.fnUntraced(function*({ client: { payments }, says }: Backend) {
  const { odeal } = yield* Sandbox
  const id = Payment.ExternalId.make("siparis-1")
  const amount = Money.make("150.00")
  const status = Effect.map(payments.find({ params: { id } }), ({ status }) => status)

  yield* title("Ödeal: a payment is started, and somebody lies about it")
  yield* odeal.settings.update({ paymentOutcome: "PENDING" })
  const { page } = yield* payments.start({ payload: { id, amount } })
  yield* so("there is a page for the cardholder", page.startsWith("<form"), true)
  const [payment] = yield* odeal.payments.list
  const [forged] = yield* odeal.callbacks.send(payment?.id ?? 0, { status: "COMPLETED" })
  yield* so("a callback that says \"COMPLETED\" is answered", forged?.outcome, 200)
  yield* says("the callback says COMPLETED, and Ödeal says PENDING")
  yield* so("and not believed", yield* status, "PENDING")

  yield* title("Ödeal: the cardholder pays")
  yield* odeal.payments.advance(payment?.id ?? 0, "COMPLETED")
  yield* so("now the payment is completed", yield* eventually(status, (status) => status !== "PENDING"), "COMPLETED")
})

const marketplace = Effect.fnUntraced(function*({ client: { marketplace } }: Backend) {
  const { paynkolay } = yield* Sandbox
  const sellerExternalId = "seller-1"
  const trxCode = "satis-1"
  const seller = {
    sellerType: 1,
    sellerExternalId,
    nameSurname: "Ayşe Yılmaz",
    tckn: Identifiers.Tckn.make("10000000146"),
    iban: Identifiers.Iban.make("TR330006100519786457841326"),
    mpPaymentProfileExternalId: "PROFILE1"
  } as const

  yield* title("Paynkolay: a seller is opened")
  const opened = yield* marketplace.open({ payload: seller })
  yield* so("and shown without name and numbers", opened, { sellerExternalId, active: true })
  const refused = yield* Effect.flip(
    marketplace.open({ payload: { ...seller, sellerExternalId: "seller-2", mpPaymentProfileExternalId: "PROFILE9" } })
  )
  yield* so("one without a profile is refused", refused._tag, "Refused")

  yield* title("Paynkolay: somebody buys from the seller")
  const params = { sellerExternalId, trxCode }
  yield* paynkolay.settings.update({ callbacks: false })
  yield* marketplace.sell({
    params,
    payload: { trxCode, amount: Lira.make("80.00"), gsm: Redacted.make(Identifiers.Gsm.make("5321234567")) }
  })
  const status = Effect.map(marketplace.findSale({ params }), ({ status }) => status)
  const [forged] = yield* paynkolay.callbacks.send(trxCode, { forged: true })
  yield* so("a callback with a forged signature is refused", forged?.outcome, 401)
  yield* so("and changes nothing", yield* status, "PENDING")
  const copies = yield* paynkolay.callbacks.send(trxCode, { copies: 3 })
  yield* so("three copies of the true one are taken", copies.map(({ outcome }) => outcome), [200, 200, 200])
  yield* so("and the seller is paid", yield* eventually(status, (status) => status !== "PENDING"), "PAID")
  const asked = (yield* paynkolay.counters).operations["payment.status"]?.received
  yield* so("for which Paynkolay was asked once", asked, 1)
})

const brokerage = Effect.fnUntraced(function*({ client: { brokerage } }: Backend) {
  const { apex } = yield* Sandbox
  const { markets, nodes } = yield* Apex
  const node = yield* nodes.create({ name: "Entegre", type: "Account" })
  const market = yield* markets.create({ nodeId: node.id, domain: "market.example" })

  yield* title("Apex: the service asks for the notices of a market")
  yield* brokerage.subscribe({ params: { marketId: market.id } })
  const [byToken] = yield* apex.webhooks.fire(market.id)
  yield* so("a notice with the token is let in", byToken?.outcome, 204)
  const { APEX_WEBHOOK_PASSWORD: password, APEX_WEBHOOK_USERNAME: username } = Sandboxed.secrets
  const [byPassword] = yield* apex.webhooks.fire(market.id, { authentication: { type: 1, username, password } })
  yield* so("so is one with user name and password", byPassword?.outcome, 204)
  const [byGuess] = yield* apex.webhooks.fire(market.id, { authentication: { type: 2, token: "a guess" } })
  const [byNobody] = yield* apex.webhooks.fire(market.id, { authentication: null })
  yield* so("others are not", [byGuess?.outcome, byNobody?.outcome], [401, 401])
  yield* so("two were kept", (yield* brokerage.notices()).length, 2)
})

const program = Effect.gen(function*() {
  const { apex, dukkango, odeal, paynkolay } = yield* Sandbox

  yield* title("The service starts, and the providers take a second for the first token")
  yield* Effect.forEach(
    [apex, dukkango, odeal, paynkolay],
    ({ faults }) => faults.inject(Fault.latency("1 second", { on: "auth", times: 1 })),
    { discard: true }
  )
  const backend = yield* Sandboxed.start()
  const { client, said, stop } = backend
  yield* so("it is ready all the same", yield* client.readyz(), { ready: true })

  yield* restaurant(backend)
  yield* payments(backend)
  yield* marketplace(backend)
  yield* Effect.provide(brokerage(backend), Broker)

  yield* title("The service is told to stop while a payment is being started")
  yield* odeal.faults.inject(Fault.latency("1 second", { on: "payments.start", times: 1 }))
  const last = { id: Payment.ExternalId.make("siparis-2"), amount: Money.make("20.00") }
  const starting = yield* Effect.forkChild(client.payments.start({ payload: last }))
  yield* eventually(odeal.faults.pending, ({ length }) => length === 0)
  yield* so("it ends by itself", yield* stop, 0)
  yield* so("after the payment was answered", (yield* Fiber.join(starting)).id, last.id)

  yield* title("In the end")
  const logins = yield* Effect.forEach([dukkango, odeal, paynkolay], ({ counters }) => counters)
  yield* so("there was one login each", logins.map(({ logins }) => logins), [1, 1, 1])
  const told = (yield* said).join("\n")
  const secrets = [...Object.values(Redacted.value((yield* Sandbox).environment)), ...Object.values(Sandboxed.secrets)]
  yield* so("the log has no secret in it", secrets.filter((secret) => told.includes(secret)), [])
})

const Stage = Sandbox.layerWith({ dukkango: { cooldown: "1 second" } })

/** Apex as its own staff uses it: the market must be there before the service can ask for its notices. */
const Broker = Apex.layerConfig().pipe(Layer.provide(TokenCache.layer))

NodeRuntime.runMain(program.pipe(
  Effect.scoped,
  Effect.provide(Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici).pipe(Layer.provideMerge(Stage)))
))
