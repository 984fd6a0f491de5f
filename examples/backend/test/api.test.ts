import { assert, describe, it, layer } from "@effect/vitest"
import { Money, Payment } from "@entegre/odeal"
import { Identifiers, Money as Lira } from "@entegre/paynkolay"
import { Sandbox } from "@entegre/sandbox"
import { Effect, Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { HttpApi } from "effect/http-api"
import { Api } from "../src/Api.ts"
import * as Sandboxed from "../src/sandboxed.ts"
import { Backend, post, Stage } from "./support/backend.ts"

/** What anybody may ask for; callbacks and webhooks prove themselves. */
const open = [
  "GET /healthz",
  "GET /readyz",
  "POST /callbacks/odeal",
  "POST /callbacks/paynkolay",
  "POST /webhooks/apex"
]

const Description = Schema.fromJsonString(Schema.Struct({ paths: Schema.Record(Schema.String, Schema.Unknown) }))

const endpoints: Array<{ readonly name: string; readonly request: HttpClientRequest.HttpClientRequest }> = []

HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint: { method, path } }) => {
    endpoints.push({ name: `${method} ${path}`, request: HttpClientRequest.make(method)(path.replaceAll(":", "")) })
  }
})

layer(Backend.layer, { excludeTestServices: true })("the service", (it) => {
  it.effect.each(endpoints.filter(({ name }) => !open.includes(name)))(
    "asks for its key: $name",
    ({ request }) =>
      Effect.gen(function*() {
        const { url } = yield* Backend
        const keys = [undefined, "another key", ""]
        const answers = yield* Effect.forEach(keys, (key) =>
          HttpClientRequest.prependUrl(request, url).pipe(
            key === undefined ? (request) => request : HttpClientRequest.bearerToken(key),
            HttpClient.execute
          ))
        assert.deepStrictEqual(answers.map(({ status }) => status), [401, 401, 401])
      })
  )

  it("lets nobody in without it by a path that this test does not know", () => {
    assert.includeMembers(endpoints.map(({ name }) => name), open)
  })

  it.effect("refuses a body of more than a mebibyte, and goes on", () =>
    Effect.gen(function*() {
      const { client } = yield* Backend
      const { status } = yield* post(
        "/webhooks/apex",
        JSON.stringify("x".repeat(1_100_000)),
        undefined,
        "token-of-webhooks"
      )
      assert.isAtLeast(status, 400)
      assert.isBelow(status, 500)
      assert.lengthOf(yield* client.brokerage.notices(), 0)
    }))

  it.effect("describes itself", () =>
    Effect.gen(function*() {
      const { url } = yield* Backend
      const { text } = yield* HttpClient.get(`${url}/openapi.json`)
      const { paths } = yield* Schema.decodeEffect(Description)(yield* text)
      assert.includeMembers(Object.keys(paths), [
        "/orders",
        "/payments",
        "/sellers",
        "/callbacks/odeal",
        "/webhooks/apex"
      ])
    }))
})

describe("the log", () => {
  it.live("has no secret and no person's data in it, whatever is asked for and however much is logged", () =>
    Effect.gen(function*() {
      const { apex, dukkango, environment } = yield* Sandbox
      const { client, said, stop } = yield* Sandboxed.start({ LOG_LEVEL: "All" })
      const { address, customer } = yield* dukkango.orders.place()
      yield* Sandboxed.eventually(client.restaurant.orders(), ({ length }) => length > 0)
      yield* client.payments.start({
        payload: { id: Payment.ExternalId.make("siparis-1"), amount: Money.make("150.00") }
      })
      const seller = {
        sellerType: 1,
        sellerExternalId: "seller-1",
        nameSurname: "Ayşe Yılmaz",
        tckn: Identifiers.Tckn.make("10000000146"),
        iban: Identifiers.Iban.make("TR330006100519786457841326"),
        mpPaymentProfileExternalId: "PROFILE1"
      } as const
      yield* client.marketplace.open({ payload: seller })
      yield* Effect.exit(client.marketplace.open({ payload: { ...seller, mpPaymentProfileExternalId: "PROFILE9" } }))
      const gsm = Identifiers.Gsm.make("5321234567")
      yield* client.marketplace.sell({
        params: { sellerExternalId: "seller-1" },
        payload: { trxCode: "satis-1", amount: Lira.make("80.00"), gsm: Redacted.make(gsm) }
      })
      yield* Effect.exit(apex.webhooks.fire("nothing"))
      assert.strictEqual(yield* stop, 0)

      const log = (yield* said).join("\n")
      assert.include(log, "/sellers/seller-1/payments")
      const unsaid = [
        ...Object.entries(Redacted.value(environment)).filter(([name]) => /KEY|PASSWORD/.test(name)).map(([, it]) =>
          it
        ),
        ...Object.values(Sandboxed.secrets),
        ...Object.values(customer).map(String),
        ...Object.values(address).map(String),
        seller.nameSurname,
        seller.tckn,
        seller.iban,
        gsm
      ].filter((text) => text.length > 3)
      assert.isAtLeast(unsaid.length, 15)
      assert.deepStrictEqual(unsaid.filter((text) => log.includes(text)), [])
    }).pipe(Effect.scoped, Effect.provide(Stage)))
})
