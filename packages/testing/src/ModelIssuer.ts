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
import type { Process } from "./internal/process.ts"
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

interface TokenSet extends Issued {
  readonly refreshExpiresAt: number
  /** The access token was refused for good, or replaced. */
  dead: boolean
  /** The request that it was handed out for. */
  readonly request: number
  /** The refresh token was spent or replaced by this request. */
  supersededBy: number | undefined
}

/** What becomes of a request. Delays are in milliseconds. */
interface Fate {
  readonly there: number
  readonly back: number
  readonly acts: boolean
  /** What the provider answers instead of serving. */
  readonly instead: Reply | undefined
  /** The answer does not arrive; the client is told, or not. */
  readonly lost: "told" | "silently" | undefined
}

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
  /** The secret that the provider takes. */
  accepted = "secret-1"
  readonly #simulation: Simulation
  readonly #chronicle: Chronicle
  readonly #chance: Chance.Chance
  readonly #issued: Map<string, Issued>
  readonly #sets = new Map<string, TokenSet>()
  readonly #byRefresh = new Map<string, TokenSet>()
  /** Requests on their way that spend a refresh token. */
  readonly #spending = new Map<string, number>()
  readonly #counter: { requests: number }
  #current: TokenSet | undefined

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
    this.#issued = shared.issued
    this.#counter = shared.counter
    this.options = options
  }

  // ---------------------------------------------------------------------------
  // The provider
  // ---------------------------------------------------------------------------

  /** Whether a call with this token is served. */
  accepts(access: string): boolean {
    const set = this.#sets.get(access)
    if (set === undefined || set.dead || set.expiresAt <= this.#elapsed) return false
    return !this.#chance.happens(this.faults.groundlessRejection)
  }

  /** Lets the newest token set's access token die. */
  revoke(): void {
    const set = this.#current
    if (set === undefined || set.dead) return
    set.dead = true
    this.#chronicle.record({ _tag: "Revoked", account: this.options.account, access: set.access })
  }

  /** Takes another secret from now on. */
  accept(secret: string): void {
    this.accepted = secret
  }

  /** Gives the application another secret. */
  provide(secret: string): void {
    this.secret = secret
    this.#chronicle.record({ _tag: "Provided", account: this.options.account, secret })
  }

  get #elapsed(): number {
    return this.#simulation.now - this.#simulation.start
  }

  #act(request: number, question: Question): Reply {
    if (question._tag === "Login") {
      if (question.secret !== this.accepted) {
        this.#chronicle.record({ _tag: "Refused", request, account: this.options.account, secret: question.secret })
        return { _tag: "CredentialsRefused" }
      }
      return this.#grant(request, undefined)
    }
    const spent = this.#byRefresh.get(question.refreshToken)
    if (spent === undefined || spent.supersededBy !== undefined || spent.refreshExpiresAt <= this.#elapsed) {
      return { _tag: "RefreshTokenRefused" }
    }
    return this.#grant(request, spent)
  }

  #grant(request: number, spent: TokenSet | undefined): Reply {
    const { account, life, refreshes, refreshLife, rotation, skew } = this.options
    const number = this.#sets.size + 1
    const kept = rotation === "reusable" ? spent?.refresh : undefined
    const refresh = refreshes ? kept ?? `refresh-${account}-${number}` : undefined
    const set: TokenSet = {
      access: `access-${account}-${number}`,
      refresh,
      account,
      expiresAt: this.#elapsed + life,
      exact: skew === 0,
      refreshExpiresAt: kept === undefined || spent === undefined
        ? this.#elapsed + refreshLife
        : spent.refreshExpiresAt,
      request,
      dead: false,
      supersededBy: undefined
    }
    if (rotation !== "reusable" && spent !== undefined) spent.supersededBy = request
    if (rotation === "singleActive" && this.#current !== undefined) {
      this.#current.dead = true
      this.#current.supersededBy = request
    }
    this.#current = set
    this.#sets.set(set.access, set)
    this.#issued.set(set.access, set)
    if (refresh !== undefined && kept === undefined) this.#byRefresh.set(refresh, set)
    this.#chronicle.record({ _tag: "Granted", request, account, access: set.access })
    return {
      _tag: "Granted",
      accessToken: set.access,
      refreshToken: kept !== undefined && this.#chance.happens(0.5) ? undefined : refresh,
      expiresIn: life / 1000,
      date: this.#simulation.now + skew
    }
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
      const fate = this.#fate()
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
        const acted = fate.acts ? this.#act(request, question) : undefined
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

  #recordSent(request: number, process: Process, question: Question, fate: Fate): void {
    const { account, rotation } = this.options
    const sent = { _tag: "Sent", request, process: process.name, account } as const
    if (question._tag === "Login") {
      this.#chronicle.record({ ...sent, means: "login", secret: question.secret, supersededBy: undefined })
      return
    }
    const { refreshToken } = question
    const supersededBy = rotation === "reusable"
      ? undefined
      : this.#spending.get(refreshToken) ?? knowablySupersededBy(this.#byRefresh.get(refreshToken))
    if (fate.acts) this.#spending.set(refreshToken, request)
    this.#chronicle.record({ ...sent, means: "refresh", secret: refreshToken, supersededBy })
  }

  #fate(): Fate {
    const { faults, options: { timeout } } = this
    const chance = this.#chance
    const delay = () => chance.happens(0.4) ? 0 : chance.between(1, chance.happens(0.2) ? timeout / 2 - 1 : 50)
    const usual: Fate = { there: delay(), back: delay(), acts: true, instead: undefined, lost: undefined }
    const fates: ReadonlyArray<readonly [number, () => Fate]> = [
      [faults.busy, () => ({ ...usual, acts: false, instead: { _tag: "Unavailable", status: 429 } })],
      [faults.trouble, () => ({ ...usual, acts: chance.happens(0.5), instead: { _tag: "Unavailable", status: 503 } })],
      [faults.unreadable, () => ({ ...usual, instead: { _tag: "Garbled" } })],
      [faults.lostReply, () => ({ ...usual, lost: chance.happens(0.5) ? "told" : "silently" })],
      [faults.lateReply, () => ({ ...usual, back: chance.between(timeout - 2, 2 * timeout) })],
      [faults.lateRequest, () => ({ ...usual, there: chance.between(timeout - 2, 2 * timeout) })],
      [faults.lostRequest, () => ({ ...usual, acts: false, lost: "silently" })]
    ]
    let drawn = chance.next()
    for (const [probability, fate] of fates) {
      if (drawn < probability) return fate()
      drawn -= probability
    }
    return usual
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

// Not by a request that had been sent before the token set was handed out, and was acted on after: nobody can know that.
const knowablySupersededBy = (set: TokenSet | undefined): number | undefined =>
  set?.supersededBy !== undefined && set.supersededBy > set.request ? set.supersededBy : undefined

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
