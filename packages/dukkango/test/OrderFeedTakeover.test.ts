/**
 * One feed at a time, whatever happens to the processes: every two incidents after each other.
 */
import { assert, describe, it } from "@effect/vitest"
import { Sandbox } from "@entegre/sandbox"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { acknowledged, place } from "./support/feed.ts"
import { feedOf, processes } from "./support/processes.ts"
import { provider } from "./support/stack.ts"

const incidents = ["leader", "standby"].flatMap((who, process) =>
  (["freezes", "thaws", "stops", "is cut off", "is connected"] as const).map((what) => ({
    name: `the ${who} ${what}`,
    process,
    what
  }))
)
type Incident = (typeof incidents)[number]

/** Two processes, of which the first leads, and what happens to them; then all is well again. */
const scenario = Effect.fnUntraced(
  function*(happens: ReadonlyArray<Incident>) {
    const members = yield* processes(2)
    const feeds = yield* Effect.forEach(
      members,
      (process) => Effect.tap(feedOf(process, { grace: 0 }), () => TestClock.adjust("10 millis"))
    )
    const stopped = new Set<number>()
    const orders = [yield* place()]

    for (const { process, what } of happens) {
      yield* TestClock.adjust("19 seconds")
      orders.push(yield* place())
      const member = members[process]
      const feed = feeds[process]
      if (member === undefined || feed === undefined) {
        return assert.fail("no such process")
      }
      if (what === "freezes") yield* member.freeze
      if (what === "thaws") yield* member.thaw
      if (what === "is cut off") member.line.is = "away"
      if (what === "is connected") member.line.is = "well"
      // One is left; and one that is frozen can not stop.
      if (what === "stops" && stopped.size === 0) {
        yield* member.thaw
        yield* feed.stop
        stopped.add(process)
      }
    }
    for (const { line, thaw } of members) {
      line.is = "well"
      yield* thaw
    }
    yield* TestClock.adjust("75 seconds")
    const { cooldownRefusals } = yield* Effect.flatMap(provider, ({ counters }) => counters)
    return {
      lead: feeds.filter((_, index) => !stopped.has(index)).map(({ lead }) => lead().at(-1)),
      cooldownRefusals,
      orders: new Set(orders.map(({ payment_key }) => payment_key)),
      acknowledged: new Set((yield* acknowledged).map(([key]) => key))
    }
  },
  Effect.provide(Sandbox.layerHttpClient),
  Effect.scoped
)

describe("after two incidents one leads, and no order was lost:", () => {
  for (const first of incidents) {
    it.effect(`${first.name}, then anything`, () =>
      Effect.gen(function*() {
        for (const second of incidents) {
          const seen = yield* scenario([first, second])
          assert.deepStrictEqual(seen.lead.filter((event) => event !== "Standby"), ["Leading"], second.name)
          assert.deepStrictEqual(seen.acknowledged, seen.orders, second.name)
          const reachable = [first, second].every(({ what }) => what !== "is cut off")
          if (reachable) assert.strictEqual(seen.cooldownRefusals, 0, second.name)
        }
      }))
  }
})
