import { assert, describe, it } from "@effect/vitest"
import { Quota, SharedTokenCache, TokenCache } from "@entegre/core"
import * as Expiry from "@entegre/core/Expiry"
import type { Issuer } from "@entegre/core/Issuer"
import { InvalidCredentials, IssuerError } from "@entegre/core/IssuerError"
import * as TokenKey from "@entegre/core/TokenKey"
import { type Service, TokenStore } from "@entegre/core/TokenStore"
import { Context, Duration, Effect, Layer, Queue, Redacted, Schedule } from "effect"
import * as Server from "./support/server.ts"
import * as Store from "./support/store.ts"

/** Every secret of this test has this in it, and so does everything that is about a person. */
const canary = "canary7f3a"

const secret = (what: string) => `${what}-${canary}-secret`

const credentials = { secret: secret("credentials") }

/** An account whose first login is refused, and which hands out tokens afterwards. */
const issuer = (refusals: number): Issuer<typeof credentials, never> => {
  let logins = 0
  let granted = 0
  const grant = () => {
    granted++
    return {
      accessToken: Redacted.make(secret(`access${granted}`)),
      refreshToken: Redacted.make(secret(`refresh${granted}`)),
      expiry: [Expiry.relative(3600)],
      refreshExpiry: [Expiry.relative(7200)]
    }
  }
  return {
    key: TokenKey.make({
      provider: `provider-${canary}`,
      environment: `https://${canary}.example`,
      account: Redacted.make(secret("account")),
      label: `label-${canary}`
    }),
    rotation: "rotating",
    credentials: Effect.succeed(credentials),
    login: () =>
      Effect.suspend(() =>
        ++logins <= refusals
          ? Effect.fail(
            new IssuerError({
              reason: new InvalidCredentials({
                status: 401,
                providerCode: `code-${canary}`,
                providerMessage: `message-${canary}`
              })
            })
          )
          : Effect.sync(grant)
      ),
    refresh: () => Effect.sync(grant)
  }
}

const cacheOver = (store: Service) =>
  Effect.map(
    Layer.build(
      Layer.provide(SharedTokenCache.layerWith({ probes: ["300 millis"] }), Layer.succeed(TokenStore, store))
    ),
    Context.get(TokenCache)
  )

/** The ways in which a secret may be written down: as it is, and in any place of something that is encoded. */
const spellings = (text: string): ReadonlyArray<string> => [
  text,
  encodeURIComponent(text),
  Buffer.from(text).toString("hex"),
  Buffer.from(text).toString("hex").toUpperCase(),
  ...["", "x", "xx"].flatMap((before) => {
    const whole = Buffer.from(before + text)
    // What stands beside the secret is in its first and last characters.
    return [whole.toString("base64"), whole.toString("base64url")].map((encoded) => encoded.slice(4, -4))
  })
]

/** A token's whole life: refused, granted, adopted, refreshed, rejected, forgotten; and an account's limits. */
const live = Effect.fnUntraced(function*(one: Service, two: Service) {
  const first = yield* cacheOver(one)
  const second = yield* cacheOver(two)
  const shared = issuer(1)
  const [a, b] = [yield* first.open(shared), yield* second.open(shared)]
  yield* Effect.flip(a.get)
  yield* Effect.retry(b.get, { schedule: Schedule.spaced("50 millis"), times: 100 })
  yield* Effect.retry(a.get, { schedule: Schedule.spaced("50 millis"), times: 100 })
  yield* Effect.flatMap(b.get, b.reject)
  yield* Effect.flatMap(a.get, a.discard)
  yield* b.get
  yield* first.forget(shared.key)
  yield* b.get
  const allowance = new Quota.Allowance({ key: shared.key, name: `orders-${canary}` })
  yield* Quota.of(first).take(allowance, { ticket: "one", limit: 1, period: Duration.seconds(1) })
  yield* Quota.of(second).pause(allowance, Duration.seconds(1))
})

describe.skipIf(Server.cannotStart)("what Redis is sent and holds", () => {
  it.live("has no secret in it, in no spelling, and nothing about an account", () =>
    Effect.gen(function*() {
      const server = yield* Server.started("--slowlog-log-slower-than", "0", "--slowlog-max-len", "10000")
      const redis = yield* Store.client(server.url)
      const monitor = yield* Server.monitor(server.port)
      const heard: Array<string> = []
      const messages = yield* redis.subscribe("entegre:changes")
      yield* Effect.forkScoped(
        Effect.forever(Effect.map(Queue.take(messages), ({ message }) => heard.push(message)))
      )
      yield* Effect.scoped(
        Effect.flatMap(Effect.all([Store.open(server.url), Store.open(server.url)]), ([one, two]) => live(one, two))
      )
      const keys = yield* redis.send<ReadonlyArray<string>>("KEYS", "*")
      const held = yield* Effect.forEach(
        keys.filter((key) => key.endsWith(":tokens")),
        (key) => redis.send("HGETALL", key)
      )
      const seen = {
        commands: monitor.text(),
        notices: heard.join("\n"),
        data: JSON.stringify([keys, held]),
        slowlog: JSON.stringify(yield* redis.send("SLOWLOG", "GET", "-1"))
      }
      assert.include(seen.commands, "EVALSHA", "something was seen")
      assert.include(seen.slowlog, "EVALSHA", "something was seen")
      assert.include(seen.data, "tokens", "something was seen")
      assert.isNotEmpty(heard)
      const key = Redacted.value(Store.keyOf(1))
      const everything = [
        canary,
        ...["credentials", "account", "access1", "refresh1", "access2", "refresh2", "access3"].map(secret),
        key,
        Buffer.from(key, "base64").toString("latin1"),
        Redacted.value(Store.nameKey)
      ]
      for (const [place, text] of Object.entries(seen)) {
        for (const spelling of everything.flatMap(spellings)) assert.notInclude(text, spelling, place)
      }
    }))

  it.live("is what this test would notice: without encryption, tokens are seen", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const monitor = yield* Server.monitor(server.port)
      yield* Effect.scoped(
        Effect.gen(function*() {
          const options = { encryption: "none" } as const
          yield* live(yield* Store.open(server.url, options), yield* Store.open(server.url, options))
        })
      )
      assert.include(monitor.text(), secret("access1"))
      assert.include(monitor.text(), secret("refresh1"))
      assert.notInclude(monitor.text(), secret("credentials"))
      assert.notInclude(monitor.text(), secret("account"))
    }))
})
