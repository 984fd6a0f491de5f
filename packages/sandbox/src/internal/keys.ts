import * as Redacted from "effect/Redacted"

/** What the providers with an API key and a secret know an account by. */
export interface Keys {
  readonly apiKey: Redacted.Redacted
  readonly secretKey: Redacted.Redacted
}

/** An account as a provider keeps it: its number stays when its keys change. */
export interface Account {
  readonly number: number
  readonly credentials: Keys
}

/** The keys of a provider's default account. */
export const defaultsOf = (provider: string): Keys => ({
  apiKey: Redacted.make(`sandbox-${provider}-api-key`),
  secretKey: Redacted.make(`sandbox-${provider}-secret-key`)
})

const same = (left: Redacted.Redacted, right: Redacted.Redacted) => Redacted.value(left) === Redacted.value(right)

export const find = (accounts: ReadonlyArray<Account>, { apiKey, secretKey }: Keys): Account | undefined =>
  accounts.find(({ credentials }) => same(credentials.apiKey, apiKey) && same(credentials.secretKey, secretKey))

/** The account that an API key names, whatever secret came with it. */
export const named = (accounts: ReadonlyArray<Account>, apiKey: Redacted.Redacted): Account | undefined =>
  accounts.find(({ credentials }) => same(credentials.apiKey, apiKey))

export const register = (accounts: ReadonlyArray<Account>, credentials: Keys): ReadonlyArray<Account> => [
  ...accounts,
  { number: accounts.length + 1, credentials }
]
