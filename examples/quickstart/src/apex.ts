/**
 * Apex in the demonstration: a tree of nodes that is read, and a node whose making is not answered.
 */
import { Apex } from "@entegre/apex"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Effect } from "effect"
import type { Subject } from "./Subject.ts"

export const subject = Effect.gen(function*() {
  const { nodes } = yield* Apex
  const sandbox = (yield* Sandbox).apex

  const root = yield* Effect.cached(nodes.create({ name: "root", type: "Apex" }))

  const unanswered = Effect.gen(function*() {
    yield* sandbox.faults.inject(Fault.lostReply({ on: "nodes.create", times: 1 }))
    return yield* nodes.create({ name: "branch", type: "Account" }).pipe(
      Effect.match({ onFailure: (error) => error, onSuccess: () => undefined })
    )
  })

  return {
    name: "apex",
    renewedBy: "refreshToken",
    reads: [
      Effect.flatMap(root, ({ id }) => nodes.get(id)),
      Effect.flatMap(root, ({ id }) => nodes.childrenPage(id))
    ],
    unanswered,
    stage: {
      counters: sandbox.counters,
      tokenLifetime: (tokenLifetime) => Effect.asVoid(sandbox.settings.update({ tokenLifetime })),
      revokeTokens: sandbox.revokeAccessTokens,
      tokenEndpointFails: (times) => sandbox.faults.inject(Fault.status(503, { on: "auth", times })),
      tokenEndpointIsSlow: (duration) => sandbox.faults.inject(Fault.latency(duration, { on: "auth", times: 1 })),
      readsFail: (times) => sandbox.faults.inject(Fault.status(503, { on: "nodes.get", times })),
      isQuiet: Effect.map(sandbox.faults.pending, (pending) => pending.length === 0)
    }
  } satisfies Subject
})
