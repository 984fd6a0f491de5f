/**
 * Faults in how callers are served: taking the slot, waiting, handing out, rejecting, closing.
 */
import type { Mutation } from "./mutation.ts"

const cell = "internal/cell.ts"
const renewal = "internal/renewal.ts"
const slot = "internal/slot.ts"
const state = "internal/state.ts"

export const serving: ReadonlyArray<Mutation> = [
  {
    name: "a caller may be interrupted between taking the slot and forking the renewal",
    file: slot,
    from: "return Effect.uninterruptibleMask((restore) =>",
    to: "return ((f: (restore: Restore) => Effect.Effect<Token, TokenError>) => f((effect) => effect))((restore) =>",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "a renewal may be interrupted before its first step",
    file: renewal,
    from: "{ startImmediately: true, uninterruptible: true }",
    to: "{ uninterruptible: false }",
    noticedBy: { policy: "rotating", processes: 1 }
  },
  {
    name: "a renewal runs in the fiber of the caller that began it",
    file: renewal,
    from: "const forked = Effect.forkIn(",
    to: "const forked = ((effect: Effect.Effect<void>, ..._: ReadonlyArray<unknown>) => Effect.forkChild(effect))(",
    noticedBy: { policy: "rotating", processes: 1 }
  },
  {
    name: "a renewal asks although its slot was taken over",
    file: renewal,
    from: "cell.read().inFlight === inFlight && cell.now() < inFlight.deadline",
    to: "true",
    noticedBy: { policy: "reusable", processes: 3 }
  },
  {
    name: "a renewal that was taken over frees the slot of its successor",
    file: renewal,
    from: "if (cell.read().inFlight !== inFlight) return false\n",
    to: "",
    noticedBy: { test: "Renewals", named: "leaves the slot to its successor" }
  },
  {
    name: "a slot is never taken over",
    file: state,
    from: "state.inFlight !== undefined && now < state.inFlight.deadline",
    to: "state.inFlight !== undefined",
    noticedBy: { test: "Renewals", named: "leaves the slot to its successor" }
  },
  {
    name: "a renewal goes on for callers who have lost their patience",
    file: renewal,
    from: "inFlight.waiting === 0 || now + wait >= patienceEndsAt",
    to: "inFlight.waiting === 0",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "a renewal goes on for nobody",
    file: renewal,
    from: "alive || inFlight.waiting === 0 || now + wait >= patienceEndsAt",
    to: "alive || now + wait >= patienceEndsAt",
    noticedBy: { test: "Renewals", named: "is given up when nobody waits" }
  },
  {
    name: "a failure is forgotten at once",
    file: renewal,
    from: "cell.hinder({ failure: { failure, until: cell.now() + delay } })",
    to: "cell.hinder({ failure: { failure, until: 0 } })",
    noticedBy: { test: "TokenCache", named: "with the time of the next try when the trouble" }
  },
  {
    name: "a permit of the turnstile is not given back",
    file: renewal,
    from: "turnstile.release(1)",
    to: "Effect.void",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "a rejection drops whatever is there, not the generation that it names",
    file: state,
    from: "state.tokens !== undefined && state.tokens.generation <= generation",
    to: "state.tokens !== undefined",
    noticedBy: { test: "Siblings", named: "adopt a sibling's token on a rejection" }
  },
  {
    name: "a token is handed out after its end",
    file: state,
    from: "tokens.generation > rejected && now < tokens.expiresAt ? ready",
    to: "tokens.generation > rejected ? ready",
    noticedBy: { policy: "rotating", processes: 1 }
  },
  {
    name: "a token is handed out after its rejection",
    file: state,
    from: "...(holds(state, generation) ? { freshUntil: Number.NEGATIVE_INFINITY, ready: undefined } : undefined)",
    to: "",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "a token set that was forgotten keeps its refresh token",
    file: cell,
    from: "this.doubt(generation)\n    this.known",
    to: "this.known",
    noticedBy: { policy: "reusable", processes: 3 }
  },
  {
    name: "what a renewal under way brings survives that everything is to be forgotten",
    file: slot,
    from: "this.forgetUpTo(Math.max(this.known, this.read().tokens?.generation ?? 0))",
    to: "this.forgetUpTo(this.read().tokens?.generation ?? 0)",
    noticedBy: { test: "Renewals", named: "what a login under way brings" }
  },
  {
    name: "what a refresh brings of a token set that was forgotten meanwhile is kept",
    file: renewal,
    from: "(outcome._tag === \"Issued\" && outcome.from !== undefined && outcome.from <= cell.doubtful)",
    to: "false",
    noticedBy: { test: "Renewals", named: "that was being written when another cache forgot" }
  },
  {
    name: "what is dropped stays in the store",
    file: renewal,
    from: "return cell.forgetInStore(tokens.generation, tokens.issuedAt)",
    to: "return Effect.void",
    noticedBy: { test: "Renewals", named: "that was being written, also from the store" }
  },
  {
    name: "a closed cache still serves",
    file: slot,
    from: "if (env.closing || issuer === undefined) return Effect.fail",
    to: "if (issuer === undefined) return Effect.fail",
    noticedBy: { test: "Renewals", named: "whoever still has access to a key" }
  },
  {
    name: "nobody who waits is told that the cache is closed",
    file: slot,
    from:
      "if (inFlight !== undefined) Deferred.doneUnsafe(inFlight.settled, Exit.fail(this.error(new TokenCacheClosed())))",
    to: "",
    noticedBy: { test: "Renewals", named: "whatever their renewal is stuck in" }
  },
  {
    name: "closing waits for no renewal",
    file: "internal/cache.ts",
    from: "if (settings.closeGrace > 0) {",
    to: "if (settings.closeGrace < 0) {",
    noticedBy: { test: "Renewals", named: "waits some seconds for what the provider answers" }
  },
  {
    name: "any number of callers may wait",
    file: slot,
    from: "if (inFlight.waiting >= limit) return",
    to: "if (inFlight.waiting < 0) return",
    noticedBy: { test: "TokenCache", named: "refuses callers beyond the number that may wait" }
  },
  {
    name: "whoever leaves goes on being counted",
    file: slot,
    from: "onFailure: (cause) => {\n        inFlight.waiting--",
    to: "onFailure: (cause) => {",
    noticedBy: { test: "TokenCache", named: "and the renewal lands for the next caller" }
  },
  {
    name: "a caller waits for any number of successors",
    file: slot,
    from: "return token ?? restore(this.look(rounds - 1))",
    to: "return token ?? restore(this.look(rounds))",
    noticedBy: { test: "Renewals", named: "does not wait for one successor after another" }
  },
  {
    name: "tokens that are refused at once cost no wait",
    file: "internal/pace.ts",
    from: "notBefore: useless <= borne ? 0 : now",
    to: "notBefore: useless >= 0 ? 0 : now",
    noticedBy: { test: "TokenCache", named: "is slowed down" }
  },
  {
    name: "the timetable forgets which job is due first",
    file: "internal/timetable.ts",
    from: "upperDue <= lowerDue",
    to: "upperDue >= lowerDue",
    noticedBy: { test: "Timetable", named: "renews each key in its own window" }
  },
  {
    name: "a job that is due sooner does not wake the timetable",
    file: "internal/timetable.ts",
    from: "if (due < this.#wakesAt) Deferred.doneUnsafe(this.#wake, Exit.void)",
    to: "",
    noticedBy: { test: "Timetable", named: "falls due before all others" }
  },
  {
    name: "a call is sent a third time",
    file: "AuthenticatedClient.ts",
    from: "if (!mayReplay(request, safety, answer)) return rejected(token, answer)",
    to: `if (!mayReplay(request, safety, answer)) return rejected(token, answer)
            if (safety === "safe") {
              return Effect.flatMap(tokens.reject(token), () => sendResolved(request, "idempotent", timeout))
            }`,
    noticedBy: { policy: "singleActive", processes: 3 }
  },
  {
    name: "a call that is not safe is sent again whatever the answer was",
    file: "AuthenticatedClient.ts",
    from: "(replayUnsafe && isUnauthorized(answer))",
    to: "replayUnsafe",
    noticedBy: { test: "AuthenticatedClient", named: "after anything but status 401" }
  },
  {
    name: "a token that was refused twice goes on being handed out",
    file: "AuthenticatedClient.ts",
    from: "Effect.andThen(\n        tokens.discard(token),",
    to: "Effect.andThen(\n        Effect.void,",
    noticedBy: { test: "AuthenticatedClient", named: "after two requests if the next one is rejected too" }
  }
]
