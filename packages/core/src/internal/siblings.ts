/**
 * What passes between the caches of one store outside a renewal: token sets that others wrote, token sets that could not be
 * written when they came, and what the store could not be told to forget.
 */
import * as Effect from "effect/Effect"
import type { TokenSet } from "../TokenSet.ts"
import type { Change, TokenRecord, TokenStoreError } from "../TokenStore.ts"
import type { Cell } from "./cell.ts"
import { bounded } from "./environment.ts"
import type { AnyIssuer } from "./issuer.ts"
import * as Permit from "./permit.ts"
import { type Adoption, isForgotten, localTokens, newerThanOurs, offsetSince, storedTokens } from "./record.ts"
import { subjectOf } from "./renewal.ts"
import * as State from "./state.ts"
import type { Subject } from "./subject.ts"

/** A cache of the same store, this one or another, has written under the key. */
export const notice = (cell: Cell, change: Change): Effect.Effect<void> =>
  Effect.suspend(() => {
    cell.notice()
    const { obstacles: { lockout }, tokens } = cell.read()
    const have = tokens?.generation ?? 0
    if (change.forgotten) return forgetUpTo(cell, change.generation)
    const renewing = State.isRenewing(cell.read(), cell.now())
    const concerned = tokens !== undefined || lockout !== undefined
    return !renewing && concerned && change.generation > have ? look(cell) : Effect.void
  })

/** Another cache has forgotten a compromised token set, and with it goes what came of it. */
const forgetUpTo = (cell: Cell, generation: number): Effect.Effect<void> => {
  const { obstacles: { saved }, tokens } = cell.read()
  if (tokens === undefined || tokens.generation <= generation || (saved && cell.root > generation)) {
    return Effect.sync(() => cell.forgetUpTo(generation))
  }
  cell.forgetUpTo(tokens.generation)
  return Effect.ignore(forget(cell, tokens.generation, tokens.issuedAt))
}

/**
 * Has the store forget what it has, unless it is newer than `upTo`. Until it has answered, it is told again to forget what was
 * issued up to `until`.
 */
export const forget = (cell: Cell, upTo: number, until: number): Effect.Effect<void, TokenStoreError> =>
  Effect.suspend(() => {
    stillToForget(cell, Math.max(until, cell.toForget))
    return Effect.map(bounded(cell.env, "forget", cell.env.store.forget(cell.key, upTo)), () => {
      if (cell.toForget === until) stillToForget(cell, undefined)
    })
  })

const stillToForget = (cell: Cell, toForget: number | undefined): void => {
  cell.hinder({ toForget })
  cell.plan()
}

/**
 * Has the store forget what it did not answer to when it was told: what this cache knows, and what others have written that
 * was issued by then. What came later stays.
 */
export const forgetAgain = (cell: Cell, until: number): Effect.Effect<void> => {
  const asked = cell.now()
  return bounded(cell.env, "read", cell.env.store.read(cell.key)).pipe(
    Effect.flatMap(({ now, record }) => {
      if (cell.toForget !== until) return Effect.void
      const standing = record?.tokens
      const isKept = standing === undefined ||
        localTokens(record, offsetSince(cell.env, asked, now), until) !== undefined
      if (!isKept) cell.forgetUpTo(standing.generation)
      return forget(cell, worthless(cell), until)
    }),
    Effect.ignore,
    Effect.andThen(Effect.sync(() => cell.plan()))
  )
}

/** Looks for what another cache has written, and whether the store still has what it had. */
export const look = (cell: Cell): Effect.Effect<void> => {
  const asked = cell.now()
  const before = cell.read().tokens?.generation ?? 0
  return bounded(cell.env, "read", cell.env.store.read(cell.key)).pipe(
    Effect.flatMap(({ now, record }) => {
      const { rejected, tokens: have } = cell.read()
      const { issuer, toForget } = cell
      const sibling = newerThanOurs(
        cell.env,
        { have, rejected: () => rejected, toForget: () => toForget },
        record,
        offsetSince(cell.env, asked, now)
      )
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
  if (!ours || !state.obstacles.saved || State.isRenewing(state, cell.now())) return
  cell.hinder({ saved: false })
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

/** Of the token sets up to this generation, nothing is handed out or sent any more. */
const worthless = (cell: Cell): number => Math.min(cell.read().rejected, cell.doubtful)

/** Whether nothing of a token set is handed out or sent any more: it was forgotten. */
const isWorthless = (cell: Cell, { generation }: TokenSet): boolean => generation <= worthless(cell)

/** There is no need any more to bring a token set to the store. */
const done = (cell: Cell, { generation }: TokenSet): void => {
  if (cell.read().tokens?.generation === generation) cell.hinder({ saved: true })
  cell.plan()
}

/** Brings a token set that is only in memory to the store, unless it was forgotten, or a newer one stands there. */
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
    // The store was told to forget while it was only here: it goes too.
    if (stored !== undefined && isForgotten(stored)) cell.forgetUpTo(Math.max(stored.generation, tokens.generation))
    const worthless = isWorthless(cell, tokens)
    if (worthless || (stored?.generation ?? 0) >= tokens.generation) {
      // What another cache is about to write may have been replaced by it all the same.
      if (worthless && issuer.rotation === "singleActive") cell.doubtNext()
      return Effect.map(Permit.endUnwritten(env, permit, lease), () => done(cell, tokens))
    }
    const refreshToken = tokens.generation > subject.doubtful() ? tokens.refreshToken : undefined
    const record = {
      generation: tokens.generation,
      tokens: storedTokens({ ...tokens, refreshToken }, permit.offset),
      lockout: permit.record?.lockout
    }
    return bounded(env, "write", env.store.write(lease, record)).pipe(
      Effect.flatMap(({ _tag }) => {
        if (_tag === "Fenced") return Effect.void
        // It may have reached the store after the store forgot.
        if (isWorthless(cell, tokens)) return forget(cell, tokens.generation, tokens.issuedAt)
        return Effect.sync(() => {
          if (cell.read().tokens?.generation !== tokens.generation) return
          cell.hinder({ saved: true, toForget: undefined })
          cell.emit({ _tag: "StoreRecovered", generation: tokens.generation })
        })
      }),
      Effect.ignore,
      Effect.andThen(Effect.sync(() => cell.plan()))
    )
  })
}
