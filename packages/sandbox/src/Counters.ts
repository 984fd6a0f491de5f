/**
 * What a provider of the sandbox has seen and done, in numbers that tests can
 * take as the truth.
 */
import * as Schema from "effect/Schema"

/**
 * How one operation fared.
 *
 * - `received`: requests that came for it, whatever became of them.
 * - `done`: times the provider did it, whether or not the answer arrived.
 */
export const OperationCount = Schema.Struct({ received: Schema.Natural, done: Schema.Natural })

/**
 * The counters of one provider. Every request adds to exactly one of `logins`,
 * `renewals`, `loginsRefused`, `loginsFailed`, `calls`, `refused`,
 * `cooldownRefusals`, `rejected` and `failed`.
 *
 * - `logins`: credentials came, a token went out.
 * - `renewals`: a refresh token came, a token went out. Always 0 where the
 *   provider has no refresh token.
 * - `loginsRefused`: requests to the token endpoint that the provider itself
 *   refused.
 * - `loginsFailed`: requests to the token endpoint spoiled by a fault.
 * - `calls`: calls answered with 2xx, unless the body says that they failed.
 * - `refused`: calls answered with 401.
 * - `cooldownRefusals`: calls answered with 429.
 * - `rejected`: calls that the provider refused for any other reason.
 * - `failed`: calls spoiled by a fault.
 * - `overlaps`: requests to the token endpoint that came while another one of
 *   the same account was still in progress (neither answered nor given up by
 *   the caller).
 * - `peakLogins`: the most requests to the token endpoint that were ever in
 *   progress at once, over all accounts.
 * - `operations`: the same by operation.
 */
export const Counters = Schema.Struct({
  logins: Schema.Natural,
  renewals: Schema.Natural,
  loginsRefused: Schema.Natural,
  loginsFailed: Schema.Natural,
  calls: Schema.Natural,
  refused: Schema.Natural,
  cooldownRefusals: Schema.Natural,
  rejected: Schema.Natural,
  failed: Schema.Natural,
  overlaps: Schema.Natural,
  peakLogins: Schema.Natural,
  operations: Schema.Record(Schema.String, OperationCount)
})

/**
 * The counters of one provider.
 */
export type Counters = typeof Counters.Type

/**
 * Counters before the first request.
 */
export const zero: Counters = {
  logins: 0,
  renewals: 0,
  loginsRefused: 0,
  loginsFailed: 0,
  calls: 0,
  refused: 0,
  cooldownRefusals: 0,
  rejected: 0,
  failed: 0,
  overlaps: 0,
  peakLogins: 0,
  operations: {}
}
