/**
 * Keeps the pause that Dükkango demands between two requests to one endpoint, however many fibers and processes ask.
 *
 * The pause is that of a quota, over all processes that share it. The rest a process has for itself: those who come while
 * one asks get its result. Those who come later wait for the next turn, all with the same question for the same one, or are
 * told how long it would take. A request under way belongs to nobody: whoever leaves, it goes on.
 */
import { Unanswered } from "@entegre/core/CallError"
import type * as Exchange from "@entegre/core/Exchange"
import { KeepAlive } from "@entegre/core/KeepAlive"
import * as Quota from "@entegre/core/Quota"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as MutableHashMap from "effect/MutableHashMap"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { Cooldown, DukkangoError, type Reason } from "../DukkangoError.ts"
import * as Failures from "./failures.ts"

/** What an endpoint with a cooldown answered: a list, whose entries nobody has read yet. */
export interface Listing {
  readonly answer: Exchange.Answer
  readonly entries: ReadonlyArray<unknown>
}

export interface Question {
  /** The endpoint, as one account sees it. */
  readonly endpoint: Quota.Allowance
  /** What tells this question from others to the same endpoint. */
  readonly text: string
  /** How long the endpoint rests after an answer. */
  readonly period: Duration.Duration
  readonly whenCooling: "wait" | "fail"
  readonly maxWait: Duration.Duration
  /** After how long a request counts as lost, though it should have ended: its fiber may be frozen with its host. */
  readonly lostAfter: Duration.Duration
  /** Sends the request, once. */
  readonly ask: Effect.Effect<Listing, DukkangoError>
}

export interface Cooldowns {
  readonly ask: (question: Question) => Effect.Effect<Listing, DukkangoError>
}

/** A question that waits for its turn or has it. */
interface Turn {
  readonly fiber: Fiber.Fiber<Listing, DukkangoError>
  readonly progress: { asking: boolean }
  /** How many wait for the result. */
  waiting: number
  /** Keeps others from joining. */
  readonly end: () => void
}

/** The questions to one endpoint, in the order in which they are asked, one at a time. */
interface Queue {
  readonly semaphore: Semaphore.Semaphore
  readonly turns: Map<string, Turn>
}

type Restore = <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>

const noTurns: ReadonlyMap<string, Turn> = new Map()

export const make = Effect.fnUntraced(function*(
  quota: Quota.Service<never>
): Effect.fn.Return<Cooldowns, never, Scope.Scope> {
  const scope = yield* Effect.scope
  const newTicket = yield* Quota.tickets
  const queues = MutableHashMap.empty<Quota.Allowance, Queue>()

  const queueOf = (endpoint: Quota.Allowance): Queue =>
    Option.getOrElse(MutableHashMap.get(queues, endpoint), () => {
      const queue: Queue = { semaphore: Semaphore.makeUnsafe(1), turns: new Map() }
      MutableHashMap.set(queues, endpoint, queue)
      return queue
    })

  const forget = (endpoint: Quota.Allowance, queue: Queue): void => {
    if (Option.getOrUndefined(MutableHashMap.get(queues, endpoint)) === queue) MutableHashMap.remove(queues, endpoint)
  }

  /** Waits until the endpoint is free and takes it; fails if that would be after the deadline. */
  const take = (question: Question, ticket: string, deadline: number): Effect.Effect<void, DukkangoError> =>
    Effect.clockWith((clock) =>
      Effect.flatMap(quota.take(question.endpoint, { ticket, limit: 1, period: question.period }), (wait) => {
        if (Duration.isZero(wait)) return Effect.void
        if (clock.currentTimeMillisUnsafe() + Duration.toMillis(wait) > deadline) {
          return fail(question, new Cooldown({ retryAfter: wait }))
        }
        return Effect.andThen(Effect.interruptible(Effect.sleep(wait)), take(question, ticket, deadline))
      })
    )

  const run = (
    question: Question,
    { semaphore }: Queue,
    progress: Turn["progress"],
    deadline: number
  ): Effect.Effect<Listing, DukkangoError> =>
    semaphore.withPermit(Effect.uninterruptibleMask((restore) => {
      const ticket = newTicket()
      const { ask, endpoint, lostAfter: atMost, period } = question
      return take(question, ticket, deadline).pipe(
        // Everybody may have left while the turn was taken.
        Effect.andThen(Effect.onInterrupt(restore(Effect.void), () => quota.giveBack(endpoint, ticket))),
        Effect.andThen(Effect.suspend(() => {
          progress.asking = true
          return restore(ask).pipe(
            Quota.keeping(quota, endpoint, { ticket, period, atMost }),
            Effect.onExit((exit) => settle(quota, question, ticket, exit))
          )
        }))
      )
    }))

  const start = (
    caller: Fiber.Fiber<unknown, unknown>,
    question: Question,
    deadline: number
  ): Effect.Effect<Turn> => {
    const queue = queueOf(question.endpoint)
    const progress = { asking: false }
    return run(question, queue, progress, deadline).pipe(
      Effect.forkIn(scope),
      Effect.map((fiber) => {
        const end = () => {
          if (queue.turns.get(question.text) === turn) queue.turns.delete(question.text)
          if (queue.turns.size === 0) forget(question.endpoint, queue)
        }
        const turn: Turn = { fiber, progress, waiting: 0, end }
        queue.turns.set(question.text, turn)
        fiber.addObserver(end)
        caller.getRef(KeepAlive)?.(Effect.asVoid(Fiber.await(fiber)))
        return turn
      })
    )
  }

  /** Waits for a turn's result. The last one to leave a turn that has not come yet takes it along. */
  const join = (
    restore: Restore,
    turn: Turn,
    question: Question
  ): Effect.Effect<Listing, DukkangoError> =>
    Effect.suspend(() => {
      turn.waiting++
      return restore(
        Fiber.join(turn.fiber).pipe(
          Effect.timeoutOrElse({
            duration: Duration.sum(question.maxWait, question.lostAfter),
            orElse: () => {
              MutableHashMap.remove(queues, question.endpoint)
              return fail(question, new Unanswered({ problem: "timedOut" }))
            }
          })
        )
      ).pipe(
        Effect.ensuring(Effect.suspend(() => {
          turn.waiting--
          if (turn.waiting > 0 || turn.progress.asking) return Effect.void
          turn.end()
          return Fiber.interrupt(turn.fiber)
        }))
      )
    })

  const turnsOf = (endpoint: Quota.Allowance): ReadonlyMap<string, Turn> =>
    Option.match(MutableHashMap.get(queues, endpoint), { onNone: () => noTurns, onSome: ({ turns }) => turns })

  const ask = (question: Question): Effect.Effect<Listing, DukkangoError> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const asking = turnsOf(question.endpoint).get(question.text)
        return asking?.progress.asking === true ? join(restore, asking, question) : askLater(restore, question)
      })
    )

  const askLater = (restore: Restore, question: Question): Effect.Effect<Listing, DukkangoError> =>
    Effect.flatMap(restore(quota.remaining(question.endpoint, 1)), (remaining) =>
      Effect.withFiber((caller) => {
        const turns = turnsOf(question.endpoint)
        const turn = turns.get(question.text)
        const wait = turn?.progress.asking === true ? Duration.zero : estimate(question, turns, remaining)
        const limit = question.whenCooling === "wait" ? question.maxWait : Duration.zero
        if (Duration.isGreaterThan(wait, limit)) return fail(question, new Cooldown({ retryAfter: wait }))
        if (turn !== undefined) return join(restore, turn, question)
        const deadline = caller.getRef(Clock.Clock).currentTimeMillisUnsafe() + Duration.toMillis(limit)
        return Effect.flatMap(start(caller, question, deadline), (turn) => join(restore, turn, question))
      }))

  return { ask }
})

const fail = ({ endpoint }: Question, reason: Reason): Effect.Effect<never, DukkangoError> =>
  Effect.fail(new DukkangoError({ operation: endpoint.name, reason }))

/** How long a question would wait: for the endpoint to be free, and for those that are to be asked before it. */
const estimate = (
  { period, text }: Question,
  turns: ReadonlyMap<string, Turn>,
  remaining: Duration.Duration
): Duration.Duration => {
  const waiting = [...turns].filter(([, { progress }]) => !progress.asking).map(([text]) => text)
  const ahead = waiting.includes(text) ? waiting.indexOf(text) : waiting.length
  const free = waiting.length < turns.size ? period : remaining
  return Duration.sum(free, Duration.times(period, ahead))
}

/** What an attempt means for the endpoint. The provider may have counted whatever was sent, however it ended. */
const settle = (
  quota: Quota.Service<never>,
  { endpoint, period }: Question,
  ticket: string,
  exit: Exit.Exit<unknown, DukkangoError>
): Effect.Effect<void> => {
  const reason = Option.getOrUndefined(Exit.findErrorOption(exit))?.reason
  if (reason === undefined) return quota.rest(endpoint, ticket, period)
  if (Failures.wasNotSent(reason)) return quota.giveBack(endpoint, ticket)
  const atLeast = reason._tag === "TooManyRequests" ? reason.retryAfter : period
  return quota.rest(endpoint, ticket, Duration.max(period, atLeast))
}
