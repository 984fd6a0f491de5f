/**
 * What passes between the caches of one store outside a renewal: token sets that others wrote, and token sets that could
 * not be written when they came.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { TokenSet } from "../TokenSet.ts"
import type { Change, TokenRecord } from "../TokenStore.ts"
import type { Cell } from "./cell.ts"
import { bounded } from "./environment.ts"
import type { AnyIssuer } from "./issuer.ts"
import * as Permit from "./permit.ts"
import { type Adoption, isForgotten, newerThanOurs, offsetSince, storedTokens } from "./record.ts"
import { subjectOf } from "./renewal.ts"
import * as State from "./state.ts"
import type { Subject } from "./subject.ts"

/** A cache of the same store, this one or another, has written under the key. */
export const notice = (cell: Cell, change: Change): Effect.Effect<void> =>
  Effect.suspend(() => {
    const waiting = cell.noticed
    cell.noticed = undefined
    if (waiting !== undefined) Deferred.doneUnsafe(waiting, Exit.void)
    const { obstacles: { lockout }, tokens } = cell.read()
    const have = tokens?.generation ?? 0
    if (change.forgotten) return forgetUpTo(cell, change.generation)
    const renewing = State.isRenewing(cell.read(), cell.now())
    const concerned = tokens !== undefined || lockout !== undefined
    return !renewing && concerned && change.generation > have ? look(cell) : Effect.void
  })

/** Another cache has forgotten a compromised token set, and with it goes what came of it. */
const forgetUpTo = (cell: Cell, generation: number): Effect.Effect<void> => {
  const { saved, tokens } = cell.read()
  const have = tokens?.generation ?? 0
  if (have <= generation || (saved && cell.root > generation)) return Effect.sync(() => cell.forgetUpTo(generation))
  cell.forgetUpTo(have)
  return Effect.ignore(bounded(cell.env, "forget", cell.env.store.forget(cell.key, have)))
}

/** Looks for what another cache has written, and whether the store still has what it had. */
export const look = (cell: Cell): Effect.Effect<void> => {
  const asked = cell.now()
  const before = cell.read().tokens?.generation ?? 0
  return bounded(cell.env, "read", cell.env.store.read(cell.key)).pipe(
    Effect.flatMap(({ now, record }) => {
      const { rejected, tokens: have } = cell.read()
      const { issuer } = cell
      const sibling = newerThanOurs(cell.env, { have, rejected }, record, offsetSince(cell.env, asked, now))
      if (sibling !== undefined && issuer !== undefined) return take(cell, issuer, sibling)
      return Effect.sync(() => {
        if (record !== undefined) forgetWith(cell, record)
        if ((record?.generation ?? 0) < before) bringBack(cell, before)
      })
    }),
    Effect.ignore
  )
}

/** The store has lost a token set that it had: it was emptied, or has failed over. */
const bringBack = (cell: Cell, generation: number): void => {
  const state = cell.read()
  const ours = state.tokens?.generation === generation && State.usable(state, cell.now()) !== undefined
  if (!ours || !state.saved || State.isRenewing(state, cell.now())) return
  cell.update({ saved: false })
  cell.plan()
}

/** Takes over another cache's token set. */
const take = (cell: Cell, issuer: AnyIssuer, adoption: Adoption): Effect.Effect<void> =>
  Effect.map(cell.renewIn(issuer, adoption.tokens), (delay) => {
    cell.takeOver(issuer, adoption, delay, 0)
    cell.plan()
  })

/** What was forgotten in the store is forgotten here. */
const forgetWith = (cell: Cell, record: TokenRecord): void => {
  if (isForgotten(record)) cell.forgetUpTo(record.generation)
}

/**
 * The store has had this token set, or a newer one, or was told to forget while it was only here: nothing is written over
 * that.
 */
const overtaken = (cell: Cell, tokens: TokenSet, record: TokenRecord): void => {
  if (cell.read().tokens?.generation === tokens.generation) cell.update({ saved: true })
  if (isForgotten(record)) cell.forgetUpTo(Math.max(record.generation, tokens.generation))
  cell.plan()
}

/** Brings a token set that is only in memory to the store, unless a newer one stands there. */
export const save = (cell: Cell, issuer: AnyIssuer, tokens: TokenSet): Effect.Effect<void> => {
  const { env } = cell
  const subject: Subject = { ...subjectOf(cell, issuer, "window", cell.now()), emit: () => {} }
  return Effect.flatMap(Permit.take(env, subject), (permit) => {
    if ("_tag" in permit) {
      return permit._tag === "Adopted" ? take(cell, issuer, permit) : Effect.sync(() => cell.plan())
    }
    const { lease } = permit
    if (lease === undefined) return Effect.sync(() => cell.plan())
    const sibling = newerThanOurs(env, subject, permit.record, permit.offset)
    if (sibling !== undefined) {
      return Effect.andThen(Permit.endUnwritten(env, permit, lease), take(cell, issuer, sibling))
    }
    const stored = permit.record
    if (stored !== undefined && (stored.generation >= tokens.generation || isForgotten(stored))) {
      return Effect.map(Permit.endUnwritten(env, permit, lease), () => overtaken(cell, tokens, stored))
    }
    const refreshToken = tokens.generation > subject.doubtful() ? tokens.refreshToken : undefined
    const record = {
      generation: tokens.generation,
      tokens: storedTokens({ ...tokens, refreshToken }, permit.offset),
      lockout: permit.record?.lockout
    }
    return bounded(env, "write", env.store.write(lease, record)).pipe(
      Effect.map(({ _tag }) => {
        if (_tag === "Written" && cell.read().tokens?.generation === tokens.generation) {
          cell.update({ saved: true })
          cell.emit({ _tag: "StoreRecovered", generation: tokens.generation })
        }
      }),
      Effect.ignore,
      Effect.andThen(Effect.sync(() => cell.plan()))
    )
  })
}
