import { assert, describe, it } from "@effect/vitest"
import * as MemoryTokenStore from "@entegre/core/MemoryTokenStore"
import { TokenStore } from "@entegre/core/TokenStore"
import { Chance, ModelStore, Simulation, TokenStoreLaws } from "@entegre/testing"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { flaws } from "./support/flawedStores.ts"

const memory = Layer.fresh(MemoryTokenStore.layer)
const laws = TokenStoreLaws.make({ pass: TestClock.adjust })

/** Runs an effect in a process of a simulation, to its end. */
const simulated = Effect.fnUntraced(function*<E>(effect: Effect.Effect<void, E, TokenStore>) {
  const simulation = new Simulation.Simulation({ seed: 1 })
  const store = new ModelStore.ModelStore(simulation, { record: () => {} }, Chance.make(1, "store"), 5_000)
  store.marks = true
  const process = simulation.process("one")
  const outcome: { error?: E; done: boolean } = { done: false }
  yield* simulation.boot
  process.fork(effect.pipe(
    Effect.provideService(TokenStore, store.service(process)),
    Effect.match({
      onFailure: (error) => {
        outcome.error = error
        outcome.done = true
      },
      onSuccess: () => {
        outcome.done = true
      }
    })
  ))
  assert.isTrue(simulation.until(() => outcome.done, 3_600_000))
  assert.isUndefined(outcome.error)
})

describe("the model of a token store", () => {
  for (const { check, name } of TokenStoreLaws.make({ pass: Effect.sleep })) {
    it.effect(name, () => simulated(check))
  }
})

describe("the laws of token stores", () => {
  it.effect.each(flaws)("notice that %s", ([, part, spoil]) =>
    Effect.gen(function*() {
      const found = laws.filter(({ name }) => name.includes(part))
      assert.lengthOf(found, 1)
      const spoilt = Layer.effect(TokenStore, Effect.map(Effect.provide(TokenStore, memory), spoil))
      for (const { check } of found) {
        const error = yield* Effect.flip(Effect.provide(check, spoilt))
        assert.strictEqual(error._tag, "StoreLawBroken")
      }
    }))

  it("can each be broken", () => {
    const unbroken = laws.filter(({ name }) => !flaws.some(([, part]) => name.includes(part)))
    assert.deepStrictEqual(unbroken.map(({ name }) => name), [])
  })
})
