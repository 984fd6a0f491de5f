/**
 * Every operation of every provider, with canaries wherever something is secret or about a person. A tour goes on
 * whatever becomes of its steps, so that it can be taken through any fault.
 */
import { Amount, Apex, ApexSchema, Webhook } from "@entegre/apex"
import type { TokenSchema } from "@entegre/apex"
import { ApiClient } from "@entegre/core"
import { Dukkango, DukkangoSchema } from "@entegre/dukkango"
import { Money as OdealMoney, Odeal, OdealOperation, Payment } from "@entegre/odeal"
import { LocalDate, Money, Paynkolay } from "@entegre/paynkolay"
import { BigDecimal, DateTime, Effect, Exit, Redacted, Schema, Stream } from "effect"
import { HttpClientRequest } from "effect/http"
import * as Canaries from "./canaries.ts"

/** Takes a step under the name of its operation; nothing if it fails. */
export type Step = <A, E, R>(
  operation: string,
  effect: Effect.Effect<A, E, R>
) => Effect.Effect<A | undefined, never, R>

/** A step that does something with what came of it. */
export const stepWith =
  (each: <A, E, R>(name: string, effect: Effect.Effect<A, E, R>) => Effect.Effect<Exit.Exit<A, E>, never, R>): Step =>
  (name, effect) => Effect.map(each(name, effect), (exit) => Exit.isSuccess(exit) ? exit.value : undefined)

const secret = Redacted.make

// -----------------------------------------------------------------------------
// Dükkango
// -----------------------------------------------------------------------------

const branch = DukkangoSchema.RestaurantId.make("8f2b9ce2-04de-4712-842d-a39f64596fdf")
const food = DukkangoSchema.FoodId.make(1)
const noOrder = DukkangoSchema.OrderKey.make("3e9caf87-5cb7-4c4e-adcb-fc2ec54cf24e")

export const dukkango = Effect.fnUntraced(function*(step: Step) {
  const { client, foods, orders, restaurants } = yield* Dukkango
  yield* step("restaurants.list", restaurants.list)
  yield* step("restaurants.status", restaurants.status(branch))
  yield* step("restaurants.open", restaurants.open(branch))
  yield* step("restaurants.close", restaurants.close(branch))
  yield* step("foods.list", foods.list)
  yield* step("foods.activate", foods.activate(food))
  yield* step("foods.passivate", foods.passivate(food))
  const current = yield* step("orders.current", orders.current())
  const [first, second] = (current ?? []).map(({ key }) => key)
  yield* step("orders.accept", orders.accept(first ?? noOrder, { preparingTime: 30 }))
  yield* step("orders.acknowledge", orders.acknowledge(first ?? noOrder))
  yield* step("orders.onTheWay", orders.onTheWay(first ?? noOrder))
  yield* step("orders.complete", orders.complete(first ?? noOrder))
  yield* step("orders.cancel", orders.cancel(second ?? noOrder, { reasonId: 1 }))
  yield* step("orders.variables", orders.variables)
  yield* step("orders.cancelReasons", orders.cancelReasons)
  yield* step("orders.feed", Stream.runHead(orders.feed()).pipe(Effect.timeoutOption("50 millis")))
  yield* step("orders.run", orders.run(() => Effect.void, { grace: 0 }).pipe(Effect.timeoutOption("50 millis")))
  yield* step("client", client.send(HttpClientRequest.get("/restaurants/get"), { safety: "safe" }))
})

// -----------------------------------------------------------------------------
// Apex
// -----------------------------------------------------------------------------

const nodeId = ApexSchema.NodeId.make("e40efce4-38a3-46c4-a202-e8db95d0409c")
const marketId = ApexSchema.MarketId.make("262bed05-5a0e-4fff-8171-39fafab66b0c")
const distributorId = ApexSchema.DistributorId.make("39e8003c-6342-4fd3-97a1-3f2a7b437d0a")
const tokenId = ApexSchema.TokenId.make("3c4da8b4-99e0-45ca-bb0b-221c3b1272b3")
const addressId = ApexSchema.KycAddressId.make("3b695a99-be80-4668-99af-254717524dd0")
const kycTokenId = ApexSchema.KycTokenId.make("e28cae58-0c9c-4f71-91b4-e567e06cc6a7")

const webhook: Webhook.Webhook = {
  host: "https://hooks.example",
  path: "/apex",
  method: "POST",
  authentication: Webhook.basic("hooks", secret(Canaries.apex.webhookPassword))
}
const meta: Webhook.Meta = {
  host: "https://hooks.example",
  path: "/apex",
  method: "POST",
  authentication: Webhook.token(secret(Canaries.apex.webhookToken))
}
const asset: TokenSchema.CreateToken = {
  name: "Asset",
  symbol: "AST",
  description: "An asset",
  chainId: 1,
  value: Amount.make("1"),
  supply: Amount.make("100"),
  externalId: "ext-1",
  contract: { address: "0x1", hash: "0x2" },
  rules: { maxPurchaseLimit: Amount.make("10"), minPurchaseLimit: Amount.make("1") },
  status: 2,
  integration: {
    chainId: 1,
    abi: "[]",
    contractAddress: "0x3",
    functionName: "transfer",
    currencyTokenAddress: "0x4",
    isApproved: true,
    args: []
  },
  currencyTokenAddress: "0x4",
  currencyTokenSymbol: "USDT",
  currencyTokenDecimals: 18,
  currencyTokenName: "Tether USD",
  meta: { images: [], documents: [] }
}

export const apex = Effect.fnUntraced(function*(step: Step) {
  const { client, distributors, kyc, markets, nodes, tokens } = yield* Apex
  const root = (yield* step("nodes.create", nodes.create({ name: "Root", type: "Apex" })))?.id ?? nodeId
  const child = (yield* step("nodes.create", nodes.create({ parentId: root, name: "Child", type: "Account" })))?.id
  yield* step("nodes.get", nodes.get(root))
  yield* step("nodes.update", nodes.update(root, { name: "Trunk" }))
  yield* step("nodes.childrenPage", nodes.childrenPage(root))
  yield* step("nodes.children", Stream.runCollect(nodes.children(root)))
  yield* step("nodes.delete", nodes.delete(child ?? nodeId))
  const market = (yield* step("markets.create", markets.create({ nodeId: root, domain: "a.example", webhook })))?.id ??
    marketId
  yield* step("markets.update", markets.update(market, { webhook: { authentication: meta.authentication } }))
  const distributor = (yield* step("distributors.create", distributors.create(root, { meta })))?.id ?? distributorId
  yield* step("distributors.update", distributors.update(distributor, { meta }))
  const token = (yield* step("tokens.create", tokens.create(root, distributor, asset)))?.id ?? tokenId
  yield* step("tokens.createFromExternal", tokens.createFromExternal("ext-1", { markets: "all" }))
  yield* step("tokens.setMarkets", tokens.setMarkets(token, { markets: [market] }))
  yield* step("tokens.ofMarketPage", tokens.ofMarketPage(market))
  yield* step("tokens.ofMarket", Stream.runCollect(tokens.ofMarket(market)))
  const address =
    (yield* step("kyc.createAddress", kyc.createAddress(market, { chainId: 1, name: "kyc", address: "0x5" })))?.id ??
      addressId
  yield* step("kyc.updateAddress", kyc.updateAddress(address, { name: "KYC" }))
  yield* step("kyc.addressesPage", kyc.addressesPage(market))
  yield* step("kyc.addresses", Stream.runCollect(kyc.addresses(market)))
  const tie = { kycAddressId: address, chainId: 1, hash: "0x6", isApproved: false }
  const tied = (yield* step("kyc.createToken", kyc.createToken(token, tie)))?.id ?? kycTokenId
  yield* step("kyc.updateToken", kyc.updateToken(token, tied, { isApproved: true }))
  yield* step("client", client.send(HttpClientRequest.get(`/nodes/${root}`), { safety: "safe" }))
})

// -----------------------------------------------------------------------------
// Ödeal
// -----------------------------------------------------------------------------

const StartPayment = Schema.Struct({
  ...Payment.startFields,
  card: Schema.Struct({
    // A name that no list of sensitive names has: redacted in the schema is enough.
    plastic: Schema.RedactedFromValue(Schema.String),
    cardHolderName: Schema.String
  })
})

const reference = Payment.PaymentReference.match({
  ExternalId: ({ externalId }) => ApiClient.path`/made-up/payments/status?externalId=${externalId}`,
  PaymentId: ({ id }) => ApiClient.path`/made-up/payments/status?id=${id}`
})

const odealOperations = {
  start: OdealOperation.make({
    name: "payments.start",
    method: "POST",
    path: "/made-up/payments/start",
    body: StartPayment,
    answer: Schema.Struct({ result: Payment.Started })
  }),
  status: OdealOperation.make({
    name: "payments.status",
    method: "GET",
    path: reference,
    answer: Schema.Struct({ result: Schema.Struct({ payment_status: Payment.PaymentStatus }) })
  })
}

export const odeal = Effect.fnUntraced(function*(step: Step) {
  const { call, client } = yield* Odeal
  const externalId = Payment.ExternalId.make(`order-${yield* Effect.clockWith((clock) => clock.currentTimeNanos)}`)
  const start = odealOperations.start({
    externalId,
    amount: OdealMoney.make("150.00"),
    returnUrl: "https://shop.example/callback",
    card: { plastic: secret(Canaries.odeal.cardNumber), cardHolderName: Canaries.odeal.cardHolder }
  })
  // The page for the cardholder is the answer's very purpose; that it came is all that is shown here.
  yield* step("payments.start", Effect.asVoid(call(start)))
  yield* step("payments.request", Effect.succeed(start))
  const status = odealOperations.status(Payment.PaymentReference.cases.ExternalId.make({ externalId }))
  yield* step("payments.status", call(status))
  yield* step("client", client.send(HttpClientRequest.get("/made-up/payments/status?id=1"), { safety: "safe" }))
})

// -----------------------------------------------------------------------------
// Paynkolay
// -----------------------------------------------------------------------------

const percent = BigDecimal.fromStringUnsafe

const seller = {
  sellerExternalId: "SELLER_1",
  nameSurname: Canaries.paynkolay.nameSurname,
  sellerType: 1,
  tckn: Canaries.paynkolay.tckn,
  birthDate: LocalDate.LocalDate.make(Canaries.paynkolay.birthDate),
  contactPerson: Canaries.paynkolay.contactPerson,
  email: Canaries.paynkolay.email,
  phoneNumber: Canaries.paynkolay.phoneNumber,
  city: "34",
  address: Canaries.paynkolay.address,
  iban: Canaries.paynkolay.iban,
  accountHolder: Canaries.paynkolay.nameSurname,
  active: true,
  mpPaymentProfileExternalId: "PROFILE1"
} as const

const profile = {
  profileExternalId: "PROFILE2",
  name: "Profile",
  mpCommissionRate: percent("5"),
  mpCost: Money.make("0.50"),
  valorDateCount: 1,
  valorCalculationType: "T",
  active: true
} as const

const sale = {
  trxCurrency: "TRY",
  trxAmount: Money.make("150.00"),
  trxCode: "ORDER_1",
  callbackUrl: "https://shop.example/callback",
  sellerList: [{ sellerExternalId: "SELLER123", trxAmount: Money.make("150.00") }]
} as const

const card = {
  cardHolder: secret(Canaries.paynkolay.cardHolder),
  cardNumber: secret(Canaries.paynkolay.cardNumber),
  cvv: secret("123"),
  expiryMonth: secret("12"),
  expiryYear: secret("2031"),
  isThreeD: false,
  registerCard: false
}

const customerCardInfo = {
  mpCustomerKey: secret(Canaries.paynkolay.customerKey),
  cardAlias: Canaries.paynkolay.cardAlias
}

export const paynkolay = Effect.fnUntraced(function*(step: Step) {
  const { client, deliveries, payments, penalties, profiles, reports, sellers } = yield* Paynkolay
  const now = DateTime.formatIsoDateUtc(yield* DateTime.now)
  const day = LocalDate.LocalDate.make(now)
  const days = { from: day, to: day, sellerExternalId: "SELLER123" }

  yield* step("profiles.create", profiles.create(profile))
  yield* step("profiles.get", profiles.get(profile.profileExternalId))
  yield* step("profiles.update", profiles.update(profile))
  yield* step("profiles.list", profiles.list())
  yield* step("profiles.delete", profiles.delete(profile.profileExternalId))
  yield* step("sellers.create", sellers.create(seller))
  yield* step("sellers.get", sellers.get(seller.sellerExternalId))
  yield* step("sellers.update", sellers.update(seller))
  yield* step("sellers.list", sellers.list())
  yield* step("sellers.listByProfile", sellers.listByProfile("PROFILE1"))
  yield* step("sellers.delete", sellers.delete(seller.sellerExternalId))

  const paid = yield* step(
    "payments.create",
    payments.create({ ...sale, bankCard: card, installment: 1, isFetchInstallments: false })
  )
  const refCode = paid?.refCode ?? "REF123456789"
  yield* step(
    "payments.create",
    payments.create({
      ...sale,
      trxCode: "ORDER_2",
      bankCard: { ...card, isThreeD: true, registerCard: true },
      customerCardInfo,
      installment: 1,
      isFetchInstallments: false
    })
  )
  yield* step(
    "payments.createWithMasterpass",
    payments.createWithMasterpass({ ...sale, trxCode: "ORDER_3", gsm: Canaries.paynkolay.phoneNumber })
  )
  yield* step("payments.status", payments.status({ trxCode: sale.trxCode }))
  yield* step("payments.storedCards", payments.storedCards({ mpCustomerKey: secret(Canaries.paynkolay.customerKey) }))
  yield* step(
    "payments.instalments",
    payments.instalments({ cardNumber: secret("454671"), amount: Money.make("1000.00"), isCardValid: true })
  )
  yield* step(
    "payments.updateCommission",
    payments.updateCommission({
      refCode,
      sellerList: [{
        sellerExternalId: "SELLER123",
        trxAmount: Money.make("150.00"),
        commissionRate: percent("5.0")
      }]
    })
  )
  yield* step("payments.completeExternal", payments.completeExternal("UkVG"))
  yield* step("deliveries.update", deliveries.update([{ refCode, sellerExternalId: "SELLER123", deliveryDate: day }]))
  yield* step("reports.transaction", reports.transaction({ refCode }))
  yield* step("reports.seller", reports.seller({ ...days, trxType: "SALES" }))
  yield* step("reports.sellerPayments", reports.sellerPayments(days))
  yield* step(
    "reports.sellerDebts",
    reports.sellerDebts({
      from: LocalDate.LocalDateTime.make(`${now}T00:00`),
      to: LocalDate.LocalDateTime.make(`${now}T23:59`),
      sellerExternalId: "SELLER123"
    })
  )
  yield* step(
    "penalties.create",
    penalties.create({ sellerExternalId: "SELLER123", amount: Money.make("20"), description: "late", debtDate: day })
  )
  const reversal = { refCode, totalTrxAmount: Money.make("150.00"), trxCurrency: "TRY" } as const
  yield* step(
    "payments.refund",
    payments.refund({ ...reversal, sellerList: [{ sellerExternalId: "SELLER123", trxAmount: Money.make("150.00") }] })
  )
  yield* step("payments.cancel", payments.cancel(reversal))
  yield* step("client", client.send(HttpClientRequest.get("/nowhere"), { safety: "safe" }))
})
