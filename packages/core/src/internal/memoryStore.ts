/**
 * A token store in memory: for one process, whether it has one cache or several.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as Quota from "../Quota.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { Acquisition, Change, Lease, Service, TokenRecord, Written } from "../TokenStore.ts"

/** What stands under one key. `owner` is set from the moment a lease is given until it is written, released or superseded. */
interface Entry {
  readonly record: TokenRecord | undefined
  readonly fence: number
  readonly owner: string | undefined
  readonly leasedUntil: number
}

const empty: Entry = { record: undefined, fence: 0, owner: undefined, leasedUntil: 0 }

const isNewest = (entry: Entry, lease: Lease): boolean => entry.fence === lease.fence && entry.owner === lease.owner

/** How many notices a subscriber may fall behind before it misses the oldest; the store itself stays the truth. */
const noticeCapacity = 4096

/** A store that can be told that nobody will ask for a key again. */
export interface MemoryStore extends Service {
  readonly evict: (key: TokenKey) => void
}

export const make: Effect.Effect<MemoryStore> = Effect.gen(function*() {
  const entries = yield* Ref.make(HashMap.empty<TokenKey, Entry>())
  const notices = yield* PubSub.sliding<Change>(noticeCapacity)

  const quota = yield* Quota.makeMemory

  const entryOf = (all: HashMap.HashMap<TokenKey, Entry>, key: TokenKey): Entry =>
    Option.getOrElse(HashMap.get(all, key), () => empty)

  const transact = <A>(key: TokenKey, f: (entry: Entry, now: number) => readonly [A, Entry]): Effect.Effect<A> =>
    Clock.clockWith((clock) =>
      Ref.modify(entries, (all) => {
        const before = entryOf(all, key)
        const [answer, after] = f(before, clock.currentTimeMillisUnsafe())
        return [answer, after === before ? all : HashMap.set(all, key, after)]
      })
    )

  const notify = (change: Change): Effect.Effect<void> => Effect.asVoid(PubSub.publish(notices, change))

  return {
    read: (key) => transact(key, (entry, now) => [{ record: entry.record, now }, entry]),

    acquire: (key, options) =>
      transact<Acquisition>(key, (entry, now) => {
        if (entry.owner !== undefined && entry.leasedUntil > now) {
          return [{ _tag: "Held", remaining: entry.leasedUntil - now, record: entry.record, now }, entry]
        }
        const fence = Math.max(entry.fence, entry.record?.generation ?? 0, options.known) + 1
        const lease: Lease = { key, owner: options.owner, fence }
        return [
          { _tag: "Acquired", lease, record: entry.record, unfinished: entry.owner !== undefined, now },
          { ...entry, fence, owner: options.owner, leasedUntil: now + Duration.toMillis(options.timeToLive) }
        ]
      }),

    extend: (lease, timeToLive) =>
      transact(lease.key, (entry, now) =>
        isNewest(entry, lease)
          ? [true, { ...entry, leasedUntil: now + Duration.toMillis(timeToLive) }]
          : [false, entry]),

    write: (lease, record) =>
      transact<Written>(lease.key, (entry, now) =>
        isNewest(entry, lease)
          ? [{ _tag: "Written" }, { ...entry, record, owner: undefined, leasedUntil: 0 }]
          : [{ _tag: "Fenced", record: entry.record, now }, entry]).pipe(
          Effect.tap((written) =>
            written._tag === "Written"
              ? notify({ key: lease.key, generation: record.generation, forgotten: false })
              : Effect.void
          )
        ),

    release: (lease) =>
      transact(lease.key, (entry) => [
        undefined,
        isNewest(entry, lease) ? { ...entry, owner: undefined, leasedUntil: 0 } : entry
      ]),

    forget: (key, upTo) =>
      transact(key, (entry) =>
        entry.record?.tokens === undefined || entry.record.generation > upTo
          ? [undefined, entry]
          : [entry.record.generation, { ...entry, record: { ...entry.record, tokens: undefined } }]).pipe(
          Effect.flatMap((generation) =>
            generation === undefined ? Effect.void : notify({ key, generation, forgotten: true })
          )
        ),

    changes: Stream.fromPubSub(notices),

    quota,

    evict: (key) => {
      MutableRef.update(entries.ref, HashMap.remove(key))
    }
  }
})
