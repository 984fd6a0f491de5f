import { assert, describe, it } from "@effect/vitest"
import type { Rotation } from "@entegre/core/Issuer"
import * as MemoryTokenStore from "@entegre/core/MemoryTokenStore"
import { type Service, TokenStore } from "@entegre/core/TokenStore"
import { Clock, Context, Effect, Fiber, Layer } from "effect"
import type { Redis } from "effect/persistence"
import * as Laws from "../../../testing/src/Laws.ts"
import * as LiveProcess from "./support/liveProcess.ts"
import { LiveProvider, Recorder } from "./support/liveProvider.ts"
import * as Server from "./support/server.ts"
import * as Store from "./support/store.ts"

const rotations: ReadonlyArray<Rotation> = ["reusable", "rotating", "singleActive"]

const accounts = ["one", "two"]

const pause = Effect.sleep("500 millis")

/** Takes Redis away in every way, and brings it back. */
const takeAway = Effect.fnUntraced(
  function*(server: Server.RedisServer, redis: Redis.Redis["Service"], losing: Effect.Effect<void>) {
    yield* pause
    yield* redis.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    yield* pause
    // Nobody can tell whether what happens meanwhile happens before or after.
    yield* losing
    yield* redis.send("FLUSHALL")
    yield* losing
    yield* pause
    yield* server.freeze
    yield* pause
    yield* server.thaw
    yield* pause
    yield* redis.send("CLIENT", "KILL", "TYPE", "pubsub")
    yield* pause
    yield* losing
    yield* server.kill
    yield* pause
    yield* server.start()
    yield* losing
    yield* pause
  }
)

/** What happens in three processes with three callers each while something goes on. */
const run = Effect.fnUntraced(function*<E, R, E2, R2>(
  rotation: Rotation,
  openStore: Effect.Effect<Service, E, R>,
  meanwhile: (losing: Effect.Effect<void>) => Effect.Effect<void, E2, R2>
) {
  const recorder = new Recorder(yield* Clock.Clock)
  const counter = { requests: 0, callers: 0 }
  const world: LiveProcess.World = {
    recorder,
    providers: accounts.map((account) => new LiveProvider(recorder, counter, account, rotation)),
    pending: new Map(),
    newest: new Map(),
    counter
  }
  const processes = yield* Effect.forEach(
    ["p0", "p1", "p2"],
    (name) => Effect.flatMap(openStore, (store) => LiveProcess.open(world, name, store))
  )
  const callers = yield* Effect.forEach(
    [...processes, ...processes, ...processes],
    ({ work }) => Effect.forkChild(work)
  )
  yield* meanwhile(Effect.sync(() => {
    world.newest.clear()
    recorder.record({ _tag: "StoreLost", what: "everything", accounts })
  }))
  yield* Fiber.interruptAll(callers)
  for (const provider of world.providers) provider.losses = 0
  yield* Effect.forEach(processes, ({ recover }) => recover, { concurrency: "unbounded" })
  yield* Effect.forEach(processes, ({ close }) => close, { concurrency: "unbounded" })
  const history = recorder.history(rotation)
  const count = (tag: string) => history.facts.filter(({ _tag }) => _tag === tag).length
  assert.isAbove(count("Written"), 5, "something happened")
  assert.isAbove(count("Shown"), 100, "something happened")
  return Laws.check(history).map(({ fact, law, what }) => ({ law, what, at: fact.at }))
})

describe.skipIf(Server.cannotStart)("token caches of several processes on one Redis", () => {
  it.live.each(rotations)(
    "obey the laws with a provider that is %s, while Redis is taken away",
    (rotation) =>
      Effect.gen(function*() {
        const server = yield* Server.started()
        const redis = yield* Store.client(server.url)
        const broken = yield* run(
          rotation,
          Store.open(server.url, { timeout: "400 millis" }),
          (losing) => takeAway(server, redis, losing)
        )
        assert.deepStrictEqual(broken, [])
      }),
    60_000
  )

  it.live("are what keeps the laws: caches that share no store break them", () =>
    Effect.gen(function*() {
      const alone = Effect.map(Layer.build(Layer.fresh(MemoryTokenStore.layer)), Context.get(TokenStore))
      const broken = yield* run("singleActive", alone, () => Effect.delay(pause, "1.5 seconds"))
      assert.isNotEmpty(broken)
    }), 60_000)
})
