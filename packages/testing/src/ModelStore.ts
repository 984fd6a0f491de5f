/**
 * A token store in memory that several processes share, with the network before it: slow, deaf, losing its connection
 * after a write, emptied, and failed over with its last changes lost.
 */
import * as Quota from "@entegre/core/Quota"
import type { TokenKey } from "@entegre/core/TokenKey"
import {
  type Acquisition,
  type Change,
  type Lease,
  type Service,
  type TokenRecord,
  TokenStoreError,
  type Written
} from "@entegre/core/TokenStore"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hash from "effect/Hash"
import * as MutableHashMap from "effect/MutableHashMap"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type * as Chance from "./Chance.ts"
import type { Chronicle } from "./History.ts"
import type { Process } from "./internal/process.ts"
import type { Simulation } from "./Simulation.ts"

/**
 * How likely each fault is, between 0 and 1, for one operation.
 */
export interface Faults {
  /** The operation fails and was not carried out. */
  readonly fails: number
  /** The operation was carried out and its answer is lost: the connection breaks, or nothing comes any more. */
  readonly lostReply: number
  /** The operation is carried out, or its answer comes, when nobody waits for it any more. */
  readonly late: number
  /** The operation is lost on its way. */
  readonly hangs: number
  /** A notice does not reach a process. */
  readonly lostNotice: number
  /** A notice breaks off the subscription that it was for. */
  readonly brokenSubscription: number
}

/**
 * No faults.
 */
export const faultless: Faults = {
  fails: 0,
  lostReply: 0,
  late: 0,
  hangs: 0,
  lostNotice: 0,
  brokenSubscription: 0
}

/** What stands under one key; never changed, only replaced. */
interface Entry {
  readonly record: TokenRecord | undefined
  readonly fence: number
  readonly owner: string | undefined
  readonly leasedUntil: number
}

const empty: Entry = { record: undefined, fence: 0, owner: undefined, leasedUntil: 0 }

interface Subscriber {
  readonly process: Process
  readonly queue: Queue.Queue<Change, TokenStoreError | Cause.Done>
}

/** How long an operation that is late is under way at least, in milliseconds. */
const late = 1_500

/**
 * A token store in memory that several caches share, with faults by chance: slow, failing, hanging, losing its connection
 * after the write, emptied, failed over with its last writes lost.
 */
export class ModelStore {
  /** How likely faults are at present. */
  faults: Faults = faultless
  /** Whether it makes marks of credentials. */
  marks = false
  /** How many milliseconds the store's clock is ahead. */
  readonly skew: number
  readonly #simulation: Simulation
  readonly #chronicle: Chronicle
  readonly #chance: Chance.Chance
  readonly #entries = MutableHashMap.empty<TokenKey, Entry>()
  readonly #before: Array<readonly [key: TokenKey, entry: Entry]> = []
  #downUntil = 0
  readonly #subscribers = new Set<Subscriber>()
  readonly #quota = Quota.makeMemoryUnsafe()
  /** Leases whose holder knows that it has them, and has not tried to end them. */
  readonly #heldKnowingly = new Map<string, string>()

  constructor(simulation: Simulation, chronicle: Chronicle, chance: Chance.Chance, skew: number) {
    this.#simulation = simulation
    this.#chronicle = chronicle
    this.#chance = chance
    this.skew = skew
  }

  // ---------------------------------------------------------------------------
  // What happens to it
  // ---------------------------------------------------------------------------

  /** Fails every operation for so many milliseconds. */
  fail(millis: number): void {
    this.#downUntil = this.#simulation.now + millis
  }

  /** Loses everything. */
  clear(): void {
    const accounts = Array.from(MutableHashMap.keys(this.#entries), accountOf)
    MutableHashMap.clear(this.#entries)
    this.#before.length = 0
    this.#chronicle.record({ _tag: "StoreLost", what: "everything", accounts })
  }

  /** Fails over to a replica that has not heard of the last changes. */
  failOver(changes: number): void {
    const accounts = new Set<string>()
    for (let i = 0; i < changes; i++) {
      const last = this.#before.pop()
      if (last === undefined) break
      MutableHashMap.set(this.#entries, ...last)
      accounts.add(accountOf(last[0]))
    }
    if (accounts.size > 0) this.#chronicle.record({ _tag: "StoreLost", what: "last changes", accounts: [...accounts] })
  }

  /** A process does not know what it holds: it did not hear the answer, or not in time. */
  unsure(process: Process): void {
    for (const [owner, name] of this.#heldKnowingly) if (name === process.name) this.#heldKnowingly.delete(owner)
  }

  /** How many leases a process holds, knows of, and has not tried to end. */
  leasesOf(process: Process): number {
    return [...this.#heldKnowingly.values()].filter((name) => name === process.name).length
  }

  // ---------------------------------------------------------------------------
  // The operations
  // ---------------------------------------------------------------------------

  /** The store as a process reaches it. */
  service(process: Process): Service {
    const chronicle = this.#chronicle
    return {
      read: (key) => this.#reach(process, "read", () => ({ record: this.#entry(key).record, now: this.#now })),

      acquire: (key, { known, owner, timeToLive }) =>
        Effect.suspend(() => {
          const asked = this.#simulation.now
          return Effect.map(
            this.#reach(process, "acquire", () => this.#acquire(process, key, owner, timeToLive, known)),
            (acquisition) => {
              // An answer that took longer may have found nobody waiting.
              const inTime = this.#simulation.now - asked < late
              if (inTime && acquisition._tag === "Acquired") this.#heldKnowingly.set(owner, process.name)
              return acquisition
            }
          )
        }),

      extend: (lease, timeToLive) =>
        this.#reach(process, "extend", () => {
          const entry = this.#entry(lease.key)
          if (!isNewest(entry, lease) && !isLost(entry, lease)) return false
          const { fence, owner } = lease
          this.#change(lease.key, { ...entry, fence, owner, leasedUntil: this.#now + Duration.toMillis(timeToLive) })
          return true
        }),

      write: (lease, record) =>
        Effect.suspend(() => {
          this.#heldKnowingly.delete(lease.owner)
          return this.#reach(process, "write", (): Written => {
            const account = accountOf(lease.key)
            const entry = this.#entry(lease.key)
            const tokens = isForgotten(entry, record) ? undefined : record.tokens
            const access = tokens === undefined ? undefined : Redacted.value(tokens.accessToken)
            const written = { process: process.name, account, access }
            const isOlder = record.generation < (entry.record?.generation ?? 0)
            if (!isNewest(entry, lease) && (isOlder || !isLost(entry, lease))) {
              chronicle.record({ _tag: "Fenced", ...written })
              return { _tag: "Fenced", record: entry.record, now: this.#now }
            }
            const { generation } = record
            const lockedOut = record.lockout !== undefined
            chronicle.record({ _tag: "Written", ...written, generation, lockedOut, over: entry.record?.generation })
            const { fence } = lease
            this.#change(lease.key, { record: { ...record, tokens }, fence, owner: undefined, leasedUntil: 0 })
            this.#notify({ key: lease.key, generation, forgotten: false })
            return { _tag: "Written" }
          })
        }),

      release: (lease) =>
        Effect.suspend(() => {
          this.#heldKnowingly.delete(lease.owner)
          return this.#reach(process, "release", () => {
            const entry = this.#entry(lease.key)
            if (isNewest(entry, lease)) this.#change(lease.key, { ...entry, owner: undefined, leasedUntil: 0 })
          })
        }),

      forget: (key, upTo) =>
        this.#reach(process, "forget", () => {
          const account = accountOf(key)
          const entry = this.#entry(key)
          if (entry.record?.tokens === undefined || entry.record.generation > upTo) return
          const { refreshToken } = entry.record.tokens
          const refresh = refreshToken === undefined ? undefined : Redacted.value(refreshToken)
          chronicle.record({ _tag: "Forgotten", process: process.name, account, refresh })
          this.#change(key, { ...entry, record: { ...entry.record, tokens: undefined } })
          this.#notify({ key, generation: entry.record.generation, forgotten: true })
        }),

      changes: Stream.callback<Change, TokenStoreError>((queue) =>
        Effect.acquireRelease(
          Effect.sync(() => {
            const subscriber: Subscriber = { process, queue }
            this.#subscribers.add(subscriber)
            return subscriber
          }),
          (subscriber) => Effect.sync(() => this.#subscribers.delete(subscriber))
        )
      ),

      quota: this.#quota,

      fingerprint: this.marks
        ? (secret) => this.#reach(process, "fingerprint", () => Hash.string(Redacted.value(secret)).toString(36))
        : undefined
    }
  }

  get #now(): number {
    return this.#simulation.now + this.skew
  }

  #entry(key: TokenKey): Entry {
    return Option.getOrElse(MutableHashMap.get(this.#entries, key), () => empty)
  }

  #change(key: TokenKey, entry: Entry): void {
    this.#before.push([key, this.#entry(key)])
    MutableHashMap.set(this.#entries, key, entry)
  }

  #acquire(
    process: Process,
    key: TokenKey,
    owner: string,
    timeToLive: Duration.Duration,
    known: number
  ): Acquisition {
    const account = accountOf(key)
    const entry = this.#entry(key)
    const now = this.#now
    const { record } = entry
    if (entry.owner !== undefined && entry.leasedUntil > now) {
      return { _tag: "Held", remaining: entry.leasedUntil - now, record, now }
    }
    // The clock, too, so that numbers go on growing after everything was lost.
    const fence = Math.max(entry.fence, record?.generation ?? 0, known, now * 1000) + 1
    this.#chronicle.record({ _tag: "Leased", process: process.name, account, owner, fence })
    this.#change(key, { record, fence, owner, leasedUntil: now + Duration.toMillis(timeToLive) })
    return { _tag: "Acquired", lease: { key, owner, fence }, record, unfinished: entry.owner !== undefined, now }
  }

  #notify(change: Change): void {
    const chance = this.#chance
    for (const { process, queue } of this.#subscribers) {
      if (chance.happens(this.faults.lostNotice)) {
        this.#chronicle.record({ _tag: "StoreFailed", process: process.name, operation: "changes" })
        continue
      }
      const breaks = chance.happens(this.faults.brokenSubscription)
      if (breaks) this.#chronicle.record({ _tag: "StoreFailed", process: process.name, operation: "changes" })
      this.#simulation.after(this.#delay(), process, () => {
        if (breaks) Queue.failCauseUnsafe(queue, Cause.fail(storeError("changes", "connection lost")))
        else Queue.offerUnsafe(queue, change)
      })
    }
  }

  // ---------------------------------------------------------------------------
  // The network
  // ---------------------------------------------------------------------------

  #delay(): number {
    return this.#chance.happens(0.6) ? 0 : this.#chance.between(1, this.#chance.happens(0.1) ? 900 : 20)
  }

  #reach<A>(process: Process, operation: string, perform: () => A): Effect.Effect<A, TokenStoreError> {
    return Effect.callback<A, TokenStoreError>((resume) => {
      const simulation = this.#simulation
      const { fails, hangs, late: isLate, lostReply } = this.faults
      const fail = (problem: string) => resume(Effect.fail(storeError(operation, problem)))
      const down = simulation.now < this.#downUntil
      const drawn = down ? 0 : this.#chance.next()
      const sometimes = this.#chance.happens(0.5)
      const failing = down || drawn < fails
      const hanging = !failing && drawn < fails + hangs
      const losing = !failing && !hanging && drawn < fails + hangs + lostReply
      const dawdling = !failing && !hanging && !losing && drawn < fails + hangs + lostReply + isLate
      if (failing || hanging || losing || dawdling) {
        this.#chronicle.record({ _tag: "StoreFailed", process: process.name, operation })
      }
      if (failing && sometimes) {
        simulation.after(this.#delay(), process, () => fail("connection refused"))
        return
      }
      if (failing || hanging) return
      const slow = dawdling ? this.#chance.between(late, 4 * late) : 0
      simulation.after(this.#delay() + (sometimes ? slow : 0), simulation.world, () => {
        const answer = perform()
        if (losing && sometimes) return
        simulation.after(this.#delay() + (sometimes ? 0 : slow), process, () => {
          if (losing) fail("connection lost")
          else resume(Effect.succeed(answer))
        })
      })
    })
  }
}

const storeError = (operation: string, problem: string) => new TokenStoreError({ operation, problem })

const accountOf = (key: TokenKey): string => Redacted.value(key.account)

const isNewest = (entry: Entry, lease: Lease): boolean => entry.fence === lease.fence && entry.owner === lease.owner

/** The store has lost the lease, and nobody has superseded it. */
const isLost = (entry: Entry, lease: Lease): boolean => entry.fence < lease.fence

/** The token set of a record was forgotten. */
const isForgotten = ({ record: standing }: Entry, { generation }: TokenRecord): boolean =>
  standing?.generation === generation && standing.tokens === undefined
