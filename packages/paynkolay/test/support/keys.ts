import * as Secrets from "@entegre/paynkolay/Secrets"
import { Redacted } from "effect"

/** Made up; their shape is that of the provider's: the cancel key is the payment key and one part more. */
export const sx = "100000001|U1hWQUxVRQ=="
export const cancelSx = `${sx}|Q0FOQ0VM`
export const merchantSecret = "_mpSecretKeyForTests0"

export const apiSecretKey = Secrets.ApiSecretKey.make(Redacted.make(sx))
export const cancelApiSecretKey = Secrets.CancelApiSecretKey.make(Redacted.make(cancelSx))
export const merchantSecretKey = Secrets.MerchantSecretKey.make(Redacted.make(merchantSecret))
