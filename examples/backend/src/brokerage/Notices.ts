/**
 * What Apex told of.
 */
import { Context, DateTime, Effect, Layer, Ref, type Schema } from "effect"
import type { Notice } from "./api.ts"

const capacity = 1000

/**
 * The newest notices, oldest first.
 */
export class Notices extends Context.Service<Notices, {
  readonly save: (body: Schema.Json) => Effect.Effect<void>
  readonly list: Effect.Effect<ReadonlyArray<Notice>>
}>()("@entegre/example-backend/brokerage/Notices") {
  static readonly layerMemory = Layer.effect(
    Notices,
    Effect.map(Ref.make<ReadonlyArray<Notice>>([]), (notices) =>
      Notices.of({
        list: Ref.get(notices),
        save: (body) =>
          Effect.flatMap(DateTime.now, (receivedAt) =>
            Ref.update(notices, (earlier) => [...earlier.slice(1 - capacity), { receivedAt, body }]))
      }))
  )
}
