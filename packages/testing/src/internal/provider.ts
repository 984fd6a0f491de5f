/**
 * The provider behind a model's network: its rules of rotation, which secret it takes, and which of its tokens live.
 */
import type * as Chance from "../Chance.ts"
import type { Question, Reply } from "../Dialogue.ts"
import type { Chronicle, Issued } from "../History.ts"
import type { Options } from "../ModelIssuer.ts"
import type { Simulation } from "../Simulation.ts"

interface TokenSet extends Issued {
  readonly refreshExpiresAt: number
  /** The access token was refused for good, or replaced. */
  dead: boolean
  /** The request that it was handed out for. */
  readonly request: number
  /** The refresh token was spent or replaced by this request. */
  supersededBy: number | undefined
}

export class Provider {
  /** The secret that it takes. */
  accepted = "secret-1"
  readonly #simulation: Simulation
  readonly #chronicle: Chronicle
  readonly #chance: Chance.Chance
  readonly #issued: Map<string, Issued>
  readonly #options: Options
  readonly #sets = new Map<string, TokenSet>()
  readonly #byRefresh = new Map<string, TokenSet>()
  #current: TokenSet | undefined

  constructor(
    simulation: Simulation,
    chronicle: Chronicle,
    chance: Chance.Chance,
    issued: Map<string, Issued>,
    options: Options
  ) {
    this.#simulation = simulation
    this.#chronicle = chronicle
    this.#chance = chance
    this.#issued = issued
    this.#options = options
  }

  /** Whether an access token is good. */
  takes(access: string): boolean {
    const set = this.#sets.get(access)
    return set !== undefined && !set.dead && this.#elapsed < set.expiresAt
  }

  /** Lets the newest token set's access token die. */
  revoke(): void {
    const set = this.#current
    if (set === undefined || set.dead) return
    set.dead = true
    this.#chronicle.record({ _tag: "Revoked", account: this.#options.account, access: set.access })
  }

  /**
   * The request that is known to have spent or replaced a refresh token: not one that had been sent before the token set
   * was handed out, and was acted on after.
   */
  knownToSupersede(refreshToken: string): number | undefined {
    const set = this.#byRefresh.get(refreshToken)
    return set?.supersededBy !== undefined && set.supersededBy > set.request ? set.supersededBy : undefined
  }

  /** Does what it is asked for. */
  act(request: number, question: Question): Reply {
    const { account } = this.#options
    if (question._tag === "Login") {
      if (question.secret !== this.accepted) {
        this.#chronicle.record({ _tag: "Refused", request, account, secret: question.secret })
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
    const { account, life, refreshes, refreshLife, rotation, skew } = this.#options
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

  get #elapsed(): number {
    return this.#simulation.now - this.#simulation.start
  }
}
