import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import type {
  PaynkolayCredentials,
  PaynkolayPayment,
  PaynkolayProfile,
  PaynkolaySeller,
  PaynkolaySettings
} from "../../PaynkolayModel.ts"
import * as Grants from "../grants.ts"

/** A card that a customer stored, as the provider lists it, and whose it is. */
export interface StoredCard {
  readonly mpCustomerKey: string
  readonly cardToken: string
  readonly cardTranId: string
  readonly cardMaskedPan: string
  readonly cardIssuer: string
  readonly cardType: string
  readonly cardBrand: string
  readonly cardAlias: string
}

/** What a seller owes, since when in milliseconds of the provider's clock. */
interface Debt {
  readonly sellerExternalId: string
  readonly debtAmount: number
  readonly at: number
}

/** What a marketplace has; no other one sees it. Of each list the last ten thousand are remembered, oldest first. */
export interface Marketplace {
  readonly profiles: ReadonlyArray<PaynkolayProfile>
  readonly sellers: ReadonlyArray<PaynkolaySeller>
  readonly payments: ReadonlyArray<PaynkolayPayment>
  readonly cards: ReadonlyArray<StoredCard>
  readonly debts: ReadonlyArray<Debt>
  /** Counts payments, refunds and cancels. */
  readonly transactions: number
}

/** A marketplace and what it was given: its number and code stay when its keys change. */
export interface Account {
  readonly number: number
  readonly marketplaceCode: string
  readonly credentials: PaynkolayCredentials
  readonly marketplace: Marketplace
}

export interface State {
  readonly settings: PaynkolaySettings
  readonly accounts: ReadonlyArray<Account>
  readonly grants: Grants.Grants
}

export const empty: Marketplace = {
  profiles: [],
  sellers: [],
  payments: [],
  cards: [],
  debts: [],
  transactions: 0
}

/** What the provider's own clock shows. */
export const clock = (settings: PaynkolaySettings, now: number): number => now + Duration.toMillis(settings.clockSkew)

/** When a token ends that is given out now: at a whole second of the provider's clock. */
export const tokenEnd = (settings: PaynkolaySettings, now: number): number =>
  Math.floor((clock(settings, now) + Duration.toMillis(settings.tokenLifetime)) / 1000)

type Login = Pick<PaynkolayCredentials, "username" | "password" | "merchantNo">

export const findAccount = (state: State, login: Login): Account | undefined =>
  state.accounts.find(({ credentials }) =>
    credentials.username === login.username &&
    credentials.merchantNo === login.merchantNo &&
    Redacted.value(credentials.password) === Redacted.value(login.password)
  )

export const accountOfToken = (state: State, token: string | undefined, now: number): Account | undefined => {
  const account = Grants.accountOf(state.grants, token, "access", now)
  return state.accounts.find(({ number }) => number === account)
}

export const accountOfKey = (state: State, apiSecretKey: string): Account | undefined =>
  state.accounts.find(({ credentials }) => Redacted.value(credentials.apiSecretKey) === apiSecretKey)

export const issueToken = (state: State, account: Account, token: string, now: number, exp: number): State => {
  const expiresAt = exp * 1000 - Duration.toMillis(state.settings.clockSkew)
  return {
    ...state,
    grants: Grants.issue(state.grants, token, { account: account.number, use: "access", expiresAt }, now)
  }
}

export const updateMarketplace = (state: State, account: Account, marketplace: Marketplace): State => ({
  ...state,
  accounts: state.accounts.map((other) => other.number === account.number ? { ...other, marketplace } : other)
})

const remembered = 10_000

/** Adds to a list that forgets its oldest entries. */
export const remember = <A>(list: ReadonlyArray<A>, added: A): ReadonlyArray<A> => [
  ...list.slice(1 - remembered),
  added
]

export const addPayment = (marketplace: Marketplace, payment: PaynkolayPayment): Marketplace => ({
  ...marketplace,
  payments: remember(marketplace.payments, payment),
  transactions: marketplace.transactions + 1
})

/** The payments that have both codes, or those that have the one code that there is. */
export const named = (
  { payments }: Marketplace,
  { refCode, trxCode }: { readonly refCode?: string | null | undefined; readonly trxCode?: string | null | undefined }
): ReadonlyArray<PaynkolayPayment> =>
  !refCode && !trxCode ?
    [] :
    payments.filter((payment) => (!refCode || payment.refCode === refCode) && (!trxCode || payment.trxCode === trxCode))

export const updatePayment = (marketplace: Marketplace, payment: PaynkolayPayment): Marketplace => ({
  ...marketplace,
  payments: marketplace.payments.map((other) => other.refCode === payment.refCode ? payment : other)
})

/** Paynkolay's own code of the next payment, refund or cancel. */
export const nextRefCode = ({ number, marketplace }: Pick<Account, "number" | "marketplace">): string =>
  `IKSIRPF${number * 100_000 + marketplace.transactions + 1}`
