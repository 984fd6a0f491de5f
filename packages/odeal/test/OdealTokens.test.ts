import { assert, describe, it } from "@effect/vitest"
import { Odeal } from "@entegre/odeal"
import { Effect, Fiber } from "effect"
import { HttpClientError, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import * as Model from "./support/odealModel.ts"
import { ping } from "./support/operations.ts"

const call = Odeal.use((odeal) => odeal.call(ping()))

const lost = Effect.fail(
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({
      request: HttpClientRequest.get("https://apigw.odeal.com/mobile"),
      cause: Object.assign(new Error(), { code: "ECONNRESET", syscall: "read" })
    })
  })
)

describe("a login", () => {
  it.effect("is the request that the page shows", () =>
    Effect.gen(function*() {
      const { model, run } = Model.over()
      yield* run(call)
      const [login, ...more] = model.to(Model.login)
      assert.deepStrictEqual(more, [])
      assert.deepInclude(login, {
        method: "POST",
        url: "https://apigw.odeal.com/mobile/authenticate/credential/v2",
        body: { apiKey: "api-key", secretKey: "secret-key" }
      })
      assert.strictEqual(login?.headers["content-type"], "application/json")
      assert.isUndefined(login?.headers.authorization)
    }))

  it.effect("reads the answer that the page shows, with fields that it does not show", () =>
    Effect.gen(function*() {
      const { model, run } = Model.over()
      model.next(
        Model.login,
        Response.json({
          result: { accessToken: "eyJhbGciOi.a.b", refreshToken: "eyJhbGciOi.c.d", scope: "vpos" },
          tokenType: "Bearer",
          expiresIn: 3600,
          traceId: "1"
        })
      )
      yield* run(Effect.gen(function*() {
        const { tokens } = yield* Odeal
        const { expiresAt } = yield* tokens.get
        assert.strictEqual(expiresAt, 3_600_000)
      }))
    }))

  it.effect("counts expiresIn from the start of the request", () =>
    Effect.gen(function*() {
      const { run } = Model.over({ latency: "3 seconds" })
      yield* run(Effect.gen(function*() {
        const { tokens } = yield* Odeal
        yield* tokens.warmUp
        yield* TestClock.adjust("3 seconds")
        assert.strictEqual((yield* tokens.status).expiresAt, 3_600_000)
      }))
    }))

  for (
    const [what, expiresIn] of [["missing", undefined], ["not a number", "soon"], ["negative", -1]] as const
  ) {
    it.effect(`whose expiresIn is ${what} makes a token of a short life`, () =>
      Effect.gen(function*() {
        const { model, run } = Model.over()
        const result = { accessToken: "a", refreshToken: "b" }
        model.next(Model.login, Response.json(expiresIn === undefined ? { result } : { result, expiresIn }))
        yield* run(Effect.gen(function*() {
          const { tokens } = yield* Odeal
          assert.strictEqual((yield* tokens.get).expiresAt, 60_000)
        }))
      }))
  }

  for (
    const [what, answer] of [
      ["401", () => new Response("", { status: 401 })],
      ["401 with a message in result", () => Response.json({ result: { message: "Hatalı" } }, { status: 401 })],
      ["400 with a message in error", () => Response.json({ error: { message: "Hatalı" } }, { status: 400 })],
      ["200 with a message in error", () => Response.json({ error: { message: "Hatalı" } })]
    ] as const
  ) {
    it.effect(`that is refused by ${what} is not tried again with the same keys`, () =>
      Effect.gen(function*() {
        const { model, run } = Model.over()
        model.next(Model.login, answer())
        yield* run(Effect.gen(function*() {
          const { reason } = yield* Effect.flip(call)
          assert.include(reason, { _tag: "CredentialsRefused", attempts: 1 })
          yield* TestClock.adjust("59 seconds")
          yield* Effect.flip(call)
        }))
        assert.strictEqual(model.to(Model.login).length, 1)
      }))
  }

  for (
    const [what, answer] of [
      ["400 from somebody else", () => new Response("<html>", { status: 400 })],
      ["429", () => Response.json({ error: { message: "Çok fazla istek" } }, { status: 429 })],
      ["500", () => Response.json({ error: { message: "Sistem hatası" } }, { status: 500 })],
      ["a page in HTML", () => new Response("<html>")],
      ["an empty body", () => new Response("")],
      ["a token that no header takes", () => Response.json({ result: { accessToken: "a\nb", refreshToken: "c" } })]
    ] as const
  ) {
    it.effect(`that is answered with ${what} is tried again while the caller waits`, () =>
      Effect.gen(function*() {
        const { model, run } = Model.over()
        model.next(Model.login, answer())
        yield* run(Effect.gen(function*() {
          const fiber = yield* Effect.forkChild(call)
          yield* TestClock.adjust("10 seconds")
          assert.deepStrictEqual(yield* Fiber.join(fiber), { result: { ok: true } })
        }))
        assert.strictEqual(model.to(Model.login).length, 2)
      }))
  }

  for (
    const [field, body] of [
      ["result", { expiresIn: 3600 }],
      ["result.accessToken", { result: { refreshToken: "b" } }],
      ["result.refreshToken", { result: { accessToken: "a" } }]
    ] as const
  ) {
    it.effect(`whose answer lacks ${field} fails with its name`, () =>
      Effect.gen(function*() {
        const { model, run } = Model.over()
        // As often as it is tried again while the caller waits.
        for (let attempt = 0; attempt < 20; attempt++) model.next(Model.login, Response.json(body))
        const error = yield* run(Effect.gen(function*() {
          const fiber = yield* Effect.forkChild(Effect.flip(call))
          yield* TestClock.adjust("1 minute")
          return yield* Fiber.join(fiber)
        }))
        assert.strictEqual(error._tag, "OdealError")
        assert.include(error.reason, { _tag: "IssuerUnavailable", problem: "unreadableAnswer" })
        assert.include(error.message, field)
      }))
  }
})

describe("a renewal", () => {
  it.effect("is the request that the page shows, and spends each refresh token once", () =>
    Effect.gen(function*() {
      const { model, run } = Model.over()
      yield* run(Effect.gen(function*() {
        for (let hour = 0; hour < 3; hour++) {
          yield* call
          yield* TestClock.adjust("59 minutes")
        }
      }))
      assert.deepStrictEqual(model.to(Model.refresh).map(({ body }) => body), [
        { refreshToken: "refresh-1" },
        { refreshToken: "refresh-2" },
        { refreshToken: "refresh-3" }
      ])
      assert.deepInclude(model.to(Model.refresh)[0], {
        method: "POST",
        url: "https://apigw.odeal.com/mobile/authenticate/refresh-token/v2"
      })
      assert.isUndefined(model.to(Model.refresh)[0]?.headers.authorization)
      assert.strictEqual(model.counts.logins, 1)
    }))

  it.effect("begins in the 5 minutes before the end, and callers do not wait for it", () =>
    Effect.gen(function*() {
      const { model, run } = Model.over()
      yield* run(Effect.gen(function*() {
        yield* call
        yield* TestClock.adjust("54 minutes")
        assert.strictEqual(model.counts.renewals, 0)
        yield* call
        yield* TestClock.adjust("4 minutes")
        assert.strictEqual(model.counts.renewals, 1)
        yield* call
      }))
      assert.strictEqual(model.arrivals.at(-1)?.headers.authorization, "Bearer access-2")
    }))

  for (
    const [what, answer] of [
      ["401", () => Model.unauthorized()],
      ["400 with a message", () => Response.json({ result: { message: "Token geçersiz" } }, { status: 400 })],
      ["404 without one", () => new Response("", { status: 404 })],
      ["an answer without the next refresh token", () => Response.json({ result: { accessToken: "a" } })],
      ["500", () => new Response("", { status: 500 })],
      ["nothing", () => lost]
    ] as const
  ) {
    it.effect(`that gets ${what} is followed by a login, and its refresh token is not sent again`, () =>
      Effect.gen(function*() {
        const { model, run } = Model.over()
        yield* run(Effect.gen(function*() {
          yield* call
          model.next(Model.refresh, answer())
          yield* TestClock.adjust("59 minutes")
          assert.deepStrictEqual(yield* call, { result: { ok: true } })
        }))
        assert.strictEqual(model.counts.logins, 2)
        assert.deepStrictEqual(model.to(Model.refresh).map(({ body }) => body), [{ refreshToken: "refresh-1" }])
      }))
  }

  it.effect("that is refused for now keeps the refresh token for later", () =>
    Effect.gen(function*() {
      const { model, run } = Model.over()
      yield* run(Effect.gen(function*() {
        yield* call
        model.next(Model.refresh, new Response("", { status: 429 }))
        yield* TestClock.adjust("59 minutes")
        yield* call
      }))
      assert.deepStrictEqual(model.to(Model.refresh).map(({ body }) => body), [
        { refreshToken: "refresh-1" },
        { refreshToken: "refresh-1" }
      ])
      assert.strictEqual(model.counts.logins, 1)
    }))
})
