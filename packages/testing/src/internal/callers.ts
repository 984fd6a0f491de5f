/**
 * Those who want tokens: fibers in the processes, which may be interrupted.
 */
import type { ExchangeError } from "@entegre/core/ExchangeError"
import type { TokenError } from "@entegre/core/TokenError"
import type { Token } from "@entegre/core/TokenSet"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import type { Happening } from "../History.ts"
import type { Simulation } from "../Simulation.ts"
import type { Command, Leaving } from "../Workload.ts"
import type { Recorder } from "./recorder.ts"
import type { Member } from "./world.ts"

/** Commands that are about callers. */
export type CallerCommand = Extract<Command, { readonly process: number; readonly key: number }>

interface Caller {
  readonly member: Member
  fiber: Fiber.Fiber<unknown, unknown> | undefined
  settled: boolean
}

/** Whether the caller is done. */
type Settled = () => boolean

type Act = Extract<Happening, { readonly _tag: "Began" }>["act"]

export class Callers {
  readonly #simulation: Simulation
  readonly #recorder: Recorder
  readonly #callers: Array<Caller> = []

  constructor(simulation: Simulation, recorder: Recorder) {
    this.#simulation = simulation
    this.#recorder = recorder
  }

  /** The numbers of those who are not done, but for those of a process that has crashed. */
  get waiting(): ReadonlyArray<{ readonly caller: number; readonly member: Member }> {
    return this.#callers.flatMap(({ member, settled }, index) =>
      settled || member.process.crashed ? [] : [{ caller: index + 1, member }]
    )
  }

  /** Does what a command says, in a fiber of the process. */
  perform(member: Member, command: CallerCommand): void {
    const index = command.key % member.keys.length
    const tokens = member.opened?.tokens[index]
    const key = member.keys[index]
    if (tokens === undefined || key === undefined) return
    const { process } = member
    switch (command._tag) {
      case "Get":
        this.get(member, index, command.leaving)
        return
      case "Call": {
        const { client } = key
        if (client === undefined) return
        const make = command.safety === "unsafe" ? HttpClientRequest.post : HttpClientRequest.get
        this.#begin(
          member,
          index,
          "call",
          undefined,
          command.leaving,
          (caller) => Effect.asVoid(client.send(make(`/${caller}`), { safety: command.safety }))
        )
        return
      }
      case "Reject":
      case "Discard": {
        const token = key.seen[command.back]
        if (token === undefined) return
        if (command._tag === "Discard") this.discard(member, index, token, command.leaving)
        else {
          this.#begin(
            member,
            index,
            "reject",
            token,
            command.leaving,
            (caller) => Effect.map(tokens.reject(token), (next) => this.#show(caller, member, index, next))
          )
        }
        return
      }
      case "Forget":
        this.#begin(member, index, "forget", undefined, command.leaving, () => tokens.forget)
        return
      case "WarmUp":
        process.fork(tokens.warmUp)
        return
      case "Announce": {
        const { account } = key.provider.options
        process.fork(Effect.suspend(() => {
          this.#recorder.record({ _tag: "Announced", process: process.name, account })
          return tokens.credentialsChanged
        }))
      }
    }
  }

  /** Interrupts everybody who waits in a process, one after the other. */
  walkOut(member: Member, apart: number): void {
    const waiting = this.#callers.filter((caller) => caller.member === member && !caller.settled)
    for (const [index, { fiber }] of waiting.entries()) {
      this.#simulation.afterSteps(index * apart, member.process, () => fiber?.interruptUnsafe())
    }
  }

  /** Asks for a token. */
  get(member: Member, index: number, leaving: Leaving | undefined, take?: (token: Token) => void): Settled {
    const tokens = member.opened?.tokens[index]
    if (tokens === undefined) return () => true
    return this.#begin(member, index, "get", undefined, leaving, (caller) =>
      Effect.map(tokens.get, (token) => {
        this.#show(caller, member, index, token)
        take?.(token)
      }))
  }

  /** Says that a token is dead. */
  discard(member: Member, index: number, token: Token, leaving: Leaving | undefined): Settled {
    const tokens = member.opened?.tokens[index]
    if (tokens === undefined) return () => true
    return this.#begin(member, index, "discard", token, leaving, () => tokens.discard(token))
  }

  #show(caller: number, member: Member, index: number, token: Token): void {
    const { keys, process } = member
    keys[index]?.seen.unshift(token)
    this.#recorder.record({
      _tag: "Shown",
      caller,
      process: process.name,
      account: keys[index]?.provider.options.account ?? "",
      access: Redacted.value(token.value),
      generation: token.generation,
      expiresAt: token.expiresAt - process.skew - this.#simulation.start
    })
  }

  #begin(
    member: Member,
    index: number,
    act: Act,
    token: Token | undefined,
    leaving: Leaving | undefined,
    body: (caller: number) => Effect.Effect<void, TokenError | ExchangeError>
  ): Settled {
    const { keys, process } = member
    const account = keys[index]?.provider.options.account ?? ""
    const caller: Caller = { member, fiber: undefined, settled: false }
    const number = this.#callers.push(caller)
    const begun = Effect.withFiber((fiber) => {
      caller.fiber = fiber
      this.#recorder.record({
        _tag: "Began",
        caller: number,
        process: process.name,
        account,
        act,
        generation: token?.generation
      })
      return body(number)
    })
    const ended = Effect.onExit(begun, (exit) =>
      Effect.sync(() => {
        caller.settled = true
        this.#recorder.record({ _tag: "Ended", caller: number, ...outcome(exit) })
      }))
    process.fork(Effect.asVoid(Effect.exit(ended)))
    if (leaving !== undefined) {
      const leave = () => caller.fiber?.interruptUnsafe()
      if ("steps" in leaving) this.#simulation.afterSteps(leaving.steps, process, leave)
      else this.#simulation.after(leaving.millis, process, leave)
    }
    return () => caller.settled
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
