/**
 * Asks the provider that means harm for everything that it has, over one transport, and prints a line of JSON for each:
 * how it ended and how much memory the process had taken at most by then.
 */
import * as Exchange from "@entegre/core/Exchange"
import { Duration, Effect } from "effect"
import { HttpClientRequest } from "effect/http"
import { transports } from "./httpTransports.ts"

const [, , origin = "", transport = "", ...paths] = process.argv

const run = Effect.gen(function*() {
  const exchange = yield* Exchange.make()
  for (const path of paths) {
    const startedAt = performance.now()
    const answer = exchange(HttpClientRequest.get(origin + path), path === "/drip" ? Duration.seconds(3) : undefined)
    const outcome = yield* Effect.match(Effect.flatMap(answer, (answer) => Effect.fromResult(Exchange.json(answer))), {
      onFailure: (error) => `${error._tag}: ${"problem" in error ? error.problem : error.status}`,
      onSuccess: (json) => JSON.stringify(json)
    })
    console.log(JSON.stringify({
      path,
      outcome,
      millis: Math.round(performance.now() - startedAt),
      peakMebibytes: Math.round(process.resourceUsage().maxRSS / 1024)
    }))
  }
})

const layer = transports.find(([name]) => name === transport)?.[1]
if (layer !== undefined) await Effect.runPromise(Effect.provide(run, layer))
process.exit()
