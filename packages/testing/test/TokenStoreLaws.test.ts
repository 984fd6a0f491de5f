import { assert, describe, it } from "@effect/vitest"
import { type Service, TokenStore } from "@entegre/core/TokenStore"
import { Chance, ModelStore, Simulation, TokenStoreLaws } from "@entegre/testing"
import { Duration, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"

const laws = TokenStoreLaws.make({ pass: (millis) => TestClock.adjust(millis) })

/** What one can get wrong, and the law that notices. */
const flaws: ReadonlyArray<readonly [name: string, law: RegExp, spoil: (store: Service) => Service]> = [
  ["two askers get a lease", /one asker at a time/, (store) => ({
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
  })],
  ["what the asker knows does not count", /above what the asker knows/, (store) => ({
    ...store,
    acquire: (key, options) => store.acquire(key, { ...options, known: 0 })
  })],
  ["a late write is carried out", /older fencing number, and answers/, (store) => ({
    ...store,
    write: (lease, record) =>
      Effect.gen(function*() {
        const written = yield* store.write(lease, record)
        if (written._tag === "Written") return written
        const again = yield* store.acquire(lease.key, { owner: "late", timeToLive: Duration.seconds(1), known: 0 })
        return again._tag === "Acquired" ? yield* store.write(again.lease, record) : written
      })
  })],
  ["forgetting does nothing", /forgets a token set/, (store) => ({ ...store, forget: () => Effect.void })]
]

describe("the laws of token stores", () => {
  for (const { check, name } of laws) {
    it.effect(`the store in memory ${name}`, () => Effect.provide(check, Layer.fresh(TokenStore.layerMemory)))
  }

  for (const { check, name } of TokenStoreLaws.make({ pass: (millis) => Effect.sleep(millis) })) {
    it.effect(`the model store ${name}`, () =>
      Effect.gen(function*() {
        const simulation = new Simulation.Simulation({ seed: 1 })
        const store = new ModelStore.ModelStore(simulation, { record: () => {} }, Chance.make(1, "store"), 5_000)
        const process = simulation.process("one")
        let done = false
        let problem: unknown
        yield* simulation.boot
        process.fork(check.pipe(
          Effect.provideService(TokenStore, store.service(process)),
          Effect.catch((error) =>
            Effect.sync(() => {
              problem = error
            })
          ),
          Effect.map(() => {
            done = true
          })
        ))
        assert.isTrue(simulation.until(() => done, 3_600_000))
        assert.isUndefined(problem)
      }))
  }

  it.effect.each(flaws)("notice that %s", ([, law, spoil]) =>
    Effect.gen(function*() {
      const layer = Layer.effect(
        TokenStore,
        Effect.map(Effect.provide(TokenStore, Layer.fresh(TokenStore.layerMemory)), spoil)
      )
      const found = laws.find(({ name }) => law.test(name))
      assert(found !== undefined)
      const error = yield* Effect.flip(Effect.provide(found.check, layer))
      assert.strictEqual(error._tag, "StoreLawBroken")
    }))
})
