/**
 * The three secrets that Paynkolay gives to a marketplace, each a type of its own.
 *
 * All three are text, and two of them go into a field of the same name, `apiSecretKey`. As different types they can not
 * stand in for one another: a refund that is signed with the payment key does not compile. They are `Redacted`, so they
 * show in no log.
 *
 * ```ts
 * const secrets = Config.all({
 *   apiSecretKey: Config.map(Config.Redacted("API_SECRET_KEY"), Secrets.ApiSecretKey.make),
 *   merchantSecretKey: Config.map(Config.Redacted("MERCHANT_SECRET_KEY"), Secrets.MerchantSecretKey.make),
 *   cancelApiSecretKey: Config.map(Config.Redacted("CANCEL_API_SECRET_KEY"), Secrets.CancelApiSecretKey.make)
 * })
 * ```
 *
 * Source: the table "Security Keys" of the provider's authentication page.
 */
import * as Schema from "effect/Schema"

const Secret = Schema.RedactedFromValue(Schema.NonEmptyString)

/**
 * `apiSecretKey`, the SX value: goes into payment, seller and payment profile calls, and signs callbacks. It contains the
 * separator of the hashes, `|`, by nature.
 */
export const ApiSecretKey = Secret.pipe(Schema.brand("@entegre/paynkolay/ApiSecretKey"))

/**
 * `apiSecretKey`, the SX value for everything but cancels and refunds.
 */
export type ApiSecretKey = typeof ApiSecretKey.Type

/**
 * `merchantSecretKey`: is hashed and never sent.
 */
export const MerchantSecretKey = Secret.pipe(Schema.brand("@entegre/paynkolay/MerchantSecretKey"))

/**
 * `merchantSecretKey`: is hashed and never sent.
 */
export type MerchantSecretKey = typeof MerchantSecretKey.Type

/**
 * `apiSecretKey (iptal)`, the SX value for cancels and refunds. On the wire its field is called `apiSecretKey` too.
 */
export const CancelApiSecretKey = Secret.pipe(Schema.brand("@entegre/paynkolay/CancelApiSecretKey"))

/**
 * `apiSecretKey (iptal)`, the SX value for cancels and refunds.
 */
export type CancelApiSecretKey = typeof CancelApiSecretKey.Type
