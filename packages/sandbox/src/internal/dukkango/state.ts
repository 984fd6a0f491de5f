import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type {
  DukkangoAcknowledgement,
  DukkangoCredentials,
  DukkangoFood,
  DukkangoOrder,
  DukkangoRestaurant,
  DukkangoSettings
} from "../../DukkangoModel.ts"

/** An account as the provider keeps it: its number stays when its keys change. */
export interface Account {
  readonly number: number
  readonly credentials: DukkangoCredentials
  readonly restaurants: ReadonlyArray<string>
}

interface Token {
  readonly account: number
  readonly expiresAt: number
}

/** An order and the last status that was acknowledged for it. */
interface OrderRecord {
  readonly order: DukkangoOrder
  readonly acknowledged: number | undefined
}

export interface State {
  readonly settings: DukkangoSettings
  readonly accounts: ReadonlyArray<Account>
  readonly tokens: HashMap.HashMap<string, Token>
  /** When an operation with a cooldown last answered, by account and operation. */
  readonly answered: HashMap.HashMap<string, number>
  readonly restaurants: ReadonlyArray<DukkangoRestaurant>
  readonly foods: ReadonlyArray<DukkangoFood>
  readonly inactiveFoods: ReadonlyArray<number>
  readonly orders: HashMap.HashMap<string, OrderRecord>
  readonly acknowledgements: ReadonlyArray<DukkangoAcknowledgement>
  readonly nextOrderId: number
}

const sameSecret = (left: Redacted.Redacted, right: Redacted.Redacted) => Redacted.value(left) === Redacted.value(right)

export const findAccount = (state: State, credentials: DukkangoCredentials): Account | undefined =>
  state.accounts.find((account) =>
    sameSecret(account.credentials.appSecretKey, credentials.appSecretKey) &&
    sameSecret(account.credentials.restSecretKey, credentials.restSecretKey)
  )

export const accountOfToken = (state: State, token: string | undefined, now: number): Account | undefined =>
  token === undefined ? undefined : HashMap.get(state.tokens, token).pipe(
    Option.filter(({ expiresAt }) => now < expiresAt),
    Option.flatMapNullishOr(({ account }) => state.accounts.find(({ number }) => number === account)),
    Option.getOrUndefined
  )

export const issueToken = (state: State, account: Account, token: string, now: number): State => ({
  ...state,
  tokens: HashMap.filter(
    state.tokens,
    (other) => now < other.expiresAt && !(state.settings.singleActiveToken && other.account === account.number)
  ).pipe(
    HashMap.set(token, {
      account: account.number,
      expiresAt: now + Duration.toMillis(state.settings.tokenLifetime)
    })
  )
})

/** A moment as the provider writes it: `YYYY-MM-DD HH:mm:ss`, no offset, by the provider's own clock. */
export const writeDate = (settings: DukkangoSettings, millis: number): string =>
  DateTime.zoneFromString(settings.expiryZone).pipe(
    Option.map((zone) => DateTime.setZone(DateTime.makeUnsafe(millis + Duration.toMillis(settings.clockSkew)), zone)),
    Option.match({
      onNone: () => "",
      onSome: (zoned) => DateTime.formatIsoOffset(zoned).slice(0, 19).replace("T", " ")
    })
  )
