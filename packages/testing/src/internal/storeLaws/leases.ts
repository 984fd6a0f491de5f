/**
 * What a token store does about leases.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type Draft, lostAfter, record } from "./bench.ts"

export const leases: ReadonlyArray<Draft> = [
  {
    name: "gives a lease to one asker at a time, and tells the others how long it still runs",
    body: ({ acquire, expect, lease, millis, pass }) =>
      Effect.gen(function*() {
        yield* lease("one")
        yield* pass(millis * 0.4)
        const second = yield* acquire("two")
        yield* expect(second._tag === "Held", "the lease is held")
        if (second._tag !== "Held") return
        const { remaining } = second
        yield* expect(remaining > 0 && remaining <= millis * 0.6, "it says how long it still runs")
      })
  },
  {
    name: "gives a lease to one of many who ask at once",
    body: ({ acquire, expect }) =>
      Effect.gen(function*() {
        const owners = Array.from({ length: 12 }, (_, index) => `owner ${index}`)
        const answers = yield* Effect.forEach(owners, (owner) => acquire(owner), { concurrency: "unbounded" })
        const given = answers.filter(({ _tag }) => _tag === "Acquired")
        yield* expect(given.length === 1, `one of them has it, not ${given.length}`)
      })
  },
  {
    name: "gives keys that differ in anything leases of their own",
    body: ({ acquire, expect, lease, others }) =>
      Effect.gen(function*() {
        yield* lease("one")
        yield* Effect.forEach(others, (other) => other.lease("two"))
        yield* expect((yield* acquire("three"))._tag === "Held", "the first lease runs on")
      })
  },
  {
    name: "gives each lease a fencing number above every one before it, and above what the asker knows",
    body: ({ expect, lease, store }) =>
      Effect.gen(function*() {
        const first = yield* lease("one")
        yield* store.release(first.lease)
        const known = first.lease.fence + 41
        const second = yield* lease("two", known)
        yield* store.release(second.lease)
        const third = yield* lease("three", 7)
        yield* expect(second.lease.fence > known, "the number is above what the asker knows")
        yield* expect(third.lease.fence > second.lease.fence, "the number is above the one before")
      })
  },
  {
    name: "gives numbers above those of leases that ran out, and of records that others wrote",
    body: ({ expect, lease, millis, pass, store }) =>
      Effect.gen(function*() {
        const lost = yield* lease("one")
        yield* pass(millis)
        const second = yield* lease("two")
        yield* expect(second.lease.fence > lost.lease.fence, "the number is above that of the lease that ran out")
        const generation = second.lease.fence
        yield* store.write(second.lease, record(generation))
        const third = yield* lease("three")
        yield* expect(third.lease.fence > generation, "the number is above the generation in the record")
        yield* store.write(third.lease, record(generation))
        const fourth = yield* lease("four")
        yield* expect(fourth.lease.fence > third.lease.fence, "a lease without a token set of its own counts as well")
      })
  },
  {
    name: "hands on a lease that ran out, and says that the attempt before was not finished",
    body: ({ expect, lease, millis, pass, store }) =>
      Effect.gen(function*() {
        yield* expect(!(yield* lease("one")).unfinished, "there was no attempt before")
        yield* pass(millis)
        const second = yield* lease("two")
        yield* expect(second.unfinished, "the attempt before was not finished")
        yield* store.release(second.lease)
        yield* expect(!(yield* lease("three")).unfinished, "a lease that was released is finished")
      })
  },
  {
    name: "prolongs the newest lease only",
    body: ({ acquire, expect, lease, millis, pass, store }) =>
      Effect.gen(function*() {
        const first = yield* lease("one")
        const longer = Duration.millis(2 * millis)
        yield* expect(yield* store.extend(first.lease, longer), "the newest lease is prolonged")
        yield* pass(millis * 1.5)
        yield* expect((yield* acquire("two"))._tag === "Held", "the prolonged lease runs on")
        yield* pass(millis)
        yield* lease("two")
        yield* expect(!(yield* store.extend(first.lease, longer)), "an older lease is not prolonged")
      })
  },
  {
    name: "prolongs no lease that was ended",
    body: ({ expect, lease, millis, store }) =>
      Effect.gen(function*() {
        const longer = Duration.millis(millis)
        const released = yield* lease("one")
        yield* store.release(released.lease)
        yield* expect(!(yield* store.extend(released.lease, longer)), "a lease that was released is not prolonged")
        const written = yield* lease("two")
        yield* store.write(written.lease, record(written.lease.fence))
        yield* expect(!(yield* store.extend(written.lease, longer)), "a lease that ended with a write is not prolonged")
        yield* lease("three")
      })
  },
  {
    name: "prolongs a lease that it lost, as long as nobody has taken it since",
    body: ({ acquire, expect, lease, millis, store }) =>
      Effect.gen(function*() {
        const { lease: before } = yield* lease("one")
        yield* store.release(before)
        const longer = Duration.millis(millis)
        yield* expect(yield* store.extend(lostAfter(before), longer), "a lease that it lost is prolonged")
        yield* expect((yield* acquire("two"))._tag === "Held", "the lease that it lost runs on")
      })
  },
  {
    name: "ignores the release of a lease that was superseded",
    body: ({ acquire, expect, lease, millis, pass, store }) =>
      Effect.gen(function*() {
        const { lease: old } = yield* lease("one")
        yield* pass(millis)
        yield* lease("two")
        yield* store.release(old)
        yield* expect((yield* acquire("three"))._tag === "Held", "the newer lease runs on")
      })
  }
]
