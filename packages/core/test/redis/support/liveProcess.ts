/**
 * A token cache over a real store, with callers, that tells what happened: a process among several.
 */
import * as SharedTokenCache from "@entegre/core/SharedTokenCache"
import { TokenCache } from "@entegre/core/TokenCache"
import type { Tokens } from "@entegre/core/Tokens"
import type { Token } from "@entegre/core/TokenSet"
import { type Service, type TokenRecord, TokenStore, type TokenStoreError } from "@entegre/core/TokenStore"
import { Cause, Context, Effect, Exit, Layer, PubSub, Random, Redacted, Scope } from "effect"
import type { Happening } from "../../../../testing/src/History.ts"
import type { LiveProvider, Recorder } from "./liveProvider.ts"

/** What all processes have in common. */
export interface World {
  readonly recorder: Recorder
  readonly providers: ReadonlyArray<LiveProvider>
  /** Writes that are on their way, by access token, and the generation that was written last, by account. */
  readonly pending: Map<string, Extract<Happening, { readonly _tag: "Written" }>>
  readonly newest: Map<string, number>
  readonly counter: { callers: number }
}

/** Tells of a store what the laws want to know. */
const observed = ({ newest, pending, recorder }: World, process: string, store: Service): Service => {
  const accountOf = (key: { readonly account: Redacted.Redacted<string> }) => Redacted.value(key.account)
  const accessOf = (record: TokenRecord | undefined) =>
    record?.tokens === undefined ? undefined : Redacted.value(record.tokens.accessToken)
  // A write is known to be carried out when its answer comes, or when anybody sees what was written.
  const written = (access: string | undefined) => {
    const fact = access === undefined ? undefined : pending.get(access)
    if (access === undefined || fact === undefined) return
    pending.delete(access)
    recorder.record({ ...fact, over: newest.get(fact.account) })
    newest.set(fact.account, fact.generation)
  }
  const told = <A>(operation: string, effect: Effect.Effect<A, TokenStoreError>) =>
    Effect.tapError(effect, () => Effect.sync(() => recorder.record({ _tag: "StoreFailed", process, operation })))
  return {
    ...store,
    read: (key) =>
      Effect.tap(told("read", store.read(key)), ({ record }) => Effect.sync(() => written(accessOf(record)))),
    acquire: (key, options) =>
      Effect.tap(told("acquire", store.acquire(key, options)), (answer) =>
        Effect.sync(() => {
          written(accessOf(answer.record))
          if (answer._tag !== "Acquired") return
          const { fence, owner } = answer.lease
          recorder.record({ _tag: "Leased", process, account: accountOf(key), owner, fence })
        })),
    write: (lease, record) =>
      Effect.suspend(() => {
        const access = accessOf(record)
        const account = accountOf(lease.key)
        const { generation } = record
        if (access !== undefined) {
          const lockedOut = record.lockout !== undefined
          pending.set(access, { _tag: "Written", process, account, generation, access, lockedOut, over: undefined })
        }
        return Effect.tap(told("write", store.write(lease, record)), (answer) =>
          Effect.sync(() => {
            if (answer._tag === "Written") return written(access)
            written(accessOf(answer.record))
            if (access !== undefined) pending.delete(access)
            recorder.record({ _tag: "Fenced", process, account, access })
          }))
      }),
    forget: (key, upTo) =>
      Effect.tap(
        told("forget", store.forget(key, upTo)),
        () =>
          Effect.sync(() =>
            recorder.record({ _tag: "Forgotten", process, account: accountOf(key), refresh: undefined })
          )
      )
  }
}

/** How a caller ended. */
const outcome = <A, E>(
  exit: Exit.Exit<A, E>
): Omit<Extract<Happening, { readonly _tag: "Ended" }>, "_tag" | "caller"> => {
  if (Exit.isSuccess(exit)) return { how: "succeeded", reason: undefined }
  if (Cause.hasInterruptsOnly(exit.cause)) return { how: "interrupted", reason: undefined }
  return Cause.findErrorOption(exit.cause)._tag === "Some"
    ? { how: "failed", reason: undefined }
    : { how: "died", reason: Cause.pretty(exit.cause) }
}

/** Opens a process over a store; closes when the scope does. */
export const open = Effect.fnUntraced(function*(world: World, process: string, store: Service) {
  const { counter, providers, recorder } = world
  const scope = yield* Scope.make()
  const cache = yield* Layer.build(
    Layer.provide(
      SharedTokenCache.layerWith({ storeTimeout: "600 millis", closeGrace: "2 seconds", storeInterval: "500 millis" }),
      Layer.succeed(TokenStore, observed(world, process, store))
    )
  ).pipe(Effect.map(Context.get(TokenCache)), Scope.provide(scope))
  recorder.record({ _tag: "Opened", process })
  const events = yield* cache.subscribe
  yield* Effect.forkScoped(
    Effect.forever(
      Effect.map(
        PubSub.take(events),
        (event) => recorder.record({ _tag: "Event", process, account: event.key.replace("model/", ""), event, skew: 0 })
      )
    )
  )
  const keys = yield* Effect.forEach(
    providers,
    (provider) =>
      Effect.map(Scope.provide(cache.open(provider.issuer(process)), scope), (tokens) => ({ provider, tokens }))
  )

  const begin = <E>(
    { account }: LiveProvider,
    act: "get" | "reject" | "forget",
    token: Token | undefined,
    effect: Effect.Effect<Token | undefined, E>
  ) =>
    Effect.suspend(() => {
      const caller = ++counter.callers
      recorder.record({ _tag: "Began", caller, process, account, act, generation: token?.generation })
      return effect.pipe(
        Effect.tap((shown) =>
          Effect.sync(() => {
            if (shown === undefined) return
            const { expiresAt, generation, value } = shown
            recorder.record({
              _tag: "Shown",
              caller,
              process,
              account,
              access: Redacted.value(value),
              generation,
              expiresAt: expiresAt - recorder.start
            })
          })
        ),
        Effect.onExit((exit) => Effect.sync(() => recorder.record({ _tag: "Ended", caller, ...outcome(exit) }))),
        Effect.option
      )
    })

  /** Gets a token and uses it; if the provider does not take it, once more with its successor. */
  const use = Effect.fnUntraced(function*(provider: LiveProvider, tokens: Tokens) {
    const token = yield* begin(provider, "get", undefined, tokens.get)
    if (token._tag === "None" || token.value === undefined) return false
    if (provider.accepts(Redacted.value(token.value.value))) return true
    const next = yield* begin(provider, "reject", token.value, tokens.reject(token.value))
    return next._tag === "Some" && next.value !== undefined && provider.accepts(Redacted.value(next.value.value))
  })

  /** What a caller does, over and over: mostly, it uses a token; now and then it leaves early, or has it forgotten. */
  const caller = Effect.gen(function*() {
    const { provider, tokens } = keys[yield* Random.nextIntBetween(0, keys.length - 1)] ?? (yield* Effect.die("no key"))
    const chance = yield* Random.next
    if (chance < 0.01) yield* begin(provider, "forget", undefined, Effect.as(tokens.forget, undefined))
    else if (chance < 0.1) yield* Effect.timeoutOption(use(provider, tokens), (yield* Random.next) * 20)
    else yield* use(provider, tokens)
    yield* Effect.sleep((yield* Random.next) * 30)
  })

  return {
    work: Effect.forever(caller),
    recover: Effect.forEach(
      keys,
      ({ provider, tokens }) =>
        Effect.map(
          use(provider, tokens),
          (succeeded) => recorder.record({ _tag: "Recovered", process, account: provider.account, succeeded })
        )
    ),
    close: Effect.gen(function*() {
      recorder.record({ _tag: "Closing", process })
      yield* Scope.close(scope, Exit.void)
      recorder.record({ _tag: "Closed", process })
    })
  }
})
