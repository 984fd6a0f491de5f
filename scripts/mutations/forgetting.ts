/**
 * Faults in what a store is told again that did not answer when it was to forget.
 */
import type { Mutation } from "./mutation.ts"

const cell = "internal/cell.ts"
const siblings = "internal/siblings.ts"
const slot = "internal/slot.ts"

export const forgetting: ReadonlyArray<Mutation> = [
  {
    name: "a cache that is closed leaves a compromised token set in the store",
    file: slot,
    from: ".pipe(Effect.andThen(Effect.suspend(() => this.forgetAgain())))",
    to: "",
    noticedBy: { test: "UnansweredForgetting", named: "closed before the next try" }
  },
  {
    name: "a cache that is closing goes on by its timetable",
    file: slot,
    from: "if (this.env.closing) return Effect.void\n      const attended",
    to: "const attended",
    noticedBy: { test: "UnansweredForgetting", named: "for no longer than the store is given" }
  },
  {
    name: "a store that did not answer is not told again to forget",
    file: slot,
    from: "siblings === undefined || toForget === undefined",
    to: "siblings === undefined || toForget !== Infinity",
    noticedBy: { policy: "reusable", processes: 3 }
  },
  {
    name: "a store that nobody waited for is not told again to forget",
    file: siblings,
    from: "stillToForget(cell, Math.max(until, cell.toForget))",
    to: "",
    noticedBy: { test: "UnansweredForgetting", named: "whoever wanted it did not wait" }
  },
  {
    name: "a store that has forgotten is told again all the same",
    file: siblings,
    from: "if (cell.toForget === until) still",
    to: "if (cell.toForget < until) still",
    noticedBy: { test: "UnansweredForgetting", named: "once for each interval" }
  },
  {
    name: "a store that does not answer is told many times at once",
    file: slot,
    from: "state.obstacles.toForget === undefined ? Effect",
    to: "now >= 0 ? Effect",
    noticedBy: { test: "UnansweredForgetting", named: "once at a time" }
  },
  {
    name: "a store that is told again to forget loses what came later",
    file: siblings,
    from: "forget(cell, worthless(cell), until)",
    to: "forget(cell, Number.MAX_SAFE_INTEGER, until)",
    noticedBy: { test: "UnansweredForgetting", named: "does not take along one that was asked for afterwards" }
  },
  {
    name: "a store that is told again to forget keeps what this cache has not heard of",
    file: siblings,
    from: "if (!isKept) cell.forgetUpTo(standing.generation)",
    to: "",
    noticedBy: { test: "UnansweredForgetting", named: "even if the key is none of those" }
  },
  {
    name: "a store is told to forget what was written while it was asked",
    file: siblings,
    from: "if (cell.toForget !== until) return Effect.void",
    to: "",
    noticedBy: { test: "UnansweredForgetting", named: "nobody can tell by the store's clock" }
  },
  {
    name: "a store that has a newer token set from memory is told to forget what it had",
    file: siblings,
    from: "cell.hinder({ saved: true, toForget: undefined })",
    to: "cell.hinder({ saved: true })",
    noticedBy: { test: "UnansweredForgetting", named: "nobody can tell by the store's clock" }
  },
  {
    name: "a store that has a newer token set is told to forget what it had",
    file: "internal/state.ts",
    from: "saved ? undefined : state.obstacles.toForget",
    to: "state.obstacles.toForget",
    noticedBy: { test: "UnansweredForgetting", named: "when a newer one of this cache is written" }
  },
  {
    name: "a store that has no newer token set is not told again to forget",
    file: "internal/state.ts",
    from: "saved ? undefined : state.obstacles.toForget",
    to: "undefined",
    noticedBy: { test: "UnansweredForgetting", named: "a login without the store" }
  },
  {
    name: "what the store has yet to be told to forget is taken from it",
    file: "internal/record.ts",
    from: "tokens.issuedAt <= toForget ? undefined : tokens",
    to: "tokens",
    noticedBy: { test: "UnansweredForgetting", named: "neither handed out nor refreshed" }
  },
  {
    name: "a key that nobody uses is dropped before the store was told to forget",
    file: slot,
    from: "if (toForget !== undefined) return false",
    to: "",
    noticedBy: { test: "UnansweredForgetting", named: "even if the key is none of those" }
  },
  {
    name: "what is to be forgotten of a key that nobody uses is not told again",
    file: cell,
    from: "toForget === undefined ? undefined : now + savingInterval",
    to: "undefined",
    noticedBy: { test: "UnansweredForgetting", named: "even if the key is none of those" }
  },
  {
    name: "a successor of what was forgotten is asked for although nobody wants it",
    file: slot,
    from: "&& State.need(state, now) !== \"rejected\"",
    to: "",
    noticedBy: { test: "UnansweredForgetting", named: "is forgotten by all" }
  },
  {
    name: "what was on its way to a store that does not answer is forgotten nowhere else",
    file: "internal/renewal.ts",
    from: "cell.forgetInStore(tokens.generation, tokens.issuedAt)",
    to: "cell.env.store.forget(cell.key, tokens.generation)",
    noticedBy: { test: "UnansweredForgetting", named: "stay in the store if it was on its way there" }
  },
  {
    name: "what was on its way from memory to a store that does not answer is forgotten nowhere else",
    file: siblings,
    from: "if (isWorthless(cell, tokens)) return forget(cell, tokens.generation, tokens.issuedAt)",
    to: "if (isWorthless(cell, tokens)) return env.store.forget(cell.key, tokens.generation)",
    noticedBy: { test: "UnansweredForgetting", named: "on its way there from memory" }
  },
  {
    name: "what came of a forgotten token set stays in a store that does not answer",
    file: siblings,
    from: "return Effect.ignore(forget(cell, tokens.generation, tokens.issuedAt))",
    to: "return Effect.ignore(cell.env.store.forget(cell.key, tokens.generation))",
    noticedBy: { test: "UnansweredForgetting", named: "came of the forgotten one" }
  }
]
