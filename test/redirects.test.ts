/**
 * A provider that redirects, or somebody in its place, gets nobody to send anything to another origin: no login, no renewal
 * and no call, of any provider, over any transport.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { Apex } from "@entegre/apex"
import { TokenCache } from "@entegre/core"
import type { Tokens } from "@entegre/core"
import type { AuthenticatedClient } from "@entegre/core/AuthenticatedClient"
import { Dukkango } from "@entegre/dukkango"
import { Odeal } from "@entegre/odeal"
import { Paynkolay } from "@entegre/paynkolay"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Context, Effect, Layer, Schedule } from "effect"
import type { Scope } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import * as Net from "node:net"
import { assert, describe, it } from "vitest"

const transports: ReadonlyArray<readonly [string, Layer.Layer<HttpClient.HttpClient>]> = [
  ["fetch", FetchHttpClient.layer],
  ["undici", NodeHttpClient.layerUndici],
  ["node:http", NodeHttpClient.layerNodeHttp]
]

const settings = { timeout: "5 seconds", loginTimeout: "5 seconds", retry: Schedule.recurs(0) } as const

/** What a call may fail with: its reason, whichever provider's. */
interface Refused {
  readonly reason: { readonly _tag: string; readonly problem?: string | undefined }
}

interface Opened {
  readonly tokens: Tokens
  readonly calls: ReadonlyArray<Effect.Effect<unknown, Refused>>
  readonly sandbox: { readonly inject: (fault: Fault.FaultOn<Fault.Target>) => Effect.Effect<void> }
}

const raw = <Denial extends { readonly _tag: string }>(
  { send }: AuthenticatedClient<Denial>
): Effect.Effect<unknown, Refused> =>
  Effect.mapError(
    send(HttpClientRequest.get("/anything"), { safety: "safe" }),
    (error) => "reason" in error ? error : { reason: error }
  )

const open = <Provider, Service, E>(
  tag: Context.Key<Provider, Service>,
  layer: Layer.Layer<Provider, E, HttpClient.HttpClient | TokenCache>,
  use: (service: Service, sandbox: Sandbox["Service"]) => Opened
): Effect.Effect<Opened, E, HttpClient.HttpClient | Sandbox | Scope.Scope | TokenCache> =>
  Effect.map(Effect.all([Layer.build(layer), Sandbox]), ([context, sandbox]) => use(Context.get(context, tag), sandbox))

const providers = {
  dukkango: open(
    Dukkango,
    Dukkango.layerConfig(settings),
    ({ client, restaurants, tokens }, { dukkango }) => ({
      tokens,
      calls: [restaurants.list, raw(client)],
      sandbox: dukkango.faults
    })
  ),
  // The keys in headers: those are what some transports take along.
  apex: open(
    Apex,
    Apex.layerConfig({ ...settings, loginBy: "headers" }),
    ({ accessTokens, client, nodes }, { apex }) => ({
      tokens: accessTokens,
      calls: [nodes.create({ name: "Root", type: "Apex" }), raw(client)],
      sandbox: apex.faults
    })
  ),
  odeal: open(Odeal, Odeal.layerConfig(settings), ({ client, tokens }, { odeal }) => ({
    tokens,
    calls: [raw(client)],
    sandbox: odeal.faults
  })),
  paynkolay: open(Paynkolay, Paynkolay.layerConfig(settings), ({ payments, profiles, tokens }, { paynkolay }) => ({
    tokens,
    calls: [profiles.list(), payments.completeExternal("UkVG")],
    sandbox: paynkolay.faults
  }))
}

/**
 * Another origin, which only counts who comes, in the clear or with the beginning of TLS. To be asked how many there were, by
 * one that comes last: whoever had set out before is there before it, even if nobody waits for it.
 */
const elsewhere = Effect.gen(function*() {
  let arrivals = 0
  const server = Net.createServer((socket) => {
    arrivals++
    socket.destroy()
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
      })
  )
  const address = server.address()
  assert(address !== null && typeof address === "object")
  const comeLast = Effect.exit(HttpClient.get(`http://127.0.0.1:${address.port}/last`))
  return { port: address.port, arrivals: Effect.map(comeLast, () => arrivals - 1) }
})

const failure = (effect: Effect.Effect<unknown, Refused>) =>
  Effect.match(effect, {
    onFailure: ({ reason }) => reason.problem === undefined ? reason._tag : `${reason._tag}: ${reason.problem}`,
    onSuccess: () => "none"
  })

/** What is redirected: a login, the renewal of a token that is there, or calls with it. */
const subjects: {
  readonly [subject: string]: (
    opened: Opened,
    redirect: (on: "auth" | "calls") => Effect.Effect<void>
  ) => Effect.Effect<ReadonlyArray<string>, Refused>
} = {
  login: ({ tokens }, redirect) =>
    Effect.andThen(redirect("auth"), Effect.map(failure(tokens.get), (failure) => [failure])),
  renewal: Effect.fnUntraced(function*({ tokens }, redirect) {
    const token = yield* tokens.get
    yield* redirect("auth")
    return [yield* failure(tokens.reject(token))]
  }),
  call: Effect.fnUntraced(function*({ calls, tokens }, redirect) {
    yield* tokens.get
    yield* redirect("calls")
    return yield* Effect.forEach(calls, failure)
  })
}

it("another origin is reached by who follows a redirect there", async () => {
  const followed = Effect.gen(function*() {
    const { dukkango } = yield* Sandbox
    const { arrivals, port } = yield* elsewhere
    yield* dukkango.faults.inject(Fault.redirect(`http://127.0.0.1:${port}/`))
    yield* Effect.exit(HttpClient.get(dukkango.baseUrl))
    return yield* arrivals
  }).pipe(Effect.scoped, Effect.provide(Layer.merge(Sandbox.layer, FetchHttpClient.layer)))
  assert.strictEqual(await Effect.runPromise(followed), 1)
})

describe.each(transports)("over %s", (_, transport) => {
  it.each(["http", "https"])(
    "another origin is reached by whoever sets out for it, and does not wait: %s",
    async (scheme) => {
      const leaked = Effect.gen(function*() {
        const { arrivals, port } = yield* elsewhere
        const leak = Effect.exit(HttpClient.get(`${scheme}://127.0.0.1:${port}/`))
        yield* Effect.forkDetach(leak, { startImmediately: true })
        return yield* arrivals
      }).pipe(Effect.scoped, Effect.provide(transport))
      assert.strictEqual(await Effect.runPromise(leaked), 1)
    }
  )

  it.concurrent.each(Object.entries(providers))(
    "nothing of %s goes to where a redirect points, and callers get a typed error",
    async (_, provider) => {
      const cases = Object.values(subjects).flatMap((subject) =>
        [301, 302, 303, 307, 308].flatMap((status) =>
          ["http", "https"].map((scheme) =>
            Effect.gen(function*() {
              const { arrivals, port } = yield* elsewhere
              const outcome = yield* Effect.gen(function*() {
                const opened = yield* provider
                const location = `${scheme}://127.0.0.1:${port}/login?next=1`
                const failures = yield* subject(
                  opened,
                  (on) => opened.sandbox.inject(Fault.redirect(location, { on, status, times: "unlimited" }))
                )
                return { failures, strays: (yield* (yield* Sandbox).strays).length }
              }).pipe(
                Effect.scoped,
                Effect.provide(Layer.merge(TokenCache.layerWith({ patience: "50 millis" }), Sandbox.layer))
              )
              // Whatever the provider's layers did has ended by now.
              return { ...outcome, arrivals: yield* arrivals }
            }).pipe(Effect.scoped, Effect.provide(transport))
          )
        )
      )
      const outcomes = await Effect.runPromise(Effect.all(cases))
      assert.lengthOf(outcomes, 30)
      for (const { arrivals, failures, strays } of outcomes) {
        assert.deepStrictEqual([arrivals, strays], [0, 0])
        assert.isNotEmpty(failures)
        for (const failure of failures) {
          assert.match(failure, /^(?:Redirected|OutcomeUnknown: redirected|IssuerUnavailable: redirected)$/)
        }
      }
    }
  )
})
