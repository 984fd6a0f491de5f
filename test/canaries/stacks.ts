/**
 * Each provider over the sandbox, with canaries for credentials: without sockets, on the live clock, and impatient.
 */
import { NodeRedis } from "@effect/platform-node"
import { Apex } from "@entegre/apex"
import { Sensitive, SharedTokenCache, TokenCache } from "@entegre/core"
import { RedisTokenStore } from "@entegre/core/redis"
import { Dukkango } from "@entegre/dukkango"
import { Odeal } from "@entegre/odeal"
import { Paynkolay, Secrets } from "@entegre/paynkolay"
import { Fault, type RequestLog, Sandbox } from "@entegre/sandbox"
import { Effect, Layer, Option, Redacted, Schedule, Schema } from "effect"
import type { Duration, LogLevel } from "effect"
import { HttpClient } from "effect/http"
import * as Canaries from "./canaries.ts"
import * as Channels from "./channels.ts"
import * as Tours from "./tours.ts"

const redacted = Redacted.make

/** How long a step waits for what does not come. */
const settingsFor = (patience: Duration.Input) => ({
  timeout: patience,
  loginTimeout: patience,
  retry: Schedule.recurs(0)
})

const keyOf = (bytes: string) => redacted(Buffer.from(bytes).toString("base64"))

let tours = 0

/** The token cache that a tour is taken over: one that shares nothing with the tours before it. */
const cacheFor = (patience: Duration.Input, redis: string | undefined) =>
  redis === undefined ? TokenCache.layerWith({ patience }) : SharedTokenCache.layerWith({ patience }).pipe(
    Layer.provide(RedisTokenStore.layer({
      redis: NodeRedis.layer({ ...RedisTokenStore.clientOptions, url: redis }),
      encryption: [{ id: "one", key: keyOf(Canaries.redis.encryptionKey) }],
      nameKey: keyOf(Canaries.redis.nameKey),
      prefix: `tour-${++tours}`
    }))
  )

/** What the sandbox lets be done to a provider, whichever it is. */
interface Control {
  readonly requests: Effect.Effect<ReadonlyArray<RequestLog.RequestEntry>>
  readonly inject: (fault: Fault.FaultOn<Fault.Target>) => Effect.Effect<void>
  readonly clear: Effect.Effect<void>
  /** Ends the tokens that are out, but for refresh tokens. */
  readonly revoke: Effect.Effect<void>
}

/** How a tour is taken. */
export interface Journey {
  /** Default: everything is logged. */
  readonly level?: LogLevel.LogLevel
  /** How long a step waits for what does not come. Default: 60 milliseconds. */
  readonly patience?: Duration.Input
  readonly before?: (control: Control) => Effect.Effect<void>
  /** After a first tour; then there is a second one. */
  readonly between?: (control: Control) => Effect.Effect<void>
  /** Whether one call is all that is made. */
  readonly isBrief?: boolean
  /** The address of a Redis that keeps the tokens. Default: they are in memory. */
  readonly redis?: string
  /** What stands between the provider's package and the sandbox. */
  readonly client?: (client: HttpClient.HttpClient) => HttpClient.HttpClient
}

/** What came of a tour. */
interface Travelled {
  /** What must be found nowhere, as the provider's own declaration has it. */
  readonly canaries: ReadonlyArray<string>
  /** What the service can be asked for. */
  readonly operations: ReadonlyArray<string>
  /** The operations that were done, and the errors of those that were not. */
  readonly done: ReadonlyArray<string>
  readonly failed: ReadonlyArray<readonly [operation: string, error: unknown]>
}

export interface Stack {
  readonly name: string
  readonly sensitive: Sensitive.Sensitive
  /** A refusal in the provider's form. */
  readonly refusal: (said: string) => unknown
  /** A refusal of the credentials. */
  readonly refusedCredentials: (said: string) => unknown
  readonly travel: (channels: Channels.Channels, journey: Journey) => Effect.Effect<Travelled>
}

const skipped = Effect.as(Effect.void, undefined)

const readJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

/** What was sent in confidence, in the words of the declaration. Addresses on a chain are public. */
const confided = (sensitive: Sensitive.Sensitive, { body, headers, path }: RequestLog.RequestEntry) =>
  Sensitive.textsOf(sensitive)({
    headers: Redacted.value(headers),
    query: new URLSearchParams(path.split("?")[1]),
    body: Option.getOrUndefined(readJson(Redacted.value(body)))
  }).filter((text) => !text.startsWith("0x"))

const stack = <Provider, E>(options: {
  readonly name: string
  readonly sensitive: Sensitive.Sensitive
  readonly layer: (
    settings: ReturnType<typeof settingsFor>
  ) => Layer.Layer<Provider, E, HttpClient.HttpClient | TokenCache>
  readonly sandbox: Layer.Layer<Sandbox | HttpClient.HttpClient>
  readonly control: (sandbox: Sandbox["Service"]) => Control
  readonly tour: (step: Tours.Step) => Effect.Effect<void, never, Provider>
  /** What is public of the service. */
  readonly values: Effect.Effect<ReadonlyArray<unknown>, never, Provider>
  /** The groups of the service's operations. */
  readonly groups: Effect.Effect<{ readonly [group: string]: object }, never, Provider>
  /** What the sandbox does not do by itself is answered as documented. */
  readonly prepare?: (sandbox: Sandbox["Service"]) => Effect.Effect<void>
  readonly refusal: (said: string) => unknown
  /** Default: like every other refusal. */
  readonly refusedCredentials?: (said: string) => unknown
}): Stack => ({
  name: options.name,
  sensitive: options.sensitive,
  refusal: options.refusal,
  refusedCredentials: options.refusedCredentials ?? options.refusal,
  travel: (
    channels,
    { before, between, client = (client) => client, isBrief = false, level = "All", patience = "60 millis", redis }
  ) => {
    const done: Array<string> = []
    const failed: Array<readonly [string, unknown]> = []
    const taken = Tours.stepWith((name, effect) =>
      Effect.tap(Channels.outcome(channels, name, effect), (exit) => {
        if (exit._tag === "Success") done.push(name)
        else {failed.push(
            ...exit.cause.reasons.map((reason) => [name, "error" in reason ? reason.error : reason] as const)
          )}
        return Effect.void
      })
    )
    const step: Tours.Step = (name, effect) => isBrief && name !== "client" ? skipped : taken(name, effect)
    const spoken = Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, client))
    const provider = options.layer(settingsFor(patience))
    const main = Layer.merge(provider, Channels.observers(channels)).pipe(
      Layer.provideMerge(cacheFor(patience, redis)),
      Layer.provide(spoken),
      Layer.provideMerge(options.sandbox),
      Layer.provideMerge(Channels.layer(channels, level)),
      Layer.orDie
    )
    return Effect.gen(function*() {
      const sandbox = yield* Sandbox
      const control = options.control(sandbox)
      if (options.prepare !== undefined && before === undefined) yield* options.prepare(sandbox)
      if (before !== undefined) yield* before(control)
      yield* options.tour(step)
      if (between !== undefined) {
        yield* between(control)
        yield* options.tour(step)
      }
      channels.values.push(...(yield* options.values).map(Channels.renderings))
      channels.values.push(Channels.renderings(provider))
      const requests = yield* control.requests
      const operations = Object.entries(yield* options.groups).flatMap(([group, members]) =>
        Object.keys(members).map((member) => `${group}.${member}`)
      )
      return { canaries: requests.flatMap((request) => confided(options.sensitive, request)), operations, done, failed }
    }).pipe(Effect.provide(main))
  }
})

// -----------------------------------------------------------------------------
// The providers
// -----------------------------------------------------------------------------

const order = {
  customer: { name: Canaries.dukkango.name, phone: Canaries.dukkango.phone },
  address: { address: Canaries.dukkango.street, description: "", apartment: "", floor: "", door_number: "" }
}

const dukkango = stack({
  name: "dukkango",
  sensitive: Dukkango.sensitive,
  layer: (settings) => Dukkango.layerConfig({ ...settings, cooldown: "1 millis", label: "branch" }),
  sandbox: Sandbox.layerHttpClientWith({
    dukkango: {
      credentials: {
        appSecretKey: redacted(Canaries.dukkango.appSecretKey),
        restSecretKey: redacted(Canaries.dukkango.restSecretKey)
      },
      cooldown: 0,
      // One that can be read, and one in which a person's data stands where something else is expected.
      orders: [order, order, { ...order, restaurant_id: Canaries.dukkango.street, date: Canaries.dukkango.phone }]
    }
  }),
  control: ({ dukkango: { faults, requests, revokeTokens } }) => ({ ...faults, requests, revoke: revokeTokens }),
  tour: Tours.dukkango,
  groups: Dukkango.use(({ foods, orders, restaurants }) => Effect.succeed({ foods, orders, restaurants })),
  values: Dukkango.use((service) =>
    Effect.map(Effect.exit(service.tokens.get), (token) => [service, service.tokens, service.tokens.key, token])
  ),
  refusal: (said) => ({ status: false, error: said, message: said })
})

const apex = stack({
  name: "apex",
  sensitive: Apex.sensitive,
  layer: (settings) => Apex.layerConfig({ ...settings, requestLimit: 1_000_000, maxWait: settings.timeout }),
  sandbox: Sandbox.layerHttpClientWith({
    apex: {
      credentials: { apiKey: redacted(Canaries.apex.apiKey), secretKey: redacted(Canaries.apex.secretKey) },
      rateLimit: 1_000_000
    }
  }),
  control: ({ apex: { faults, requests, revokeAccessTokens } }) => ({
    ...faults,
    requests,
    revoke: revokeAccessTokens
  }),
  tour: Tours.apex,
  groups: Apex.use(({ distributors, kyc, markets, nodes, tokens }) =>
    Effect.succeed({ distributors, kyc, markets, nodes, tokens })
  ),
  values: Apex.use((service) =>
    Effect.map(Effect.exit(service.accessTokens.get), (token) => [service, service.accessTokens.key, token])
  ),
  refusal: (said) => ({ error: { code: said, message: said, details: { said, [said]: [said, { password: said }] } } }),
  refusedCredentials: (said) => ({ error: { code: "INVALID_API_KEY", message: said } })
})

const odeal = stack({
  name: "odeal",
  sensitive: Odeal.sensitive,
  layer: (settings) => Odeal.layerConfig(settings),
  sandbox: Sandbox.layerHttpClientWith({
    odeal: { credentials: { apiKey: redacted(Canaries.odeal.apiKey), secretKey: redacted(Canaries.odeal.secretKey) } }
  }),
  control: ({ odeal: { faults, requests, revokeAccessTokens } }) => ({
    ...faults,
    requests,
    revoke: revokeAccessTokens
  }),
  tour: Tours.odeal,
  groups: Effect.succeed({}),
  values: Odeal.use((service) =>
    Effect.map(Effect.exit(service.tokens.get), (token) => [service, service.tokens.key, token])
  ),
  refusal: (said) => ({ error: { message: said }, result: { message: said } })
})

const given = Canaries.paynkolay

/** From the provider's pages. */
const documented = {
  completed: JSON.stringify({
    success: true,
    responseCode: "2",
    responseMessage: "İşlem Başarılı",
    trxCode: "ORDER_12345",
    referenceCode: "IKSIRPF123456",
    authCode: "S35971",
    timestamp: "2026-07-27 16:43:47+0300",
    currencyCode: "949",
    hash: "cnry-signature-of-the-answer",
    installment: "1",
    trxAmount: "1999.00",
    authAmount: "1999.00"
  }),
  refunded: JSON.stringify({
    data: { trxStatus: "APPROVED", trxType: "REFUND", trxReferenceCode: "REFUND123456" },
    success: true,
    responseCode: "200",
    responseMessage: "SUCCESS"
  })
}

const paynkolay = stack({
  name: "paynkolay",
  sensitive: Paynkolay.sensitive,
  layer: (settings) => Paynkolay.layerConfig(settings),
  sandbox: Sandbox.layerHttpClientWith({
    paynkolay: {
      credentials: {
        username: given.username,
        password: redacted(given.password),
        merchantNo: "400000904",
        apiSecretKey: Secrets.ApiSecretKey.make(redacted(given.apiSecretKey)),
        merchantSecretKey: Secrets.MerchantSecretKey.make(redacted(given.merchantSecretKey)),
        cancelApiSecretKey: Secrets.CancelApiSecretKey.make(redacted(given.cancelApiSecretKey))
      }
    }
  }),
  control: ({ paynkolay: { faults, requests, revokeTokens } }) => ({ ...faults, requests, revoke: revokeTokens }),
  tour: Tours.paynkolay,
  groups: Paynkolay.use(({ deliveries, payments, penalties, profiles, reports, sellers }) =>
    Effect.succeed({ deliveries, payments, penalties, profiles, reports, sellers })
  ),
  // The one needs a payment in two steps, the other one of yesterday.
  prepare: ({ paynkolay: { faults } }) =>
    Effect.andThen(
      faults.inject(Fault.status(200, { on: "payment.completePaymentExternal", body: documented.completed })),
      faults.inject(Fault.status(200, { on: "payment.refund", body: documented.refunded }))
    ),
  values: Paynkolay.use((service) =>
    Effect.map(Effect.exit(service.tokens.get), (token) => [service, service.tokens.key, token])
  ),
  refusal: (said) => ({ success: false, responseCode: "1234", responseMessage: said, message: said, data: null })
})

export const all: ReadonlyArray<Stack> = [dukkango, apex, odeal, paynkolay]
