/**
 * What a provider is taken through: success at every log level, every fault that the sandbox knows, and a provider that
 * repeats what it was told.
 */
import { Sensitive } from "@entegre/core"
import { Fault } from "@entegre/sandbox"
import { Effect, Option, Schema } from "effect"
import type { LogLevel } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"
import * as Canaries from "./canaries.ts"
import type { Journey, Stack } from "./stacks.ts"

const levels: ReadonlyArray<LogLevel.LogLevel> = ["All", "Trace", "Debug", "Info", "Warn", "Error", "Fatal", "None"]

const times = "unlimited"

/** Every kind of fault, and of some several. */
export const faults = (on: "auth" | "calls"): ReadonlyArray<Fault.FaultOn<Fault.Target>> => [
  ...[200, 400, 401, 403, 404, 409, 422, 500, 503].map((status) => Fault.status(status, { on, times })),
  Fault.status(429, { on, times, retryAfter: "1 second" }),
  Fault.latency("20 millis", { on, times }),
  Fault.reset({ on, times }),
  Fault.lostReply({ on, times }),
  Fault.hang({ on, times }),
  Fault.truncated({ on, times }),
  Fault.garbage({ on, times }),
  Fault.html({ on, times }),
  Fault.empty({ on, times }),
  Fault.wrongShape({ on, times }),
  Fault.redirect("https://elsewhere.example/", { on, times }),
  Fault.huge(9 * 1024 * 1024, { on, times }),
  Fault.drip({ on, times })
]

const readJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): unknown =>
  body._tag === "Uint8Array" ? Option.getOrUndefined(readJson(new TextDecoder().decode(body.body))) : undefined

/** What was told to the parrot, in every spelling. */
const told = (stack: Stack, request: HttpClientRequest.HttpClientRequest): ReadonlyArray<string> =>
  Sensitive.textsOf(stack.sensitive)({
    headers: request.headers,
    query: new URL(request.url).searchParams,
    body: bodyOf(request)
  }).flatMap((text) => [text, ...text.split(" "), ...Canaries.spellings(text).keys()])

/** How much is shown of what a provider says. */
const shown = 180

const isOn = (on: "auth" | "calls", { url }: HttpClientRequest.HttpClientRequest) =>
  /\/auth/.test(url) === (on === "auth")

/** An answer that is not as any provider documents it: what is said stands in its names and in its values. */
const unreadable = (said: string): unknown => ({
  [said]: said,
  id: said,
  data: [{ [said]: said }],
  result: { id: said }
})

/**
 * Answers some requests with something that says, in turn, some of the things that it was told: a refusal, unless it is said
 * how it answers.
 */
const parrot = (
  stack: Stack,
  on: "auth" | "calls",
  status: number,
  { answer = stack.refusal, turns = new Map<string, number>() }: {
    readonly answer?: (said: string) => unknown
    readonly turns?: Map<string, number>
  } = {}
) =>
(client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.make((request) => {
    if (!isOn(on, request)) return client.execute(request)
    const words = told(stack, request)
    let turn = turns.get(request.url) ?? 0
    let said = ""
    do {
      said += ` ${words[turn++ % words.length] ?? ""}`
    } while (said.length + (words[turn % words.length] ?? "").length < shown && turn % words.length !== 0)
    turns.set(request.url, turn)
    return Effect.succeed(HttpClientResponse.fromWeb(
      request,
      Response.json(answer(`refused:${said}!`), {
        status,
        headers: { "set-cookie": `session=${encodeURIComponent(said)}`, "x-request-id": encodeURIComponent(said) }
      })
    ))
  })

/** A transport that fails for some requests, with everything in its errors that it was to send. */
const blabbing = (stack: Stack, on: "auth" | "calls") => (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.make((request) => {
    if (!isOn(on, request)) return client.execute(request)
    const description = told(stack, request).join(" ")
    const reason = new HttpClientError.TransportError({ request, description, cause: new Error(description) })
    return Effect.fail(new HttpClientError.HttpClientError({ reason }))
  })

/** How many times a parrot is asked the same, so that it says everything. */
const rounds = 4

/** A login, and calls, that are refused in the very words of what was sent. */
export const refusals = (stack: Stack): ReadonlyArray<Journey> => {
  const calls = parrot(stack, "calls", 400)
  const login = parrot(stack, "auth", 401)
  // Everything is answered, however busy the machine is.
  const patience = "5 seconds"
  const journeys: ReadonlyArray<Journey> = [
    { client: calls },
    { client: calls },
    { client: login, isBrief: true },
    { client: login, isBrief: true }
  ]
  return journeys.map((journey) => ({ ...journey, patience }))
}

/** A token that ends, and a renewal that meets a fault. */
const renewals = faults("auth").map((fault): Journey => ({
  isBrief: true,
  between: ({ inject, revoke }) => Effect.andThen(inject(fault), revoke)
}))

/** Logins that are answered in the very words of what was sent. */
const logins = (stack: Stack): ReadonlyArray<Journey> =>
  [200, 400, 401, 403, 500].flatMap((status) => {
    const client = parrot(stack, "auth", status)
    return Array.from({ length: 2 * rounds }, (): Journey => ({ client, isBrief: true }))
  })

/** The journeys on which something is told to a token store that processes share. */
export const shared = (stack: Stack, redis: string): ReadonlyArray<Journey> => {
  const everything: Journey = { patience: "5 seconds" }
  const refused = parrot(stack, "auth", 401, { answer: stack.refusedCredentials })
  const lockouts = Array.from({ length: 2 * rounds }, (): Journey => ({ client: refused, isBrief: true }))
  return [everything, ...refusals(stack), ...renewals, ...logins(stack), ...lockouts].map((journey) => ({
    // What goes over a wire takes its time.
    patience: "500 millis",
    ...journey,
    redis
  }))
}

/** All journeys of a provider. */
export const of = (stack: Stack): ReadonlyArray<Journey> => {
  const turns = new Map<string, number>()
  const unread = parrot(stack, "calls", 200, { answer: unreadable })
  return [
    ...levels.map((level): Journey => ({ level, patience: "5 seconds" })),
    ...[...faults("auth"), ...faults("calls")].map((fault): Journey => ({ before: ({ inject }) => inject(fault) })),
    ...renewals,
    ...[200, 400, 401, 403, 404, 409, 422, 429, 500].flatMap((status) => {
      const client = parrot(stack, "calls", status, { turns })
      return Array.from({ length: rounds }, (): Journey => ({ client }))
    }),
    ...Array.from({ length: rounds }, (): Journey => ({ client: unread })),
    { client: blabbing(stack, "calls") },
    { client: blabbing(stack, "auth"), isBrief: true },
    ...logins(stack)
  ]
}
