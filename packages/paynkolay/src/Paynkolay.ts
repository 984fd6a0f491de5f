/**
 * Paynkolay (N Kolay), the marketplace: payment profiles, sellers, payments and reports, with the token, the hashes and the
 * marketplace's keys taken care of.
 *
 * ```ts
 * const Main = Paynkolay.layerConfig().pipe(
 *   Layer.provideMerge(TokenCache.layer),
 *   Layer.provide(NodeHttpClient.layerUndici)
 * )
 *
 * const program = Effect.gen(function*() {
 *   const paynkolay = yield* Paynkolay
 *   const { form } = yield* paynkolay.payments.create(payment)
 * })
 * ```
 *
 * Endpoints are from the provider's pages 34 to 39, tokens from its page on authentication. Its two helpers that calculate
 * hashes (`/calculate-hash/payment`, `/calculate-hash/refund-cancel`) are left out: they are for development, and they want
 * the merchant secret key sent, which otherwise never leaves the process. `Hash` does the same.
 */
import type { AuthenticatedClient } from "@entegre/core/AuthenticatedClient"
import * as BaseUrl from "@entegre/core/BaseUrl"
import * as Credentials from "@entegre/core/Credentials"
import type { InvalidOptions } from "@entegre/core/InvalidOptions"
import type { Sensitive } from "@entegre/core/Sensitive"
import { TokenCache } from "@entegre/core/TokenCache"
import { CredentialsUnavailable } from "@entegre/core/TokenError"
import type { Tokens } from "@entegre/core/Tokens"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as MutableRef from "effect/MutableRef"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Calls from "./internal/calls.ts"
import * as PaynkolayIssuer from "./internal/issuer.ts"
import { sensitive } from "./internal/sensitive.ts"
import * as Settings from "./internal/settings.ts"
import type { PaynkolayError } from "./PaynkolayError.ts"
import type * as PaynkolayOptions from "./PaynkolayOptions.ts"
import type * as Card from "./PaynkolaySchemaCard.ts"
import type * as Payment from "./PaynkolaySchemaPayment.ts"
import type * as Profile from "./PaynkolaySchemaProfile.ts"
import type * as Report from "./PaynkolaySchemaReport.ts"
import type * as Reversal from "./PaynkolaySchemaReversal.ts"
import type * as Seller from "./PaynkolaySchemaSeller.ts"
import * as Secrets from "./Secrets.ts"

// -----------------------------------------------------------------------------
// The service
// -----------------------------------------------------------------------------

/**
 * Which of a list to read.
 */
export interface Filter {
  /** Active ones, or inactive ones. Default: all. */
  readonly active?: boolean | undefined
}

/**
 * Payment profiles: the commission and the payment day of the sellers that have them.
 *
 * `create` and `delete` are sent once. If no answer comes they fail with `OutcomeUnknown`, which says how to find out what
 * happened; so do the methods of other groups that change something, but for `update` and `updateCommission`, which set
 * something to what they say and are repeated.
 */
export interface Profiles {
  /** Creates a profile. */
  readonly create: (profile: Profile.CreateProfile) => Effect.Effect<Profile.Profile, PaynkolayError>
  /** Reads a profile. */
  readonly get: (profileExternalId: string) => Effect.Effect<Profile.Profile, PaynkolayError>
  /** Sets all of a profile; what is left out is not kept. */
  readonly update: (profile: Profile.CreateProfile) => Effect.Effect<Profile.Profile, PaynkolayError>
  /** Deletes a profile that no active seller uses. */
  readonly delete: (profileExternalId: string) => Effect.Effect<void, PaynkolayError>
  /** Reads all profiles, or those that are active or not. */
  readonly list: (filter?: Filter) => Effect.Effect<ReadonlyArray<Profile.Profile>, PaynkolayError>
}

/**
 * Sellers: who sells on the marketplace, and where their money goes. IBAN, TCKN, VKN and mobile number are checked before
 * anything is sent; a wrong one fails with `InvalidRequest`.
 */
export interface Sellers {
  /** Creates a seller. */
  readonly create: (seller: Seller.CreateSeller) => Effect.Effect<Seller.Seller, PaynkolayError>
  /** Reads a seller. */
  readonly get: (sellerExternalId: string) => Effect.Effect<Seller.Seller, PaynkolayError>
  /** Sets all of a seller but `sellerType`, `tckn` and `vkn`, which can not change; what is left out is not kept. */
  readonly update: (seller: Seller.CreateSeller) => Effect.Effect<Seller.Seller, PaynkolayError>
  /** Deletes a seller without pending payments, for ever. `active: false` is the gentler way. */
  readonly delete: (sellerExternalId: string) => Effect.Effect<void, PaynkolayError>
  /** Reads all sellers, or those that are active or not, each with less than `get` gives. */
  readonly list: (filter?: Filter) => Effect.Effect<ReadonlyArray<Seller.Seller>, PaynkolayError>
  /** Reads the sellers of a payment profile. Fails with `Rejected` if there is no such profile. */
  readonly listByProfile: (
    profileExternalId: string,
    filter?: Filter
  ) => Effect.Effect<ReadonlyArray<Seller.Seller>, PaynkolayError>
}

/**
 * Payments, and what happens to them afterwards.
 *
 * A payment that was created is not yet paid, and a callback that says so is a claim. `Callback.confirm` takes `status` and
 * compares with the order.
 */
export interface Payments {
  /**
   * Starts a payment by card. With 3D Secure, show `form` to the cardholder; the result is posted to `callbackUrl`. Without,
   * a refusal of the bank fails with `Declined`.
   */
  readonly create: (payment: Payment.CreatePayment) => Effect.Effect<Payment.CreatedPayment, PaynkolayError>
  /** Starts a payment by Masterpass, for the customer of a mobile number. */
  readonly createWithMasterpass: (
    payment: Payment.CreateMasterpassPayment
  ) => Effect.Effect<Payment.CreatedPayment, PaynkolayError>
  /** How a payment stands: its sale, and its refunds or cancel. */
  readonly status: (query: Payment.StatusQuery) => Effect.Effect<ReadonlyArray<Payment.PaymentStatus>, PaynkolayError>
  /** The cards that a customer stored. */
  readonly storedCards: (query: Card.StoredCardQuery) => Effect.Effect<Card.StoredCardList, PaynkolayError>
  /** The instalments that a card can pay an amount in. */
  readonly instalments: (query: Card.FetchInstalments) => Effect.Effect<Card.Instalments, PaynkolayError>
  /** Changes the marketplace's commission of a payment, on its own day in Istanbul only. */
  readonly updateCommission: (
    commission: Reversal.UpdateCommission
  ) => Effect.Effect<ReadonlyArray<Report.ReportedPayment>, PaynkolayError>
  /**
   * Completes a payment in two steps, with the reference code of its `CompletionRequired` callback, which works once. The
   * one call without a token. Its answer is signed like a callback: `Callback.verify` reads it.
   */
  readonly completeExternal: (referenceCode: string) => Effect.Effect<Payment.CompletedPayment, PaynkolayError>
  /**
   * Refunds a payment of an earlier day, or a part of it. Fails with `SameDayUseCancel`, `AlreadyRefunded`,
   * `InsufficientBalance` and `TransactionNotFound`.
   */
  readonly refund: (refund: Reversal.Refund) => Effect.Effect<Reversal.Reversal, PaynkolayError>
  /** Cancels a payment of today, in Istanbul, as a whole. Fails with `AlreadyRefunded` and `TransactionNotFound`. */
  readonly cancel: (cancel: Reversal.Cancel) => Effect.Effect<Reversal.Reversal, PaynkolayError>
}

/**
 * Deliveries, without which sellers with a payment profile of type `D` are not paid.
 */
export interface Deliveries {
  /** Reports deliveries. Each is said once. A refusal names the payments that could not be updated. */
  readonly update: (deliveries: Reversal.Deliveries) => Effect.Effect<void, PaynkolayError>
}

/**
 * Reports. Their bounds are days and times in Istanbul; no list has pages.
 */
export interface Reports {
  /** A payment with the parts of its sellers. */
  readonly transaction: (query: Report.TransactionQuery) => Effect.Effect<Report.TransactionReport, PaynkolayError>
  /** A seller's transactions, and their sums. */
  readonly seller: (query: Report.SellerQuery) => Effect.Effect<Report.SellerReport, PaynkolayError>
  /** The transfers to a seller. */
  readonly sellerPayments: (
    query: Report.SellerPaymentQuery
  ) => Effect.Effect<Report.SellerPaymentReport, PaynkolayError>
  /** What a seller owes. */
  readonly sellerDebts: (query: Report.DebtQuery) => Effect.Effect<Report.DebtReport, PaynkolayError>
}

/**
 * Penalties for sellers.
 */
export interface Penalties {
  /** Charges a seller, who then owes it. Fails with `NoActiveSeller`. */
  readonly create: (penalty: Report.Penalty) => Effect.Effect<void, PaynkolayError>
}

/**
 * The operations of Paynkolay, by subject.
 */
export interface Groups {
  /** Commission and payment day of sellers. */
  readonly profiles: Profiles
  /** Who sells. */
  readonly sellers: Sellers
  /** Payments, refunds and cancels. */
  readonly payments: Payments
  /** Deliveries. */
  readonly deliveries: Deliveries
  /** Reports. */
  readonly reports: Reports
  /** Penalties for sellers. */
  readonly penalties: Penalties
}

/**
 * Paynkolay as one marketplace sees it.
 */
export interface Service extends Groups {
  /** The marketplace's tokens: how they stand, `warmUp`, `forget`. */
  readonly tokens: Tokens
  /**
   * Authenticated calls that this package does not cover. Paths are under the base address; redirects are not followed, and
   * no key is added.
   */
  readonly client: AuthenticatedClient
}

const make = Effect.fnUntraced(function*<E = never, R = never>(
  options: PaynkolayOptions.Options<E, R>
): Effect.fn.Return<Service, E | InvalidOptions, HttpClient.HttpClient | R | Scope.Scope | TokenCache> {
  const settings = yield* Settings.make(options)
  const credentials = yield* Credentials.capture(options.credentials, Settings.credentials)
  const keys = yield* Credentials.capture(options.keys, Settings.keys)
  const account = yield* credentials
  const present = MutableRef.make(yield* keys)
  const secrets = () => [MutableRef.get(present)]
  const key = PaynkolayIssuer.tokenKey(settings, account)
  const cache = yield* TokenCache
  const tokens = yield* cache.open(yield* PaynkolayIssuer.make(key, settings, credentials, secrets))
  const calls = yield* Calls.make({
    settings,
    tokens,
    secrets,
    keys: keys.pipe(
      Effect.tap((keys) => Effect.sync(() => MutableRef.set(present, keys))),
      Effect.timeout(settings.loginTimeout),
      Effect.mapError(() => new CredentialsUnavailable({ retryAfter: Duration.zero }))
    ),
    code: settings.marketplaceCode ?? account.merchantNo
  })
  return { ...calls, tokens }
})

/**
 * Paynkolay as one marketplace sees it.
 */
export class Paynkolay extends Context.Service<Paynkolay, Service>()("@entegre/paynkolay/Paynkolay") {
  /**
   * What of Paynkolay's exchanges is sensitive: the names that are redacted and guarded. For `Sensitive.layer`, and for tests
   * that look for leaks.
   */
  static readonly sensitive: Sensitive = sensitive

  /**
   * Makes the service over the token cache and the HTTP client at hand, for as long as the scope lives. Most applications
   * use {@link layer}.
   *
   * Fails with `InvalidOptions`, which names the option, and with what obtaining the secrets fails with.
   */
  static readonly make = make

  /**
   * A Paynkolay layer with options. Writing it twice makes two services, which share tokens if their account is the same.
   *
   * Fails with `InvalidOptions`, which names the option, and with what obtaining the secrets fails with.
   *
   * ```ts
   * Paynkolay.layer({
   *   environment: "test",
   *   credentials: { username: "…", password: Redacted.make("…"), merchantNo: "…" },
   *   keys: {
   *     apiSecretKey: Secrets.ApiSecretKey.make(Redacted.make("…")),
   *     merchantSecretKey: Secrets.MerchantSecretKey.make(Redacted.make("…")),
   *     cancelApiSecretKey: Secrets.CancelApiSecretKey.make(Redacted.make("…"))
   *   }
   * })
   * ```
   */
  static readonly layer = <E = never, R = never>(
    options: PaynkolayOptions.Options<E, R>
  ): Layer.Layer<Paynkolay, E | InvalidOptions, HttpClient.HttpClient | R | TokenCache> =>
    Layer.effect(Paynkolay, make(options))

  /**
   * A Paynkolay layer whose place and secrets come from the configuration. Fails with a `ConfigError`, which names the
   * variable.
   *
   * - `PAYNKOLAY_ENVIRONMENT`: `test` or `production`. Default: the option's; if that is not given either, the layer is not
   *   built.
   * - `PAYNKOLAY_BASE_URL`: another address than the environment's. Default: none.
   * - `PAYNKOLAY_USERNAME`, `PAYNKOLAY_PASSWORD`, `PAYNKOLAY_MERCHANT_NO`: the login. Read again at every login, so that a
   *   password that was replaced is picked up.
   * - `PAYNKOLAY_API_SECRET_KEY`, `PAYNKOLAY_MERCHANT_SECRET_KEY`, `PAYNKOLAY_CANCEL_API_SECRET_KEY`: the keys. Read again
   *   at every call that needs one.
   *
   * ```ts
   * Paynkolay.layerConfig({ paymentHash: "twoFields" })
   * ```
   */
  static readonly layerConfig = (
    settings: PaynkolayOptions.Settings = {}
  ): Layer.Layer<Paynkolay, Config.ConfigError | InvalidOptions, HttpClient.HttpClient | TokenCache> =>
    Layer.unwrap(
      Effect.map(placeFromConfig(settings), (place) =>
        Paynkolay.layer({ ...settings, ...place, credentials: credentialsFromConfig, keys: keysFromConfig }))
    )
}

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

const credentialsFromConfig = Config.all({
  username: Credentials.text("PAYNKOLAY_USERNAME"),
  password: Credentials.secret("PAYNKOLAY_PASSWORD"),
  merchantNo: Credentials.text("PAYNKOLAY_MERCHANT_NO")
})

const keysFromConfig = Config.all({
  apiSecretKey: Config.map(Credentials.secret("PAYNKOLAY_API_SECRET_KEY"), (key) => Secrets.ApiSecretKey.make(key)),
  merchantSecretKey: Config.map(
    Credentials.secret("PAYNKOLAY_MERCHANT_SECRET_KEY"),
    (key) => Secrets.MerchantSecretKey.make(key)
  ),
  cancelApiSecretKey: Config.map(
    Credentials.secret("PAYNKOLAY_CANCEL_API_SECRET_KEY"),
    (key) => Secrets.CancelApiSecretKey.make(key)
  )
})

const environmentFromConfig = Config.schema(Schema.Literals(["test", "production"]), "PAYNKOLAY_ENVIRONMENT")

/** What the configuration says goes before what the options say. */
const placeFromConfig = Effect.fnUntraced(function*(
  options: PaynkolayOptions.Settings
): Effect.fn.Return<PaynkolayOptions.Place, Config.ConfigError> {
  const { baseUrl, environment } = yield* Config.all({
    baseUrl: Config.withDefault(BaseUrl.config("PAYNKOLAY_BASE_URL"), undefined),
    environment: Config.withDefault(environmentFromConfig, undefined)
  })
  if (baseUrl !== undefined) return { baseUrl }
  if (environment !== undefined) return { environment, baseUrl: undefined }
  if (options.baseUrl !== undefined) return { baseUrl: options.baseUrl }
  return { environment: options.environment ?? (yield* environmentFromConfig) }
})
