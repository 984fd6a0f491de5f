/**
 * Puts Paynkolay's operations on the wire.
 */
import * as ApiClient from "@entegre/core/ApiClient"
import { InvalidRequest } from "@entegre/core/CallError"
import type { CredentialsUnavailable } from "@entegre/core/TokenError"
import type { Tokens } from "@entegre/core/Tokens"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as Hash from "../Hash.ts"
import * as LocalDate from "../LocalDate.ts"
import type { Groups } from "../Paynkolay.ts"
import { PaynkolayError, type Reason } from "../PaynkolayError.ts"
import type { Keys } from "../PaynkolayOptions.ts"
import { StoredCardQuery } from "../PaynkolaySchemaCard.ts"
import { CreateMasterpassPayment, CreatePayment } from "../PaynkolaySchemaPayment.ts"
import { Cancel, Refund } from "../PaynkolaySchemaReversal.ts"
import * as Failures from "./failures.ts"
import * as Operations from "./operations.ts"
import { sensitive } from "./sensitive.ts"
import type { Settings } from "./settings.ts"

/** What the calls of one marketplace have in common. */
export interface Marketplace {
  readonly settings: Settings
  readonly tokens: Tokens
  readonly keys: Effect.Effect<Keys, CredentialsUnavailable>
  /** What must not be quoted, whatever was sent. */
  readonly secrets: () => unknown
  /** `marketplaceCode` in some bodies, `mpCode` in others. */
  readonly code: string
}

/** What is to be signed is looked at first: a hash can only be made of what can be sent. */
const checked = <A>(schema: Schema.ConstraintCodec<A, unknown>) => {
  const write = ApiClient.bodyJson(schema)
  return (input: A): Effect.Effect<A, InvalidRequest> => Effect.as(write(HttpClientRequest.empty, input), input)
}

const checkPayment = checked(CreatePayment)
const checkMasterpassPayment = checked(CreateMasterpassPayment)
const checkRefund = checked(Refund)
const checkCancel = checked(Cancel)
const checkCustomer = checked(StoredCardQuery)

const hashed = (hash: Effect.Effect<Hash.Hash, Hash.SeparatorInField>): Effect.Effect<Hash.Hash, InvalidRequest> =>
  Effect.mapError(hash, ({ field }) => new InvalidRequest({ field, problem: "Expected a text without \"|\"" }))

/** Tokens for the one operation that takes none: nobody logs in for it, and none can be refused. */
const noTokens = ({ key, name, status }: Tokens): Tokens => ({
  key,
  name,
  status,
  get: Effect.succeed({ value: Redacted.make(""), generation: 0, expiresAt: 0 }),
  reject: Effect.succeed,
  discard: () => Effect.void,
  forget: Effect.void,
  warmUp: Effect.void,
  credentialsChanged: Effect.void
})

export const make = Effect.fnUntraced(function*(
  marketplace: Marketplace
): Effect.fn.Return<Groups & Pick<ApiClient.ApiClient<PaynkolayError>, "client">, never, HttpClient.HttpClient> {
  const { code, keys, secrets, settings, tokens } = marketplace
  const options: ApiClient.Options<Reason, PaynkolayError> = {
    provider: "paynkolay",
    tokens,
    baseUrl: settings.baseUrl,
    authorize: (request, token) => HttpClientRequest.bearerToken(request, token),
    isRejection: Failures.isDeadToken,
    timeout: settings.timeout,
    sensitive,
    secrets,
    refusal: Failures.ofCall,
    error: (operation, reason) => new PaynkolayError({ operation, reason }),
    retry: settings.retry
  }
  const api = yield* ApiClient.make(options)
  const open = yield* ApiClient.make({
    ...options,
    tokens: noTokens(tokens),
    authorize: (request) => request,
    isRejection: () => false
  })

  const run = <Body, A>(
    endpoint: Operations.Endpoint<Body, A>,
    body: Effect.Effect<Body, Reason>,
    over = api
  ): Effect.Effect<A, PaynkolayError> =>
    Effect.flatMap(
      Effect.mapError(body, (reason) => options.error(endpoint.name, reason)),
      (body) => over.run(endpoint, endpoint.request(body))
    )

  /** A body with the SX value in it. */
  const keyed = <Body extends object>(body: Body) => Effect.map(keys, ({ apiSecretKey }) => ({ ...body, apiSecretKey }))

  /** A body with the SX value and the marketplace's code in it. */
  const reported = <Query extends object>(query: Query) => keyed({ ...query, marketplaceCode: code })

  const payment = Effect.fnUntraced(function*<Input extends CreateMasterpassPayment | CreatePayment>(
    input: Input
  ) {
    const { apiSecretKey, merchantSecretKey } = yield* keys
    const trxType = "SALES" as const
    const { trxAmount: totalTrxAmount, trxCode, trxCurrency } = input
    const fields = { apiSecretKey, merchantSecretKey, trxCode, totalTrxAmount, trxCurrency, trxType }
    const apiKey = yield* hashed(Hash.payment(fields, settings.paymentHash))
    return { ...input, apiKey, apiSecretKey, marketplaceCode: code, trxType }
  })

  const reversal = Effect.fnUntraced(function*<Input extends Cancel, const Type extends "refund" | "cancel">(
    input: Input,
    trxType: Type
  ) {
    const { cancelApiSecretKey: apiSecretKey, merchantSecretKey } = yield* keys
    const trxDate = yield* LocalDate.today
    const { refCode: referenceCode, totalTrxAmount: amount, trxCurrency } = input
    const fields = { apiSecretKey, merchantSecretKey, trxType, trxDate, amount, trxCurrency, referenceCode }
    const apiKey = yield* hashed(Hash.reversal(fields))
    return { ...input, apiKey, apiSecretKey, mpCode: code, trxType, trxDate }
  })

  return {
    client: api.client,
    profiles: {
      create: (profile) => run(Operations.createProfile, keyed(profile)),
      get: (profileExternalId) => run(Operations.getProfile, Effect.succeed({ profileExternalId })),
      update: (profile) => run(Operations.updateProfile, keyed(profile)),
      delete: (profileExternalId) => run(Operations.deleteProfile, Effect.succeed({ profileExternalId })),
      list: ({ active = null } = {}) => run(Operations.listProfiles, keyed({ active }))
    },
    sellers: {
      create: (seller) => run(Operations.createSeller, keyed(seller)),
      get: (sellerExternalId) => run(Operations.getSeller, keyed({ sellerExternalId })),
      update: (seller) => run(Operations.updateSeller, keyed(seller)),
      delete: (sellerExternalId) => run(Operations.deleteSeller, Effect.succeed({ sellerExternalId })),
      list: ({ active = null } = {}) => run(Operations.listSellers, keyed({ active })),
      listByProfile: (profileExternalId, { active = null } = {}) =>
        run(Operations.listSellersByProfile, keyed({ profileExternalId, active }))
    },
    payments: {
      create: (input) => run(Operations.createPayment, Effect.flatMap(checkPayment(input), payment)),
      createWithMasterpass: (input) =>
        run(Operations.createMasterpassPayment, Effect.flatMap(checkMasterpassPayment(input), payment)),
      status: (query) => run(Operations.paymentStatus, Effect.succeed(query)),
      storedCards: (query) =>
        run(
          Operations.storedCards,
          Effect.gen(function*() {
            const { mpCustomerKey } = yield* checkCustomer(query)
            const { apiSecretKey, merchantSecretKey } = yield* keys
            const apiKey = yield* hashed(Hash.storedCardList({ apiSecretKey, merchantSecretKey, mpCustomerKey }))
            return { mpCode: code, apiSecretKey, mpCustomerKey, apiKey }
          })
        ),
      instalments: (query) => run(Operations.instalments, keyed({ ...query, mpCode: code })),
      updateCommission: (input) => run(Operations.updateCommission, Effect.succeed({ ...input, mpCode: code })),
      completeExternal: (referenceCode) => run(Operations.completePayment, keyed({ referenceCode }), open),
      refund: (input) =>
        run(Operations.refundPayment, Effect.flatMap(checkRefund(input), (input) => reversal(input, "refund"))),
      cancel: (input) =>
        run(
          Operations.cancelPayment,
          Effect.flatMap(
            checkCancel(input),
            (input) => Effect.map(reversal(input, "cancel"), (body) => ({ ...body, sellerList: [] }))
          )
        )
    },
    deliveries: {
      update: (sellerTransactionList) => run(Operations.updateDelivery, keyed({ sellerTransactionList }))
    },
    reports: {
      transaction: (query) => run(Operations.transactionReport, keyed(query)),
      seller: (query) => run(Operations.sellerReport, reported(query)),
      sellerPayments: (query) => run(Operations.sellerPaymentReport, reported(query)),
      sellerDebts: (query) => run(Operations.sellerDebtReport, reported(query))
    },
    penalties: {
      create: (penalty) => run(Operations.createPenalty, keyed(penalty))
    }
  }
})
