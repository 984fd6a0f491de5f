/**
 * What it costs to get a token that is there.
 *
 * Beside it stand a bare async function that does the same check, one that also looks its account up, and Effect's own
 * `Cache`. Those that look something up put their key together at each call, out of what a token key is made of: a
 * provider, an environment, an account. An application with the token cache does that once, when it builds its layer.
 */
import { TokenCache } from "@entegre/core"
import { Cache, Effect, ManagedRuntime, Redacted, Scope } from "effect"
import * as Acme from "../acme.ts"
import type { Case } from "../measure/Case.ts"
import { measure, type Subject } from "../measure/Rounds.ts"

const hour = 3_600_000
const provider = "acme"
const environment = "https://api.acme.example"
const accounts = Array.from({ length: 16 }, (_, index) => `account-${index}`)
const account = (index: number): string => accounts[index % accounts.length] ?? ""

interface Kept {
  readonly token: Redacted.Redacted<string>
  readonly freshUntil: number
}

const kept = (): Kept => ({ token: Redacted.make("token"), freshUntil: Date.now() + hour })

const renew = (): Promise<Redacted.Redacted<string>> => Promise.reject(new Error("the token has ended"))

const asyncSubject = (): Subject => {
  const current = kept()
  const get = async () => Date.now() < current.freshUntil ? current.token : renew()
  return {
    name: "async",
    run: async (operations) => {
      for (let done = 0; done < operations; done++) await get()
    }
  }
}

const keyedAsyncSubject = (): Subject => {
  const all = new Map(accounts.map((account) => [`${provider} ${environment} ${account}`, kept()]))
  const get = async (account: string) => {
    const current = all.get(`${provider} ${environment} ${account}`)
    return current !== undefined && Date.now() < current.freshUntil ? current.token : renew()
  }
  return {
    name: "keyedAsync",
    run: async (operations) => {
      for (let done = 0; done < operations; done++) await get(account(done))
    }
  }
}

const effectSubject = <E>(name: string, get: (turn: number) => Effect.Effect<unknown, E>): Subject => ({
  name,
  run: (operations) =>
    Effect.runPromise(Effect.gen(function*() {
      for (let done = 0; done < operations; done++) yield* get(done)
    }))
})

const cacheSubject = <Key>(name: string, keyOf: (account: string) => Key) =>
  Effect.map(
    Cache.make({
      capacity: 1000,
      lookup: (_: Key) => Effect.succeed(Redacted.make("token")),
      timeToLive: hour
    }),
    (cache) => effectSubject(name, (turn) => Cache.get(cache, keyOf(account(turn))))
  )

export const run: Case<"hit"> = async ({ quick, report }) => {
  const runtime = ManagedRuntime.make(TokenCache.layer)
  const scope = Scope.makeUnsafe()
  const tokens = await runtime.runPromise(
    TokenCache.use((cache) => cache.open(Acme.issuer(Acme.keyOf("me"), () => Effect.sync(() => Acme.grant("token")))))
      .pipe(
        Scope.provide(scope)
      )
  )
  const rounds = await measure(
    [
      asyncSubject(),
      keyedAsyncSubject(),
      {
        name: "hit",
        run: (operations) =>
          Effect.runPromise(Effect.gen(function*() {
            for (let done = 0; done < operations; done++) yield* tokens.get
          }))
      },
      await Effect.runPromise(
        cacheSubject("cacheGet", (account) => ({ provider, environment, account }))
      ),
      await Effect.runPromise(cacheSubject("cacheGetByString", (account) => account))
    ],
    { rounds: quick ? 15 : 40, turn: quick ? 20 : 100, report }
  )
  await runtime.dispose()
  const names = ["async", "keyedAsync", "hit", "cacheGet", "cacheGetByString"]
  return {
    ns: rounds.of("hit"),
    overAsync: rounds.over("hit", "async"),
    overKeyedAsync: rounds.over("hit", "keyedAsync"),
    overCacheGet: rounds.over("hit", "cacheGet"),
    overCacheGetByString: rounds.over("hit", "cacheGetByString"),
    subjects: Object.fromEntries(names.map((name) => [name, rounds.of(name)]))
  }
}
