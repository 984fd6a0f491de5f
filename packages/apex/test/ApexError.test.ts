import { assert, describe, it } from "@effect/vitest"
import type { ApexError, Service } from "@entegre/apex"
import { Duration, Effect, Fiber, Schedule } from "effect"
import { TestClock } from "effect/testing"
import { lost, open, refusal } from "./support/apex.ts"
import { ids, kycAddress, node } from "./support/samples.ts"

type Call = (apex: Service) => Effect.Effect<unknown, ApexError>

const get: Call = ({ nodes }) => nodes.get(ids.node)
const create: Call = ({ nodes }) => nodes.create({ name: "one", type: "Account" })
const update: Call = ({ nodes }) => nodes.update(ids.node, { name: "one" })

interface Row {
  readonly title: string
  readonly call?: Call
  readonly answer: () => Response
  readonly reason: object
  readonly isRetryable?: boolean
  readonly retryAfter?: Duration.Input
}

/** The form of the provider's introduction under each status that has a meaning, then what is not in that form. */
const rows: ReadonlyArray<Row> = [
  {
    title: "400 keeps code, message and details",
    call: create,
    answer: () => refusal(400, "ERROR_CODE", "Human-readable error message", { name: ["is taken", 5, null, true] }),
    reason: {
      _tag: "ValidationFailed",
      status: 400,
      providerCode: "ERROR_CODE",
      providerMessage: "Human-readable error message",
      details: { name: ["is taken", 5, null, true] }
    }
  },
  { title: "422", call: update, answer: () => refusal(422, "X"), reason: { _tag: "ValidationFailed", status: 422 } },
  { title: "401 twice is a rejected token", answer: () => refusal(401, "X"), reason: { _tag: "TokenRejected" } },
  { title: "403", answer: () => refusal(403, "X"), reason: { _tag: "Forbidden", status: 403, providerCode: "X" } },
  { title: "404", answer: () => refusal(404, "X"), reason: { _tag: "NotFound", status: 404, details: undefined } },
  { title: "409", call: create, answer: () => refusal(409, "X"), reason: { _tag: "Conflict", status: 409 } },
  {
    title: "any other",
    answer: () => refusal(418, "X"),
    reason: { _tag: "Refused", status: 418, providerMessage: "no" }
  },
  {
    title: "a code alone is enough",
    answer: () => Response.json({ error: { code: "NODE_NOT_FOUND" } }, { status: 404 }),
    reason: { _tag: "NotFound", providerCode: "NODE_NOT_FOUND", providerMessage: undefined }
  },
  {
    title: "429 with Retry-After",
    answer: () => new Response(null, { status: 429, headers: { "retry-after": "7" } }),
    reason: { _tag: "RateLimited", status: 429 },
    isRetryable: true,
    retryAfter: "7 seconds"
  },
  {
    title: "429 without it asks for a whole window",
    call: create,
    answer: () => refusal(429, "TOO_MANY", "slow down"),
    reason: { _tag: "RateLimited", status: 429, providerCode: "TOO_MANY", providerMessage: "slow down" },
    isRetryable: true,
    retryAfter: "1 minute"
  },
  {
    title: "503 of a read",
    answer: () => refusal(503, "DOWN", "maintenance"),
    reason: { _tag: "ProviderUnavailable", status: 503, providerCode: "DOWN", providerMessage: "maintenance" },
    isRetryable: true
  },
  {
    title: "500 of an unsafe call",
    call: create,
    answer: () => refusal(500, "INTERNAL"),
    reason: { _tag: "OutcomeUnknown", problem: "serverError", status: 500 }
  },
  {
    title: "502 of a proxy",
    answer: () => new Response("<html>", { status: 502 }),
    reason: { _tag: "ProviderUnavailable", status: 502 },
    isRetryable: true
  },
  {
    title: "404 of a proxy does not mean that the node is gone",
    answer: () => new Response("<html>", { status: 404 }),
    reason: { _tag: "UnreadableAnswer", status: 404 }
  },
  {
    title: "a form that is not the provider's",
    answer: () => Response.json({ error: "not found" }, { status: 404 }),
    reason: { _tag: "UnreadableAnswer", status: 404 }
  },
  {
    title: "an empty refusal",
    answer: () => Response.json({ error: {} }, { status: 400 }),
    reason: { _tag: "UnreadableAnswer", status: 400 }
  },
  {
    title: "garbage under a good status",
    answer: () => new Response("<html>", { status: 200 }),
    reason: { _tag: "UnreadableAnswer", status: 200 }
  },
  {
    title: "a redirect",
    answer: () => new Response(null, { status: 302, headers: { location: "https://elsewhere.example" } }),
    reason: { _tag: "Redirected", status: 302 }
  }
]

describe("an answer that says no", () => {
  it.effect.each(rows)(
    "$title",
    ({ answer, call = get, isRetryable = false, reason, retryAfter }) =>
      Effect.gen(function*() {
        const { apex } = yield* open(answer, { retry: Schedule.recurs(0) })
        const error = yield* Effect.flip(Effect.asVoid(call(apex)))
        for (const [name, value] of Object.entries(reason)) {
          assert.deepStrictEqual(Reflect.get(error.reason, name), value, name)
        }
        assert.strictEqual(error.isRetryable, isRetryable)
        assert.deepStrictEqual(
          error.retryAfter,
          retryAfter === undefined ? undefined : Duration.fromInputUnsafe(retryAfter)
        )
        assert.strictEqual(error.cause, error.reason)
        assert.isTrue(error.message.startsWith(`${error.operation}: `), error.message)
      })
  )

  it.effect("is caught by its reason", () =>
    Effect.gen(function*() {
      const { apex } = yield* open(() => refusal(404, "NODE_NOT_FOUND"))
      const caught = yield* apex.nodes.get(ids.node).pipe(
        Effect.catchReason("ApexError", "NotFound", ({ providerCode }) => Effect.succeed(providerCode))
      )
      assert.strictEqual(caught, "NODE_NOT_FOUND")
    }))
})

describe("a call that is not answered", () => {
  const creations: ReadonlyArray<readonly [string, string, Call]> = [
    ["nodes.create", "nodes.children", create],
    ["markets.create", "domain", ({ markets }) => markets.create({ nodeId: ids.node, domain: "a.example" })],
    ["distributors.create", "platform", ({ distributors }) => distributors.create(ids.node)],
    [
      "tokens.createFromExternal",
      "tokens.ofMarket",
      ({ tokens }) => tokens.createFromExternal("1", { markets: "all" })
    ],
    [
      "kyc.createAddress",
      "kyc.addresses",
      ({ kyc }) => kyc.createAddress(ids.market, { chainId: 1, name: "a", address: "0x1" })
    ],
    [
      "kyc.createToken",
      "platform",
      ({ kyc }) =>
        kyc.createToken(ids.token, { kycAddressId: ids.kycAddress, chainId: 1, hash: "0x1", isApproved: true })
    ]
  ]
  it.effect.each(creations)(
    "is not repeated if it creates, and says how to find out: %s",
    ([operation, way, call]) =>
      Effect.gen(function*() {
        const { apex, calls } = yield* open((_, request) => lost(request))
        const error = yield* Effect.flip(Effect.asVoid(call(apex)))
        assert.strictEqual(error.operation, operation)
        if (error.reason._tag !== "OutcomeUnknown") return assert.fail(error.message)
        assert.strictEqual(error.reason.problem, "connectionLost")
        assert.include(error.reason.findOut, way)
        assert.strictEqual(calls().length, 1)
      })
  )

  const repeatable: ReadonlyArray<readonly [string, Call, unknown]> = [
    ["reads", get, node],
    ["sets", update, node],
    ["deletes", ({ nodes }) => nodes.delete(ids.node), {}],
    ["sets an address", ({ kyc }) => kyc.updateAddress(ids.kycAddress, { name: "a" }), kycAddress]
  ]
  it.effect.each(repeatable)("is repeated if it %s", ([, call, answer]) =>
    Effect.gen(function*() {
      let attempts = 0
      const { apex, calls } = yield* open((_, request) => ++attempts < 3 ? lost(request) : Response.json(answer))
      const fiber = yield* Effect.forkChild(call(apex))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      assert.strictEqual(calls().length, 3)
    }))

  it.effect("is cut by the timeout, which does not count the wait for a place", () =>
    Effect.gen(function*() {
      const { apex } = yield* open(() => Effect.never, { timeout: "5 seconds", retry: Schedule.recurs(0) })
      const fiber = yield* Effect.forkChild(Effect.flip(apex.nodes.get(ids.node)))
      yield* TestClock.adjust("4999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      const { reason } = yield* Fiber.join(fiber)
      assert.deepStrictEqual([reason._tag, "problem" in reason && reason.problem], ["Unanswered", "timedOut"])
    }))
})
