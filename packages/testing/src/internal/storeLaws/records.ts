/**
 * What a token store does about records, and what it tells of them.
 */
import type { TokenRecord } from "@entegre/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { type Bench, type Draft, equals, holds, lostAfter, record, tokens } from "./bench.ts"

export const records: ReadonlyArray<Draft> = [
  {
    name: "has nothing under a key that nothing was written for",
    body: ({ expect, key, lease, store }) =>
      Effect.gen(function*() {
        yield* expect((yield* store.read(key)).record === undefined, "there is no record")
        yield* expect((yield* lease("one")).record === undefined, "the holder of a lease is told of none")
        yield* expect((yield* store.read(key)).record === undefined, "a lease makes none")
      })
  },
  {
    name: "writes under the newest lease, which ends with the write",
    body: ({ expect, lease, store }) =>
      Effect.gen(function*() {
        const first = yield* lease("one")
        const { fence } = first.lease
        const written = yield* store.write(first.lease, record(fence))
        yield* expect(written._tag === "Written", "the write is carried out")
        const second = yield* lease("two")
        yield* expect(!second.unfinished, "the lease has ended")
        yield* expect(holds(second.record, fence), "the next holder is told what was written")
      })
  },
  {
    name: "tells whoever does not get a lease what stands there",
    body: ({ acquire, expect, lease, store }) =>
      Effect.gen(function*() {
        const { lease: first } = yield* lease("one")
        yield* store.write(first, record(first.fence))
        yield* lease("two")
        yield* expect(holds((yield* acquire("three")).record, first.fence), "it is told what was written")
      })
  },
  {
    name: "gives back what was written, whole",
    body: ({ expect, key, lease, store }) =>
      Effect.forEach(samples, (sample) =>
        Effect.gen(function*() {
          const { lease: held } = yield* lease("one")
          const written = sample(held.fence)
          yield* store.write(held, written)
          const { record: found } = yield* store.read(key)
          yield* expect(found !== undefined && equals(found, written), "it is what was written")
        }), { discard: true })
  },
  {
    name: "keeps records apart whose keys differ in anything",
    body: ({ expect, key, lease, others, store }) =>
      Effect.gen(function*() {
        const { lease: held } = yield* lease("one")
        yield* store.write(held, record(held.fence))
        for (const other of others) {
          yield* expect((yield* store.read(other.key)).record === undefined, "nothing is written under another key")
          yield* store.forget(other.key, Number.MAX_SAFE_INTEGER)
        }
        yield* expect(holds((yield* store.read(key)).record, held.fence), "what is forgotten of others stands here")
      })
  },
  {
    name: "writes under a lease that ran out, as long as nobody has taken it since",
    body: ({ expect, lease, millis, pass, store }) =>
      Effect.gen(function*() {
        const { lease: held } = yield* lease("one")
        yield* pass(millis * 3)
        const late = yield* store.write(held, record(held.fence))
        yield* expect(late._tag === "Written", "the late write is carried out")
      })
  },
  {
    name: "writes under a lease that it lost, as long as nobody has taken it since",
    body: ({ expect, key, lease, store }) =>
      Effect.gen(function*() {
        const { lease: before } = yield* lease("one")
        yield* store.write(before, record(before.fence))
        const lost = lostAfter(before)
        const written = yield* store.write(lost, record(lost.fence))
        yield* expect(written._tag === "Written", "the write is carried out")
        yield* expect(holds((yield* store.read(key)).record, lost.fence), "what was written stands there")
        const { lease: next } = yield* lease("two")
        yield* expect(next.fence > lost.fence, "numbers go on above it")
        const late = yield* store.write({ ...lost, fence: next.fence }, record(next.fence))
        yield* expect(late._tag === "Fenced", "a lease that somebody else was given is nobody else's")
      })
  },
  {
    name: "writes no older record over a newer one under a lease that it lost",
    body: ({ expect, key, lease, store }) =>
      Effect.gen(function*() {
        const { lease: first } = yield* lease("one")
        yield* store.write(first, record(first.fence))
        const { lease: second } = yield* lease("two")
        const lost = lostAfter(second)
        yield* store.write(second, record(second.fence))
        const late = yield* store.write(lost, record(first.fence))
        yield* expect(late._tag === "Fenced" && holds(late.record, second.fence), "the write is refused")
        yield* expect(holds((yield* store.read(key)).record, second.fence), "the newer record stands")
      })
  },
  {
    name: "refuses a write with an older fencing number, and answers with what stands there",
    body: ({ expect, key, lease, millis, pass, store }) =>
      Effect.gen(function*() {
        const { lease: frozen } = yield* lease("one")
        yield* pass(millis)
        const { lease: newer } = yield* lease("two")
        yield* store.write(newer, record(newer.fence))
        const late = yield* store.write(frozen, record(frozen.fence))
        yield* expect(late._tag === "Fenced" && holds(late.record, newer.fence), "the write is refused")
        yield* expect(holds((yield* store.read(key)).record, newer.fence), "the newer record stands")
      })
  },
  {
    name: "refuses a write with an older fencing number while the newer lease runs",
    body: ({ acquire, expect, lease, millis, pass, store }) =>
      Effect.gen(function*() {
        const { lease: frozen } = yield* lease("one")
        yield* pass(millis)
        yield* lease("two")
        const late = yield* store.write(frozen, record(frozen.fence))
        yield* expect(late._tag === "Fenced", "the write is refused")
        yield* expect((yield* acquire("three"))._tag === "Held", "the newer lease runs on")
      })
  },
  {
    name: "forgets a token set unless it is newer, and never its generation",
    body: ({ expect, key, lease, store }) =>
      Effect.gen(function*() {
        const { lease: held } = yield* lease("one")
        const { fence } = held
        yield* store.write(held, record(fence))
        yield* store.forget(key, fence - 1)
        yield* expect(holds((yield* store.read(key)).record, fence), "a newer token set is not forgotten")
        yield* store.forget(key, fence)
        const { record: left } = yield* store.read(key)
        yield* expect(left !== undefined && left.tokens === undefined, "the token set is gone")
        yield* expect(left?.generation === fence, "its generation is kept")
        yield* expect((yield* lease("two")).lease.fence > fence, "numbers go on above it")
      })
  },
  {
    name: "forgets whatever stands there if it is told the largest number there is",
    body: ({ expect, key, lease, store }) =>
      Effect.gen(function*() {
        const { lease: held } = yield* lease("one")
        yield* store.write(held, record(held.fence))
        yield* store.forget(key, Number.MAX_SAFE_INTEGER)
        const { record: left } = yield* store.read(key)
        yield* expect(left?.generation === held.fence && left.tokens === undefined, "the token set is gone")
      })
  },
  {
    name: "forgets during a lease, which runs on",
    body: ({ acquire, expect, key, lease, store }) =>
      Effect.gen(function*() {
        const { lease: first } = yield* lease("one")
        yield* store.write(first, record(first.fence))
        const { lease: second } = yield* lease("two")
        yield* store.forget(key, Number.MAX_SAFE_INTEGER)
        yield* expect((yield* acquire("three"))._tag === "Held", "the lease runs on")
        const written = yield* store.write(second, record(second.fence))
        yield* expect(written._tag === "Written", "its holder's write is carried out")
      })
  },
  {
    name: "does not bring back what was forgotten with a record of its generation",
    body: ({ expect, key, lease, store }) =>
      Effect.gen(function*() {
        const { lease: first } = yield* lease("one")
        const standing = record(first.fence)
        yield* store.write(first, standing)
        const { lease: second } = yield* lease("two")
        yield* store.forget(key, Number.MAX_SAFE_INTEGER)
        const lockout = { attempts: 1, probeAt: 4_102_444_800_000, providerCode: undefined, providerMessage: undefined }
        const written = yield* store.write(second, { ...standing, lockout })
        yield* expect(written._tag === "Written", "the write is carried out")
        const { record: found } = yield* store.read(key)
        const left = { generation: first.fence, tokens: undefined, lockout }
        yield* expect(found !== undefined && equals(found, left), "it brings everything but the token set")
        const { lease: third } = yield* lease("three")
        yield* store.write(third, record(third.fence))
        yield* expect(holds((yield* store.read(key)).record, third.fence), "a newer token set is written")
      })
  },
  {
    name: "tells of writes and of what was forgotten",
    body: (bench) =>
      Effect.gen(function*() {
        const { expect, key, lease, store } = bench
        const listeners = [yield* listen(bench), yield* listen(bench)]
        yield* bench.pass(bench.millis * 0.5)
        const { lease: held } = yield* lease("one")
        yield* store.write(held, record(held.fence))
        yield* store.forget(key, held.fence)
        yield* bench.pass(bench.millis * 0.5)
        const { fence } = held
        for (const listener of listeners) {
          yield* expect(listener.pollUnsafe() !== undefined, "everybody is told soon")
          const [written, forgotten] = yield* Fiber.join(listener)
          yield* expect(written?.generation === fence && !written.forgotten, "everybody is told of the write")
          yield* expect(forgotten?.generation === fence && forgotten.forgotten, "everybody is told what was forgotten")
        }
      })
  },
  {
    name: "tells what its clock shows",
    body: ({ acquire, expect, key, lease, millis, pass, store }) =>
      Effect.gen(function*() {
        const { now: start } = yield* store.read(key)
        const { now: given } = yield* lease("one")
        yield* pass(millis * 0.8)
        const { now: end } = yield* store.read(key)
        const { now: held } = yield* acquire("two")
        yield* expect(start <= given && end <= held, "it does not run backwards")
        yield* expect(end - given >= millis * 0.4, "it goes on as time passes")
      })
  },
  {
    name: "marks secrets, if it does, so that they can be told apart and nothing else",
    body: ({ expect, store: { fingerprint } }) =>
      Effect.gen(function*() {
        if (fingerprint === undefined) return
        const [one, again, other] = yield* Effect.forEach(["s3cret-one", "s3cret-one", "s3cret-two"], (secret) =>
          fingerprint(Redacted.make(secret)))
        yield* expect(one === again, "a secret has the same mark again")
        yield* expect(one !== other, "another one has another mark")
        yield* expect(one?.includes("cret") === false, "the mark does not show the secret")
      })
  }
]

const listen = ({ key, store }: Bench) =>
  store.changes.pipe(
    Stream.filter((change) => Redacted.value(change.key.account) === Redacted.value(key.account)),
    Stream.take(2),
    Stream.runCollect,
    Effect.forkChild({ startImmediately: true })
  )

/** Records of every shape, each with the generation that its lease allows. */
const samples: ReadonlyArray<(generation: number) => TokenRecord> = [
  record,
  (generation) => ({
    generation,
    tokens: {
      generation,
      accessToken: Redacted.make("jeton-ığüşöç-\"\\\n😀"),
      issuedAt: 1_767_225_600_123,
      expiresAt: 1_767_229_200_456,
      refreshToken: Redacted.make("r".repeat(8_000)),
      refreshExpiresAt: 1_769_817_600_789
    },
    lockout: undefined
  }),
  (generation) => ({
    generation,
    tokens: { ...tokens(generation), refreshToken: undefined },
    lockout: {
      attempts: 3,
      probeAt: 1_767_225_900_000,
      providerCode: "E-42",
      providerMessage: "Kullanıcı adı veya şifre hatalı",
      refused: ["mark one", "mark two"]
    }
  }),
  (generation) => ({
    generation,
    tokens: undefined,
    lockout: { attempts: 1, probeAt: 1_767_225_660_000, providerCode: undefined, providerMessage: undefined }
  })
]
