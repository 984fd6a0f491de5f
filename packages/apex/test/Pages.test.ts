import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Stream } from "effect"
import { open, refusal, type Sent } from "./support/apex.ts"
import { child, ids } from "./support/samples.ts"

const named = (name: string) => ({ ...child, name })

/** A list of so many nodes, in pages of so many: the provider's part. */
const list = (total: number, perPage: number) => ({ query }: Sent): Response => {
  const page = Number(new URLSearchParams(query).get("page") ?? 1)
  const nodes = Array.from({ length: total }, (_, i) => named(`${i + 1}`)).slice((page - 1) * perPage, page * perPage)
  return Response.json({ nodes, total, page, per_page: perPage })
}

describe("a list", () => {
  it.effect.each<readonly [number, number]>([[0, 1], [1, 1], [3, 1], [4, 2], [7, 3]])(
    "of %i in pages of three takes %i requests",
    ([total, requests]) =>
      Effect.gen(function*() {
        const { apex, calls } = yield* open(list(total, 3))
        const nodes = yield* Stream.runCollect(apex.nodes.children(ids.node))
        assert.deepStrictEqual(nodes.map(({ name }) => name), Array.from({ length: total }, (_, i) => `${i + 1}`))
        assert.deepStrictEqual(
          calls().map(({ query }) => query),
          Array.from({ length: requests }, (_, i) => `?page=${i + 1}`)
        )
      })
  )

  it.effect("is read no further than it is wanted", () =>
    Effect.gen(function*() {
      const { apex, calls } = yield* open(list(100, 3))
      yield* Stream.runDrain(Stream.take(apex.nodes.children(ids.node), 4))
      assert.strictEqual(calls().length, 2)
    }))

  it.effect("goes by what came, if the provider puts fewer on a page than it was asked for", () =>
    Effect.gen(function*() {
      const { apex, calls } = yield* open(list(5, 2))
      const nodes = yield* Stream.runCollect(apex.nodes.children(ids.node, { perPage: 1000 }))
      assert.strictEqual(nodes.length, 5)
      assert.strictEqual(calls()[2]?.query, "?page=3&per_page=1000")
    }))

  it.effect("ends with a page that is empty, whatever the total says", () =>
    Effect.gen(function*() {
      const { apex, calls } = yield* open(({ query }) =>
        Response.json({ nodes: query === "?page=1" ? [child] : [], total: 1_000_000, page: 1, per_page: 3 })
      )
      assert.strictEqual((yield* Stream.runCollect(apex.nodes.children(ids.node))).length, 1)
      assert.strictEqual(calls().length, 2)
    }))

  it.effect("may be null where it is empty", () =>
    Effect.gen(function*() {
      const { apex } = yield* open(() => Response.json({ nodes: null, total: 0, page: 1, per_page: 100 }))
      assert.deepStrictEqual((yield* apex.nodes.childrenPage(ids.node)).items, [])
    }))

  it.effect("gives what was read before it fails, and an error of the operation", () =>
    Effect.gen(function*() {
      const { apex } = yield* open((sent) => sent.query === "?page=1" ? list(6, 3)(sent) : refusal(403, "NO"))
      const seen: Array<string> = []
      const result = yield* Effect.result(
        Stream.runForEach(apex.nodes.children(ids.node), ({ name }) => Effect.sync(() => seen.push(name)))
      )
      assert.deepStrictEqual(seen, ["1", "2", "3"])
      assert.isTrue(Result.isFailure(result) && result.failure.operation === "nodes.children")
    }))
})
