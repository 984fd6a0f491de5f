import { Effect, Metric } from "effect"

/** The series of the registry, by name and attributes: `"entegre.token.served model #1"`. */
export const series = Effect.map(Metric.snapshot, (all) =>
  new Map(all.map(({ attributes, id, state }) => {
    const told = Object.entries(attributes ?? {}).flatMap(([name, value]) => name === "unit" ? [] : [value])
    return [[id, ...told].join(" "), state] as const
  })))

export const inRegistryOfItsOwn = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.provideService(effect, Metric.MetricRegistry, new Map())
