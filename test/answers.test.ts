/**
 * Whatever becomes of the bytes of an answer on its way, a provider package reads it as documented or fails with its own
 * typed error: there is no defect, no endless wait, and no secret in what it says.
 */
import { Apex, ApexSchema } from "@entegre/apex"
import { TokenCache } from "@entegre/core"
import { Dukkango } from "@entegre/dukkango"
import { Odeal, OdealOperation } from "@entegre/odeal"
import { Paynkolay, Secrets } from "@entegre/paynkolay"
import { Damage } from "@entegre/testing"
import { Arbitrary, Cause, Effect, Exit, Layer, Redacted, Schedule, Schema } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { inspect } from "node:util"
import { assert, describe, it } from "vitest"

const secret = {
  id: "kanarya-id-5d2f81",
  key: "kanarya-key-91c0e7",
  access: "kanarya.access.3b7a44",
  refresh: "kanarya.refresh.e1f905"
}

const jwt = `eyJhbGciOiJIUzUxMiJ9.${
  Buffer.from("{\"sub\":\"kanarya-jwt\",\"exp\":4000000000}").toString("base64url")
}.c2ln`

const settings = { retry: Schedule.recurs(0) } as const
const nodeId = "8f2b9ce2-04de-4712-842d-a39f64596fdf"
const time = "2026-01-03T12:00:00Z"

/** A provider: a call of its package, and what its provider answers to the login and to the call. */
interface Case {
  readonly call: Effect.Effect<unknown, { readonly _tag: string }, HttpClient.HttpClient | TokenCache>
  /** The tag of everything that the call fails with. */
  readonly tag: string
  readonly login: { readonly path: string; readonly body: unknown }
  readonly answer: unknown
}

const cases: Readonly<Record<string, Case>> = {
  apex: {
    tag: "ApexError",
    call: Apex.use((apex) => apex.nodes.get(ApexSchema.NodeId.make(nodeId))).pipe(Effect.provide(Apex.layer({
      ...settings,
      baseUrl: "https://api.apex.example/api/v1/integration",
      credentials: { apiKey: Redacted.make(secret.id), secretKey: Redacted.make(secret.key) }
    }))),
    login: {
      path: "/auth/authenticate",
      body: { access_token: secret.access, refresh_token: secret.refresh, token_type: "Bearer", expires_in: 3600 }
    },
    answer: {
      id: nodeId,
      parent_id: null,
      name: "Şube",
      type: 1,
      path: "1",
      int_id: 1,
      created_at: time,
      updated_at: time
    }
  },
  dukkango: {
    tag: "DukkangoError",
    call: Dukkango.use((dukkango) => dukkango.restaurants.list).pipe(Effect.provide(Dukkango.layer({
      ...settings,
      credentials: { appSecretKey: Redacted.make(secret.id), restSecretKey: Redacted.make(secret.key) }
    }))),
    login: {
      path: "/auth/login",
      body: { status: true, data: { access_token: secret.access, expiration_date: "2099-01-15 23:59:59" } }
    },
    answer: { status: true, data: [{ id: nodeId, name: "Akat Şube" }] }
  },
  odeal: {
    tag: "OdealError",
    call: Odeal.use((odeal) => odeal.call(odealStatus())).pipe(Effect.provide(Odeal.layer({
      ...settings,
      environment: "staging",
      credentials: { apiKey: Redacted.make(secret.id), secretKey: Redacted.make(secret.key) }
    }))),
    login: {
      path: "/authenticate/credential/v2",
      body: {
        result: { accessToken: secret.access, refreshToken: secret.refresh },
        tokenType: "Bearer",
        expiresIn: 3600
      }
    },
    answer: { result: { status: "TAMAMLANDI" } }
  },
  paynkolay: {
    tag: "PaynkolayError",
    call: Paynkolay.use((paynkolay) => paynkolay.profiles.list()).pipe(Effect.provide(Paynkolay.layer({
      ...settings,
      environment: "test",
      credentials: { username: secret.id, password: Redacted.make(secret.key), merchantNo: "400000001" },
      keys: {
        apiSecretKey: Secrets.ApiSecretKey.make(Redacted.make("100000001|U1hWQUxVRQ==")),
        merchantSecretKey: Secrets.MerchantSecretKey.make(Redacted.make("_secret")),
        cancelApiSecretKey: Secrets.CancelApiSecretKey.make(Redacted.make("100000001|U1hWQUxVRQ==|Q0FOQ0VM"))
      }
    }))),
    login: {
      path: "/authenticate",
      body: { success: true, responseCode: "200", responseMessage: "SUCCESS", data: { token: jwt } }
    },
    answer: { success: true, responseCode: "200", responseMessage: "SUCCESS", data: [] }
  }
}

const odealStatus = OdealOperation.make({
  name: "payments.status",
  method: "GET",
  path: "/a/path",
  answer: Schema.Struct({ result: Schema.Struct({ status: Schema.String }) })
})

/** A provider that answers with these bodies. */
const answering = (
  { answer, login }: Case,
  change: (path: "login" | "call", text: string) => Uint8Array<ArrayBuffer>
) =>
  Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request, url) => {
      const isLogin = url.pathname.endsWith(login.path)
      const bytes = change(isLogin ? "login" : "call", JSON.stringify(isLogin ? login.body : answer))
      return Effect.succeed(HttpClientResponse.fromWeb(request, new Response(bytes)))
    })
  )

/** Makes the call once, with nobody's patience. */
const attempt = (one: Case, http: Layer.Layer<HttpClient.HttpClient>) =>
  one.call.pipe(
    Effect.provide(Layer.merge(Layer.orDie(TokenCache.layerWith({ patience: "1 millis" })), http)),
    Effect.timeout("10 seconds"),
    Effect.exit
  )

const undamaged = (text: string) => new TextEncoder().encode(text)

/** Everything by which a value may end up in a log. */
const printed = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  return [inspect(error, { depth: 12, showHidden: true }), JSON.stringify(error), Cause.pretty(cause)].join("\n")
}

const damaged = Arbitrary.all({
  damage: Damage.damage,
  which: Arbitrary.schema(Schema.Literals(["login", "call"]))
})

/** How much of a secret is a leak. */
const telling = 10

const shows = (text: string): boolean =>
  [...Object.values(secret), jwt].some((hidden) =>
    Array.from({ length: hidden.length - telling + 1 }, (_, from) => hidden.slice(from, from + telling))
      .some((part) => text.includes(part))
  )

describe.each(Object.entries(cases))("%s", (_, one) => {
  it("reads answers that are not damaged", async () => {
    const exit = await Effect.runPromise(attempt(one, answering(one, (_, text) => undamaged(text))))
    assert.isTrue(Exit.isSuccess(exit), Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "")
  })

  it("is typed and tells nothing when an answer is damaged", async () => {
    const result = await Effect.runPromise(Arbitrary.checkEffect(damaged, ({ damage, which }) =>
      Effect.map(
        attempt(one, answering(one, (path, text) => (path === which ? damage : undamaged)(text))),
        (exit) => {
          if (Exit.isSuccess(exit)) return true
          const error = Cause.findErrorOption(exit.cause)
          return error._tag === "Some" && error.value._tag === one.tag && !shows(printed(exit.cause))
        }
      )))
    assert.isUndefined(Arbitrary.formatCheckFailure(result))
  })
})
