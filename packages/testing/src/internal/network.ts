/**
 * The network between a process and the provider, as an `HttpClient`.
 */
import * as Effect from "effect/Effect"
import type * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as Chance from "../Chance.ts"
import type { Reply, Silence } from "../Dialogue.ts"
import type { ModelIssuer } from "../ModelIssuer.ts"
import type { Simulation } from "../Simulation.ts"
import type { Answer, Wire } from "../Wire.ts"
import type { Process } from "./process.ts"
import type { Recorder } from "./recorder.ts"
import { ReadyResponse } from "./response.ts"

/** The header that tokens are sent in. */
export const tokenHeader = "x-simulated-token"

/** What a network needs to know of the world. */
export interface Options {
  readonly simulation: Simulation
  readonly recorder: Recorder
  readonly chance: Chance.Chance
  readonly process: Process
  readonly provider: ModelIssuer
  readonly wire: Wire | undefined
}

/**
 * The provider as a process reaches it. What carries a token is a call, and served to whoever has one that is good; what
 * the wire understands goes to the token endpoint.
 */
export const make = (options: Options): HttpClient.HttpClient => {
  const { process, provider, wire } = options
  return HttpClient.make((request, url) => {
    const access = request.headers[tokenHeader]
    if (access !== undefined) return call(options, request, Number(url.pathname.slice(1)), access)
    const question = wire?.hear({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      text: textOf(request.body)
    })
    if (wire === undefined || question === undefined) return Effect.succeed(new ReadyResponse(request, 404, {}, ""))
    return provider.ask(process, question).pipe(
      Effect.mapError((silence) => transportError(request, silence)),
      Effect.map((reply) => {
        const { headers = {}, status, text } = answerOf(wire, reply)
        return new ReadyResponse(request, status, headers, text)
      })
    )
  })
}

const call = (
  { chance, process, provider, recorder, simulation }: Options,
  request: HttpClientRequest.HttpClientRequest,
  caller: number,
  access: string
): Effect.Effect<HttpClientResponse.HttpClientResponse> =>
  Effect.callback((resume) => {
    const { account } = provider.options
    const delay = () => chance.happens(0.5) ? 0 : chance.between(1, 200)
    recorder.record({ _tag: "Called", caller, process: process.name, account, access })
    simulation.after(delay(), simulation.world, () => {
      const served = provider.accepts(access)
      simulation.after(delay(), process, () => {
        if (!served) recorder.record({ _tag: "Unauthorized", caller, account, access })
        resume(Effect.succeed(new ReadyResponse(request, served ? 200 : 401, {}, "")))
      })
    })
  })

const answerOf = (wire: Wire, reply: Reply): Answer => {
  switch (reply._tag) {
    case "Garbled":
      return { status: 200, text: "<html>" }
    case "Unavailable":
      return { status: reply.status, text: "" }
    case "Granted":
    case "CredentialsRefused":
    case "RefreshTokenRefused":
      return wire.say(reply)
  }
}

const textOf = (body: HttpBody.HttpBody): string => {
  switch (body._tag) {
    case "Uint8Array":
      return new TextDecoder().decode(body.body)
    case "Raw":
      return typeof body.body === "string" ? body.body : ""
    case "Empty":
    case "FormData":
    case "Stream":
      return ""
  }
}

const transportError = (
  request: HttpClientRequest.HttpClientRequest,
  silence: Silence
): HttpClientError.HttpClientError =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({
      request,
      cause: { code: silence === "connectionRefused" ? "ECONNREFUSED" : "ECONNRESET" }
    })
  })
