/**
 * Faults in what is kept, where, and what caches tell each other of it.
 */
import type { Mutation } from "./mutation.ts"

const attempt = "internal/attempt.ts"
const record = "internal/record.ts"
const siblings = "internal/siblings.ts"
const slot = "internal/slot.ts"

export const keeping: ReadonlyArray<Mutation> = [
  {
    name: "a token is not written to the store",
    file: attempt,
    from: "if (permit.lease === undefined) return issued(false)",
    to: "if (permit.record === undefined) return issued(true)",
    noticedBy: { policy: "rotating", processes: 1 }
  },
  {
    name: "a token is shown before it is in the store",
    file: attempt,
    from: "const asked = env.clock.currentTimeMillisUnsafe()\n  const written = yield* Effect.result(bounded(",
    to: "const asked = env.clock.currentTimeMillisUnsafe()\n  const written = yield* later(env, bounded(",
    noticedBy: { policy: "rotating", processes: 1 }
  },
  {
    name: "a write that failed counts as done",
    file: attempt,
    from: "problem: written.failure.problem })\n    return issued(false)",
    to: "problem: written.failure.problem })\n    return issued(true)",
    noticedBy: { test: "Siblings", named: "a token whose write failed" }
  },
  {
    name: "an operation of the store has no timeout",
    file: "internal/environment.ts",
    from: "Duration.millis(settings.storeTimeout)",
    to: "Duration.hours(10)",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "a token set that another cache forgot is refreshed",
    file: attempt,
    from: "stored ? localTokens(permit.record, permit.offset, subject.toForget()) : subject.have",
    to: "stored ? localTokens(permit.record, permit.offset, subject.toForget()) ?? subject.have : subject.have",
    noticedBy: { test: "Forgetting", named: "by one that was not told" }
  },
  {
    name: "a token set is refreshed that came of one which the store was told to forget",
    file: record,
    from: "(record.generation >= generation || isForgotten(record))",
    to: "record.generation >= generation",
    noticedBy: { test: "Forgetting", named: "which the store has lost" }
  },
  {
    name: "a write that came too late is handed out",
    file: attempt,
    from: "if (written.success._tag === \"Written\") return issued(true)",
    to: "if (written.success._tag !== undefined) return issued(true)",
    noticedBy: { policy: "rotating", processes: 1 }
  },
  {
    name: "a write that came too late does not raise a doubt",
    file: attempt,
    from: "if (subject.issuer.rotation === \"singleActive\") subject.doubtNext()",
    to: "",
    noticedBy: { test: "Leases", named: "whose write came too late, may have ended it" }
  },
  {
    name: "a write that came too late does not tell that its refresh token is spent",
    file: attempt,
    from:
      "if (refreshed !== undefined && subject.issuer.rotation !== \"reusable\") subject.doubt(refreshed.generation)",
    to: "",
    noticedBy: { test: "Leases", named: "when the write of what it brought came too late" }
  },
  {
    name: "a token set that is only in memory is written over a newer record",
    file: siblings,
    from: "if (worthless || (stored?.generation ?? 0) >= tokens.generation) {",
    to: "if (worthless) {",
    noticedBy: { policy: "reusable", processes: 3 }
  },
  {
    name: "a token set that is only in memory is written over what was to be forgotten",
    file: siblings,
    from: "if (stored !== undefined && isForgotten(stored)) cell.forgetUpTo",
    to: "if (stored !== undefined && stored.generation < 0) cell.forgetUpTo",
    noticedBy: { test: "Forgetting", named: "does not come back" }
  },
  {
    name: "a token set that was forgotten is brought to the store",
    file: siblings,
    from: "if (worthless || (stored",
    to: "if ((stored",
    noticedBy: { test: "Forgetting", named: "is not brought to a store that has nothing" }
  },
  {
    name: "a token set that is forgotten on its way to the store stays there",
    file: siblings,
    from: "if (isWorthless(cell, tokens)) return forget",
    to: "if (tokens.generation < 0) return forget",
    noticedBy: { test: "Forgetting", named: "does not stay in the store if it is on its way there" }
  },
  {
    name: "a token set that was forgotten before it was stored raises no doubt",
    file: siblings,
    from: "if (worthless && issuer.rotation === \"singleActive\") cell.doubtNext()",
    to: "",
    noticedBy: { test: "Forgetting", named: "leaves a doubt where there is one" }
  },
  {
    name: "a token set that is only in memory stays there",
    file: slot,
    from: "!state.obstacles.saved && state.tokens !== undefined) {",
    to: "!state.obstacles.saved && state.tokens !== undefined && now < 0) {",
    noticedBy: { test: "Siblings", named: "a token whose write failed" }
  },
  {
    name: "a doubtful refresh token is brought to the store",
    file: siblings,
    from: "tokens.generation > subject.doubtful() ? tokens.refreshToken : undefined",
    to: "tokens.refreshToken",
    noticedBy: { test: "Forgetting", named: "comes without its refresh token" }
  },
  {
    name: "what the store has lost is not brought back",
    file: siblings,
    from: "if (!ours || !state.obstacles.saved",
    to: "if (ours || !state.obstacles.saved",
    noticedBy: { test: "StoreTrouble", named: "bring their token back" }
  },
  {
    name: "the end of an adopted token is reckoned from when the answer was read",
    file: record,
    from: "shift(record.tokens, -offset.most)",
    to: "shift(record.tokens, -offset.least)",
    noticedBy: { test: "StoreClock", named: "has a token end no later" }
  },
  {
    name: "the end of a stored token is reckoned from when the store was asked",
    file: record,
    from: "shift(tokens, offset.least)",
    to: "shift(tokens, offset.most)",
    noticedBy: { test: "StoreClock", named: "has a token end no later" }
  },
  {
    name: "a lockout of the store ends too early",
    file: record,
    from: "record.lockout.probeAt - offset.least",
    to: "record.lockout.probeAt - offset.most",
    noticedBy: { test: "StoreClock", named: "has a probe due no sooner" }
  },
  {
    name: "instants of the store are taken for one's own",
    file: record,
    from: "offset === 0 ? tokens : {",
    to: "offset !== Infinity ? tokens : {",
    noticedBy: { test: "StoreClock", named: "has a token end no later" }
  },
  {
    name: "a sibling's token is adopted although it has ended",
    file: record,
    from: "if (tokens.expiresAt <= env.clock.currentTimeMillisUnsafe()) return undefined",
    to: "",
    noticedBy: { test: "Leases", named: "whose token has ended" }
  },
  {
    name: "a notice of what was forgotten is not heeded",
    file: siblings,
    from: "if (change.forgotten) return forgetUpTo(cell, change.generation)",
    to: "",
    noticedBy: { policy: "reusable", processes: 3 }
  },
  {
    name: "what came of a forgotten token set is kept",
    file: siblings,
    from: "|| (saved && cell.root > generation)) {",
    to: "|| saved) {",
    noticedBy: { test: "Forgetting", named: "takes along what came of it" }
  },
  {
    name: "what is only in memory survives that another cache forgets",
    file: siblings,
    from: "(saved && cell.root",
    to: "(cell.root",
    noticedBy: { test: "Forgetting", named: "what is only in the memory" }
  },
  {
    name: "a notice of a newer token set is not heeded",
    file: siblings,
    from: "change.generation > have ? look(cell) : Effect.void",
    to: "change.generation < 0 ? look(cell) : Effect.void",
    noticedBy: { test: "Siblings", named: "hear of each other's renewals" }
  },
  {
    name: "a subscription to notices that broke off is not begun again",
    file: "internal/sharing.ts",
    from: "Effect.retry(resubscription)",
    to: "Effect.ignore",
    noticedBy: { test: "Notices", named: "is begun again when it broke off" }
  },
  {
    name: "the store is not looked into for what was not told",
    file: slot,
    from: "this.takeLook() ? Renewal",
    to: "this.takeLook() && this.served < 0 ? Renewal",
    noticedBy: { test: "StoreTrouble", named: "find a sibling's token within the store interval" }
  },
  {
    name: "a key that nobody uses is dropped with a token set that can not be had again",
    file: slot,
    from: "return this.env.siblings !== undefined || rotation === \"reusable\" || !State.isOfUse(state, now)",
    to: "return true",
    noticedBy: { test: "IdleKeys", named: "while they hold the only copy" }
  },
  {
    name: "a layer that goes lets one of its keys go",
    file: "internal/slots.ts",
    from: "use = use.next) use.end()",
    to: "use = undefined) use.end()",
    noticedBy: { test: "Uses", named: "for each of the keys" }
  },
  {
    name: "a layer that goes takes the keys of another one along",
    file: "internal/slots.ts",
    from: "before?.scope === scope && ",
    to: "before !== undefined && ",
    noticedBy: { test: "Uses", named: "ends with no other scope" }
  },
  {
    name: "a key is let go after what its issuer may need",
    file: "internal/slots.ts",
    from: " && before.finalizers === finalizers",
    to: "",
    noticedBy: { test: "Uses", named: "whatever the scope had when it began" }
  },
  {
    name: "a key that nobody uses is dropped with its lockout",
    file: slot,
    from: "this.issuer !== undefined || lockedOut || !saved",
    to: "this.issuer !== undefined || !saved",
    noticedBy: { test: "IdleKeys", named: "while their credentials stand refused" }
  },
  {
    name: "keys with the same hash are one key",
    file: "internal/keyIndex.ts",
    from: "first === undefined || first.key[Equal.symbol](key)",
    to: "true",
    noticedBy: { test: "TokenKey", named: "have tokens of their own" }
  },
  {
    name: "a key that is dropped takes others along that have the same hash",
    file: "internal/keyIndex.ts",
    from: "for (const other of others) if (other !== one) this.add(other)",
    to: "",
    noticedBy: { test: "TokenKey", named: "have tokens of their own" }
  },
  {
    name: "the store in memory forgets the fencing number of a lease that brought no token set",
    file: "internal/memoryStore.ts",
    from: "record.generation >= lease.fence ? undefined : ended(lease)",
    to: "undefined",
    noticedBy: { test: "TokenStore", named: "above those of leases" }
  },
  {
    name: "the store in memory takes a write under a lease that is not the newest",
    file: "internal/memoryStore.ts",
    from:
      "return newest(entry) < fence || (entry.lease?.fence === fence && entry.lease.owner === owner) ? entry : undefined",
    to: "return entry",
    noticedBy: { test: "TokenStore", named: "older fencing number" }
  },
  {
    name: "a lease that the store has lost is nobody's",
    file: "internal/memoryStore.ts",
    from: "newest(entry) < fence || (",
    to: "(",
    noticedBy: { test: "TokenStore", named: "under a lease that it lost" }
  },
  {
    name: "a record that was only found is written over a newer one under a lease that was lost",
    file: "internal/memoryStore.ts",
    from: "record.generation < (entry.record?.generation ?? 0)",
    to: "false",
    noticedBy: { test: "TokenStore", named: "no older record over a newer one" }
  },
  {
    name: "what was forgotten comes back with the next record",
    file: "internal/memoryStore.ts",
    from: "entry.record = withoutForgotten(record, entry.record)",
    to: "entry.record = record",
    noticedBy: { test: "Forgetting", named: "with the refusal of the credentials" }
  },
  {
    name: "a key that was let go begins with the first number again",
    file: "internal/slots.ts",
    from: "slot.known = this.#known",
    to: "",
    noticedBy: { test: "IdleKeys", named: "rejects the wrong token" }
  },
  {
    name: "a refresh token that was spent stays in the record when its token set is forgotten",
    file: attempt,
    from: "if (tokens.generation <= subject.doubtful()) {\n        doubt(subject, permit, tokens)",
    to: "if (tokens.generation <= subject.doubtful()) {",
    noticedBy: { test: "Forgetting", named: "leaves no refresh token behind" }
  },
  {
    name: "keys that nobody uses are kept without end",
    file: "internal/slots.ts",
    from: "look < looks && this.#idle.size > maxIdleKeys",
    to: "look < 0 && this.#idle.size > maxIdleKeys",
    noticedBy: { test: "IdleKeys", named: "as far as there is room" }
  }
]
