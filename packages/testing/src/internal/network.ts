/**
 * The network between a process and the provider's API, as an `HttpClient`.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as Chance from "../Chance.ts"
import type { ModelIssuer } from "../ModelIssuer.ts"
import type { Simulation } from "../Simulation.ts"
import type { Process } from "./process.ts"
import type { Recorder } from "./recorder.ts"
import { ReadyResponse } from "./response.ts"

/** The header that the model's tokens are sent in. */
export const tokenHeader = "access-token"

/** The provider's API as a process reaches it: any path is served to whoever has a token that is good. */
export const make = (
  simulation: Simulation,
  recorder: Recorder,
  chance: Chance.Chance,
  process: Process,
  provider: ModelIssuer
): HttpClient.HttpClient =>
  HttpClient.make((request, url) =>
    Effect.callback<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>((resume) => {
      const access = request.headers[tokenHeader] ?? ""
      const { account } = provider.options
      const caller = Number(url.pathname.slice(1))
      recorder.record({ _tag: "Called", caller, process: process.name, account, access })
      const delay = () => chance.happens(0.5) ? 0 : chance.between(1, 200)
      simulation.after(delay(), simulation.world, () => {
        const served = provider.accepts(access)
        simulation.after(delay(), process, () => {
          if (!served) recorder.record({ _tag: "Unauthorized", caller, account, access })
          resume(Effect.succeed(new ReadyResponse(request, served ? 200 : 401, {}, "")))
        })
      })
    })
  )
