/**
 * Everything that a candidate meets in a run: the provider, the store, the network, and the processes that it runs in.
 */
import type * as AuthenticatedClient from "@entegre/core/AuthenticatedClient"
import * as BaseUrl from "@entegre/core/BaseUrl"
import type { Issuer } from "@entegre/core/Issuer"
import type { Token } from "@entegre/core/TokenSet"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import type { Candidate, Opened } from "../Candidate.ts"
import * as Chance from "../Chance.ts"
import type { Issued } from "../History.ts"
import { ModelIssuer } from "../ModelIssuer.ts"
import { ModelStore } from "../ModelStore.ts"
import { Simulation } from "../Simulation.ts"
import type { Wire } from "../Wire.ts"
import type { Workload } from "../Workload.ts"
import * as Network from "./network.ts"
import type { Process } from "./process.ts"
import { Recorder } from "./recorder.ts"

/** What goes through a run: who hands out tokens, and how it talks to the provider. */
export interface Subject<Credentials, E> {
  readonly candidate: Candidate
  /** How a process talks to the provider of a key. */
  readonly makeIssuer: (
    provider: ModelIssuer,
    process: Process,
    client: HttpClient.HttpClient
  ) => Effect.Effect<Issuer<Credentials, E>>
  /** How the provider speaks; not needed by an issuer that asks the model directly. */
  readonly wire: Wire | undefined
}

/** A process with a candidate in it. */
export interface Member {
  readonly process: Process
  readonly scope: Scope.Closeable
  readonly keys: ReadonlyArray<Key>
  opened: Opened | undefined
  closing: boolean
}

/** What a process knows of a key. */
export interface Key {
  readonly provider: ModelIssuer
  readonly network: HttpClient.HttpClient
  client: AuthenticatedClient.AuthenticatedClient | undefined
  /** The tokens that callers have seen, newest first. */
  readonly seen: Array<Token>
}

/** After so many steps a run has gone astray: the longest that ended took a tenth of it. */
const maxSteps = 500_000

const baseUrl = Result.getOrThrow(BaseUrl.make("https://model.test"))

export class World<Credentials, E> {
  readonly simulation: Simulation
  readonly recorder: Recorder
  readonly issued = new Map<string, Issued>()
  readonly providers: ReadonlyArray<ModelIssuer>
  readonly store: ModelStore
  readonly members: Array<Member> = []
  readonly #subject: Subject<Credentials, E>
  readonly #workload: Workload

  constructor(subject: Subject<Credentials, E>, workload: Workload) {
    const { seed } = workload
    this.#subject = subject
    this.#workload = workload
    this.simulation = new Simulation({ seed, maxSteps })
    this.recorder = new Recorder(this.simulation)
    const shared = { issued: this.issued, counter: { requests: 0 } }
    this.providers = workload.accounts.map((account) => {
      const chance = Chance.make(seed, `provider ${account}`)
      return new ModelIssuer(this.simulation, this.recorder, chance, shared, { ...workload.issuer, account })
    })
    this.store = new ModelStore(this.simulation, this.recorder, Chance.make(seed, "store"), workload.storeSkew)
    for (const provider of this.providers) provider.faults = workload.issuerFaults
    this.store.faults = workload.storeFaults
    this.store.marks = workload.marks
  }

  /** Begins another process, and waits until it is ready. */
  open(): void {
    const index = this.members.length
    const process = this.simulation.process(`p${index}`, this.#workload.skews[index] ?? 0)
    const member: Member = {
      process,
      scope: Scope.makeUnsafe(),
      keys: this.providers.map((provider) => this.#key(process, provider)),
      opened: undefined,
      closing: false
    }
    this.members.push(member)
    process.fork(Scope.provide(this.#begin(member), member.scope))
    this.simulation.until(() => member.opened !== undefined, 1000)
  }

  #key(process: Process, provider: ModelIssuer): Key {
    const { recorder, simulation } = this
    const { wire } = this.#subject
    const chance = Chance.make(simulation.seed, `network ${process.name} ${provider.options.account}`)
    const network = Network.make({ simulation, recorder, chance, process, provider, wire })
    return { provider, network, client: undefined, seen: [] }
  }

  #begin(member: Member): Effect.Effect<void, never, Scope.Scope> {
    const { candidate, makeIssuer } = this.#subject
    const { keys, process } = member
    const { name } = process
    return Effect.gen({ self: this }, function*() {
      const issuers = yield* Effect.forEach(keys, ({ network, provider }) => makeIssuer(provider, process, network))
      const store = this.#workload.ownStore ? undefined : this.store.service(process)
      const opened = yield* candidate.open({ store, issuers })
      const accounts = new Map(opened.tokens.map(({ name }, index) => [name, keys[index]?.provider.options.account]))
      yield* Effect.forkScoped(Effect.forever(Effect.map(opened.nextEvent, (event) => {
        const account = accounts.get(event.key) ?? event.key
        this.recorder.record({ _tag: "Event", process: name, account, event, skew: process.skew })
        if (event._tag === "StoreUnavailable") this.store.unsure(process)
      })))
      for (const [index, key] of keys.entries()) {
        const tokens = opened.tokens[index]
        if (tokens === undefined) continue
        const client = candidate.client({
          tokens,
          baseUrl,
          authorize: (request, token) =>
            HttpClientRequest.setHeader(request, Network.tokenHeader, Redacted.value(token)),
          httpSpan: false
        })
        key.client = yield* Effect.provideService(client, HttpClient.HttpClient, key.network)
      }
      member.opened = opened
      this.recorder.record({ _tag: "Opened", process: name })
    })
  }

  /** A process that is neither crashed nor closing. */
  member(index: number): Member | undefined {
    const member = this.members[index]
    return member === undefined || member.process.crashed || member.closing ? undefined : member
  }

  /** Ends a process as it should end. */
  close(member: Member): void {
    const { name: process } = member.process
    member.closing = true
    this.recorder.record({ _tag: "Closing", process })
    member.process.fork(Effect.map(Scope.close(member.scope, Exit.void), () => {
      this.recorder.record({ _tag: "Closed", process })
    }))
  }

  /** Freezes a process for ever. */
  crash({ process }: Member): void {
    this.recorder.record({ _tag: "Crashed", process: process.name })
    this.simulation.crash(process)
  }

  /** Freezes a process for so many milliseconds. */
  freeze({ process }: Member, millis: number): void {
    if (process.frozen) return
    const { recorder, simulation } = this
    recorder.record({ _tag: "Frozen", process: process.name })
    simulation.freeze(process)
    this.store.unsure(process)
    simulation.after(millis, simulation.world, () => this.#thaw(process))
  }

  /** Freezes a process so many steps after it is given a lease, until another process is about to ask the provider. */
  ambush(member: Member, steps: number, millis: number): void {
    const { recorder, simulation } = this
    const { process } = member
    recorder.onNext("Leased", (leased) => leased.process === process.name, () => {
      simulation.afterSteps(steps, simulation.world, () => {
        this.freeze(member, millis)
        recorder.onNext("Sent", (sent) => sent.process !== process.name, () => {
          simulation.afterSteps(0, simulation.world, () => this.#thaw(process))
        })
      })
    })
  }

  #thaw(process: Process): void {
    if (process.crashed || !process.frozen) return
    this.recorder.record({ _tag: "Thawed", process: process.name })
    this.simulation.thaw(process)
  }
}
