/**
 * The connection of a token store: made when it is needed, bounded in every wait, and made anew when it breaks.
 *
 * The application's layer is built in a scope of its own each time, so that a client that has given up for good is replaced
 * by another one, and what the layer reads from the configuration is read again.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redis from "effect/persistence/Redis"
import * as Random from "effect/Random"
import * as References from "effect/References"
import * as Scope from "effect/Scope"
import { TokenStoreError } from "../../TokenStore.ts"
import { monotonic } from "../monotonic.ts"
import * as Detached from "./detached.ts"
import * as Problem from "./problem.ts"

export type Client = Redis.Redis["Service"]

/** Why there is no connection. */
export type Trouble<E> =
  /** It may be there a little later. */
  | { readonly _tag: "Away"; readonly problem: string }
  /** It will not be there before something is corrected. */
  | { readonly _tag: "Misconfigured"; readonly problem: string; readonly error: E }

export interface Options<E, Invalid, R> {
  readonly redis: Layer.Layer<Redis.Redis, E, R>
  /** How long it may take to connect, and how long an operation may take, in milliseconds. */
  readonly timeout: number
  /** The first words on a new connection. */
  readonly greet: (client: Client) => Effect.Effect<void, Redis.RedisError | Trouble<Invalid>>
  /** An error that says what is wrong with the layer. */
  readonly invalid: (problem: string) => Invalid
}

export interface Connection<E> {
  /** Connects, if nobody has yet. */
  readonly connect: Effect.Effect<void, Trouble<E>>
  /**
   * Runs an operation within the time allowed, and once more on a new connection if the first one broke: it may be run
   * twice. `undo` is sent behind an operation for whose answer nobody waits any more.
   */
  readonly run: <A>(
    operation: string,
    use: (client: Client) => Effect.Effect<A, Redis.RedisError>,
    undo?: (client: Client) => Effect.Effect<unknown, Redis.RedisError>
  ) => Effect.Effect<A, TokenStoreError>
  /** Opens something, and uses it until the connection breaks. */
  readonly whileConnected: <A>(
    operation: string,
    open: (client: Client) => Effect.Effect<A, Redis.RedisError, Scope.Scope>,
    use: (a: A) => Effect.Effect<never, Redis.RedisError>
  ) => Effect.Effect<never, TokenStoreError>
}

interface Live {
  readonly client: Client
  readonly close: Effect.Effect<Fiber.Fiber<void>>
  readonly broken: Deferred.Deferred<never, Problem.Problem>
}

type State<E> =
  | { readonly _tag: "Disconnected"; readonly notBefore: number; readonly trouble: Trouble<E> }
  | { readonly _tag: "Connecting"; readonly connected: Deferred.Deferred<Live, Trouble<E>> }
  | { readonly _tag: "Connected"; readonly live: Live }
  | { readonly _tag: "Closed" }

/** How long after a failed attempt the next may begin, in milliseconds: the shortest, doubled each time. */
const shortestPause = 50
const longestPause = 2_000

const noAnswer: Problem.Problem = { text: "no answer in the time allowed", refused: false, broken: true }

const isForeign = <E>(error: E): error is Exclude<E, Redis.RedisError> => !Problem.isRedisError(error)

/** Makes a connection for as long as the scope lives. */
export const make = Effect.fnUntraced(function*<E, Invalid, R>(
  { greet, invalid, redis, timeout }: Options<E, Invalid, R>
): Effect.fn.Return<Connection<Exclude<E, Redis.RedisError> | Invalid>, never, R | Scope.Scope> {
  type Failure = Exclude<E, Redis.RedisError> | Invalid
  const clock = yield* Clock.Clock
  const random = yield* Random.Random
  const context = yield* Effect.context<R>()
  const layerScope = yield* Effect.scope
  let state: State<Failure> = {
    _tag: "Disconnected",
    notBefore: Number.NEGATIVE_INFINITY,
    trouble: { _tag: "Away", problem: "not connected yet" }
  }
  /** How often it went wrong since an operation succeeded. */
  let failures = 0

  const now = (): number => monotonic(clock)

  const disconnect = (trouble: Trouble<Failure>): void => {
    if (state._tag === "Closed") return
    const pause = failures === 0 ? 0 : Math.min(shortestPause * 2 ** (failures - 1), longestPause)
    failures++
    state = { _tag: "Disconnected", notBefore: now() + pause * (0.8 + 0.4 * random.nextDoubleUnsafe()), trouble }
  }

  const misconfigured = (problem: string): Trouble<Failure> => ({
    _tag: "Misconfigured",
    problem,
    error: invalid(problem)
  })

  const troubleWith = (error: Redis.RedisError): Trouble<Failure> => {
    const { refused, text } = Problem.ofError(error)
    return refused ? misconfigured(text) : { _tag: "Away", problem: text }
  }

  const buildIn = (scope: Scope.Scope) =>
    Effect.gen(function*() {
      const services = yield* Effect.mapError(
        Layer.buildWithScope(Layer.fresh(redis), scope),
        (error): Trouble<Failure> => {
          if (isForeign(error)) return { _tag: "Misconfigured", problem: "the layer of Redis can not be built", error }
          return Problem.isRedisError(error) ? troubleWith(error) : { _tag: "Away", problem: "the connection failed" }
        }
      )
      const client = Context.get(services, Redis.Redis)
      yield* Effect.mapError(
        greet(client),
        (trouble): Trouble<Failure> => Problem.isRedisError(trouble) ? troubleWith(trouble) : trouble
      )
      return client
    }).pipe(
      // The client's own warnings repeat what the store's errors say.
      Effect.updateService(References.MinimumLogLevel, (level) => level === "None" ? level : "Error"),
      Effect.provideContext(context)
    )

  const build = Effect.flatMap(Effect.scope, buildIn)

  const attempt: Effect.Effect<Live, Trouble<Failure>> = Effect.matchCauseEffect(Detached.acquire(build, timeout), {
    onSuccess: Option.match({
      onNone: () => Effect.fail({ _tag: "Away", problem: noAnswer.text }),
      onSome: ({ close, value }) =>
        Effect.succeed({ client: value, close, broken: Deferred.makeUnsafe<never, Problem.Problem>() })
    }),
    onFailure: (cause) =>
      Effect.fail(
        Option.getOrElse(Cause.findErrorOption(cause), () =>
          misconfigured(`its client can not be made (${Problem.describe(Cause.squash(cause))})`))
      )
  })

  const begin = Effect.suspend(() => {
    const connected = Deferred.makeUnsafe<Live, Trouble<Failure>>()
    state = { _tag: "Connecting", connected }
    const settle = Effect.flatMap(Effect.exit(attempt), (exit) => {
      if (Exit.isSuccess(exit) && state._tag !== "Closed") {
        state = { _tag: "Connected", live: exit.value }
      } else if (Exit.isSuccess(exit)) {
        return Effect.andThen(exit.value.close, Deferred.fail(connected, closed))
      } else {
        disconnect(Option.getOrElse(Cause.findErrorOption(exit.cause), () => closed))
      }
      return Deferred.done(connected, exit)
    })
    return Effect.andThen(
      Effect.forkIn(Effect.uninterruptible(settle), layerScope, { startImmediately: true }),
      Deferred.await(connected)
    )
  })

  const connected: Effect.Effect<Live, Trouble<Failure>> = Effect.suspend(() => {
    switch (state._tag) {
      case "Closed":
        return Effect.fail(closed)
      case "Connected":
        return Effect.succeed(state.live)
      case "Connecting":
        return Deferred.await(state.connected)
      case "Disconnected":
        return now() < state.notBefore ? Effect.fail(state.trouble) : begin
    }
  })

  const drop = (live: Live, problem: Problem.Problem): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (state._tag !== "Connected" || state.live !== live) return Effect.void
      disconnect({ _tag: "Away", problem: problem.text })
      return Effect.andThen(Deferred.fail(live.broken, problem), Effect.asVoid(live.close))
    })

  const reached = Effect.mapError(connected, ({ problem }): Problem.Problem => ({
    text: problem,
    refused: false,
    broken: false
  }))

  const dropIfBroken = (live: Live, error: Redis.RedisError): Effect.Effect<never, Problem.Problem> => {
    const problem = Problem.ofError(error)
    return Effect.andThen(problem.broken ? drop(live, problem) : Effect.void, Effect.fail(problem))
  }

  const storeError = (operation: string) => ({ text }: Problem.Problem) =>
    new TokenStoreError({ operation, problem: text })

  yield* Scope.addFinalizer(
    layerScope,
    Effect.suspend(() => {
      const last = state
      state = { _tag: "Closed" }
      if (last._tag !== "Connected") return Effect.void
      const { broken, close } = last.live
      return Deferred.fail(broken, { text: closed.problem, refused: false, broken: false }).pipe(
        Effect.andThen(close),
        Effect.flatMap((closing) => Effect.timeoutOption(Fiber.await(closing), timeout))
      )
    })
  )

  return {
    connect: Effect.asVoid(connected),

    run: (operation, use, undo) =>
      Effect.suspend(() => {
        let live: Live | undefined
        const once = Effect.flatMap(reached, (current) => {
          live = current
          return use(current.client).pipe(
            Effect.onInterrupt(() => undo === undefined ? Effect.void : inBackground(undo(current.client), timeout)),
            Effect.tap(() =>
              Effect.sync(() => {
                failures = 0
              })
            ),
            Effect.catch((error) => dropIfBroken(current, error))
          )
        })
        return once.pipe(
          Effect.catchIf(({ broken }) => broken, () => once),
          Effect.timeoutOrElse({
            duration: timeout,
            orElse: () => Effect.andThen(live === undefined ? Effect.void : drop(live, noAnswer), Effect.fail(noAnswer))
          }),
          Effect.mapError(storeError(operation))
        )
      }),

    whileConnected: (operation, open, use) =>
      Effect.flatMap(reached, (live) =>
        Effect.acquireUseRelease(
          Detached.acquire(open(live.client), timeout).pipe(Effect.catch((error) => dropIfBroken(live, error))),
          Option.match({
            onNone: () => Effect.andThen(drop(live, noAnswer), Effect.fail(noAnswer)),
            onSome: ({ value }) =>
              Effect.raceFirst(
                use(value).pipe(Effect.catch((error) => dropIfBroken(live, error))),
                Deferred.await(live.broken)
              )
          }),
          Option.match({ onNone: () => Effect.void, onSome: ({ close }) => close })
        )).pipe(Effect.mapError(storeError(operation)))
  }
})

const closed = { _tag: "Away", problem: "the store is closed" } as const

const inBackground = <A, E>(effect: Effect.Effect<A, E>, millis: number): Effect.Effect<void> =>
  Effect.asVoid(Effect.forkDetach(Effect.ignore(Effect.timeoutOption(effect, millis)), { startImmediately: true }))
