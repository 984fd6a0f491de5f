/** What the services of several providers have in common. */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Grants from "./grants.ts"
import * as Keys from "./keys.ts"
import type { Provider } from "./provider.ts"

/** What every service has: what its provider counted, logged and was told to spoil, and its settings. */
export const common = <State extends { readonly settings: unknown }, Patch>(
  { counters, faults, requests, resetCounters }: Provider,
  ref: Ref.Ref<State>,
  patched: (settings: State["settings"], patch: Patch) => State["settings"]
) => ({
  counters,
  resetCounters,
  requests,
  faults,
  settings: {
    get: Effect.map(Ref.get(ref), (state): State["settings"] => state.settings),
    update: (patch: Patch): Effect.Effect<State["settings"]> =>
      Ref.modify(ref, (state) => {
        const settings = patched(state.settings, patch)
        return [settings, { ...state, settings }]
      })
  }
})

/** Ends tokens of all accounts: all of them, or those of one use. */
export const endTokens = <State extends { readonly grants: Grants.Grants }>(
  ref: Ref.Ref<State>,
  of?: { readonly use: "access" | "refresh" }
): Effect.Effect<void> => Ref.update(ref, (state) => ({ ...state, grants: Grants.end(state.grants, of) }))

/** Gives an account, or else the default account, other credentials; what else is known of it stays. */
export const changeCredentials = <
  Credentials,
  Account extends { readonly credentials: Credentials },
  State extends { readonly accounts: ReadonlyArray<Account> }
>(
  ref: Ref.Ref<State>,
  find: (state: State, credentials: NoInfer<Credentials>) => Account | undefined,
  credentials: Credentials
) =>
(to: Credentials, from: Credentials = credentials): Effect.Effect<void> =>
  Ref.update(ref, (state) => {
    const account = find(state, from)
    return {
      ...state,
      accounts: state.accounts.map((other) => other === account ? { ...other, credentials: to } : other)
    }
  })

/** What the service of a provider has whose accounts have an API key and a secret. */
export const withKeys = <
  State extends { readonly accounts: ReadonlyArray<Keys.Account>; readonly grants: Grants.Grants }
>(ref: Ref.Ref<State>, credentials: Keys.Keys) => ({
  credentials,
  revokeTokens: endTokens(ref),
  revokeAccessTokens: endTokens(ref, { use: "access" }),
  registerAccount: (keys: Keys.Keys): Effect.Effect<void> =>
    Ref.update(ref, (state) => ({ ...state, accounts: Keys.register(state.accounts, keys) })),
  changeCredentials: changeCredentials(ref, ({ accounts }, keys) => Keys.find(accounts, keys), credentials)
})
