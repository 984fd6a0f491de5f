import { Effect } from "effect"

/** Hosts behind, in and ahead of UTC; one is not a whole number of hours away. */
export const zones = ["UTC", "Europe/Istanbul", "America/New_York", "Asia/Kathmandu"]

/** Runs an effect on a host in another zone. */
export const onHostIn = (zone: string) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const before = process.env.TZ
      process.env.TZ = zone
      return before
    }),
    () => effect,
    (before) =>
      Effect.sync(() => {
        if (before === undefined) delete process.env.TZ
        else process.env.TZ = before
      })
  )
