/**
 * Puts one's own issuer under the laws: as it is, over an `HttpClient`, against a model of its provider that loses
 * answers, refuses, rotates and dies under thousands of interleavings.
 *
 * What an issuer can get wrong shows as a broken law: a spent refresh token that is sent again (`noDoubleSpend`), refused
 * credentials that are told as a passing trouble and tried again at once (`budget`), a login that sends two requests
 * (`oneInFlight`), an end of the token that is read wrongly (`noStale`), a key that two accounts share (`noCrossing`), a
 * dead refresh token that is not told as dead (`recovers`).
 */
import type { Issuer, Rotation } from "@entegre/core/Issuer"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Candidates from "./Candidate.ts"
import { ReadyResponse } from "./internal/response.ts"
import * as Simulate from "./Simulate.ts"
import type { Wire } from "./Wire.ts"

/**
 * Whose credentials an issuer is made for.
 */
export interface Account {
  /** Tells one account from another: it belongs into the issuer's key. */
  readonly name: string
  /** The secret of the credentials, as it is now. To be asked at each login, because it changes. */
  readonly secret: Effect.Effect<Redacted.Redacted<string>, "unavailable">
}

/**
 * A provider, and the issuer that is to be checked.
 */
export interface Provider<Credentials, E> extends Wire {
  /** How the provider treats earlier tokens: what it does, whatever the issuer says of it. */
  readonly rotation: Rotation
  /** Makes the issuer. Its addresses may be any. */
  readonly issuer: (account: Account) => Effect.Effect<Issuer<Credentials, E>, never, HttpClient.HttpClient>
}

/**
 * How thoroughly to check.
 */
export interface Options {
  /** How many seeds. Default: 500, which takes some seconds. */
  readonly seeds?: number | undefined
  /** The first seed. Default: 1. */
  readonly from?: number | undefined
  /** How many processes share a token store. Default: 2. */
  readonly processes?: number | undefined
}

/**
 * A law was broken.
 */
export class LawBroken extends Schema.TaggedError<LawBroken>("@entegre/testing/CheckIssuer/LawBroken")("LawBroken", {
  /** The name of the law, as in `Laws`. */
  law: Schema.String,
  /** What happened, in words. */
  what: Schema.String,
  /** The seed under which it happens again. */
  seed: Schema.Int,
  /** Everything that happened up to there. The secrets in it are those of the model. */
  trace: Schema.String
}) {
  override get message(): string {
    return `${this.law}: ${this.what} (seed ${this.seed})\n\n${this.trace}`
  }
}

/**
 * Checks an issuer under many seeds. Fails with {@link LawBroken} at the first that breaks a law.
 *
 * **Example** (A test of one's own issuer)
 *
 * ```ts
 * it.effect("obeys the laws", () =>
 *   CheckIssuer.check({
 *     rotation: "rotating",
 *     issuer: ({ name, secret }) => Acme.issuer({ apiKey: name, apiSecret: secret }),
 *     hear: ({ path, text }) => …,
 *     say: (said) => …
 *   }))
 * ```
 */
export const check = Effect.fnUntraced(function*<Credentials, E>(
  provider: Provider<Credentials, E>,
  options: Options = {}
): Effect.fn.Return<Simulate.Counts, LawBroken> {
  const { issuer, rotation } = provider
  const { seeds = 500, processes = 2 } = options
  const probe = yield* issuer({ name: "probe", secret: Effect.fail("unavailable") }).pipe(
    Effect.provideService(HttpClient.HttpClient, nowhere)
  )
  const { failure, interruptions, renewals, seeds: done, steps } = yield* Simulate.runSubject(
    {
      candidate: Candidates.tokenCache(),
      wire: provider,
      makeIssuer: (model, process, client) =>
        Effect.provideService(
          issuer({
            name: model.options.account,
            secret: Effect.map(model.credentials(process), ({ secret }) => secret)
          }),
          HttpClient.HttpClient,
          client
        )
    },
    { ...options, rotation, seeds, processes },
    { refreshes: probe.refresh !== undefined, timeout: Duration.toMillis(probe.timeout ?? "15 seconds") }
  )
  const violation = failure?.violations[0]
  if (failure !== undefined && violation !== undefined) {
    const { law, what } = violation
    return yield* new LawBroken({ law, what, seed: failure.workload.seed, trace: failure.trace })
  }
  return { seeds: done, steps, renewals, interruptions }
})

const nowhere = HttpClient.make((request) => Effect.succeed(new ReadyResponse(request, 404, {}, "")))
