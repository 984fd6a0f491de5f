/**
 * A provider in memory under real time, with its own rules of rotation, that tells what happened.
 */
import { Unanswered } from "@entegre/core/ExchangeError"
import * as Expiry from "@entegre/core/Expiry"
import type { Grant, Issuer, Rotation } from "@entegre/core/Issuer"
import { IssuerError, RefreshTokenDead } from "@entegre/core/IssuerError"
import * as TokenKey from "@entegre/core/TokenKey"
import { type Clock, Duration, Effect, Random, Redacted } from "effect"
import type { Fact, Happening, History, Issued } from "../../../../testing/src/History.ts"

/** How long a token lives, how long before its end it is renewed, and how long a request may take, in milliseconds. */
const life = 1_200
const window = 500
const timeout = 1_000

/** Writes down what happens, in the order in which it happens. */
export class Recorder {
  readonly facts: Array<Fact> = []
  readonly issued = new Map<string, Issued>()
  readonly start: number
  readonly #clock: Clock.Clock

  constructor(clock: Clock.Clock) {
    this.#clock = clock
    this.start = clock.currentTimeMillisUnsafe()
  }

  get elapsed(): number {
    return this.#clock.currentTimeMillisUnsafe() - this.start
  }

  record(happening: Happening): void {
    this.facts.push({ ...happening, step: this.facts.length + 1, at: this.elapsed })
  }

  history(rotation: Rotation): History {
    const { facts, issued, start } = this
    return { start, setting: { rotation, timeout, probes: [60_000], storeSeen: true }, facts, issued }
  }
}

interface TokenSet extends Issued {
  /** The access token was replaced. */
  dead: boolean
  /** The request that spent or replaced the refresh token. */
  supersededBy: number | undefined
}

export class LiveProvider {
  readonly account: string
  readonly rotation: Rotation
  readonly #recorder: Recorder
  readonly #counter: { requests: number }
  readonly #byAccess = new Map<string, TokenSet>()
  readonly #byRefresh = new Map<string, TokenSet>()
  /** Requests on their way that spend a refresh token. */
  readonly #spending = new Map<string, number>()
  #current: TokenSet | undefined
  /** How often an answer is lost, between 0 and 1. */
  losses = 0.05

  constructor(recorder: Recorder, counter: { requests: number }, account: string, rotation: Rotation) {
    this.#recorder = recorder
    this.#counter = counter
    this.account = account
    this.rotation = rotation
  }

  accepts(access: string): boolean {
    const set = this.#byAccess.get(access)
    return set !== undefined && !set.dead && this.#recorder.elapsed < set.expiresAt
  }

  /** The provider as the cache of a process knows it. */
  issuer(process: string): Issuer<{ readonly name: string }, never> {
    return {
      key: TokenKey.make({
        provider: "model",
        environment: "live",
        account: Redacted.make(this.account),
        label: this.account
      }),
      rotation: this.rotation,
      credentials: Effect.succeed({ name: this.account }),
      login: () => this.#ask(process, "login", "secret", undefined),
      refresh: (token) =>
        this.#ask(process, "refresh", Redacted.value(token), this.#byRefresh.get(Redacted.value(token))),
      window: Duration.millis(window),
      timeout: Duration.millis(timeout)
    }
  }

  #ask(process: string, means: "login" | "refresh", secret: string, spent: TokenSet | undefined) {
    return Effect.gen({ self: this }, function*() {
      const { account, rotation } = this
      const [there, back, chance] = yield* Effect.all([Random.next, Random.next, Random.next])
      const request = ++this.#counter.requests
      const supersededBy = means === "login" || rotation === "reusable"
        ? undefined
        : this.#spending.get(secret) ?? spent?.supersededBy
      if (means === "refresh") this.#spending.set(secret, request)
      let waiting = true
      this.#recorder.record({ _tag: "Sent", request, process, account, means, secret, supersededBy })
      return yield* Effect.sleep(there * 40).pipe(
        Effect.andThen(Effect.sync(() => this.#act(request, means, spent))),
        Effect.tap(() => chance < this.losses ? Effect.never : Effect.sleep(back * 40)),
        Effect.flatMap((granted) => {
          waiting = false
          const access = granted === undefined ? undefined : Redacted.value(granted.accessToken)
          this.#recorder.record({ _tag: "Received", request, process, access, refused: false })
          return granted === undefined
            ? Effect.fail(new IssuerError({ reason: new RefreshTokenDead({ status: 401 }) }))
            : Effect.succeed(granted)
        }),
        // In time for the cache to hear of it.
        Effect.timeoutOrElse({
          duration: timeout / 2,
          orElse: () => Effect.fail(new IssuerError({ reason: new Unanswered({ problem: "connectionLost" }) }))
        }),
        Effect.ensuring(Effect.sync(() => {
          this.#spending.delete(secret)
          if (waiting) this.#recorder.record({ _tag: "GaveUp", request })
        }))
      )
    })
  }

  #act(request: number, means: "login" | "refresh", spent: TokenSet | undefined): Grant | undefined {
    const { account, rotation } = this
    if (means === "refresh" && (spent === undefined || spent.supersededBy !== undefined)) {
      this.#recorder.record({ _tag: "Answered", request })
      return undefined
    }
    const number = this.#byAccess.size + 1
    const set: TokenSet = {
      access: `access-${account}-${number}`,
      refresh: `refresh-${account}-${number}`,
      account,
      expiresAt: this.#recorder.elapsed + life,
      exact: true,
      dead: false,
      supersededBy: undefined
    }
    if (rotation !== "reusable" && spent !== undefined) spent.supersededBy = request
    if (rotation === "singleActive" && this.#current !== undefined) {
      this.#current.dead = true
      this.#current.supersededBy ??= request
    }
    this.#current = set
    this.#byAccess.set(set.access, set)
    this.#byRefresh.set(`refresh-${account}-${number}`, set)
    this.#recorder.issued.set(set.access, set)
    this.#recorder.record({ _tag: "Granted", request, account, access: set.access })
    this.#recorder.record({ _tag: "Answered", request })
    return {
      accessToken: Redacted.make(set.access),
      refreshToken: Redacted.make(`refresh-${account}-${number}`),
      expiry: [Expiry.relative(life / 1000)]
    }
  }
}
