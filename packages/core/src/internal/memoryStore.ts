/**
 * A token store in memory: for one process, whether it has one cache or several.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import * as Quota from "../Quota.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { Acquisition, Change, Lease, Service, TokenRecord, Written } from "../TokenStore.ts"
import { KeyIndex } from "./keyIndex.ts"

/** What stands under one key. */
export interface Entry {
  record: TokenRecord | undefined
  /** The newest lease, for as long as the record's generation does not tell its fencing number. */
  lease: {
    readonly fence: number
    /** Absent from the moment the lease is released, or a record is written under it. */
    readonly owner: string | undefined
    readonly until: number
  } | undefined
}

/** Where the entries of a store are. */
export interface Entries {
  readonly find: (key: TokenKey) => Entry | undefined
  /** The entry of a key, which begins to be kept if it was not. */
  readonly of: (key: TokenKey) => Entry
}

/** The newest fencing number or generation of a key. */
const newest = ({ lease, record }: Entry): number => Math.max(lease?.fence ?? 0, record?.generation ?? 0)

/** The entry of a lease, if it was not ended, and no newer lease was given since. */
const under = (entries: Entries, { fence, key, owner }: Lease): Entry | undefined => {
  const entry = entries.of(key)
  return newest(entry) < fence || (entry.lease?.fence === fence && entry.lease.owner === owner) ? entry : undefined
}

/** Somebody wrote a newer record than this one after the lease had been lost. */
const isOlder = (record: TokenRecord, entry: Entry, { fence }: Lease): boolean =>
  newest(entry) < fence && record.generation < (entry.record?.generation ?? 0)

/** What is written of a record: no token set that was forgotten. */
const withoutForgotten = (record: TokenRecord, standing: TokenRecord | undefined): TokenRecord =>
  standing?.generation === record.generation && standing.tokens === undefined
    ? { ...record, tokens: undefined }
    : record

/**
 * A store whose entries somebody else keeps: each operation is one synchronous step on the key's entry. Whoever else uses it
 * hears of changes by `notify`.
 */
export const over = (
  entries: Entries,
  notify: (change: Change) => Effect.Effect<void>
): Omit<Service, "changes" | "quota"> => {
  const atOnce = <A>(f: (now: number) => A): Effect.Effect<A> =>
    Clock.clockWith((clock) => Effect.sync(() => f(clock.currentTimeMillisUnsafe())))

  return {
    read: (key) => atOnce((now) => ({ record: entries.find(key)?.record, now })),

    acquire: (key, { known, owner, timeToLive }) =>
      atOnce<Acquisition>((now) => {
        const entry = entries.of(key)
        const { lease, record } = entry
        const unfinished = lease?.owner !== undefined
        if (unfinished && lease.until > now) return { _tag: "Held", remaining: lease.until - now, record, now }
        const fence = Math.max(newest(entry), known) + 1
        entry.lease = { fence, owner, until: now + Duration.toMillis(timeToLive) }
        return { _tag: "Acquired", lease: { key, owner, fence }, record, unfinished, now }
      }),

    extend: (lease, timeToLive) =>
      atOnce((now) => {
        const entry = under(entries, lease)
        if (entry === undefined) return false
        entry.lease = { fence: lease.fence, owner: lease.owner, until: now + Duration.toMillis(timeToLive) }
        return true
      }),

    write: (lease, record) =>
      atOnce<Written>((now) => {
        const entry = under(entries, lease)
        if (entry === undefined || isOlder(record, entry, lease)) {
          return { _tag: "Fenced", record: entries.find(lease.key)?.record, now }
        }
        entry.record = withoutForgotten(record, entry.record)
        entry.lease = record.generation >= lease.fence ? undefined : ended(lease)
        return { _tag: "Written" }
      }).pipe(
        Effect.tap((written) =>
          written._tag === "Written"
            ? notify({ key: lease.key, generation: record.generation, forgotten: false })
            : Effect.void
        )
      ),

    release: (lease) =>
      atOnce(() => {
        const entry = under(entries, lease)
        if (entry !== undefined) entry.lease = ended(lease)
      }),

    forget: (key, upTo) =>
      atOnce(() => {
        const entry = entries.find(key)
        if (entry?.record?.tokens === undefined || entry.record.generation > upTo) return undefined
        entry.record = { ...entry.record, tokens: undefined }
        return entry.record.generation
      }).pipe(
        Effect.flatMap((generation) =>
          generation === undefined ? Effect.void : notify({ key, generation, forgotten: true })
        )
      )
  }
}

const ended = ({ fence }: Lease): Entry["lease"] => ({ fence, owner: undefined, until: 0 })

class Kept implements Entry {
  readonly key: TokenKey
  record: Entry["record"]
  lease: Entry["lease"]

  constructor(key: TokenKey) {
    this.key = key
  }
}

/** How many notices a subscriber may fall behind before it misses the oldest; the store itself stays the truth. */
const noticeCapacity = 4096

/** A store that keeps its entries itself, tells of changes, and counts. */
export const make: Effect.Effect<Service> = /* @__PURE__ */ Effect.gen(function*() {
  const notices = yield* PubSub.sliding<Change>(noticeCapacity)
  const index = new KeyIndex<Kept>()
  const find = (key: TokenKey) => index.find(key)
  const keep = (key: TokenKey): Kept => {
    const kept = new Kept(key)
    index.add(kept)
    return kept
  }
  return {
    ...over(
      { find, of: (key) => find(key) ?? keep(key) },
      (change) => Effect.asVoid(PubSub.publish(notices, change))
    ),
    changes: Stream.fromPubSub(notices),
    quota: Quota.makeMemoryUnsafe()
  }
})
