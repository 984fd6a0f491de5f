/**
 * What a cache has in common with the others that use its store.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as Quota from "../Quota.ts"
import type { Service as TokenStore } from "../TokenStore.ts"
import type { Sharing } from "./cache.ts"
import { bounded } from "./environment.ts"
import * as Fingerprint from "./fingerprint.ts"
import * as Siblings from "./siblings.ts"

/** How soon the store's notices are subscribed to again after they broke off. */
const resubscription = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("10 seconds")]).pipe(
  Schedule.jittered
)

/** How long after that the store is looked into for what was missed, in milliseconds; spread up to twice that. */
const missedNotices = 1_000

export const sharing = (store: TokenStore): Sharing => ({
  store,
  siblings: {
    look: Siblings.look,
    save: Siblings.save,
    forget: Siblings.forget,
    forgetAgain: Siblings.forgetAgain,
    mark: (env, credentials) => Fingerprint.of(env, store, credentials)
  },
  listen: (env, index) =>
    store.changes.pipe(
      Stream.runForEach((change) => {
        const slot = index.find(change.key)
        return slot === undefined ? Effect.void : Siblings.notice(slot, change)
      }),
      Effect.tapError(() =>
        Effect.sync(() => {
          for (const slot of index.all) slot.lookSoon(missedNotices * (1 + env.draw()))
        })
      ),
      Effect.retry(resubscription)
    ),
  quota: (env) => Quota.transform(store.quota, (effect, operation) => bounded(env, operation, effect))
})
