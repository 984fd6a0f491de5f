import type { OdealSettings } from "../../OdealModel.ts"
import * as Exchange from "../exchange.ts"

/** An answer to a call. Made up: the pages show such an envelope around tokens only. */
export const ok = (result: unknown): Exchange.Answer => Exchange.json(200, { result })

export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

export const tokens = (pair: Tokens, expiresIn: number): Exchange.Answer =>
  Exchange.json(200, { result: pair, tokenType: "Bearer", expiresIn })

/** A refusal with its message in one of the two places where the pages say that one may stand. */
const refused = (status: number, message: string) => ({ errorPlace }: OdealSettings): Exchange.Answer =>
  Exchange.json(status, { [errorPlace]: { message } })

/** Made up, as all messages are: the pages show no text of an error. */
export const invalidKeys = refused(401, "Geçersiz kimlik bilgileri")
export const tokenDead = refused(401, "Geçersiz veya süresi dolmuş token")
export const refreshTokenDead = refused(401, "Geçersiz veya süresi dolmuş refresh token")
/** Made up: the pages show only that fields are mandatory. */
export const missingField = (field: string) => refused(400, `${field} alanı zorunludur`)
export const invalidField = (field: string) => refused(400, `${field} alanı geçersiz`)
/** Made up: the pages show only that a repeated `externalId` is refused. */
export const duplicate = refused(409, "Bu externalId ile daha önce işlem yapılmış")
export const paymentNotFound = refused(404, "Ödeme bulunamadı")
export const wrongState = refused(409, "Ödemenin durumu bu işleme uygun değil")
export const amountTooHigh = refused(400, "İade tutarı ödeme tutarını aşıyor")
export const wrongUrl = refused(404, "Kaynak bulunamadı")

/** The envelope for a status that a fault asks for. */
export const envelope = (status: number) => (settings: OdealSettings): Exchange.Answer => {
  if (status < 400) return Exchange.json(status, { result: {} })
  return status === 401 ? tokenDead(settings) : refused(status, "Sistem hatası")(settings)
}
