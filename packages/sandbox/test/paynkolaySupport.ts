import { type OutgoingLog, type PaynkolayModel, Sandbox } from "@entegre/sandbox"
import { Effect, Predicate, Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { createHash } from "node:crypto"
import { answerOf } from "./support.ts"

/** Made-up keys for which the hashes of every rule were computed beforehand. */
export const vectorKeys: PaynkolayModel.PaynkolayCredentials = {
  username: "vector",
  password: Redacted.make("vector"),
  merchantNo: "400000001",
  apiSecretKey: Redacted.make("100000001|U1hWQUxVRQ=="),
  merchantSecretKey: Redacted.make("_mpSecretKeyForTests0"),
  cancelApiSecretKey: Redacted.make("100000001|U1hWQUxVRQ==|Q0FOQ0VM")
}

/** The provider's hash, written a second time. */
export const hashOf = (...fields: ReadonlyArray<string>) =>
  createHash("sha512").update(fields.join("|"), "utf8").digest("base64")

/** The keys of the default marketplace, in the clear. */
export const keys = Effect.map(Sandbox, ({ paynkolay: { credentials } }) => ({
  sx: Redacted.value(credentials.apiSecretKey),
  secret: Redacted.value(credentials.merchantSecretKey),
  cancelSx: Redacted.value(credentials.cancelApiSecretKey),
  merchantNo: credentials.merchantNo
}))

/** Posts JSON, with a token or without one. */
export const post = Effect.fnUntraced(function*(path: string, body: unknown, token?: string) {
  const { paynkolay } = yield* Sandbox
  const request = HttpClientRequest.bodyJsonUnsafe(HttpClientRequest.post(`${paynkolay.baseUrl}${path}`), body)
  return yield* HttpClient.execute(token === undefined ? request : HttpClientRequest.bearerToken(request, token))
})

export const requestLogin = (body: unknown) => post("/authenticate", body)

const Token = Schema.Struct({ data: Schema.Struct({ token: Schema.String }) })

/** Logs in, by default to the default marketplace. */
export const tokenOf = Effect.fnUntraced(function*(credentials?: PaynkolayModel.PaynkolayCredentials) {
  const { paynkolay } = yield* Sandbox
  const { merchantNo, password, username } = credentials ?? paynkolay.credentials
  const response = yield* requestLogin({ username, password: Redacted.value(password), merchantNo })
  return (yield* Schema.decodeUnknownEffect(Token)(yield* response.json)).data.token
})

/** Sends a call with a fresh token and gives what came back. */
export const ask = (path: string, body: unknown) =>
  Effect.gen(function*() {
    return yield* answerOf(yield* post(path, body, yield* tokenOf()))
  })

/** The `data` of a call that succeeds. */
export const dataOf = Effect.fnUntraced(function*(path: string, body: unknown) {
  const { body: answer } = yield* ask(path, body)
  return (yield* Schema.decodeUnknownEffect(Schema.Struct({ success: Schema.Literal(true), data: Schema.Json }))(
    answer
  ))
    .data
})

/** A value inside of JSON. */
export const inside = (json: unknown, ...path: ReadonlyArray<string | number>): Schema.Json =>
  Schema.decodeUnknownSync(Schema.Json)(
    path.reduce<unknown>((value, name) => Predicate.hasProperty(value, name) ? value[name] : undefined, json)
  )

export const ok = (data: Schema.Json) => ({
  status: 200,
  body: { success: true, responseCode: "200", responseMessage: "İşlem Başarılı", data }
})

export const refused = (responseMessage: string, status = 200) => ({
  status,
  body: { success: false, responseCode: "400", responseMessage, data: null }
})

export const card = {
  cardHolder: "Ayşe Çağlar",
  cardNumber: "4546711234567894",
  cvv: "000",
  expiryMonth: "12",
  expiryYear: "2030",
  isThreeD: false,
  registerCard: false
}

/** What a payment is created with: 150.00 TRY for the default seller. The hash is left out. */
const unsignedPayment = Effect.gen(function*() {
  const { origin } = yield* Sandbox
  const { merchantNo, sx } = yield* keys
  return {
    apiSecretKey: sx,
    trxCurrency: "TRY",
    trxAmount: 150,
    trxCode: "ORDER_12345",
    trxType: "SALES",
    callbackUrl: `${origin}/shop/callback`,
    sellerList: [{ sellerExternalId: "SELLER123", trxAmount: 150 }],
    marketplaceCode: merchantNo
  }
})

type Change = Readonly<Record<string, unknown>> & { readonly trxCode?: string; readonly trxAmount?: number }

/** The body of a payment by card, with its hash. */
export const paymentBody = Effect.fnUntraced(function*(change: Change = {}) {
  const { secret, sx } = yield* keys
  const body = { ...yield* unsignedPayment, ...change }
  return {
    bankCard: card,
    installment: 1,
    isFetchInstallments: false,
    ...body,
    apiKey: hashOf(sx, secret, body.trxCode, body.trxAmount.toFixed(2), "TRY", "SALES")
  }
})

const Created = Schema.Struct({
  refCode: Schema.String,
  trxCode: Schema.String,
  form: Schema.NullOr(Schema.String)
})

/** Creates a payment by card. */
export const pay = Effect.fnUntraced(function*(change: Change = {}) {
  return yield* Schema.decodeUnknownEffect(Created)(yield* dataOf("/payment/create", yield* paymentBody(change)))
})

/** The body of a refund or cancel, with its hash. */
export const reversalBody = Effect.fnUntraced(function*(
  trxType: "refund" | "cancel",
  refCode: string,
  options: { readonly amount?: number; readonly trxDate?: string; readonly sellers?: ReadonlyArray<[string, number]> } =
    {}
) {
  const { cancelSx, merchantNo, secret } = yield* keys
  const { amount = 150, trxDate = "2026-01-15", sellers = trxType === "refund" ? [["SELLER123", amount]] : [] } =
    options
  return {
    apiKey: hashOf(cancelSx, secret, trxType, trxDate, amount.toFixed(2), "TRY", refCode),
    apiSecretKey: cancelSx,
    mpCode: merchantNo,
    refCode,
    trxType,
    trxDate,
    totalTrxAmount: amount,
    trxCurrency: "TRY",
    sellerList: sellers.map(([sellerExternalId, trxAmount]) => ({ sellerExternalId, trxAmount }))
  }
})

/** The fields of a callback that was sent as a form. */
export const fieldsOf = ({ body }: OutgoingLog.OutgoingEntry): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(Redacted.value(body)))

const signedNames = [
  "statusCode",
  "refCode",
  "authCode",
  "trxCode",
  "commissionRate",
  "commissionAmount",
  "installment",
  "trxAmount",
  "authAmount",
  "timestamp",
  "currencyCode",
  "cardType",
  "issuerBankCode",
  "installmentFeeRate",
  "installmentFeeAmount",
  "paymentSystem"
]

/** The hash that a callback with these fields should have. */
export const callbackHash = (sx: string, fields: Record<string, string>) =>
  hashOf(sx, ...signedNames.map((name) => fields[name] ?? ""))
