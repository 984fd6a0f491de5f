import { assert, describe, it, layer } from "@effect/vitest"
import * as TokenKey from "@entegre/core/TokenKey"
import type { Service } from "@entegre/core/TokenStore"
import { Context, Duration, Effect, Layer, Redacted, Schema } from "effect"
import * as Server from "./support/server.ts"
import * as Store from "./support/store.ts"

const minute = Duration.minutes(1)

const [one, two] = [{ id: "one", key: Store.keyOf(1) }, { id: "two", key: Store.keyOf(2) }]

const lockout = {
  attempts: 3,
  probeAt: 4_102_444_800_000,
  providerCode: "E1",
  providerMessage: "no",
  refused: ["a mark", "another"]
}

/** A server, a store with a token set and a lockout in it, and what stands in Redis. */
const setUp = Effect.gen(function*() {
  const server = yield* Server.started()
  const redis = yield* Store.client(server.url)
  const store = yield* Store.open(server.url, { encryption: [one] })
  const { lease, now } = yield* Store.lease(store, "attempt")
  const record = {
    generation: lease.fence,
    tokens: Store.tokens(lease.fence, now + 3_600_000),
    lockout
  }
  yield* store.write(lease, record)
  const [place = ""] = yield* Schema.decodeUnknownEffect(Schema.Array(Schema.String))(
    yield* redis.send("KEYS", "*:tokens")
  )
  return {
    server,
    store,
    record,
    place,
    get: (field: string) => Effect.map(redis.send<string | null>("HGET", place, field), (value) => value ?? ""),
    set: (field: string, value: string) => redis.send("HSET", place, field, value),
    redis
  }
})

const found = (store: Service) => Effect.map(store.read(Store.key), ({ record }) => record)

const secretOf = (
  record: { readonly tokens: { readonly accessToken: Redacted.Redacted<string> } | undefined } | undefined
) => record?.tokens === undefined ? undefined : Redacted.value(record.tokens.accessToken)

const anotherKey = TokenKey.make({ provider: "acme", environment: "test", account: Redacted.make("another") })

describe.skipIf(Server.cannotStart)("a record in Redis", () => {
  it.live("is read as it was written", () =>
    Effect.gen(function*() {
      const { record, store } = yield* setUp
      const read = yield* found(store)
      assert.deepStrictEqual(read?.lockout, lockout)
      assert.strictEqual(secretOf(read), secretOf(record))
      assert.strictEqual(read?.tokens?.expiresAt, record.tokens?.expiresAt)
    }))

  it.live("is never sealed in the same way twice", () =>
    Effect.gen(function*() {
      const { get, record, store } = yield* setUp
      const before = yield* get("tokens")
      const { lease } = yield* Store.lease(store, "again")
      yield* store.write(lease, record)
      assert.notStrictEqual(yield* get("tokens"), before)
    }))

  it.live("does not open under another key, nor as another part of the same record", () =>
    Effect.gen(function*() {
      const { get, place, redis, set, store } = yield* setUp
      const acquired = yield* store.acquire(anotherKey, { owner: "other", timeToLive: minute, known: 0 })
      assert(acquired._tag === "Acquired")
      const keys = yield* Schema.decodeUnknownEffect(Schema.Array(Schema.String))(yield* redis.send("KEYS", "*:tokens"))
      const other = keys.find((key) => key !== place) ?? ""
      for (const field of ["generation", "format", "due", "tokens", "lockout"]) {
        yield* redis.send("HSET", other, field, yield* get(field))
      }
      const { record } = yield* store.read(anotherKey)
      assert.isDefined(record)
      assert.isUndefined(record?.tokens ?? record?.lockout)

      const [tokens, sealedLockout] = [yield* get("tokens"), yield* get("lockout")]
      yield* set("tokens", sealedLockout)
      yield* set("lockout", tokens)
      const swapped = yield* found(store)
      assert.isUndefined(swapped?.tokens ?? swapped?.lockout)
    }))

  it.live("does not open for another generation: what was replaced can not be brought back as what is new", () =>
    Effect.gen(function*() {
      const { get, set, store } = yield* setUp
      const old = yield* get("tokens")
      const { generation } = yield* Store.write(store, "newer")
      assert.strictEqual(secretOf(yield* found(store)), `access-${generation}`)
      yield* set("tokens", old)
      const replayed = yield* found(store)
      assert.strictEqual(replayed?.generation, generation)
      assert.isUndefined(replayed?.tokens)
    }))

  it.live("does not open when any character of it was changed", () =>
    Effect.gen(function*() {
      const { get, set, store } = yield* setUp
      const sealed = yield* get("tokens")
      for (let i = 0; i < sealed.length; i++) {
        const changed = sealed[i] === "A" ? "B" : "A"
        yield* set("tokens", `${sealed.slice(0, i)}${changed}${sealed.slice(i + 1)}`)
        assert.isUndefined((yield* found(store))?.tokens, `character ${i}`)
      }
      for (const cut of ["", sealed.slice(0, 10), sealed.slice(0, -1), `${sealed}A`, "😀", "{}"]) {
        yield* set("tokens", cut)
        assert.isUndefined((yield* found(store))?.tokens)
      }
      yield* set("tokens", sealed)
      assert.isDefined((yield* found(store))?.tokens)
    }))

  it.live("is spelt in one way only", () =>
    Effect.gen(function*() {
      const { get, record, set, store } = yield* setUp
      const { tokens } = record
      // Of three lengths, two leave bits of the last character without meaning.
      for (const length of [1, 2, 3]) {
        const { lease } = yield* Store.lease(store, `of length ${length}`)
        yield* store.write(lease, { ...record, tokens: { ...tokens, accessToken: Redacted.make("x".repeat(length)) } })
        const sealed = yield* get("tokens")
        for (const last of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
          if (sealed.endsWith(last)) continue
          yield* set("tokens", `${sealed.slice(0, -1)}${last}`)
          assert.isUndefined((yield* found(store))?.tokens)
        }
      }
    }))

  it.live("is read under a former key, and written under the present one", () =>
    Effect.gen(function*() {
      const { get, record, server, store } = yield* setUp
      const rotating = yield* Store.open(server.url, { encryption: [two, one] })
      const { lease, record: read } = yield* Store.lease(rotating, "rotating")
      assert.strictEqual(secretOf(read), secretOf(record))
      yield* rotating.write(lease, record)
      assert.match(yield* get("format"), /^1\.two\./)
      const rotated = yield* Store.open(server.url, { encryption: [two] })
      assert.strictEqual(secretOf(yield* found(rotated)), secretOf(record))
      assert.strictEqual((yield* Effect.flip(found(store))).operation, "read")
    }))

  it.live("is not opened, written over or leased by a process with another key, whatever its id, while it is of use", () =>
    Effect.gen(function*() {
      const { record, server, store } = yield* setUp
      for (const id of ["one", "other"]) {
        const stranger = yield* Store.open(server.url, { encryption: [{ id, key: Store.keyOf(3) }] })
        const unread = yield* Effect.flip(stranger.read(Store.key))
        assert.strictEqual(
          unread.problem,
          "the record is encrypted under a key that this process does not have (id one)"
        )
        const refused = yield* Effect.flip(
          stranger.acquire(Store.key, { owner: "stranger", timeToLive: minute, known: 0 })
        )
        assert.strictEqual(refused.problem, unread.problem)
      }
      assert.strictEqual(secretOf(yield* found(store)), secretOf(record))
      yield* Store.lease(store, "next")
    }))

  it.live("is written over by a process with another key when it is of no use any more, so that a lost key heals", () =>
    Effect.gen(function*() {
      const { server, set } = yield* setUp
      const stranger = yield* Store.open(server.url, { encryption: [two] })
      yield* Effect.flip(stranger.read(Store.key))
      yield* set("due", "1000")
      const { lease, record } = yield* Store.lease(stranger, "stranger")
      assert.isUndefined(record?.tokens)
      yield* stranger.write(lease, Store.recordOf(lease.fence, 4_102_444_800_000))
      assert.strictEqual(secretOf(yield* found(stranger)), `access-${lease.fence}`)
    }))

  it.live("is left alone while it is of use if another version of this package wrote it", () =>
    Effect.gen(function*() {
      const { get, set, store } = yield* setUp
      yield* set("format", (yield* get("format")).replace("1.", "2."))
      const error = yield* Effect.flip(found(store))
      assert.strictEqual(error.problem, "the record was written by another version of @entegre/core")
    }))

  it.live("is in the clear only for those who said so, and is taken by nobody else for a record", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const redis = yield* Store.client(server.url)
      const open = yield* Store.open(server.url, { encryption: "none" })
      const closed = yield* Store.open(server.url)
      const { generation } = yield* Store.write(open, "attempt")
      const [place = ""] = yield* Schema.decodeUnknownEffect(Schema.Array(Schema.String))(
        yield* redis.send("KEYS", "*:tokens")
      )
      assert.include(yield* redis.send<string>("HGET", place, "tokens"), `access-${generation}`)
      assert.strictEqual(secretOf(yield* found(open)), `access-${generation}`)
      assert.strictEqual(
        (yield* Effect.flip(closed.read(Store.key))).problem,
        "the record is not encrypted, and this process wants encryption"
      )
    }))
})

const Damage = Schema.Array(Schema.Struct({
  field: Schema.Literals([
    "fence",
    "owner",
    "leased",
    "unfinished",
    "generation",
    "format",
    "due",
    "tokens",
    "lockout",
    "writer"
  ]),
  value: Schema.Union([
    Schema.String,
    Schema.Literals(["nan", "inf", "-1", "1e400", "9e15", "9007199254740993", "0x10", "1.5"])
  ])
}))

class Bench extends Context.Service<Bench, {
  readonly store: Service
  readonly damage: (field: string, value: string) => Effect.Effect<void>
  readonly instead: (value: string) => Effect.Effect<void>
  readonly release: Effect.Effect<void>
}>()("@entegre/core/test/redis/RedisEncryption.test/Bench") {}

const bench = Layer.effect(
  Bench,
  Effect.gen(function*() {
    const { place, redis, store } = yield* Effect.orDie(setUp)
    const send = (command: string, ...args: ReadonlyArray<string>) =>
      Effect.asVoid(Effect.orDie(redis.send(command, ...args)))
    return {
      store,
      damage: (field, value) => send("HSET", place, field, value),
      instead: (value) => send("SET", place, value),
      release: send("HDEL", place, "owner", "due")
    }
  })
)

describe.skipIf(Server.cannotStart)("whatever stands in place of a record", () => {
  layer(bench, { excludeTestServices: true })((it) => {
    const afterwards = Effect.gen(function*() {
      const { release, store } = yield* Bench
      // Nothing but the errors of the store comes of it.
      yield* Effect.option(store.read(Store.key))
      yield* Effect.option(store.acquire(Store.key, { owner: "early", timeToLive: minute, known: 0 }))
      yield* Effect.option(store.forget(Store.key, 1))
      yield* release
      const { generation } = yield* Store.write(store, "recovering")
      assert.strictEqual(secretOf(yield* found(store)), `access-${generation}`)
    })

    it.effect.prop("does no more harm than one login mends", { all: Damage }, ({ all }) =>
      Effect.gen(function*() {
        const { damage } = yield* Bench
        for (const { field, value } of all) yield* damage(field, value)
        yield* afterwards
      }))

    it.effect("may be no record at all", () =>
      Effect.gen(function*() {
        const { instead } = yield* Bench
        yield* instead("something else")
        yield* afterwards
      }))
  })
})
