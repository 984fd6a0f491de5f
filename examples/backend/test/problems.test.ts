import { assert, describe, it } from "@effect/vitest"
import { CallError, TokenError } from "@entegre/core"
import { Duration } from "effect"
import * as Problems from "../src/problems.ts"

const retryAfter = Duration.millis(1500)

describe("a reason that providers share becomes", () => {
  it.each<readonly [CallError.Reason, number, object]>([
    [new CallError.InvalidRequest({ field: "amount", problem: "Expected an amount" }), 422, { field: "amount" }],
    [
      new CallError.OutcomeUnknown({ problem: "timedOut", findOut: "ask for the status" }),
      504,
      {}
    ],
    [new CallError.NotSent({ problem: "connectionRefused" }), 503, {}],
    [new CallError.NotSent({ problem: "tls" }), 502, {}],
    [new CallError.Unanswered({ problem: "timedOut" }), 503, {}],
    [new CallError.UnreadableAnswer({ status: 200, problem: "not JSON" }), 502, {}],
    [new CallError.Redirected({ status: 302 }), 502, {}],
    [new CallError.ProviderUnavailable({ status: 503 }), 503, {}],
    [new CallError.ProviderUnavailable({ status: 503, retryAfter }), 503, { retryAfter: 2 }],
    [new TokenError.CredentialsRefused({ attempts: 1, retryAfter }), 503, { retryAfter: 2 }],
    [new TokenError.CredentialsUnavailable({ retryAfter }), 503, { retryAfter: 2 }],
    [new TokenError.IssuerUnavailable({ problem: "timedOut", retryAfter }), 503, { retryAfter: 2 }],
    [new TokenError.TokenRejected({ status: 401 }), 502, {}],
    [new TokenError.TooManyWaiting({ limit: 1 }), 503, {}],
    [new TokenError.TokenStoreUnavailable({ retryAfter }), 503, { retryAfter: 2 }],
    [new TokenError.TokenCacheClosed(), 503, {}]
  ])("%s: %i", (reason, status, fields) => {
    const problem: object = Problems.fromReason(reason)
    assert.deepInclude(problem, { status, ...fields })
  })
})
