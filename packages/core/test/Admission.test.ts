/**
 * What lets requests out.
 */
import { assert, describe, it } from "@effect/vitest"
import * as ApiClient from "@entegre/core/ApiClient"
import type * as AuthenticatedClient from "@entegre/core/AuthenticatedClient"
import * as BaseUrl from "@entegre/core/BaseUrl"
import { CredentialsUnavailable, TokenError } from "@entegre/core/TokenError"
import { Data, Duration, Effect, Exit, Fiber, Redacted, Result, Schedule } from "effect"
import { HttpClient, HttpClientError, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { operations } from "./support/acme.ts"
import { fakeTokens } from "./support/fakeTokens.ts"
import { mockClient } from "./support/httpMock.ts"

/** What a limit says. */
class Full extends Data.TaggedError("Full")<{}> {}

/** What calls fail with: the reason as it is. */
class Failed extends Data.TaggedError("Failed")<{ readonly reason: unknown }> {}

/** A provider's client that lets requests out by `admit`, and what it asked for. */
const open = Effect.fnUntraced(function*(
  answer: Parameters<typeof mockClient>[0],
  admit: AuthenticatedClient.Admission<Full>,
  tokens: ReturnType<typeof fakeTokens> = fakeTokens()
) {
  const { client, sent } = mockClient(answer)
  const api = yield* ApiClient.make<never, Failed, Full>({
    provider: "acme",
    tokens: tokens.tokens,
    baseUrl: Result.getOrThrow(BaseUrl.make("https://api.example.com")),
    authorize: (request, token) => HttpClientRequest.setHeader(request, "access-token", Redacted.value(token)),
    refusal: () => undefined,
    error: (_, reason) => new Failed({ reason }),
    retry: Schedule.recurs(3),
    admit
  }).pipe(Effect.provideService(HttpClient.HttpClient, client))
  const get = HttpClientRequest.get("/orders")
  return { api, sent, tokens, run: api.run(operations.get, get), sentTokens: () => sent.map(tokenOf) }
})

const tokenOf = ({ headers }: HttpClientRequest.HttpClientRequest) => headers["access-token"]
const order = () => Response.json({ id: "1" })
const reasonOf = <A>(effect: Effect.Effect<A, Failed>) => Effect.map(Effect.flip(effect), ({ reason }) => reason)

/** Lets so many out, and counts what it was asked for. */
const gate = (places: number) => {
  const counts = { asked: 0, answered: 0 }
  const admit: AuthenticatedClient.Admission<Full> = Effect.fnUntraced(function*(request) {
    if (++counts.asked > places) return yield* new Full()
    const reply = yield* request
    counts.answered++
    return reply
  })
  return { admit, counts }
}

describe("what lets requests out", () => {
  it.effect("is asked before each request: the call, its repetitions, its replay", () =>
    Effect.gen(function*() {
      const { admit, counts } = gate(10)
      const answers = [
        () => new Response(null, { status: 503 }),
        () => new Response(null, { status: 401 }),
        order
      ]
      const { run, sentTokens, tokens } = yield* open(() => answers.shift()?.() ?? order(), admit)
      yield* run
      assert.deepStrictEqual(sentTokens(), ["token-1", "token-1", "token-2"])
      assert.deepStrictEqual(counts, { asked: 3, answered: 3 })
      assert.deepStrictEqual(tokens.rejected, [1])
    }))

  it.effect("fails the call by failing, and nothing is sent", () =>
    Effect.gen(function*() {
      const { api, run, sent } = yield* open(order, gate(0).admit)
      assert.instanceOf(yield* reasonOf(run), Full)
      const get = HttpClientRequest.get("/orders")
      assert.instanceOf(yield* Effect.flip(api.client.send(get, { safety: "safe" })), Full)
      assert.instanceOf(yield* Effect.flip(api.client.httpClient.execute(get)), Full)
      assert.deepStrictEqual(sent, [])
    }))

  it.effect("ends repetitions and replays by failing", () =>
    Effect.gen(function*() {
      const lost = (request: HttpClientRequest.HttpClientRequest) =>
        Effect.fail(
          new HttpClientError.HttpClientError({
            reason: new HttpClientError.TransportError({ request, cause: new Error("socket hang up") })
          })
        )
      const repeated = yield* open(lost, gate(2).admit)
      assert.instanceOf(yield* reasonOf(repeated.run), Full)
      assert.strictEqual(repeated.sent.length, 2)

      const refused = yield* open(() => new Response(null, { status: 401 }), gate(1).admit)
      assert.instanceOf(yield* reasonOf(refused.run), Full)
      assert.strictEqual(refused.sent.length, 1)
    }))

  it.effect("is not asked while there is no token", () =>
    Effect.gen(function*() {
      const { admit, counts } = gate(10)
      const failure = new TokenError({
        provider: "acme",
        reason: new CredentialsUnavailable({ retryAfter: Duration.seconds(1) })
      })
      const { run } = yield* open(order, admit, fakeTokens({ failure }))
      assert.strictEqual(yield* reasonOf(run), failure.reason)
      assert.strictEqual(counts.asked, 0)
    }))

  it.effect("may have requests wait, which are then sent with the token of that time, and have their own time", () =>
    Effect.gen(function*() {
      const { run, sentTokens, tokens } = yield* open(
        () => Effect.delay(Effect.sync(order), "20 seconds"),
        Effect.delay("10 minutes")
      )
      const fiber = yield* Effect.forkChild(run)
      yield* TestClock.adjust("5 minutes")
      yield* tokens.tokens.discard(yield* tokens.tokens.get)
      yield* TestClock.adjust("6 minutes")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(sentTokens(), ["token-2"])
    }))

  it.effect("sees a call that is interrupted", () =>
    Effect.gen(function*() {
      const exits: Array<Exit.Exit<unknown, unknown>> = []
      const { run, sent } = yield* open(
        () => Effect.never,
        Effect.onExit((exit) => Effect.sync(() => exits.push(exit)))
      )
      const fiber = yield* Effect.forkChild(run, { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(sent.length, 1)
      assert.isTrue(exits.every(Exit.hasInterrupts))
      assert.strictEqual(exits.length, 1)
    }))
})
