/**
 * Whether a callback was written by Paynkolay, just now, and what it then reports.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as CallbackError from "../CallbackError.ts"
import * as CallbackReport from "../CallbackReport.ts"
import * as Hash from "../Hash.ts"
import { readInstant } from "../LocalDate.ts"
import { successCodes } from "../PaynkolaySchema.ts"
import type { ApiSecretKey, MerchantSecretKey } from "../Secrets.ts"
import { isHash } from "./digest.ts"

export type Fields = { readonly [name: string]: string | undefined }

export interface Settings {
  readonly apiSecretKey: ApiSecretKey
  readonly merchantSecretKey: MerchantSecretKey
  readonly maxAge: Duration.Duration
  readonly clockTolerance: Duration.Duration
  readonly twoStepSignature: "required" | "optional"
  readonly otherNames: { readonly statusCode: string; readonly refCode: string }
}

type Verified<A> = Effect.Effect<A, CallbackError.Reason>

export const verify = (fields: Fields, settings: Settings): Verified<CallbackReport.Reported> => {
  const isTwoStep = fields["REFERENCE_CODE"] !== undefined || fields["RESPONSE_CODE"] !== undefined
  if (!isTwoStep) return verifyResult(fields, settings)
  return fields["hash"] === undefined
    ? verifyTwoStep(fields, settings)
    : Effect.fail(new CallbackError.UnexpectedField({ field: "hash" }))
}

// -----------------------------------------------------------------------------
// The result of a payment
// -----------------------------------------------------------------------------

const verifyResult = Effect.fnUntraced(function*(
  fields: Fields,
  settings: Settings
): Effect.fn.Return<CallbackReport.Reported, CallbackError.Reason> {
  const received = yield* required(fields, "hash")
  const signed: Fields = {
    ...fields,
    statusCode: fields["statusCode"] ?? fields[settings.otherNames.statusCode],
    refCode: fields["refCode"] ?? fields[settings.otherNames.refCode]
  }
  const expected = yield* Hash.callback(settings.apiSecretKey, signed)
  if (!isHash(expected, received)) return yield* new CallbackError.InvalidSignature()

  const statusCode = yield* required(signed, "statusCode")
  const refCode = yield* required(signed, "refCode")
  const trxCode = yield* required(signed, "trxCode")
  // The page tests `responseCode` for success, which the hash does not cover if there is a `statusCode`.
  if (isSuccess(fields["responseCode"] ?? statusCode) !== isSuccess(statusCode)) {
    return yield* new CallbackError.Contradiction({ signed: "statusCode", unsigned: "responseCode" })
  }
  const timestamp = yield* freshTimestamp(signed, settings)

  if (!isSuccess(statusCode)) {
    const { responseCode } = fields
    return CallbackReport.Declined.make({
      refCode,
      trxCode,
      statusCode,
      ...(responseCode !== undefined && { responseCode }),
      signature: "verified"
    })
  }
  if (!isAuthorised(signed["authCode"])) {
    const { referenceCode = refCode } = fields
    return CallbackReport.CompletionRequired.make({ referenceCode, signature: "verified" })
  }
  const currency = yield* required(signed, "currencyCode")
  return yield* readApproved({ ...signed, currency, timestamp: DateTime.formatIso(timestamp) })
})

const freshTimestamp = Effect.fnUntraced(function*(
  fields: Fields,
  { clockTolerance, maxAge }: Settings
): Effect.fn.Return<DateTime.Utc, CallbackError.Reason> {
  const written = yield* required(fields, "timestamp")
  const timestamp = yield* Effect.fromOption(
    readInstant(written),
    () => new CallbackError.UnreadableField({ field: "timestamp" })
  )
  const age = DateTime.toEpochMillis(yield* DateTime.now) - DateTime.toEpochMillis(timestamp)
  if (age > Duration.toMillis(maxAge)) return yield* new CallbackError.Stale({ timestamp, problem: "tooOld" })
  if (-age > Duration.toMillis(clockTolerance)) {
    return yield* new CallbackError.Stale({ timestamp, problem: "inTheFuture" })
  }
  return timestamp
})

const decodeApproved = Schema.decodeUnknownEffect(CallbackReport.Approved)
const format = SchemaIssue.makeFormatterStandardSchemaV1()

const readApproved = (fields: Fields): Verified<CallbackReport.Approved> => {
  // What is empty in the hash is not there.
  const present = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""))
  return Effect.mapError(decodeApproved({ ...present, _tag: "Approved" }), ({ issue }) => {
    const [field] = format(issue).issues[0]?.path ?? []
    return new CallbackError.UnreadableField({ field: typeof field === "string" ? field : "a field" })
  })
}

// -----------------------------------------------------------------------------
// A payment that waits for its completion
// -----------------------------------------------------------------------------

const verifyTwoStep = Effect.fnUntraced(function*(
  fields: Fields,
  settings: Settings
): Effect.fn.Return<CallbackReport.Reported, CallbackError.Reason> {
  const { hashDataV2: received = "" } = fields
  const signature = received === "" ? "absent" : "verified"
  if (signature === "verified") {
    const expected = yield* Hash.completion(settings.merchantSecretKey, fields)
    const fits = expected.map((hash) => isHash(hash, received))
    if (!fits.includes(true)) return yield* new CallbackError.InvalidSignature()
  } else if (settings.twoStepSignature === "required") {
    return yield* new CallbackError.MissingField({ field: "hashDataV2" })
  }

  const referenceCode = yield* required(fields, "REFERENCE_CODE")
  const statusCode = yield* required(fields, "RESPONSE_CODE")
  if (!isSuccess(statusCode)) {
    return CallbackReport.Declined.make({ refCode: referenceCode, statusCode, signature })
  }
  if (isAuthorised(fields["AUTH_CODE"])) return yield* new CallbackError.UnexpectedField({ field: "AUTH_CODE" })
  return CallbackReport.CompletionRequired.make({ referenceCode, signature })
})

// -----------------------------------------------------------------------------
// Fields
// -----------------------------------------------------------------------------

const required = (fields: Fields, field: string): Verified<string> => {
  const value = fields[field] ?? ""
  return value === "" ? Effect.fail(new CallbackError.MissingField({ field })) : Effect.succeed(value)
}

const isSuccess = (code: string): boolean => successCodes.includes(code)

const isAuthorised = (authCode: string | undefined): boolean => !["", "0", "00"].includes(authCode ?? "")
