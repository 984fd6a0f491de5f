/**
 * One run: a candidate goes through a workload, and what happens is written down.
 */
import * as AuthenticatedClient from "@entegre/core/AuthenticatedClient"
import * as BaseUrl from "@entegre/core/BaseUrl"
import type { ExchangeError } from "@entegre/core/ExchangeError"
import type { TokenError } from "@entegre/core/TokenError"
import type { Tokens } from "@entegre/core/Tokens"
import type { Token } from "@entegre/core/TokenSet"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import type { Candidate, Opened } from "../Candidate.ts"
import * as Chance from "../Chance.ts"
import type { Happening, History, Issued } from "../History.ts"
import * as Issuers from "../ModelIssuer.ts"
import * as Stores from "../ModelStore.ts"
import { Simulation } from "../Simulation.ts"
import type { Command, Leaving, Workload } from "../Workload.ts"
import * as Network from "./network.ts"
import type { Process } from "./process.ts"
import { Recorder } from "./recorder.ts"

/** A process with a candidate in it. */
interface Member {
  readonly process: Process
  readonly scope: Scope.Closeable
  opened: Opened | undefined
  readonly clients: Array<AuthenticatedClient.AuthenticatedClient>
  /** The tokens that callers have seen, newest first, by key. */
  readonly seen: ReadonlyArray<Array<Token>>
  closing: boolean
}

interface Caller {
  readonly member: Member
  settled: boolean
}

/** How long callers may take when no process is frozen any more, in milliseconds. */
const longestWait = 20 * 60_000

/** How long an application waits between its tries when all faults have ended, and how often it tries. */
const recoveryInterval = 60_000
const recoveryTries = 70

const baseUrl = Result.getOrThrow(BaseUrl.make("https://model.test"))

/** When refused credentials may be tried again: the default of the token cache. */
const probes = [60_000, 300_000, 900_000, 1_800_000]

export class Trial {
  readonly #candidate: Candidate
  readonly #workload: Workload
  readonly #simulation: Simulation
  readonly #recorder: Recorder
  readonly #issued = new Map<string, Issued>()
  readonly #providers: ReadonlyArray<Issuers.ModelIssuer>
  readonly #store: Stores.ModelStore
  readonly #members: Array<Member> = []
  readonly #callers: Array<Caller> = []
  #calls = 0

  constructor(candidate: Candidate, workload: Workload) {
    const { seed } = workload
    this.#candidate = candidate
    this.#workload = workload
    this.#simulation = new Simulation({ seed, maxSteps: 300_000 })
    this.#recorder = new Recorder(this.#simulation)
    const shared = { issued: this.#issued, counter: { requests: 0 } }
    this.#providers = workload.accounts.map((account) =>
      new Issuers.ModelIssuer(this.#simulation, this.#recorder, Chance.make(seed, `provider ${account}`), shared, {
        ...workload.issuer,
        account
      })
    )
    this.#store = new Stores.ModelStore(
      this.#simulation,
      this.#recorder,
      Chance.make(seed, "store"),
      workload.storeSkew
    )
  }

  /** Goes through the first `length` commands and to the end. */
  run(length: number): Effect.Effect<History> {
    return Effect.map(this.#simulation.boot, () => {
      const { commands, issuer, issuerFaults, ownStore, skews, storeFaults } = this.#workload
      for (const provider of this.#providers) provider.faults = issuerFaults
      this.#store.faults = storeFaults
      const processes = skews.length - 2
      for (let i = 0; i < processes; i++) this.#open()
      for (const command of commands.slice(0, length)) this.#perform(command)
      this.#settle()
      this.#recover()
      this.#close()
      if (this.#simulation.exhausted) this.#record({ _tag: "Astray" })
      const { rotation, timeout } = issuer
      return {
        start: this.#simulation.start,
        setting: { rotation, timeout, probes, storeSeen: !ownStore },
        facts: this.#recorder.facts,
        issued: this.#issued
      }
    })
  }

  #record(happening: Happening): void {
    this.#recorder.record(happening)
  }

  // ---------------------------------------------------------------------------
  // Processes
  // ---------------------------------------------------------------------------

  #open(): void {
    const index = this.#members.length
    const simulation = this.#simulation
    const process = simulation.process(`p${index}`, this.#workload.skews[index] ?? 0)
    const { name } = process
    const scope = Scope.makeUnsafe()
    const seen = this.#providers.map((): Array<Token> => [])
    const member: Member = { process, scope, opened: undefined, clients: [], seen, closing: false }
    this.#members.push(member)
    const store = this.#workload.ownStore ? undefined : this.#store.service(process)
    const issuers = this.#providers.map((provider) => provider.issuer(process))
    process.fork(
      Effect.gen({ self: this }, function*() {
        const opened = yield* this.#candidate.open({ store, issuers })
        yield* Effect.forkScoped(Effect.forever(Effect.map(opened.nextEvent, (event) => {
          this.#record({ _tag: "Event", process: name, account: event.key, event, skew: process.skew })
        })))
        for (const [key, tokens] of opened.tokens.entries()) {
          const provider = this.#providers[key]
          if (provider === undefined) continue
          const chance = Chance.make(this.#workload.seed, `network ${name} ${key}`)
          member.clients.push(
            yield* Effect.provideService(
              this.#candidate.client({
                tokens,
                baseUrl,
                authorize: (request, token) =>
                  HttpClientRequest.setHeader(request, Network.tokenHeader, Redacted.value(token)),
                secretHeaders: [Network.tokenHeader],
                httpSpan: false
              }),
              HttpClient.HttpClient,
              Network.make(simulation, this.#recorder, chance, process, provider)
            )
          )
        }
        member.opened = opened
        this.#record({ _tag: "Opened", process: name })
      }).pipe(Scope.provide(scope))
    )
    simulation.until(() => member.opened !== undefined, 1000)
  }

  #member(index: number): Member | undefined {
    const member = this.#members[index]
    return member === undefined || member.process.crashed || member.closing ? undefined : member
  }

  #shutDown(member: Member): void {
    const { name: process } = member.process
    member.closing = true
    this.#record({ _tag: "Closing", process })
    member.process.fork(Effect.map(Scope.close(member.scope, Exit.void), () => {
      this.#record({ _tag: "Closed", process })
    }))
  }

  // ---------------------------------------------------------------------------
  // Commands
  // ---------------------------------------------------------------------------

  #perform(command: Command): void {
    const simulation = this.#simulation
    switch (command._tag) {
      case "Pause":
        if ("steps" in command.span) simulation.step(command.span.steps)
        else simulation.advance(command.span.millis)
        return
      case "Open":
        return this.#open()
      case "Freeze":
      case "Crash":
      case "Close": {
        const member = this.#member(command.process)
        if (member === undefined) return
        if (command._tag === "Close") return this.#shutDown(member)
        if (command._tag === "Freeze") return this.#freeze(member, command.millis)
        this.#record({ _tag: "Crashed", process: member.process.name })
        for (const caller of this.#callers) if (caller.member === member) caller.settled = true
        return simulation.crash(member.process)
      }
      case "Revoke":
        return this.#provider(command.key).revoke()
      case "Accept":
        this.#provider(command.key).accepted = command.secret
        return
      case "Provide":
        return this.#provider(command.key).provide(command.secret)
      case "StoreDown": {
        const store = this.#store
        store.down = true
        simulation.after(command.millis, simulation.world, () => {
          store.down = false
        })
        return
      }
      case "StoreCleared":
        return this.#store.clear()
      case "StoreFailedOver":
        return this.#store.failOver(command.changes)
      default: {
        const member = this.#member(command.process)
        if (member !== undefined) this.#act(member, command)
        return
      }
    }
  }

  #provider(key: number): Issuers.ModelIssuer {
    const provider = this.#providers[key % this.#providers.length]
    if (provider === undefined) throw new Error("a trial has a provider")
    return provider
  }

  #freeze({ process }: Member, millis: number): void {
    if (process.frozen) return
    const simulation = this.#simulation
    this.#record({ _tag: "Frozen", process: process.name })
    simulation.freeze(process)
    simulation.after(millis, simulation.world, () => this.#thaw(process))
  }

  #thaw(process: Process): void {
    if (!process.frozen || process.crashed) return
    this.#record({ _tag: "Thawed", process: process.name })
    this.#simulation.thaw(process)
  }

  // ---------------------------------------------------------------------------
  // Callers
  // ---------------------------------------------------------------------------

  #act(member: Member, command: Extract<Command, { readonly process: number; readonly key: number }>): unknown {
    const key = command.key % this.#providers.length
    const tokens = member.opened?.tokens[key]
    const client = member.clients[key]
    const seen = member.seen[key]
    if (tokens === undefined || client === undefined || seen === undefined) return
    switch (command._tag) {
      case "Get":
        return this.#caller(
          member,
          key,
          "get",
          undefined,
          command.leaving,
          (caller) => this.#get(caller, member, key, tokens)
        )
      case "Call":
        return this.#caller(member, key, "call", undefined, command.leaving, (caller) => {
          const request = command.safety === "unsafe" ? HttpClientRequest.post : HttpClientRequest.get
          return Effect.asVoid(client.send(request(`/${caller}`), { safety: command.safety }))
        })
      case "Reject":
      case "Discard": {
        const token = seen[command.back]
        if (token === undefined) return
        return command._tag === "Discard"
          ? this.#caller(member, key, "discard", token, command.leaving, () => tokens.discard(token))
          : this.#caller(
            member,
            key,
            "reject",
            token,
            command.leaving,
            (caller) => Effect.map(tokens.reject(token), (next) => this.#show(caller, member, key, next))
          )
      }
      case "Forget":
        return this.#caller(member, key, "forget", undefined, undefined, () => tokens.forget)
      case "WarmUp":
        return member.process.fork(tokens.warmUp)
      case "Announce": {
        const { account } = this.#provider(key).options
        return member.process.fork(Effect.suspend(() => {
          this.#record({ _tag: "Announced", process: member.process.name, account })
          return tokens.credentialsChanged
        }))
      }
    }
  }

  #get(caller: number, member: Member, key: number, tokens: Tokens) {
    return Effect.map(tokens.get, (token) => this.#show(caller, member, key, token))
  }

  #show(caller: number, member: Member, key: number, token: Token): void {
    const { process } = member
    member.seen[key]?.unshift(token)
    this.#record({
      _tag: "Shown",
      caller,
      process: process.name,
      account: this.#provider(key).options.account,
      access: Redacted.value(token.value),
      generation: token.generation,
      expiresAt: token.expiresAt - process.skew - this.#simulation.start
    })
  }

  #caller(
    member: Member,
    key: number,
    act: Extract<Happening, { readonly _tag: "Began" }>["act"],
    token: Token | undefined,
    leaving: Leaving | undefined,
    body: (caller: number) => Effect.Effect<void, TokenError | ExchangeError>
  ): () => boolean {
    const number = ++this.#calls
    const { process } = member
    const { account } = this.#provider(key).options
    const caller: Caller = { member, settled: false }
    this.#callers.push(caller)
    let fiber: Fiber.Fiber<unknown, unknown> | undefined
    const begun = Effect.withFiber((self) => {
      fiber = self
      this.#record({
        _tag: "Began",
        caller: number,
        process: process.name,
        account,
        act,
        generation: token?.generation
      })
      return body(number)
    })
    process.fork(Effect.asVoid(Effect.exit(Effect.onExit(begun, (exit) =>
      Effect.sync(() => {
        caller.settled = true
        this.#record({ _tag: "Ended", caller: number, ...outcome(exit) })
      })))))
    const settled = () => caller.settled
    if (leaving === undefined) return settled
    const leave = () => fiber?.interruptUnsafe()
    if ("steps" in leaving) this.#simulation.afterSteps(leaving.steps, process, leave)
    else this.#simulation.after(leaving.millis, process, leave)
    return settled
  }

  // ---------------------------------------------------------------------------
  // The end
  // ---------------------------------------------------------------------------

  /** Waits until every caller is done, under the same faults as before. */
  #settle(): void {
    this.#simulation.until(() => !this.#members.some(({ process }) => process.frozen && !process.crashed), longestWait)
    this.#simulation.until(() => this.#callers.every(({ settled }) => settled), longestWait)
  }

  /** Ends all faults and looks whether every process gets a token that the provider takes. */
  #recover(): void {
    this.#store.faults = Stores.faultless
    this.#store.down = false
    for (const provider of this.#providers) {
      provider.faults = Issuers.faultless
      if (provider.secret !== provider.accepted) provider.provide(provider.accepted)
    }
    for (const member of this.#members) {
      for (const [key, provider] of this.#providers.entries()) {
        if (this.#member(member.process.id - 1) === member) this.#recoverKey(member, key, provider)
      }
    }
  }

  #recoverKey(member: Member, key: number, provider: Issuers.ModelIssuer): void {
    const tokens = member.opened?.tokens[key]
    if (tokens === undefined) return
    let succeeded = false
    for (let tries = 0; tries < recoveryTries && !succeeded; tries++) {
      const found: Array<Token> = []
      const look = Effect.map(tokens.get, (token) => void found.push(token))
      this.#simulation.until(this.#caller(member, key, "get", undefined, undefined, () => look), longestWait)
      const [token] = found
      if (token === undefined) {
        this.#simulation.advance(recoveryInterval)
      } else if (provider.accepts(Redacted.value(token.value))) {
        succeeded = true
      } else {
        this.#caller(member, key, "discard", token, undefined, () => tokens.discard(token))
        this.#simulation.step(10)
      }
    }
    const { account } = provider.options
    this.#record({ _tag: "Recovered", process: member.process.name, account, succeeded })
  }

  /** Closes every process and looks at what it leaves behind. */
  #close(): void {
    const alive = this.#members.filter(({ process }) => !process.crashed)
    for (const member of alive) if (!member.closing) this.#shutDown(member)
    this.#simulation.advance(longestWait)
    for (const { process } of alive) {
      this.#record({
        _tag: "Left",
        process: process.name,
        fibers: process.fibers,
        steps: this.#simulation.pending(process),
        leases: this.#store.leasesOf(process)
      })
    }
  }
}

const outcome = (
  exit: Exit.Exit<void, unknown>
): Pick<Extract<Happening, { readonly _tag: "Ended" }>, "how" | "reason"> => {
  if (Exit.isSuccess(exit)) return { how: "succeeded", reason: undefined }
  if (Cause.hasInterruptsOnly(exit.cause)) return { how: "interrupted", reason: undefined }
  const error = Cause.findErrorOption(exit.cause)
  return error._tag === "Some"
    ? { how: "failed", reason: String(error.value) }
    : { how: "died", reason: Cause.pretty(exit.cause) }
}
