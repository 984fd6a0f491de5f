import * as Exchange from "../exchange.ts"

export const ok = (data: unknown): Exchange.Answer => Exchange.json(200, { status: true, data })

const refused = (status: number, error: string, message?: string): Exchange.Answer =>
  Exchange.json(status, { status: false, error, ...(message !== undefined && { message }) })

export const invalidCredentials = refused(401, "yetkisiz erişim", "Invalid credentials")
export const missingCredentials = (status: number) => refused(status, "eksik alan", "Missing required credentials")
export const tokenDead = refused(401, "yetkisiz erişim", "Token expired or invalid")
/** The page of `orders/success` shows its 401 without a message. */
export const tokenDeadWithoutMessage = refused(401, "yetkisiz erişim")
export const wrongUrl = refused(403, "URL hatalı")
export const missingField = (field: string) => refused(400, "eksik alan", `${field} is required`)
export const orderNotFound = refused(404, "sipariş bulunamadı")
export const restaurantNotFound = refused(404, "restoran bulunamadı")
export const coolingDown = refused(429, "çok fazla istek", "Çok fazla istek. Lütfen 30 saniye bekleyin.")

/** Made up: the pages do not show what an unknown food gets. */
export const foodNotFound = refused(404, "ürün bulunamadı")
/** Made up: the pages do not show what a step out of turn gets. */
export const wrongStep = (message: string) => refused(400, "geçersiz işlem", message)

/** The envelope for a status that a fault asks for. */
export const envelope = (status: number): Exchange.Answer => {
  switch (status) {
    case 401:
      return tokenDead
    case 403:
      return wrongUrl
    case 404:
      return orderNotFound
    case 429:
      return coolingDown
    default:
      return status < 400 ? Exchange.json(status, { status: true, data: "OK" }) : refused(status, "sistem hatası")
  }
}
