/**
 * One run: a candidate goes through a workload, and what happens is written down.
 */
import type { Token } from "@entegre/core/TokenSet"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { History } from "../History.ts"
import * as Issuers from "../ModelIssuer.ts"
import * as Stores from "../ModelStore.ts"
import type { Command, Workload } from "../Workload.ts"
import { Callers } from "./callers.ts"
import { type Member, type Subject, World } from "./world.ts"

/** How long callers may take when no process is frozen any more, in milliseconds. */
const longestWait = 20 * 60_000

/** How long an application waits between its tries when all faults have ended, in milliseconds, and how often it tries. */
const recoveryInterval = 60_000
const recoveryTries = 70

/** Goes through a workload and to the end. */
export const run = <Credentials, E>(subject: Subject<Credentials, E>, workload: Workload): Effect.Effect<History> =>
  Effect.suspend(() => {
    const probes = subject.candidate.probes.map((probe) => Duration.toMillis(probe))
    const trial = new Trial(new World(subject, workload), workload, probes)
    return Effect.map(trial.world.simulation.boot, () => trial.run())
  })

class Trial<Credentials, E> {
  readonly world: World<Credentials, E>
  readonly #workload: Workload
  readonly #callers: Callers
  readonly #probes: ReadonlyArray<number>

  constructor(world: World<Credentials, E>, workload: Workload, probes: ReadonlyArray<number>) {
    this.world = world
    this.#workload = workload
    this.#callers = new Callers(world.simulation, world.recorder)
    this.#probes = probes
  }

  run(): History {
    const { issued, recorder, simulation } = this.world
    const { commands, issuer: { rotation, timeout }, ownStore, processes } = this.#workload
    for (let i = 0; i < processes; i++) this.world.open()
    for (const command of commands) this.#perform(command)
    this.#settle()
    this.#recover()
    this.#close()
    if (simulation.exhausted) recorder.record({ _tag: "Astray" })
    const setting = { rotation, timeout, probes: this.#probes, storeSeen: !ownStore }
    return { start: simulation.start, setting, facts: recorder.facts, issued }
  }

  #perform(command: Command): void {
    const { recorder, simulation, store } = this.world
    switch (command._tag) {
      case "Pause":
        if ("steps" in command.span) simulation.step(command.span.steps)
        else simulation.advance(command.span.millis)
        return
      case "Open":
        return this.world.open()
      case "Freeze":
        return this.#with(command.process, (member) => this.world.freeze(member, command.millis))
      case "Ambush":
        return this.#with(command.process, (member) => this.world.ambush(member, command.steps, command.millis))
      case "Walkout":
        return this.#with(command.process, (member) => {
          recorder.onNext("Sent", ({ process }) => process === member.process.name, () => {
            simulation.afterSteps(command.steps, simulation.world, () => this.#callers.walkOut(member, command.apart))
          })
        })
      case "Crash":
        return this.#with(command.process, (member) => this.world.crash(member))
      case "Close":
        return this.#with(command.process, (member) => this.world.close(member))
      case "Revoke":
        return this.#provider(command.key)?.revoke()
      case "Accept":
        return this.#provider(command.key)?.accept(command.secret)
      case "Provide":
        return this.#provider(command.key)?.provide(command.secret)
      case "StoreDown":
        return store.fail(command.millis)
      case "StoreCleared":
        return store.clear()
      case "StoreForgetsLease":
        recorder.onNext("Leased", () => true, () => {
          simulation.afterSteps(command.steps, simulation.world, () => store.failOver(1))
        })
        return
      case "StoreFailedOver":
        return store.failOver(command.changes)
      case "Get":
      case "Call":
      case "Reject":
      case "Discard":
      case "Forget":
      case "WarmUp":
      case "Announce":
        return this.#with(command.process, (member) => this.#callers.perform(member, command))
    }
  }

  #with(index: number, f: (member: Member) => void): void {
    const member = this.world.member(index)
    if (member !== undefined) f(member)
  }

  #provider(key: number): Issuers.ModelIssuer | undefined {
    const { providers } = this.world
    return providers[key % providers.length]
  }

  // ---------------------------------------------------------------------------
  // The end
  // ---------------------------------------------------------------------------

  /** Waits until every caller is done, under the same faults as before. */
  #settle(): void {
    const { members, recorder, simulation } = this.world
    simulation.until(() => !members.some(({ process }) => process.frozen && !process.crashed), longestWait)
    simulation.until(() => this.#callers.waiting.length === 0, longestWait)
    for (const { caller, member } of this.#callers.waiting) {
      if (!member.closing) recorder.record({ _tag: "Hung", caller, process: member.process.name })
    }
  }

  /** Ends all faults and looks whether every process gets a token that the provider takes. */
  #recover(): void {
    const { members, providers, store } = this.world
    store.faults = Stores.faultless
    store.fail(0)
    for (const provider of providers) {
      provider.faults = Issuers.faultless
      if (provider.secret !== provider.accepted) provider.provide(provider.accepted)
    }
    for (const member of members) {
      if (member.process.crashed || member.closing) continue
      for (const index of member.keys.keys()) this.#recoverKey(member, index)
    }
  }

  #recoverKey(member: Member, index: number): void {
    const { recorder, simulation } = this.world
    const provider = member.keys[index]?.provider
    if (provider === undefined) return
    let succeeded = false
    for (let tries = 0; tries < recoveryTries && !succeeded && !simulation.exhausted; tries++) {
      const found: Array<Token> = []
      simulation.until(this.#callers.get(member, index, undefined, (token) => found.push(token)), longestWait)
      const [token] = found
      if (token === undefined) {
        simulation.advance(recoveryInterval)
      } else if (provider.accepts(Redacted.value(token.value))) {
        succeeded = true
      } else {
        simulation.until(this.#callers.discard(member, index, token, undefined), longestWait)
      }
    }
    const { account } = provider.options
    recorder.record({ _tag: "Recovered", process: member.process.name, account, succeeded })
  }

  /** Closes every process and looks at what it leaves behind. */
  #close(): void {
    const { members, recorder, simulation, store } = this.world
    const alive = members.filter(({ process }) => !process.crashed)
    for (const member of alive) if (!member.closing) this.world.close(member)
    simulation.advance(longestWait)
    for (const { process } of alive) {
      recorder.record({
        _tag: "Left",
        process: process.name,
        fibers: process.fibers,
        steps: simulation.pending(process),
        leases: store.leasesOf(process)
      })
    }
  }
}
