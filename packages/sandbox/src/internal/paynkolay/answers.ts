import type { PaynkolaySettings } from "../../PaynkolayModel.ts"
import * as Exchange from "../exchange.ts"

/** The message of most answers; the authentication page alone shows another one. */
const succeeded = "İşlem Başarılı"

const success = (responseMessage: string, data: unknown, more: object = {}): Exchange.Answer =>
  Exchange.json(200, { success: true, responseCode: "200", responseMessage, data, ...more })

/** The common envelope; reports put totals beside `data`. */
export const ok = (data: unknown, more?: object): Exchange.Answer => success(succeeded, data, more)

export const loggedIn = (token: string): Exchange.Answer => success("SUCCESS", { token })

/** The short envelope. */
export const done: Exchange.Answer = Exchange.json(200, { success: true, message: succeeded })

/** A list without an envelope. */
export const bare = (list: ReadonlyArray<unknown>): Exchange.Answer => Exchange.json(200, list)

/** An answer without a `data` around it. */
export const flat = (body: object): Exchange.Answer => Exchange.json(200, { success: true, ...body })

const refusal = (status: number, body: object): Exchange.Answer => ({
  ...Exchange.json(status, { success: false, ...body }),
  refused: true
})

/** The common envelope of a refusal, whatever the HTTP status. */
export const refused = (
  status: number,
  responseCode: string,
  responseMessage: string,
  data: unknown = null
): Exchange.Answer => refusal(status, { responseCode, responseMessage, data })

/** Made up, but for `success` and the status. */
export const tokenDead = refused(401, "401", "Unauthorized")
/** Made up: no page shows a refused login. */
export const loginRefused = (status: number) => refused(status, "401", "Kullanıcı adı veya şifre hatalı")
/** Made up: no page shows an address that does not exist. */
export const notFound = refused(404, "404", "Not Found")

/** Made up in its words: a refusal that the pages do not show. */
export const invalid = (settings: PaynkolaySettings, message: string) => refused(settings.refusalStatus, "400", message)
/** Made up in its words. */
export const missingField = (settings: PaynkolaySettings, field: string) => invalid(settings, `${field} alanı hatalı`)
/** Made up in its words. */
export const wrongKey = (settings: PaynkolaySettings) => invalid(settings, "Geçersiz apiSecretKey")
/** Made up in its words. */
export const wrongHash = (settings: PaynkolaySettings) => invalid(settings, "Geçersiz apiKey")

/** A documented code of refunds and cancels, where the settings say that it stands. */
export const reversalRefused = (
  settings: PaynkolaySettings,
  code:
    | "ALREADY_REFUNDED"
    | "INSUFFICIENT_BALANCE"
    | "INVALID_DATE"
    | "TRANSACTION_NOT_FOUND"
    | "SAME_DAY_USE_CANCEL"
    | "INVALID_HASH"
) =>
  settings.reversalErrorIn === "responseCode"
    ? refused(settings.refusalStatus, code, "İşlem Başarısız")
    : refused(settings.refusalStatus, "400", code)

/** The one refusal with a `status`. */
export const rejected = (responseMessage: string): Exchange.Answer =>
  refusal(400, { status: "REJECTED", responseCode: "400", responseMessage })

export const noActiveSeller = refusal(400, { message: "Aktif Satıcı Bulunamadı!" })

/** Made up in its words: the short envelope of a refusal. */
export const notDone = (settings: PaynkolaySettings, message: string) => refusal(settings.refusalStatus, { message })

/** Made up in its words. */
export const wrongShortField = (settings: PaynkolaySettings, field: string) =>
  notDone(settings, `${field} alanı hatalı`)

/** Made up in its words; that it comes with HTTP 200 is documented. */
export const notCompleted = refusal(200, {
  message: "Referans kodu geçersiz veya kullanılmış",
  responseCode: "0",
  responseMessage: "İşlem Başarısız"
})

/** The envelope for a status that a fault asks for. */
export const envelope = (status: number): Exchange.Answer => {
  if (status === 401) return tokenDead
  if (status === 404) return notFound
  return status < 400 ? { ...ok(null), status } : refused(status, `${status}`, "Sistem hatası")
}
