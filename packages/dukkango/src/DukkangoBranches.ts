/**
 * Many branches, each with keys of its own, over one token cache.
 *
 * A branch's service is made when it is first asked for and put away when nobody has used it for a while. Its token stays
 * in the cache and its cooldown is kept, so that coming back costs neither a login nor a refusal.
 *
 * ```ts
 * const Branches = DukkangoBranches.layer({ credentials: (branch) => vault.keysOf(branch) })
 *
 * const program = Effect.gen(function*() {
 *   const dukkango = yield* Dukkango
 *   return yield* dukkango.restaurants.list
 * })
 *
 * program.pipe(Effect.provide(DukkangoBranches.get("akat")))
 * ```
 */
import { InvalidOptions } from "@entegre/core/InvalidOptions"
import type { TokenCache } from "@entegre/core/TokenCache"
import { CredentialsUnavailable } from "@entegre/core/TokenError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as LayerMap from "effect/LayerMap"
import * as Schema from "effect/Schema"
import { Dukkango } from "./Dukkango.ts"
import { DukkangoCooldown } from "./DukkangoCooldown.ts"
import type { Credentials, Settings } from "./DukkangoOptions.ts"

/**
 * A branch can not be used. The next who asks for it tries anew.
 */
export class BranchUnavailable
  extends Schema.TaggedError<BranchUnavailable>("@entegre/dukkango/BranchUnavailable")("BranchUnavailable", {
    /** The branch, as the application names it. */
    branch: Schema.String,
    /** Whether its keys could not be obtained, or can not be used. */
    reason: Schema.Union([CredentialsUnavailable, InvalidOptions])
  })
{
  override readonly cause = this.reason
  override get message(): string {
    return `${this.branch}: ${this.reason.message}`
  }
}

/**
 * What the branches have in common, and where their keys come from.
 */
export interface Options<E = never, R = never> extends Omit<Settings, "label"> {
  /**
   * Obtains the keys of a branch. It runs when the branch is first asked for, then at every login. Two branches with the
   * same keys share a token and a cooldown.
   */
  readonly credentials: (branch: string) => Effect.Effect<Credentials, E, R>
  /** For how long a branch that nobody uses is kept ready. Default: 10 minutes. */
  readonly idleTimeToLive?: Duration.Input | undefined
}

/**
 * The branches.
 */
export interface Service {
  /** The Dükkango of a branch. The branch is its name in events, logs and on a debug page. */
  readonly get: (branch: string) => Layer.Layer<Dukkango, BranchUnavailable>
  /** Has a branch made anew when it is next asked for: its keys belong to another account now. */
  readonly invalidate: (branch: string) => Effect.Effect<void>
}

/**
 * Many branches, each with keys of its own, over one token cache.
 */
export class DukkangoBranches extends Context.Service<DukkangoBranches, Service>()(
  "@entegre/dukkango/DukkangoBranches"
) {
  /**
   * The branches, by way of looking up their keys.
   */
  static readonly layer = <E = never, R = never>(
    options: Options<E, R>
  ): Layer.Layer<DukkangoBranches, never, HttpClient.HttpClient | R | TokenCache> =>
    Layer.effect(DukkangoBranches, make(options)).pipe(
      // Outlives the branches, so that a branch that was put away still has its cooldown.
      Layer.provide(DukkangoCooldown.layer)
    )

  /**
   * The Dükkango of a branch.
   */
  static readonly get = (branch: string): Layer.Layer<Dukkango, BranchUnavailable, DukkangoBranches> =>
    Layer.unwrap(DukkangoBranches.use((branches) => Effect.succeed(branches.get(branch))))
}

const make = Effect.fnUntraced(
  function*<E, R>({ credentials, idleTimeToLive = "10 minutes", ...settings }: Options<E, R>) {
    const branches = yield* LayerMap.make(
      (branch: string) =>
        Layer.effect(
          Dukkango,
          Dukkango.make({
            ...settings,
            label: branch,
            credentials: Effect.mapError(
              credentials(branch),
              () => new CredentialsUnavailable({ retryAfter: Duration.zero })
            )
          }).pipe(Effect.mapError((reason) => new BranchUnavailable({ branch, reason })))
        ),
      { idleTimeToLive }
    )
    return DukkangoBranches.of({
      // A failure would otherwise be kept as long as a success.
      get: (branch) => Layer.tapError(branches.get(branch), () => branches.invalidate(branch)),
      invalidate: (branch) => branches.invalidate(branch)
    })
  }
)
