import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"

/** A token that was given out. It is remembered until it would have expired by itself. */
interface Grant {
  readonly account: number
  readonly use: "access" | "refresh"
  readonly expiresAt: number
  readonly ended: boolean
}

/** The tokens of one provider, by their text. */
export type Grants = HashMap.HashMap<string, Grant>

export const empty: Grants = HashMap.empty()

/** Remembers a new token, and forgets those that have expired. */
export const issue = (grants: Grants, token: string, grant: Omit<Grant, "ended">, now: number): Grants =>
  HashMap.set(HashMap.filter(grants, ({ expiresAt }) => now < expiresAt), token, { ...grant, ended: false })

/** Ends the tokens of one account, or those of one use. */
export const end = (grants: Grants, of: { readonly account?: number; readonly use?: Grant["use"] } = {}): Grants =>
  HashMap.map(grants, (grant) =>
    (of.account ?? grant.account) === grant.account && (of.use ?? grant.use) === grant.use
      ? { ...grant, ended: true }
      : grant)

/** The account of a token that lives. */
export const accountOf = (
  grants: Grants,
  token: string | undefined,
  use: Grant["use"],
  now: number
): number | undefined =>
  token === undefined ? undefined : HashMap.get(grants, token).pipe(
    Option.filter((grant) => grant.use === use && !grant.ended && now < grant.expiresAt),
    Option.map(({ account }) => account),
    Option.getOrUndefined
  )

/** The account that a token was given to, whether or not it lives. */
export const ownerOf = (grants: Grants, token: string): number | undefined =>
  HashMap.get(grants, token).pipe(Option.map(({ account }) => account), Option.getOrUndefined)

/** The token in an `Authorization: Bearer` header. */
export const bearerIn = (headers: Readonly<Record<string, string>>): string | undefined =>
  /^Bearer (\S+)$/i.exec(headers["authorization"] ?? "")?.[1]
