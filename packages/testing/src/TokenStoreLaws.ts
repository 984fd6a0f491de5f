/**
 * What every token store must do, whatever it is made of: put your own under it.
 */
import * as TokenKey from "@entegre/core/TokenKey"
import type { TokenSet } from "@entegre/core/TokenSet"
import {
  type Acquisition,
  type Service,
  type TokenRecord,
  TokenStore,
  type TokenStoreError
} from "@entegre/core/TokenStore"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

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
  /** How long a lease runs in these laws, in milliseconds. A real store takes it literally. Default: 10,000. */
  readonly lease?: number | undefined
}

/**
 * The laws of token stores.
 *
 * **Example** (A store of one's own)
 *
 * ```ts
 * for (const { check, name } of TokenStoreLaws.make({ pass: Effect.sleep, lease: 300 })) {
 *   it.live(name, () => Effect.provide(check, MyTokenStore.layer))
 * }
 * ```
 */
export const make = ({ lease: leaseMillis = 10_000, pass }: Options): ReadonlyArray<Law> => {
  const law = (name: string, body: (bench: Bench) => Effect.Effect<void, StoreLawBroken | TokenStoreError>): Law => ({
    name,
    check: Effect.gen(function*() {
      const store = yield* TokenStore
      const account = `${yield* Random.nextInt}`
      yield* body(makeBench(store, account, leaseMillis))
    })
  })

  return [
    law(
      "gives a lease to one asker at a time, and tells the others how long it still runs",
      (bench) =>
        Effect.gen(function*() {
          yield* bench.lease("one")
          yield* pass(leaseMillis * 0.4)
          const second = yield* bench.acquire("two")
          yield* expect(second._tag === "Held", "the lease is held")
          if (second._tag !== "Held") return
          const { remaining } = second
          yield* expect(
            remaining > leaseMillis * 0.2 && remaining <= leaseMillis * 0.6,
            "it says how long it still runs"
          )
        })
    ),

    law("gives keys leases of their own", (bench) => Effect.andThen(bench.lease("one"), bench.other.lease("two"))),

    law(
      "gives each lease a fencing number above every one before it, and above what the asker knows",
      (bench) =>
        Effect.gen(function*() {
          const first = yield* bench.lease("one")
          yield* bench.store.release(first.lease)
          const known = first.lease.fence + 41
          const second = yield* bench.lease("two", known)
          yield* bench.store.release(second.lease)
          const third = yield* bench.lease("three", 7)
          yield* expect(second.lease.fence > known, "the number is above what the asker knows")
          yield* expect(third.lease.fence > second.lease.fence, "the number is above the one before")
        })
    ),

    law(
      "hands on a lease that ran out, and says that the attempt before was not finished",
      (bench) =>
        Effect.gen(function*() {
          yield* expect(!(yield* bench.lease("one")).unfinished, "there was no attempt before")
          yield* pass(leaseMillis)
          const second = yield* bench.lease("two")
          yield* expect(second.unfinished, "the attempt before was not finished")
          yield* bench.store.release(second.lease)
          yield* expect(!(yield* bench.lease("three")).unfinished, "a lease that was released is finished")
        })
    ),

    law("prolongs the newest lease only", (bench) =>
      Effect.gen(function*() {
        const first = yield* bench.lease("one")
        const longer = Duration.millis(2 * leaseMillis)
        yield* expect(yield* bench.store.extend(first.lease, longer), "the newest lease is prolonged")
        yield* pass(leaseMillis * 1.5)
        yield* expect((yield* bench.acquire("two"))._tag === "Held", "the prolonged lease runs on")
        yield* pass(leaseMillis)
        yield* bench.lease("two")
        yield* expect(!(yield* bench.store.extend(first.lease, longer)), "an older lease is not prolonged")
      })),

    law("writes under the newest lease, which ends with the write", (bench) =>
      Effect.gen(function*() {
        const first = yield* bench.lease("one")
        const { fence } = first.lease
        const written = yield* bench.store.write(first.lease, record(fence))
        yield* expect(written._tag === "Written", "the write is carried out")
        const second = yield* bench.lease("two")
        yield* expect(!second.unfinished, "the lease has ended")
        yield* expect(holds(second.record, fence), "the next holder is told what was written")
      })),

    law("writes under a lease that ran out, as long as nobody has taken it since", (bench) =>
      Effect.gen(function*() {
        const { lease } = yield* bench.lease("one")
        yield* pass(leaseMillis * 3)
        const late = yield* bench.store.write(lease, record(lease.fence))
        yield* expect(late._tag === "Written", "the late write is carried out")
      })),

    law(
      "refuses a write with an older fencing number, and answers with what stands there",
      (bench) =>
        Effect.gen(function*() {
          const { lease: frozen } = yield* bench.lease("one")
          yield* pass(leaseMillis)
          const { lease: newer } = yield* bench.lease("two")
          yield* bench.store.write(newer, record(newer.fence))
          const late = yield* bench.store.write(frozen, record(frozen.fence))
          yield* expect(late._tag === "Fenced" && holds(late.record, newer.fence), "the write is refused")
          yield* expect(holds((yield* bench.store.read(bench.key)).record, newer.fence), "the newer record stands")
        })
    ),

    law("refuses a write with an older fencing number while the newer lease runs", (bench) =>
      Effect.gen(function*() {
        const { lease: frozen } = yield* bench.lease("one")
        yield* pass(leaseMillis)
        yield* bench.lease("two")
        const late = yield* bench.store.write(frozen, record(frozen.fence))
        yield* expect(late._tag === "Fenced", "the write is refused")
        yield* expect((yield* bench.acquire("three"))._tag === "Held", "the newer lease runs on")
      })),

    law("ignores the release of a lease that was superseded", (bench) =>
      Effect.gen(function*() {
        const { lease: old } = yield* bench.lease("one")
        yield* pass(leaseMillis)
        yield* bench.lease("two")
        yield* bench.store.release(old)
        yield* expect((yield* bench.acquire("three"))._tag === "Held", "the newer lease runs on")
      })),

    law("forgets a token set unless it is newer, and never its generation", (bench) =>
      Effect.gen(function*() {
        const { lease } = yield* bench.lease("one")
        const { fence } = lease
        yield* bench.store.write(lease, record(fence))
        yield* bench.store.forget(bench.key, fence - 1)
        yield* expect(holds((yield* bench.store.read(bench.key)).record, fence), "a newer token set is not forgotten")
        yield* bench.store.forget(bench.key, fence)
        const { record: left } = yield* bench.store.read(bench.key)
        yield* expect(left !== undefined && left.tokens === undefined, "the token set is gone")
        yield* expect(left?.generation === fence, "its generation is kept")
        yield* expect((yield* bench.lease("two")).lease.fence > fence, "numbers go on above it")
      })),

    law("tells of writes and of what was forgotten", (bench) =>
      Effect.gen(function*() {
        const changes = yield* bench.store.changes.pipe(
          Stream.filter(({ key }) => Redacted.value(key.account) === Redacted.value(bench.key.account)),
          Stream.take(2),
          Stream.runCollect,
          Effect.forkChild({ startImmediately: true })
        )
        yield* pass(leaseMillis * 0.5)
        const { lease } = yield* bench.lease("one")
        yield* bench.store.write(lease, record(lease.fence))
        yield* bench.store.forget(bench.key, lease.fence)
        const [written, forgotten] = yield* Fiber.join(changes)
        const { fence } = lease
        yield* expect(written?.generation === fence && !written.forgotten, "the write is told")
        yield* expect(forgotten?.generation === fence && forgotten.forgotten, "what was forgotten is told")
      }))
  ]
}

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

type Acquired = Extract<Acquisition, { readonly _tag: "Acquired" }>

/** A store with a key. */
interface Desk {
  readonly store: Service
  readonly key: TokenKey.TokenKey
  readonly acquire: (owner: string, known?: number) => Effect.Effect<Acquisition, TokenStoreError>
  /** The same, of a lease that is free. */
  readonly lease: (owner: string, known?: number) => Effect.Effect<Acquired, StoreLawBroken | TokenStoreError>
}

interface Bench extends Desk {
  /** Another key. */
  readonly other: Desk
}

const makeBench = (store: Service, account: string, millis: number): Bench => ({
  ...makeDesk(store, `${account} a`, millis),
  other: makeDesk(store, `${account} b`, millis)
})

const makeDesk = (store: Service, account: string, millis: number): Desk => {
  const key = TokenKey.make({ provider: "laws", environment: "test", account: Redacted.make(account) })
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

const record = (generation: number): TokenRecord => ({ generation, tokens: tokens(generation), lockout: undefined })

const tokens = (generation: number): TokenSet => ({
  generation,
  accessToken: Redacted.make(`access-${generation}`),
  issuedAt: 0,
  expiresAt: 4_102_444_800_000,
  refreshToken: Redacted.make(`refresh-${generation}`),
  refreshExpiresAt: undefined
})

const holds = (found: TokenRecord | undefined, generation: number): boolean =>
  found?.tokens !== undefined && found.generation === generation && found.tokens.generation === generation &&
  found.tokens.refreshToken !== undefined && Redacted.value(found.tokens.accessToken) === `access-${generation}` &&
  Redacted.value(found.tokens.refreshToken) === `refresh-${generation}`

const expect = (condition: boolean, expected: string): Effect.Effect<void, StoreLawBroken> =>
  condition ? Effect.void : Effect.fail(new StoreLawBroken({ expected }))
