/**
 * Ödeal in memory, as its page about tokens describes it: one active pair, and a new one ends the one before.
 */
import { TokenCache } from "@entegre/core"
import { Odeal } from "@entegre/odeal"
import type { Settings } from "@entegre/odeal/OdealOptions"
import { Clock, Duration, Effect, Layer, Predicate, Redacted } from "effect"
import { HttpClient, type HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"

export const login = "/authenticate/credential/v2"
export const refresh = "/authenticate/refresh-token/v2"

/** A request as it would be on the wire. */
export interface Arrival {
  readonly method: string
  readonly url: string
  readonly path: string
  readonly headers: Record<string, string | undefined>
  readonly body: unknown
}

type Answer = Effect.Effect<Response, HttpClientError.HttpClientError>

export interface Options {
  /** How long a token lives. Default: 1 hour. */
  readonly life?: Duration.Input
  /** How long a request is on its way. Default: no time. */
  readonly latency?: Duration.Input
  /** What a call with a good token is answered with. */
  readonly answer?: (arrival: Arrival, request: HttpClientRequest.HttpClientRequest) => Response | Answer
}

const base = "https://apigw.odeal.com/mobile"

export const keys = { apiKey: Redacted.make("api-key"), secretKey: Redacted.make("secret-key") }

const arrivalOf = (request: HttpClientRequest.HttpClientRequest): Arrival => {
  const { body, headers, method, url } = request
  const text = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""
  return { method, url, path: url.replace(base, ""), headers, body: text === "" ? undefined : JSON.parse(text) }
}

export const unauthorized = (): Response => Response.json({ error: { message: "Unauthorized" } }, { status: 401 })

export const make = (options: Options = {}) => {
  const arrivals: Array<Arrival> = []
  const counts = { logins: 0, renewals: 0, refused: 0, atOnce: 0, mostAtOnce: 0 }
  const script: Array<{ readonly path: string; readonly answer: Answer }> = []
  let issued = 0
  let active: { readonly access: string; readonly refresh: string; readonly endsAt: number } | undefined

  const issue = Effect.map(Clock.currentTimeMillis, (now) => {
    issued++
    const life = Duration.fromInputUnsafe(options.life ?? "1 hour")
    active = { access: `access-${issued}`, refresh: `refresh-${issued}`, endsAt: now + Duration.toMillis(life) }
    return Response.json({
      result: { accessToken: active.access, refreshToken: active.refresh },
      tokenType: "Bearer",
      expiresIn: Duration.toSeconds(life)
    })
  })

  const field = (body: unknown, name: string): unknown => Predicate.hasProperty(body, name) ? body[name] : undefined

  const serveToken = (arrival: Arrival): Effect.Effect<Response> =>
    Effect.suspend(() => {
      if (arrival.path === login) {
        if (field(arrival.body, "secretKey") !== "secret-key") {
          return Effect.succeed(Response.json({ result: { message: "Kimlik bilgileri hatalı" } }, { status: 401 }))
        }
        counts.logins++
        return issue
      }
      if (field(arrival.body, "refreshToken") !== active?.refresh) {
        counts.refused++
        return Effect.succeed(unauthorized())
      }
      counts.renewals++
      return issue
    })

  const oneAtATime = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        counts.atOnce++
        counts.mostAtOnce = Math.max(counts.mostAtOnce, counts.atOnce)
      }),
      () => effect,
      () => Effect.sync(() => counts.atOnce--)
    )

  const serveCall = (arrival: Arrival, request: HttpClientRequest.HttpClientRequest): Answer =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (arrival.headers.authorization !== `Bearer ${active?.access}` || now >= (active?.endsAt ?? 0)) {
        return Effect.succeed(unauthorized())
      }
      const answer = options.answer?.(arrival, request) ?? Response.json({ result: { ok: true } })
      return Effect.isEffect(answer) ? answer : Effect.succeed(answer)
    })

  const client = HttpClient.make((request) => {
    const arrival = arrivalOf(request)
    arrivals.push(arrival)
    const next = script.findIndex(({ path }) => path === arrival.path)
    const scripted = next < 0 ? undefined : script.splice(next, 1)[0]
    const isToken = arrival.path === login || arrival.path === refresh
    const served: Answer = scripted?.answer ?? (isToken ? serveToken(arrival) : serveCall(arrival, request))
    const later = Effect.andThen(Effect.sleep(options.latency ?? 0), served)
    return Effect.map(isToken ? oneAtATime(later) : later, (response) => HttpClientResponse.fromWeb(request, response))
  })

  return {
    client,
    counts,
    /** Everything that was sent. */
    arrivals,
    /** What was sent to a path. */
    to: (path: string) => arrivals.filter((arrival) => arrival.path === path),
    /** Ends the active pair, as a login from elsewhere does. */
    revoke: () => {
      active = undefined
    },
    /** What the next request to a path is answered with, in the place of the proper answer. */
    next: (path: string, answer: Response | Answer) => {
      script.push({ path, answer: Effect.isEffect(answer) ? answer : Effect.succeed(answer) })
    },
    layer: Layer.succeed(HttpClient.HttpClient, client)
  }
}

/** Ödeal over a model of it. */
const layer = (model: ReturnType<typeof make>, settings: Settings = {}, credentials = keys) =>
  Odeal.layer({ ...settings, credentials }).pipe(
    Layer.provideMerge(TokenCache.layerWith({})),
    Layer.provide(model.layer)
  )

/** Runs something over a model of Ödeal, with settings. */
export const over = (options: Options = {}, settings: Settings = {}, credentials = keys) => {
  const model = make(options)
  return {
    model,
    run: <A, E>(effect: Effect.Effect<A, E, Odeal | TokenCache>) =>
      Effect.provide(effect, layer(model, settings, credentials))
  }
}
