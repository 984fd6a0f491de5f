import { assert, describe, it } from "@effect/vitest"
import { Apex } from "@entegre/apex"
import type * as ApexOptions from "@entegre/apex/ApexOptions"
import { TokenCache } from "@entegre/core"
import { Context, Duration, Effect, Fiber, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { baseUrl, credentials, mockClient, refusal, type Sent, tokens } from "./support/apex.ts"
import { ids, node } from "./support/samples.ts"

interface Handlers {
  readonly login?: (login: number) => Response
  readonly refresh?: (refresh: number, sent: Sent) => Response
  readonly call?: (sent: Sent) => Response
}

/** An Apex whose token endpoints do as they are told, and who counts what comes to them. */
const open = Effect.fnUntraced(function*(handlers: Handlers, options: Partial<ApexOptions.Options> = {}) {
  let logins = 0
  let refreshes = 0
  const { client, sent } = mockClient((entry) => {
    switch (entry.path) {
      case "/auth/authenticate":
        return (handlers.login ?? ((login) => Response.json(tokens(login))))(++logins)
      case "/auth/refresh":
        return (handlers.refresh ?? ((refresh) => Response.json(tokens(1, 100 + refresh))))(++refreshes, entry)
      default:
        return (handlers.call ?? (() => Response.json(node)))(entry)
    }
  })
  const context = yield* Layer.build(
    Apex.layer({ baseUrl, credentials, ...options }).pipe(
      Layer.provideMerge(TokenCache.layer),
      Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
    )
  )
  const apex = Context.get(context, Apex)
  const on = (path: string) => sent.filter((entry) => entry.path === path)
  return {
    apex,
    cache: Context.get(context, TokenCache),
    sent,
    on,
    counts: () => ({ logins, refreshes }),
    get: apex.nodes.get(ids.node),
    bearers: () => on(`/nodes/${ids.node}`).map(({ headers }) => headers.authorization?.slice("Bearer canary-".length))
  }
})

const run = <A, E, R>(effect: Effect.Effect<A, E, R>, adjust: Duration.Input) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(Effect.result(effect))
    yield* TestClock.adjust(adjust)
    return yield* Fiber.join(fiber)
  })

describe("a login", () => {
  it.effect("sends the keys in the body", () =>
    Effect.gen(function*() {
      const { get, sent } = yield* open({})
      yield* get
      const [login] = sent
      assert.deepStrictEqual([login?.method, login?.path, login?.body], ["POST", "/auth/authenticate", {
        api_key: "canary-api-key",
        secret_key: "canary-secret-key"
      }])
      assert.strictEqual(login?.headers["x-target-server"], "authentication")
      assert.strictEqual(login?.headers["content-type"], "application/json")
      assert.doesNotHaveAnyKeys(login?.headers, ["api-key", "api-secret", "authorization"])
    }))

  it.effect("sends the keys in headers, if it is told to", () =>
    Effect.gen(function*() {
      const { get, sent } = yield* open({}, { loginBy: "headers" })
      yield* get
      const [login] = sent
      assert.deepStrictEqual([login?.method, login?.path, login?.body], ["POST", "/auth/authenticate", undefined])
      assert.strictEqual(login?.headers["api-key"], "canary-api-key")
      assert.strictEqual(login?.headers["api-secret"], "canary-secret-key")
      assert.strictEqual(login?.headers["x-target-server"], "authentication")
    }))

  it.effect("is one for 200 callers on a cold cache", () =>
    Effect.gen(function*() {
      const { counts, get, on } = yield* open({}, { requestLimit: 1000 })
      yield* Effect.all(Array.from({ length: 200 }, () => get), { concurrency: "unbounded" })
      assert.deepStrictEqual(counts(), { logins: 1, refreshes: 0 })
      assert.strictEqual(on(`/nodes/${ids.node}`).length, 200)
    }))
})

describe("the end of a token", () => {
  const expiryOf = (grant: object) =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2025-01-03T11:00:00Z"))
      const { apex, get } = yield* open({
        login: () => Response.json({ ...tokens(1), expires_in: undefined, ...grant })
      })
      yield* get
      const { expiresAt = Number.NaN } = yield* apex.accessTokens.status
      return new Date(expiresAt).toISOString()
    })

  it.effect.each(
    [
      ["both say", { expires_in: 3600, expires_at: "2025-01-03T12:00:00Z" }, "2025-01-03T12:00:00.000Z"],
      [
        "the seconds say, being earlier",
        { expires_in: 600, expires_at: "2025-01-03T12:00:00Z" },
        "2025-01-03T11:10:00.000Z"
      ],
      [
        "the date says, being earlier",
        { expires_in: 3600, expires_at: "2025-01-03T14:30:00+03:00" },
        "2025-01-03T11:30:00.000Z"
      ],
      ["the seconds say alone", { expires_in: 3600 }, "2025-01-03T12:00:00.000Z"],
      ["the date says alone", { expires_at: "2025-01-03T11:45:00Z" }, "2025-01-03T11:45:00.000Z"],
      ["nobody says, and it is near", {}, "2025-01-03T11:01:00.000Z"],
      [
        "nobody can read, and it is near",
        { expires_in: "soon", expires_at: "2025-01-03 12:00" },
        "2025-01-03T11:01:00.000Z"
      ]
    ] as const
  )("is what %s", ([, grant, expected]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* expiryOf(grant), expected)
    }))

  it.effect.each(["UTC", "Europe/Istanbul", "America/New_York", "Asia/Kathmandu"])(
    "is the same moment on a host in %s",
    (zone) =>
      Effect.acquireUseRelease(
        Effect.sync(() => {
          const before = process.env.TZ
          process.env.TZ = zone
          return before
        }),
        () =>
          Effect.gen(function*() {
            assert.strictEqual(
              yield* expiryOf({ expires_at: "2025-01-03T14:30:00.419696+03:00" }),
              "2025-01-03T11:30:00.419Z"
            )
          }),
        (before) =>
          Effect.sync(() => {
            if (before === undefined) delete process.env.TZ
            else process.env.TZ = before
          })
      )
  )
})

describe("a refresh", () => {
  it.effect("begins in the last five minutes, in the background, with the refresh token", () =>
    Effect.gen(function*() {
      const { bearers, counts, get, on } = yield* open({})
      yield* get
      yield* TestClock.adjust("54 minutes")
      assert.deepStrictEqual(counts(), { logins: 1, refreshes: 0 })
      yield* TestClock.adjust("4 minutes")
      yield* get
      assert.deepStrictEqual(counts(), { logins: 1, refreshes: 1 })
      const [refresh] = on("/auth/refresh")
      assert.deepStrictEqual([refresh?.method, refresh?.body], ["POST", { refresh_token: "canary-refresh-1" }])
      assert.strictEqual(refresh?.headers["x-target-server"], "authentication")
      assert.doesNotHaveAnyKeys(refresh?.headers, ["authorization", "api-key", "api-secret"])
      assert.deepStrictEqual(bearers(), ["access-1", "access-101"])
    }))

  it.effect("goes on with the same refresh token, whether it comes back or not", () =>
    Effect.gen(function*() {
      const { counts, get, on } = yield* open({
        refresh: (refresh) =>
          Response.json({ ...tokens(1, 100 + refresh), ...(refresh === 2 ? { refresh_token: undefined } : {}) })
      })
      for (let hour = 0; hour < 5; hour++) {
        yield* get
        yield* TestClock.adjust("1 hour")
      }
      assert.strictEqual(counts().logins, 1)
      assert.deepStrictEqual([...new Set(on("/auth/refresh").map(({ body }) => JSON.stringify(body)))], [
        JSON.stringify({ refresh_token: "canary-refresh-1" })
      ])
    }))

  it.effect("is made for seven days from the login, however often; then comes a login", () =>
    Effect.gen(function*() {
      const { counts, get } = yield* open({})
      for (let hour = 0; hour < 7 * 24; hour++) {
        yield* get
        yield* TestClock.adjust("1 hour")
      }
      const { logins, refreshes } = counts()
      assert.strictEqual(logins, 1)
      yield* get
      yield* TestClock.adjust("1 hour")
      yield* get
      const later = counts()
      assert.strictEqual(later.logins, 2)
      // As chance has it, one more falls into the last hour of the seven days.
      assert.isAtMost(later.refreshes, refreshes + 1)
    }))

  it.effect("has the life that it is told to have", () =>
    Effect.gen(function*() {
      const { counts, get } = yield* open({}, { refreshTokenLife: "90 minutes" })
      for (let hour = 0; hour < 3; hour++) {
        yield* get
        yield* TestClock.adjust("1 hour")
      }
      yield* get
      assert.deepStrictEqual(counts(), { logins: 2, refreshes: 2 })
    }))

  it.effect("that brings another refresh token begins its life anew", () =>
    Effect.gen(function*() {
      const { counts, get, on } = yield* open(
        { refresh: (refresh) => Response.json(tokens(1 + refresh)) },
        { refreshTokenLife: "90 minutes" }
      )
      for (let hour = 0; hour < 5; hour++) {
        yield* get
        yield* TestClock.adjust("1 hour")
      }
      assert.strictEqual(counts().logins, 1)
      assert.deepStrictEqual(on("/auth/refresh").map(({ body }) => body).slice(0, 2), [
        { refresh_token: "canary-refresh-1" },
        { refresh_token: "canary-refresh-2" }
      ])
    }))

  it.effect.each(
    [
      ["REFRESH_TOKEN_EXPIRED, as documented", () => refusal(401, "REFRESH_TOKEN_EXPIRED", "refresh token expired")],
      ["another 401", () => refusal(401, "TOKEN_REVOKED")],
      ["INVALID_API_KEY", () => refusal(401, "INVALID_API_KEY")],
      ["400", () => refusal(400, "BAD_REQUEST")]
    ] as const
  )("that is refused with %s costs one login and no failed call", ([, refresh]) =>
    Effect.gen(function*() {
      const { bearers, counts, get } = yield* open({ refresh })
      yield* get
      yield* TestClock.adjust("1 hour")
      yield* Effect.all(Array.from({ length: 20 }, () => get), { concurrency: "unbounded" })
      assert.deepStrictEqual(counts(), { logins: 2, refreshes: 1 })
      assert.deepStrictEqual(new Set(bearers()), new Set(["access-1", "access-2"]))
    }))

  it.effect.each(
    [
      ["429", () => new Response(null, { status: 429 })],
      ["503", () => new Response(null, { status: 503 })],
      ["a page of a proxy", () => new Response("<html>", { status: 200 })]
    ] as const
  )(
    "that fails with %s is tried again, and does not give the refresh token up",
    ([, trouble]) =>
      Effect.gen(function*() {
        const { counts, get } = yield* open({
          refresh: (refresh) => refresh === 1 ? trouble() : Response.json(tokens(1, 100 + refresh))
        })
        yield* get
        yield* TestClock.adjust("58 minutes")
        yield* get
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(counts(), { logins: 1, refreshes: 2 })
      })
  )
})

describe("credentials", () => {
  it.effect("that Apex calls invalid are tried once, and then locked out", () =>
    Effect.gen(function*() {
      const { counts, get } = yield* open({ login: () => refusal(401, "INVALID_API_KEY", "invalid api key or secret") })
      const error = yield* Effect.flip(get)
      if (error.reason._tag !== "CredentialsRefused") return assert.fail(error.message)
      assert.strictEqual(error.reason.providerCode, "INVALID_API_KEY")
      assert.strictEqual(error.reason.providerMessage, "invalid api key or secret")
      assert.deepStrictEqual(error.retryAfter, Duration.minutes(1))
      yield* Effect.all(Array.from({ length: 40 }, () => Effect.flip(get)), { concurrency: "unbounded" })
      assert.strictEqual(counts().logins, 1)
    }))

  it.effect("that were replaced are used within seconds", () =>
    Effect.gen(function*() {
      let secret = "canary-old"
      const { counts, get } = yield* open({
        login: (login) => login === 1 ? refusal(401, "INVALID_API_KEY") : Response.json(tokens(login))
      }, {
        credentials: Effect.sync(() => ({ ...credentials, secretKey: Redacted.make(secret) }))
      })
      yield* Effect.flip(get)
      secret = "canary-new"
      yield* TestClock.adjust("4 seconds")
      yield* get
      assert.strictEqual(counts().logins, 2)
    }))

  it.effect.each(
    [
      ["another 401", () => refusal(401, "ACCOUNT_LOCKED")],
      ["a 401 of a proxy", () => new Response("<html>", { status: 401 })],
      ["REFRESH_TOKEN_EXPIRED", () => refusal(401, "REFRESH_TOKEN_EXPIRED")],
      ["403", () => refusal(403, "INVALID_API_KEY")],
      ["429", () => new Response(null, { status: 429 })],
      ["500", () => new Response(null, { status: 500 })]
    ] as const
  )("are not locked out by %s", ([, trouble]) =>
    Effect.gen(function*() {
      const { cache, counts, get } = yield* open({
        login: (login) => login === 1 ? trouble() : Response.json(tokens(login))
      })
      const result = yield* run(get, "20 seconds")
      assert.isTrue((yield* cache.readiness).ready)
      if (result._tag === "Failure") {
        // A status that the provider does not document is told at once, and tried again by the next caller.
        assert.strictEqual(result.failure.reason._tag, "IssuerUnavailable")
        yield* get
      }
      assert.strictEqual(counts().logins, 2)
    }))
})

describe("a token that Apex refuses", () => {
  it.effect("is replaced by a refresh, and the call is repeated once", () =>
    Effect.gen(function*() {
      const { bearers, counts, get } = yield* open({
        call: ({ headers }) =>
          headers.authorization === "Bearer canary-access-1" ? refusal(401, "X") : Response.json(node)
      })
      yield* Effect.all(Array.from({ length: 10 }, () => get), { concurrency: "unbounded" })
      assert.deepStrictEqual(counts(), { logins: 1, refreshes: 1 })
      assert.strictEqual(bearers().length, 20)
    }))

  it.effect("twice is an error, and no loop", () =>
    Effect.gen(function*() {
      const { bearers, get } = yield* open({ call: () => refusal(401, "X") })
      const error = yield* Effect.flip(get)
      assert.strictEqual(error.reason._tag, "TokenRejected")
      assert.strictEqual(bearers().length, 2)
    }))
})
