/**
 * What a token store does about allowances.
 */
import * as Quota from "@entegre/core/Quota"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Bench, Draft } from "./bench.ts"

/** One of the bench's allowances. Periods are as long as its leases. */
const makeAllowance = ({ key, millis, store: { quota } }: Bench, name = "one") => {
  const allowance = new Quota.Allowance({ key, name })
  const period = Duration.millis(millis)
  return {
    allowance,
    period,
    quota,
    /** How long the taker must wait, in milliseconds; zero if it has a place. */
    take: (ticket: string, limit = 1) => Effect.map(quota.take(allowance, { ticket, limit, period }), Duration.toMillis)
  }
}

// A store that counts in whole milliseconds frees a place rather too late than too early.
const isWait = (wait: number, { millis }: Bench): boolean => wait > 0 && wait <= millis + 1

export const quotas: ReadonlyArray<Draft> = [
  {
    name: "lets as many have a place as there are, and tells the others how long until one is free",
    body: (bench) =>
      Effect.gen(function*() {
        const { allowance, quota, take } = makeAllowance(bench)
        const long = { ticket: "long", limit: 2, period: Duration.millis(3 * bench.millis) }
        yield* bench.expect(Duration.isZero(yield* quota.take(allowance, long)), "there is a first place")
        yield* bench.expect((yield* take("short", 2)) === 0, "there is a second place")
        yield* bench.pass(bench.millis * 0.4)
        const wait = yield* take("another", 2)
        yield* bench.expect(isWait(wait, bench) && wait <= bench.millis * 0.6, "the one that ends first is free next")
        yield* bench.pass(bench.millis * 0.6)
        yield* bench.expect((yield* take("another", 2)) === 0, "it is free when its period is over")
        yield* bench.expect((yield* take("one more", 2)) > 0, "the other one is taken still")
      })
  },
  {
    name: "lets as many have a place as there are, however many ask at once",
    body: (bench) =>
      Effect.gen(function*() {
        const { take } = makeAllowance(bench)
        const tickets = Array.from({ length: 12 }, (_, index) => `ticket ${index}`)
        const waits = yield* Effect.forEach(tickets, (ticket) => take(ticket, 3), { concurrency: "unbounded" })
        const had = waits.filter((wait) => wait === 0).length
        yield* bench.expect(had === 3, `three have a place, not ${had}`)
      })
  },
  {
    name: "knows a ticket again",
    body: (bench) =>
      Effect.gen(function*() {
        const { take } = makeAllowance(bench)
        yield* take("one")
        yield* bench.expect((yield* take("one")) === 0, "whoever takes again has the same place")
        yield* bench.expect((yield* take("two", 2)) === 0, "and not another one as well")
      })
  },
  {
    name: "looks for a free place without taking it",
    body: (bench) =>
      Effect.gen(function*() {
        const { allowance, quota, take } = makeAllowance(bench)
        const remaining = Effect.map(quota.remaining(allowance, 1), Duration.toMillis)
        yield* bench.expect((yield* remaining) === 0, "a place is free")
        yield* bench.expect((yield* take("one")) === 0, "it was not taken by looking")
        yield* bench.expect(isWait(yield* remaining, bench), "it is known for how long it is taken")
      })
  },
  {
    name: "has a place free at once when it is given back",
    body: (bench) =>
      Effect.gen(function*() {
        const { allowance, quota, take } = makeAllowance(bench)
        yield* take("one")
        yield* quota.giveBack(allowance, "two")
        yield* bench.expect((yield* take("two")) > 0, "nobody gives back another one's place")
        yield* quota.giveBack(allowance, "one")
        yield* bench.expect((yield* take("two")) === 0, "the place is free")
      })
  },
  {
    name: "begins a period anew when it is told to, also one that is over",
    body: (bench) =>
      Effect.gen(function*() {
        const { allowance, period, quota, take } = makeAllowance(bench)
        yield* take("one")
        yield* bench.pass(bench.millis * 0.7)
        yield* quota.rest(allowance, "one", period)
        yield* bench.pass(bench.millis * 0.5)
        yield* bench.expect(isWait(yield* take("two"), bench), "the period runs from when it was begun anew")
        yield* bench.pass(bench.millis)
        yield* quota.rest(allowance, "one", period)
        yield* bench.expect(isWait(yield* take("two"), bench), "a period that was over begins again")
      })
  },
  {
    name: "prolongs a place that is still taken, and no other",
    body: (bench) =>
      Effect.gen(function*() {
        const { allowance, period, quota, take } = makeAllowance(bench)
        yield* take("one")
        yield* bench.pass(bench.millis * 0.4)
        yield* bench.expect(yield* quota.extend(allowance, "one", period), "the place is prolonged")
        yield* bench.pass(bench.millis * 0.6)
        yield* bench.expect(isWait(yield* take("two"), bench), "it is taken for longer")
        yield* bench.pass(bench.millis)
        yield* bench.expect(!(yield* quota.extend(allowance, "one", period)), "a place that is free is not prolonged")
        yield* bench.expect((yield* take("two")) === 0, "nothing was taken by that")
      })
  },
  {
    name: "lets nobody have a place during a pause, of which the longest counts",
    body: (bench) =>
      Effect.gen(function*() {
        const { allowance, period, quota, take } = makeAllowance(bench)
        yield* quota.pause(allowance, period)
        yield* quota.pause(allowance, Duration.millis(bench.millis * 0.2))
        yield* bench.pass(bench.millis * 0.5)
        yield* bench.expect(isWait(yield* take("one", 5), bench), "the longer pause goes on")
        yield* bench.pass(bench.millis * 0.5)
        yield* bench.expect((yield* take("one", 5)) === 0, "there are places after it")
      })
  },
  {
    name: "keeps allowances apart whose names or keys differ",
    body: (bench) =>
      Effect.gen(function*() {
        const { take } = makeAllowance(bench)
        yield* take("ticket")
        const others = [
          makeAllowance(bench, "two"),
          ...bench.others.map(({ key }) => makeAllowance({ ...bench, key }))
        ]
        for (const other of others) {
          yield* bench.expect((yield* other.take("another")) === 0, "another allowance has places of its own")
          yield* other.quota.pause(other.allowance, other.period)
          yield* other.quota.giveBack(other.allowance, "ticket")
        }
        yield* bench.expect((yield* take("third")) > 0, "nobody gives back a place of another allowance")
      })
  }
]
