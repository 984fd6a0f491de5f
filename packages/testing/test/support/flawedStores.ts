/**
 * Token stores with one thing wrong: for each law of token stores, a store that breaks it.
 */
import * as Quota from "@entegre/core/Quota"
import * as TokenKey from "@entegre/core/TokenKey"
import type { Lease, Service, TokenRecord } from "@entegre/core/TokenStore"
import { Clock, Duration, Effect, Redacted, Stream } from "effect"

/** What one can get wrong, in words, a part of the name of the law that notices, and the store that gets it wrong. */
export type Flaw = readonly [name: string, law: string, spoil: (store: Service) => Service]

const everybodyHasTheLease = (store: Service): Service => ({
  ...store,
  acquire: (key, options) =>
    Effect.map(store.acquire(key, options), (answer) =>
      answer._tag === "Acquired" ? answer : {
        _tag: "Acquired",
        lease: { key, owner: options.owner, fence: 1 },
        record: answer.record,
        unfinished: false,
        now: answer.now
      })
})

/** A store that knows which lease it gave last. */
const withNewest =
  (spoil: (store: Service, newest: (lease: Lease) => Lease) => Service) => (store: Service): Service => {
    let last: Lease | undefined
    const remembering: Service = {
      ...store,
      acquire: (key, options) =>
        Effect.tap(store.acquire(key, options), (answer) =>
          Effect.sync(() => {
            if (answer._tag === "Acquired") last = answer.lease
          }))
    }
    return spoil(remembering, (lease) => last ?? lease)
  }

/** A store that knows which leases it gave. */
const withGiven =
  (spoil: (store: Service, isGiven: (lease: Lease) => boolean) => Service) => (store: Service): Service => {
    const given = new Set<string>()
    const remembering: Service = {
      ...store,
      acquire: (key, options) =>
        Effect.tap(store.acquire(key, options), () => Effect.sync(() => given.add(options.owner)))
    }
    return spoil(remembering, ({ owner }) => given.has(owner))
  }

const byAccountAlone = (store: Service): Service => {
  const strip = ({ account }: TokenKey.TokenKey) => TokenKey.make({ provider: "any", environment: "any", account })
  const leased = (lease: Lease): Lease => ({ ...lease, key: strip(lease.key) })
  return {
    ...store,
    read: (key) => store.read(strip(key)),
    acquire: (key, options) => store.acquire(strip(key), options),
    extend: (lease, timeToLive) => store.extend(leased(lease), timeToLive),
    write: (lease, record) => store.write(leased(lease), record),
    release: (lease) => store.release(leased(lease)),
    forget: (key, upTo) => store.forget(strip(key), upTo)
  }
}

const withQuota = (spoil: (quota: Quota.Service) => Partial<Quota.Service>) => (store: Service): Service => ({
  ...store,
  quota: { ...store.quota, ...spoil(store.quota) }
})

const leases: ReadonlyArray<Flaw> = [
  ["everybody gets the lease", "one asker at a time", everybodyHasTheLease],
  ["all who ask at once get the lease", "one of many who ask at once", everybodyHasTheLease],
  ["keys with one account have one lease", "keys that differ in anything leases", byAccountAlone],
  ["what the asker knows does not count", "above what the asker knows", (store) => ({
    ...store,
    acquire: (key, options) => store.acquire(key, { ...options, known: 0 })
  })],
  ["all leases have one number", "above those of leases that ran out", (store) => ({
    ...store,
    acquire: (key, options) =>
      Effect.map(
        store.acquire(key, options),
        (answer) => answer._tag === "Acquired" ? { ...answer, lease: { ...answer.lease, fence: 1 } } : answer
      )
  })],
  ["an attempt that was not finished leaves no mark", "attempt before was not finished", (store) => ({
    ...store,
    acquire: (key, options) => Effect.map(store.acquire(key, options), (answer) => ({ ...answer, unfinished: false }))
  })],
  [
    "every lease is prolonged",
    "prolongs the newest lease only",
    (store) => ({ ...store, extend: () => Effect.succeed(true) })
  ],
  ["a lease is prolonged that was ended", "prolongs no lease that was ended", (store) => ({
    ...store,
    extend: (lease, timeToLive) => Effect.as(store.extend(lease, timeToLive), true)
  })],
  [
    "a lease that was lost is not prolonged",
    "prolongs a lease that it lost",
    withGiven((store, isGiven) => ({
      ...store,
      extend: (lease, timeToLive) => isGiven(lease) ? store.extend(lease, timeToLive) : Effect.succeed(false)
    }))
  ],
  [
    "whoever releases a lease ends the newest one",
    "the release of a lease that was superseded",
    withNewest((store, newest) => ({ ...store, release: (lease) => store.release(newest(lease)) }))
  ]
]

const records: ReadonlyArray<Flaw> = [
  ["there is a record before anything was written", "nothing under a key", (store) => ({
    ...store,
    read: (key) =>
      Effect.map(store.read(key), ({ now, record = { generation: 0, tokens: undefined, lockout: undefined } }) => ({
        now,
        record
      }))
  })],
  ["a write leaves its lease running", "which ends with the write", (store) => ({
    ...store,
    write: (lease, record) =>
      Effect.tap(
        store.write(lease, record),
        () => store.acquire(lease.key, { owner: lease.owner, timeToLive: Duration.hours(1), known: 0 })
      )
  })],
  ["whoever does not get the lease is told nothing", "whoever does not get a lease what stands", (store) => ({
    ...store,
    acquire: (key, options) =>
      Effect.map(
        store.acquire(key, options),
        (answer) => answer._tag === "Held" ? { ...answer, record: undefined } : answer
      )
  })],
  ["the end of a refresh token is not kept", "what was written, whole", (store) => ({
    ...store,
    write: (lease, record) =>
      store.write(lease, {
        ...record,
        tokens: record.tokens === undefined ? undefined : { ...record.tokens, refreshExpiresAt: undefined }
      })
  })],
  ["keys with one account have one record", "records apart", byAccountAlone],
  ["nothing is written under a lease that ran out", "under a lease that ran out, as long", (store) => {
    const ends = new Map<string, number>()
    return {
      ...store,
      acquire: (key, options) =>
        Effect.tap(
          store.acquire(key, options),
          ({ now }) => Effect.sync(() => ends.set(options.owner, now + Duration.toMillis(options.timeToLive)))
        ),
      write: (lease, record) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          now < (ends.get(lease.owner) ?? 0)
            ? store.write(lease, record)
            : Effect.succeed({ _tag: "Fenced", record: undefined, now }))
    }
  }],
  [
    "nothing is written under a lease that was lost",
    "under a lease that it lost, as long",
    withGiven((store, isGiven) => ({
      ...store,
      write: (lease, record) =>
        isGiven(lease)
          ? store.write(lease, record)
          : Effect.map(store.read(lease.key), (found) => ({ _tag: "Fenced", ...found }))
    }))
  ],
  [
    "whatever is written under a lease that was lost goes under a new one",
    "no older record over a newer one",
    withGiven((store, isGiven) => ({
      ...store,
      write: (lease, record) =>
        isGiven(lease)
          ? store.write(lease, record)
          : Effect.flatMap(
            store.acquire(lease.key, { owner: lease.owner, timeToLive: Duration.seconds(1), known: 0 }),
            (anew) => store.write(anew._tag === "Acquired" ? anew.lease : lease, record)
          )
    }))
  ],
  ["a late write is carried out", "older fencing number, and answers", (store) => ({
    ...store,
    write: (lease, record) =>
      Effect.gen(function*() {
        const written = yield* store.write(lease, record)
        if (written._tag === "Written") return written
        const again = yield* store.acquire(lease.key, { owner: "late", timeToLive: Duration.seconds(1), known: 0 })
        return again._tag === "Acquired" ? yield* store.write(again.lease, record) : written
      })
  })],
  [
    "a late write is said to be carried out",
    "older fencing number while the newer lease runs",
    (store) => ({ ...store, write: (lease, record) => Effect.as(store.write(lease, record), { _tag: "Written" }) })
  ],
  ["forgetting does nothing", "forgets a token set", (store) => ({ ...store, forget: () => Effect.void })],
  ["a number that is too large is none", "the largest number there is", (store) => ({
    ...store,
    forget: (key, upTo) => store.forget(key, upTo > 9e15 ? 0 : upTo)
  })],
  [
    "forgetting ends the lease",
    "forgets during a lease",
    withNewest((store, newest) => ({
      ...store,
      forget: (key, upTo) =>
        Effect.andThen(store.forget(key, upTo), store.release(newest({ key, owner: "nobody", fence: 0 })))
    }))
  ],
  ["what was forgotten comes back with the next write", "does not bring back what was forgotten", (store) => {
    let written: TokenRecord | undefined
    return {
      ...store,
      write: (lease, record) =>
        Effect.tap(store.write(lease, record), () =>
          Effect.sync(() => {
            written = record
          })),
      read: (key) => Effect.map(store.read(key), ({ now }) => ({ now, record: written }))
    }
  }],
  ["nobody is told anything", "tells of writes", (store) => ({ ...store, changes: Stream.never })],
  ["its clock stands still", "what its clock shows", (store) => ({
    ...store,
    read: (key) => Effect.map(store.read(key), (answer) => ({ ...answer, now: 0 })),
    acquire: (key, options) => Effect.map(store.acquire(key, options), (answer) => ({ ...answer, now: 0 }))
  })],
  [
    "a mark shows the secret",
    "marks secrets",
    (store) => ({ ...store, fingerprint: (secret) => Effect.succeed(Redacted.value(secret)) })
  ]
]

const quotas: ReadonlyArray<Flaw> = [
  [
    "everybody has a place",
    "as many have a place as there are, and tells",
    withQuota(() => ({ take: () => Effect.succeed(Duration.zero) }))
  ],
  [
    "all who ask at once have a place",
    "however many ask at once",
    withQuota(({ remaining, take }) => ({
      take: (allowance, claim) =>
        Effect.filterOrElse(
          remaining(allowance, claim.limit),
          Duration.isPositive,
          () => Effect.andThen(Effect.yieldNow, take(allowance, { ...claim, limit: Number.MAX_SAFE_INTEGER }))
        )
    }))
  ],
  [
    "a ticket counts anew each time",
    "knows a ticket again",
    withQuota(({ take }) => {
      let taken = 0
      return { take: (allowance, claim) => take(allowance, { ...claim, ticket: `${claim.ticket} ${++taken}` }) }
    })
  ],
  [
    "looking takes a place",
    "without taking it",
    withQuota(({ take }) => ({
      remaining: (allowance, limit) => take(allowance, { ticket: "look", limit, period: Duration.seconds(10) })
    }))
  ],
  ["nothing is given back", "when it is given back", withQuota(() => ({ giveBack: () => Effect.void }))],
  [
    "a period that is over does not begin again",
    "begins a period anew",
    withQuota(({ extend }) => ({
      rest: (allowance, ticket, period) => Effect.asVoid(extend(allowance, ticket, period))
    }))
  ],
  [
    "a place that is free is prolonged",
    "prolongs a place that is still taken",
    withQuota(({ rest }) => ({
      extend: (allowance, ticket, period) => Effect.as(rest(allowance, ticket, period), true)
    }))
  ],
  [
    "the shorter pause counts",
    "during a pause",
    withQuota(({ pause }) => ({
      pause: (allowance, duration) => pause(allowance, Duration.min(duration, Duration.seconds(2)))
    }))
  ],
  [
    "all that an account does is one allowance",
    "keeps allowances apart",
    withQuota(({ take }) => ({
      take: (allowance, claim) => take(new Quota.Allowance({ key: allowance.key, name: "all" }), claim)
    }))
  ]
]

/** For each law, what one can get wrong. */
export const flaws: ReadonlyArray<Flaw> = [...leases, ...records, ...quotas]
