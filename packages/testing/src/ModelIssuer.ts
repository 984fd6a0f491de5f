/**
 * A provider's token endpoint in memory, with the network before it: hands out tokens as real ones do, loses answers as
 * real networks do, and tells what happened.
 */
import { NotSent, Unanswered, UnreadableAnswer } from "@entegre/core/ExchangeError"
import * as Expiry from "@entegre/core/Expiry"
import type { Grant, Issuer, Rotation } from "@entegre/core/Issuer"
import {
  InvalidCredentials,
  IssuerError,
  IssuerRefused,
  type Reason as IssuerReason,
  RefreshTokenDead
} from "@entegre/core/IssuerError"
import * as TokenKey from "@entegre/core/TokenKey"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Chance from "./Chance.ts"
import type { Question, Reply, Silence } from "./Dialogue.ts"
import type { Chronicle, Issued } from "./History.ts"
import * as Fate from "./internal/fate.ts"
import type { Process } from "./internal/process.ts"
import { Provider } from "./internal/provider.ts"
import type { Simulation, Timer } from "./Simulation.ts"

/**
 * How likely each fault is, between 0 and 1, for one request to the provider. What remains is served.
 */
export interface Faults {
  /** The request does not leave, and the client knows it. */
  readonly notSent: number
  /** The provider refuses with status 429. */
  readonly busy: number
  /** The provider answers with status 503; every other time it acted before. */
  readonly trouble: number
  /** The provider acts and nobody can read what it says. */
  readonly unreadable: number
  /** The provider acts and its answer is lost: the connection breaks, or nothing comes any more. */
  readonly lostReply: number
  /** The provider acts and its answer comes when nobody waits for it any more. */
  readonly lateReply: number
  /** The request is on its way for so long that the provider acts when nobody waits for it any more. */
  readonly lateRequest: number
  /** The request gets lost on its way. */
  readonly lostRequest: number
  /** A token that is good is refused. For calls, not for logins. */
  readonly groundlessRejection: number
  /** The secrets manager fails, or does not answer. */
  readonly noCredentials: number
}

/**
 * No faults.
 */
export const faultless: Faults = {
  notSent: 0,
  busy: 0,
  trouble: 0,
  unreadable: 0,
  lostReply: 0,
  lateReply: 0,
  lateRequest: 0,
  lostRequest: 0,
  groundlessRejection: 0,
  noCredentials: 0
}

/**
 * How the provider hands out tokens.
 */
export interface Options {
  /** Whose tokens these are. */
  readonly account: string
  /** How the provider treats earlier tokens. */
  readonly rotation: Rotation
  /** Whether there are refresh tokens. */
  readonly refreshes: boolean
  /** How long access tokens live, in milliseconds. */
  readonly life: number
  /** How long refresh tokens live, in milliseconds. */
  readonly refreshLife: number
  /** How long before expiry the cache is to renew, in milliseconds. */
  readonly window: number
  /** How long one request may take, in milliseconds. */
  readonly timeout: number
  /** How many milliseconds the provider's clock is ahead. If it is not 0, expiry is told as a date on that clock. */
  readonly skew: number
}

/** The credentials of the model. */
export class Credentials extends Data.Class<{ readonly secret: Redacted.Redacted<string> }> {}

/**
 * A provider in memory, with its own rules of rotation, its own clock and faults by chance. What it is asked and what it
 * does becomes part of the history.
 */
export class ModelIssuer {
  readonly options: Options
  /** How likely faults are at present. */
  faults: Faults = faultless
  /** The secret that the secrets manager hands out. */
  secret = "secret-1"
  readonly #simulation: Simulation
  readonly #chronicle: Chronicle
  readonly #chance: Chance.Chance
  readonly #provider: Provider
  /** Requests on their way that spend a refresh token. */
  readonly #spending = new Map<string, number>()
  readonly #counter: { requests: number }

  constructor(
    simulation: Simulation,
    chronicle: Chronicle,
    chance: Chance.Chance,
    shared: { readonly issued: Map<string, Issued>; readonly counter: { requests: number } },
    options: Options
  ) {
    this.#simulation = simulation
    this.#chronicle = chronicle
    this.#chance = chance
    this.#provider = new Provider(simulation, chronicle, chance, shared.issued, options)
    this.#counter = shared.counter
    this.options = options
  }

  // ---------------------------------------------------------------------------
  // The provider
  // ---------------------------------------------------------------------------

  /** Whether a call with this token is served. */
  accepts(access: string): boolean {
    return this.#provider.takes(access) && !this.#chance.happens(this.faults.groundlessRejection)
  }

  /** Lets the newest token set's access token die. */
  revoke(): void {
    this.#provider.revoke()
  }

  /** The secret that the provider takes. */
  get accepted(): string {
    return this.#provider.accepted
  }

  /** Takes another secret from now on. */
  accept(secret: string): void {
    this.#provider.accepted = secret
  }

  /** Gives the application another secret. */
  provide(secret: string): void {
    this.secret = secret
    this.#chronicle.record({ _tag: "Provided", account: this.options.account, secret })
  }

  // ---------------------------------------------------------------------------
  // The network
  // ---------------------------------------------------------------------------

  /** One request of a process, as it fares on this network. */
  ask(process: Process, question: Question): Effect.Effect<Reply, Silence> {
    return Effect.callback<Reply, Silence>((resume) => {
      const simulation = this.#simulation
      const request = ++this.#counter.requests
      if (this.#chance.happens(this.faults.notSent)) {
        simulation.schedule(process, () => resume(Effect.fail("connectionRefused")))
        return
      }
      const fate = Fate.draw(this.#chance, this.faults, this.options.timeout)
      this.#recordSent(request, process, question, fate)
      let waiting = true
      const receive = (effect: Effect.Effect<Reply, Silence>, reply?: Reply) => {
        if (!waiting) return
        waiting = false
        this.#chronicle.record({
          _tag: "Received",
          request,
          process: process.name,
          access: reply?._tag === "Granted" ? reply.accessToken : undefined,
          refused: reply?._tag === "CredentialsRefused"
        })
        resume(effect)
      }
      simulation.after(fate.there, simulation.world, () => {
        const acted = fate.acts ? this.#provider.act(request, question) : undefined
        if (question._tag === "Refresh") this.#spending.delete(question.refreshToken)
        this.#chronicle.record({ _tag: "Answered", request })
        const reply = fate.instead ?? acted
        if (fate.lost === "silently" || reply === undefined) return
        simulation.after(
          fate.back,
          process,
          () => fate.lost === "told" ? receive(Effect.fail("connectionLost")) : receive(Effect.succeed(reply), reply)
        )
      })
      return Effect.sync(() => {
        if (!waiting) return
        waiting = false
        this.#chronicle.record({ _tag: "GaveUp", request })
      })
    })
  }

  #recordSent(request: number, process: Process, question: Question, fate: Fate.Fate): void {
    const { account, rotation } = this.options
    const sent = { _tag: "Sent", request, process: process.name, account } as const
    if (question._tag === "Login") {
      this.#chronicle.record({ ...sent, means: "login", secret: question.secret, supersededBy: undefined })
      return
    }
    const { refreshToken } = question
    const supersededBy = rotation === "reusable"
      ? undefined
      : this.#spending.get(refreshToken) ?? this.#provider.knownToSupersede(refreshToken)
    if (fate.acts) this.#spending.set(refreshToken, request)
    this.#chronicle.record({ ...sent, means: "refresh", secret: refreshToken, supersededBy })
  }

  // ---------------------------------------------------------------------------
  // The client
  // ---------------------------------------------------------------------------

  /** The key of its tokens. */
  get key(): TokenKey.TokenKey {
    const { account } = this.options
    return TokenKey.make({
      provider: "model",
      environment: "https://model.test",
      account: Redacted.make(account),
      label: account
    })
  }

  /** The credentials as a process gets them from the secrets manager. */
  credentials(process: Process): Effect.Effect<Credentials, "unavailable"> {
    return Effect.callback<Credentials, "unavailable">((resume) => {
      const chance = this.#chance
      const fails = chance.happens(this.faults.noCredentials)
      if (fails && chance.happens(0.3)) return
      const timer: Timer = this.#simulation.after(
        chance.happens(0.7) ? 0 : chance.between(1, 500),
        process,
        () =>
          resume(
            fails
              ? Effect.fail("unavailable")
              : Effect.succeed(new Credentials({ secret: Redacted.make(this.secret) }))
          )
      )
      return Effect.sync(() => this.#simulation.cancel(timer))
    })
  }

  /** The provider as the token cache of a process knows it. */
  issuer(process: Process): Issuer<Credentials, "unavailable"> {
    const { refreshes, rotation, skew, timeout, window } = this.options
    const ask = (question: Question) =>
      Effect.clockWith((clock) => {
        const requestedAt = clock.currentTimeMillisUnsafe()
        return Effect.flatMap(
          Effect.mapError(this.ask(process, question), (silence) => new IssuerError({ reason: reasonOf(silence) })),
          (reply) => grantOf(reply, skew !== 0, requestedAt, clock.currentTimeMillisUnsafe())
        )
      })
    return {
      key: this.key,
      rotation,
      credentials: this.credentials(process),
      login: ({ secret }) => ask({ _tag: "Login", secret: Redacted.value(secret) }),
      refresh: refreshes
        ? (refreshToken) => ask({ _tag: "Refresh", refreshToken: Redacted.value(refreshToken) })
        : undefined,
      window: Duration.millis(window),
      timeout: Duration.millis(timeout)
    }
  }
}

const reasonOf = (silence: Silence): IssuerReason =>
  silence === "connectionRefused" ? new NotSent({ problem: silence }) : new Unanswered({ problem: silence })

const grantOf = (
  reply: Reply,
  byDate: boolean,
  requestedAt: number,
  receivedAt: number
): Effect.Effect<Grant, IssuerError> => {
  const refuse = (reason: IssuerReason) => Effect.fail(new IssuerError({ reason }))
  switch (reply._tag) {
    case "Granted": {
      const { accessToken, date, expiresIn, refreshToken } = reply
      return Effect.succeed({
        accessToken: Redacted.make(accessToken),
        refreshToken: refreshToken === undefined ? undefined : Redacted.make(refreshToken),
        expiry: byDate
          ? [Expiry.absolute(DateTime.formatIso(DateTime.makeUnsafe(date + expiresIn * 1000)))]
          : [Expiry.relative(expiresIn)],
        timing: byDate ? { requestedAt, receivedAt, serverDate: date, age: undefined } : undefined
      })
    }
    case "CredentialsRefused":
      return refuse(new InvalidCredentials({ status: 401, providerCode: "WRONG" }))
    case "RefreshTokenRefused":
      return refuse(new RefreshTokenDead({ status: 401 }))
    case "Unavailable":
      return refuse(new IssuerRefused({ status: reply.status }))
    case "Garbled":
      return refuse(new UnreadableAnswer({ status: 200, problem: "not JSON" }))
  }
}
