/**
 * What every token store must do, whatever it is made of: put your own under it.
 *
 * The laws are about leases, records, notices and quotas. A store that goes over a wire is looked at as it is, on a real
 * server and in real time: see {@link suite}.
 */
import * as TokenKey from "@entegre/core/TokenKey"
import { type Service, TokenStore, type TokenStoreError } from "@entegre/core/TokenStore"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Bench, Desk, Draft } from "./internal/storeLaws/bench.ts"
import { leases } from "./internal/storeLaws/leases.ts"
import { quotas } from "./internal/storeLaws/quotas.ts"
import { records } from "./internal/storeLaws/records.ts"

/**
 * A token store does not do what it must.
 */
export class StoreLawBroken
  extends Schema.TaggedError<StoreLawBroken>("@entegre/testing/TokenStoreLaws/StoreLawBroken")(
    "StoreLawBroken",
    {
      /** What was expected, in words. */
      expected: Schema.String
    }
  )
{
  override get message(): string {
    return `expected that ${this.expected}`
  }
}

/**
 * One law of token stores.
 */
export interface Law {
  /** What a token store does, in words. */
  readonly name: string
  /** Looks whether it does. Uses a key of its own, so a store may be looked at while others use it. */
  readonly check: Effect.Effect<void, StoreLawBroken | TokenStoreError, TokenStore>
}

/**
 * How time passes for the store.
 */
export interface Options {
  /** Lets so many milliseconds pass: `TestClock.adjust` for a store in memory, `Effect.sleep` for a real one. */
  readonly pass: (millis: number) => Effect.Effect<void>
  /**
   * How long leases and periods run in these laws, in milliseconds. A real store takes it literally: long enough that some
   * operations fit into a fifth of it, short enough to be waited for some 30 times. Default: 10,000.
   */
  readonly lease?: number | undefined
}

/**
 * The laws of token stores, one by one.
 *
 * **Example** (On a store that is opened once)
 *
 * ```ts
 * layer(MyTokenStore.layer, { excludeTestServices: true })((it) => {
 *   for (const { check, name } of TokenStoreLaws.make({ pass: Effect.sleep, lease: 600 })) {
 *     it.effect(name, () => check)
 *   }
 * })
 * ```
 */
export const make = ({ lease = 10_000, pass }: Options): ReadonlyArray<Law> =>
  [...leases, ...records, ...quotas].map(({ body, name }: Draft) => ({
    name,
    check: Effect.gen(function*() {
      const store = yield* TokenStore
      const account = `${yield* Random.nextInt}`
      yield* body(makeBench(store, account, lease, pass))
    })
  }))

/**
 * Registers a test for each law, over a store of its own that the layer opens. `test` is what registers a test: `it.effect`
 * of `@effect/vitest` where time is `TestClock`'s, `it.live` where it is real, or anything of that shape.
 *
 * A store that goes over a wire is looked at in real time, on a real server, and may be looked at while others use it: each
 * law has keys of its own. The server's clock may be any, its pace must be ours.
 *
 * **Example** (A store in memory, and one that goes over a wire)
 *
 * ```ts
 * describe("the token store in memory", () => {
 *   TokenStoreLaws.suite(it.effect, MyMemoryStore.layer, { pass: TestClock.adjust })
 * })
 *
 * describe("the token store in a database", () => {
 *   TokenStoreLaws.suite(it.live, MyDatabaseStore.layer, { pass: Effect.sleep, lease: 600 })
 * })
 * ```
 */
export const suite = <E>(
  test: (name: string, run: () => Effect.Effect<void, E | StoreLawBroken | TokenStoreError>) => void,
  layer: Layer.Layer<TokenStore, E>,
  options: Options
): void => {
  const open = Layer.build(Layer.fresh(layer))
  for (const { check, name } of make(options)) {
    test(name, () => Effect.scoped(Effect.flatMap(open, (context) => Effect.provideContext(check, context))))
  }
}

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

const makeBench = (store: Service, account: string, millis: number, pass: Options["pass"]): Bench => {
  const own = { provider: "laws", environment: "https://laws.test", account }
  return {
    ...makeDesk(store, own, millis),
    others: [
      makeDesk(store, { ...own, provider: "law" }, millis),
      makeDesk(store, { ...own, environment: "https://laws.test:8443" }, millis),
      makeDesk(store, { ...own, account: `${account}0` }, millis)
    ],
    millis,
    pass,
    expect: (condition, expected) => condition ? Effect.void : Effect.fail(new StoreLawBroken({ expected }))
  }
}

const makeDesk = (
  store: Service,
  { account, environment, provider }: Readonly<Record<"account" | "environment" | "provider", string>>,
  millis: number
): Desk => {
  const key = TokenKey.make({ provider, environment, account: Redacted.make(account) })
  const timeToLive = Duration.millis(millis)
  const acquire = (owner: string, known = 0) =>
    store.acquire(key, { owner: `${owner} of ${account}`, timeToLive, known })
  return {
    store,
    key,
    acquire,
    lease: (owner, known) =>
      Effect.filterOrFail(
        acquire(owner, known),
        (acquisition) => acquisition._tag === "Acquired",
        () => new StoreLawBroken({ expected: "the lease is free" })
      )
  }
}
