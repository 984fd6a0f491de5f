import { NodeRedis } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Quota from "@entegre/core/Quota"
import { RedisTokenStore } from "@entegre/core/redis"
import type { Service, TokenStore, TokenStoreError } from "@entegre/core/TokenStore"
import { Config, ConfigProvider, Duration, Effect, Fiber, Layer, Redacted, Schedule, Stream } from "effect"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Server from "./support/server.ts"
import * as Store from "./support/store.ts"

const minute = Duration.minutes(1)

/** Until it is answered; a test that waits for ever is cut. */
const eventually = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.retry(effect, { schedule: Schedule.spaced("50 millis"), times: 200 })

const problem = <A>(effect: Effect.Effect<A, TokenStoreError>) =>
  Effect.map(Effect.flip(effect), ({ problem }) => problem)

const listen = (store: Service) =>
  store.changes.pipe(Stream.runDrain, Effect.flip, Effect.forkChild({ startImmediately: true }))

const settled = Effect.sleep("200 millis")

const build = <E>(layer: Layer.Layer<TokenStore, E>) => Effect.asVoid(Layer.build(layer))

describe.skipIf(Server.cannotStart)("a token store whose Redis is in trouble", () => {
  it.live("is made while the server is down, fails at once, and works when it is up", () =>
    Effect.gen(function*() {
      const server = yield* Server.make
      const store = yield* Store.open(server.url)
      assert.strictEqual(yield* problem(store.read(Store.key)), "the connection failed (ECONNREFUSED)")
      yield* server.start()
      yield* eventually(store.read(Store.key))
    }))

  it.live("goes on as if nothing had happened when the server was restarted, empty", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const store = yield* Store.open(server.url)
      const { generation } = yield* Store.write(store, "before")
      yield* server.kill
      yield* server.start()
      const { lease, record } = yield* Store.lease(store, "after")
      assert.isUndefined(record)
      assert.isAbove(lease.fence, generation)
    }))

  it.live("goes on as if nothing had happened when its connection is killed", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const store = yield* Store.open(server.url)
      const redis = yield* Store.client(server.url)
      const { generation } = yield* Store.write(store, "before")
      yield* redis.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
      assert.strictEqual((yield* store.read(Store.key)).record?.generation, generation)
    }))

  it.live("ends its notices when their connection breaks, and begins them anew for whoever asks again", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const store = yield* Store.open(server.url)
      const redis = yield* Store.client(server.url)
      const first = yield* listen(store)
      yield* settled
      yield* redis.send("CLIENT", "KILL", "TYPE", "pubsub")
      assert.strictEqual((yield* Fiber.join(first)).operation, "changes")
      const second = yield* Effect.forkChild(
        Effect.flatten(Effect.map(Stream.runHead(store.changes), Effect.fromOption)),
        {
          startImmediately: true
        }
      )
      yield* settled
      const { generation } = yield* Store.write(store, "attempt")
      assert.strictEqual((yield* Fiber.join(second)).generation, generation)
    }))

  it.live("ends its notices when commands find the server gone, also if their connection notices nothing", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const store = yield* Store.open(server.url, {
        timeout: "300 millis",
        redis: NodeRedis.layer({ url: server.url })
      })
      const notices = yield* listen(store)
      yield* settled
      yield* server.freeze
      yield* Effect.flip(store.read(Store.key))
      yield* Fiber.join(notices)
      yield* server.thaw
    }))

  it.live("fails within the time allowed while the server is frozen, however many ask, and works when it is not", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const store = yield* Store.open(server.url, { timeout: "300 millis" })
      yield* Store.write(store, "before")
      yield* server.freeze
      const [one] = yield* Effect.timed(Effect.flip(store.read(Store.key)))
      const [many] = yield* Effect.timed(
        Effect.forEach(Array.from({ length: 100 }), () => Effect.flip(store.read(Store.key)), {
          concurrency: "unbounded"
        })
      )
      assert.isBelow(Duration.toMillis(many), 10 * Duration.toMillis(one))
      yield* server.thaw
      assert.isDefined((yield* eventually(store.read(Store.key))).record?.tokens)
    }))

  it.live("is made, and closed, in bounded time while the server is frozen", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const store = yield* Effect.scoped(Effect.gen(function*() {
        const store = yield* Store.open(server.url, { timeout: "300 millis" })
        yield* store.read(Store.key)
        yield* server.freeze
        yield* Effect.scoped(Store.open(server.url, { timeout: "300 millis" }))
        yield* Effect.flip(store.read(Store.key))
        yield* Effect.flip(store.read(Store.key))
        return store
      }))
      assert.strictEqual(yield* problem(store.read(Store.key)), "the store is closed")
    }).pipe(Effect.timeout("10 seconds")))

  it.live("gives back a lease that came when its asker did not wait any more", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const store = yield* Store.open(server.url, { timeout: "300 millis" })
      const other = yield* Store.open(server.url)
      yield* store.read(Store.key)
      yield* server.freeze
      const late = store.acquire(Store.key, { owner: "late", timeToLive: Duration.hours(1), known: 0 })
      assert.strictEqual(yield* problem(late), "no answer in the time allowed")
      yield* server.thaw
      const { unfinished } = yield* eventually(Store.lease(other, "next"))
      assert.isFalse(unfinished)
    }))

  it.live("remembers through a lease that came too late that the attempt before was not finished", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const store = yield* Store.open(server.url, { timeout: "300 millis" })
      const other = yield* Store.open(server.url)
      yield* Store.lease(store, "crashed", "1 millis")
      yield* server.freeze
      yield* Effect.flip(store.acquire(Store.key, { owner: "late", timeToLive: Duration.hours(1), known: 0 }))
      yield* server.thaw
      const { unfinished } = yield* eventually(Store.lease(other, "next"))
      assert.isTrue(unfinished)
    }))

  it.live("gives back a lease whose asker was interrupted", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const store = yield* Store.open(server.url)
      yield* store.read(Store.key)
      yield* server.freeze
      const asking = yield* Effect.forkChild(Store.lease(store, "interrupted", "1 hour"), { startImmediately: true })
      yield* Effect.sleep("50 millis")
      yield* Fiber.interrupt(asking)
      yield* server.thaw
      yield* eventually(Store.lease(store, "next"))
    }))

  it.live("finds what it wrote when the answer came too late, and has written it when it writes it again", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const store = yield* Store.open(server.url, { timeout: "300 millis" })
      const { lease, now } = yield* Store.lease(store, "attempt")
      const record = Store.recordOf(lease.fence, now + 60_000)
      // Whatever a first use would have to load is there.
      yield* store.write({ ...lease, fence: 1 }, record)
      yield* server.freeze
      yield* Effect.flip(store.write(lease, record))
      yield* server.thaw
      yield* eventually(store.read(Store.key))
      assert.strictEqual((yield* store.read(Store.key)).record?.generation, lease.fence)
      assert.strictEqual((yield* store.write(lease, record))._tag, "Written")
    }))

  it.live("says of a replica that it can not be written to, and goes on when it can", () =>
    Effect.gen(function*() {
      const primary = yield* Server.started()
      const replica = yield* Server.started("--replicaof", "127.0.0.1", String(primary.port))
      const redis = yield* Store.client(replica.url)
      const store = yield* Store.open(replica.url)
      assert.strictEqual(
        yield* problem(store.acquire(Store.key, { owner: "one", timeToLive: minute, known: 0 })),
        "the server answered READONLY"
      )
      yield* redis.send("REPLICAOF", "NO", "ONE")
      yield* eventually(store.read(Store.key))
    }))

  it.live("looks for the new primary when the old one can not be written to any more", () =>
    Effect.gen(function*() {
      const old = yield* Server.started()
      const promoted = yield* Server.started()
      const redis = yield* Store.client(old.url)
      let url = old.url
      const store = yield* Store.open(old.url, {
        redis: Layer.unwrap(Effect.sync(() => NodeRedis.layer({ ...RedisTokenStore.clientOptions, url })))
      })
      const { generation } = yield* Store.write(store, "before")
      yield* redis.send("REPLICAOF", "127.0.0.1", String(promoted.port))
      url = promoted.url
      const { lease } = yield* Store.lease(store, "after")
      assert.isAbove(lease.fence, generation)
    }))

  it.live("gives every client back that it does not use any more, and the last one when it is closed", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const redis = yield* Store.client(server.url)
      let clients = 0
      const counted = Layer.effectDiscard(
        Effect.acquireRelease(Effect.sync(() => clients++), () => Effect.sync(() => clients--))
      ).pipe(Layer.provideMerge(NodeRedis.layer({ ...RedisTokenStore.clientOptions, url: server.url })))
      const become = (count: number) =>
        eventually(Effect.filterOrFail(Effect.sync(() => clients), (clients) => clients === count))
      yield* Effect.scoped(Effect.gen(function*() {
        const store = yield* Store.open(server.url, { redis: counted })
        for (let i = 0; i < 5; i++) {
          yield* store.read(Store.key)
          yield* redis.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        }
        yield* store.read(Store.key)
        yield* become(1)
      }))
      yield* become(0)
    }))
})

describe.skipIf(Server.cannotStart)("a token store that Redis will never serve", () => {
  const refused = (url: string) => Effect.flip(build(RedisTokenStore.layer(Store.optionsOf(url))))

  it.live("is not made with a wrong password, or with none where one is wanted", () =>
    Effect.gen(function*() {
      const { port } = yield* Server.started("--requirepass", "the-right-one")
      const wrong = yield* refused(`redis://:wrong-canary@127.0.0.1:${port}`)
      assert.strictEqual(
        wrong.message,
        "redis can not be used: the server refuses the user name or the password (WRONGPASS)"
      )
      const none = yield* refused(`redis://127.0.0.1:${port}`)
      assert.strictEqual(none.message, "redis can not be used: the server wants a password (NOAUTH)")
      yield* build(RedisTokenStore.layer(Store.optionsOf(`redis://:the-right-one@127.0.0.1:${port}`)))
    }))

  it.live("is not made with a password for a server that has none", () =>
    Effect.gen(function*() {
      const { port } = yield* Server.started()
      const redis = NodeRedis.layer({
        ...RedisTokenStore.clientOptions,
        url: `redis://:canary@127.0.0.1:${port}`,
        RESP: 2
      })
      const error = yield* Effect.flip(build(RedisTokenStore.layer(Store.optionsOf("", { redis }))))
      assert.strictEqual(
        error.message,
        "redis can not be used: the server refuses the user name or the password (WRONGPASS)"
      )
    }))

  it.live("is not made for a user who may not do what it needs", () =>
    Effect.gen(function*() {
      const { port } = yield* Server.started("--user", "reader", "on", ">secret", "~*", "&*", "-@all", "+get", "+hello")
      const error = yield* refused(`redis://reader:secret@127.0.0.1:${port}`)
      assert.match(error.message, /NOPERM/)
    }))

  it.live("needs no more of the server than the README says", () =>
    Effect.gen(function*() {
      const readme = fs.readFileSync(path.join(import.meta.dirname, "../../README.md"), "utf8")
      const [, user = "", rules = ""] = /^ACL SETUSER (\w+) (.+)$/m.exec(readme) ?? []
      assert.isNotEmpty(rules)
      const { port } = yield* Server.started("--user", user, ...rules.split(" "))
      const store = yield* Store.open(`redis://${user}:secret@127.0.0.1:${port}`)
      const notices = yield* Effect.forkChild(Stream.runHead(store.changes), { startImmediately: true })
      yield* settled
      yield* Store.lease(store, "first", "1 millis")
      yield* Effect.sleep("20 millis")
      const { lease, now } = yield* Store.lease(store, "second")
      yield* store.extend(lease, minute)
      yield* store.write(lease, Store.recordOf(lease.fence, now + 60_000))
      assert.isDefined((yield* store.read(Store.key)).record?.tokens)
      yield* store.forget(Store.key, lease.fence)
      yield* Effect.flatMap(Store.lease(store, "third"), ({ lease }) => store.release(lease))
      assert.strictEqual((yield* Fiber.join(notices))._tag, "Some")
      const { quota } = store
      const allowance = new Quota.Allowance({ key: Store.key, name: "list" })
      yield* quota.take(allowance, { ticket: "one", limit: 2, period: minute })
      yield* quota.extend(allowance, "one", minute)
      yield* quota.rest(allowance, "two", minute)
      yield* quota.remaining(allowance, 1)
      yield* quota.giveBack(allowance, "two")
      yield* quota.pause(allowance, minute)
    }))

  it.live("is not made with a naming key that those who share the prefix do not have", () =>
    Effect.gen(function*() {
      const { url } = yield* Server.started()
      yield* build(RedisTokenStore.layer(Store.optionsOf(url)))
      const error = yield* Effect.flip(
        build(RedisTokenStore.layer(Store.optionsOf(url, { nameKey: Store.keyOf(99) })))
      )
      assert.strictEqual(error.option, "nameKey")
    }))

  it.live("fails with what the layer of Redis fails with, if that is not Redis itself", () =>
    Effect.gen(function*() {
      const redis = Layer.unwrap(
        Effect.map(Config.String("REDIS_ADDRESS"), (url) => NodeRedis.layer({ ...RedisTokenStore.clientOptions, url }))
      )
      const layer = RedisTokenStore.layer({ ...Store.optionsOf(""), redis })
      const error = yield* Effect.flip(build(layer)).pipe(
        Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown({}))
      )
      assert.strictEqual(error._tag, "ConfigError")
    }))

  it.live("says that a client can not be made, without the address that it was to have", () =>
    Effect.gen(function*() {
      const error = yield* refused("http://user:canary@nowhere")
      assert.strictEqual(error.option, "redis")
      assert.notInclude(String(error), "canary")
    }))
})

describe("the options of a token store in Redis", () => {
  const somewhere = "redis://127.0.0.1:1"
  const { nameKey } = Store
  const short = Redacted.make("c2hvcnQtY2FuYXJ5")
  const cases: ReadonlyArray<readonly [string, Store.Options, string]> = [
    ["a short encryption key", { encryption: [{ id: "one", key: short }] }, "encryption"],
    ["a key that is no base64", { encryption: [{ id: "one", key: Redacted.make("canary!") }] }, "encryption"],
    ["a key where an id should be", { encryption: [{ id: Redacted.value(nameKey), key: short }] }, "encryption"],
    ["no encryption key", { encryption: [] }, "encryption"],
    ["an id twice", {
      encryption: [{ id: "one", key: Store.keyOf(1) }, { id: "one", key: Store.keyOf(2) }]
    }, "encryption"],
    ["a short naming key", { nameKey: short }, "nameKey"],
    ["a prefix with a brace", { prefix: "my{app}" }, "prefix"],
    ["no time", { timeout: 0 }, "timeout"],
    ["an endless retention", { retention: Duration.infinity }, "retention"]
  ]

  it.live.each(cases)(
    "are refused with %s, without saying what it was",
    ([, options, option]) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(build(RedisTokenStore.layer(Store.optionsOf(somewhere, options))))
        assert.strictEqual(error.option, option)
        for (const secret of [Redacted.value(nameKey), "canary", Redacted.value(short)]) {
          assert.notInclude(String(error), secret)
        }
      })
  )

  const configured = (environment: Record<string, string>) =>
    build(RedisTokenStore.layerConfig({ redis: Store.optionsOf(somewhere).redis })).pipe(
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(environment))
    )
  const one = Redacted.value(Store.keyOf(1))
  const two = Redacted.value(Store.keyOf(2))

  it.live("may come from the configuration", () =>
    configured({ ENTEGRE_STORE_KEYS: `2026-12:${two}, 2026-11:${one}`, ENTEGRE_STORE_NAME_KEY: one }))

  it.live("name the variable that is missing or wrong, and do not show its value", () =>
    Effect.gen(function*() {
      const missing = yield* Effect.flip(configured({ ENTEGRE_STORE_KEYS: `a:${one}` }))
      assert.include(String(missing), "ENTEGRE_STORE_NAME_KEY")
      for (const keys of [one, `a:${one},${two}`, "a:canary", `a:${one},a:${two}`, `${one}:a`]) {
        const error = yield* Effect.flip(configured({ ENTEGRE_STORE_KEYS: keys, ENTEGRE_STORE_NAME_KEY: one }))
        assert.include(String(error), "ENTEGRE_STORE_KEYS")
        for (const secret of [one, two, "canary"]) assert.notInclude(String(error), secret)
      }
    }))
})
