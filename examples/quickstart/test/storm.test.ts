/**
 * Four providers over one token cache, and 200 callers of each at once: what the providers themselves count.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Apex } from "@entegre/apex"
import { TokenCache } from "@entegre/core"
import { Dukkango } from "@entegre/dukkango"
import { Odeal } from "@entegre/odeal"
import { Paynkolay } from "@entegre/paynkolay"
import { Sandbox } from "@entegre/sandbox"
import { Effect, Layer } from "effect"
import * as ApexDemo from "../src/apex.ts"
import * as DukkangoDemo from "../src/dukkango.ts"
import * as OdealDemo from "../src/odeal.ts"
import * as PaynkolayDemo from "../src/paynkolay.ts"
import type { Subject } from "../src/Subject.ts"

const Main = Layer.mergeAll(
  Dukkango.layerConfig(),
  Apex.layerConfig({ requestLimit: 100_000 }),
  Odeal.layerConfig(),
  Paynkolay.layerConfig()
).pipe(
  Layer.provideMerge(TokenCache.layer),
  Layer.provide(NodeHttpClient.layerUndici)
)

const Test = Main.pipe(Layer.provideMerge(Sandbox.layerWith({ apex: { rateLimit: 100_000 } })))

const crowd = ({ reads }: Subject) =>
  Effect.forEach(
    Array.from({ length: 200 }, (_, index) => reads[index % reads.length] ?? Effect.die("no reads")),
    (read) => read,
    { concurrency: "unbounded" }
  )

layer(Test, { excludeTestServices: true, timeout: "60 seconds" })("four providers over one cache", (it) => {
  it.effect(
    "see one login and 200 good calls each, when 200 callers of each come to a cold cache",
    () =>
      Effect.gen(function*() {
        const subjects = [
          yield* DukkangoDemo.subject,
          yield* ApexDemo.subject,
          yield* OdealDemo.subject,
          yield* PaynkolayDemo.subject
        ]
        const answers = yield* Effect.forEach(subjects, crowd, { concurrency: "unbounded" })
        for (const [index, { name, stage }] of subjects.entries()) {
          const { calls, failed, logins, overlaps, refused, renewals } = yield* stage.counters
          assert.strictEqual(answers[index]?.length, 200, name)
          assert.deepStrictEqual(
            { failed, logins, overlaps, refused, renewals },
            { failed: 0, logins: 1, overlaps: 0, refused: 0, renewals: 0 },
            name
          )
          assert.isAtLeast(calls, 200, name)
        }
      }),
    60_000
  )
})
