/**
 * Who makes the calls that are measured, by name.
 */
import { Odeal } from "@entegre/odeal"
import { Effect, Layer, ManagedRuntime } from "effect"
import * as EffectClient from "../../peers/effect.ts"
import * as Entegre from "../../peers/entegre.ts"
import { connections, login, type Peer } from "../../peers/Peer.ts"

/** The server's addresses. */
export interface Addresses {
  readonly plain: string
  readonly tls: string
}

/** Makes so many calls, a multiple of `connections`. */
type Run = (operations: number) => Promise<unknown>
type Make = (addresses: Addresses) => Promise<Run>

const promised = async ({ call }: Peer): Promise<Run> => {
  // Who refreshes its token does so once.
  await call()
  return (operations) => {
    const caller = async () => {
      for (let done = 0; done < operations / connections; done++) await call()
    }
    return Promise.all(Array.from({ length: connections }, caller))
  }
}

const effected = <R, E>(
  runtime: ManagedRuntime.ManagedRuntime<R, unknown>,
  call: Effect.Effect<unknown, E, R>
): Run =>
(operations) => {
  const caller = Effect.gen(function*() {
    for (let done = 0; done < operations / connections; done++) yield* call
  })
  return runtime.runPromise(
    Effect.all(Array.from({ length: connections }, () => caller), { concurrency: "unbounded", discard: true })
  )
}

const entegre = async (spans: Layer.Layer<never>, server: string): Promise<Run> => {
  const runtime = ManagedRuntime.make(
    Layer.provideMerge(Entegre.layer(server), Layer.merge(spans, EffectClient.transport))
  )
  const odeal = await runtime.runPromise(Odeal)
  return effected(runtime, odeal.call(Entegre.getOrder()))
}

type Step = keyof Effect.Success<ReturnType<typeof EffectClient.make>>

const byHand = (spans: Layer.Layer<never>, step: Step): Make => async ({ plain }) => {
  const runtime = ManagedRuntime.make(Layer.merge(spans, EffectClient.transport))
  const steps = await runtime.runPromise(EffectClient.make(plain, await login(plain)))
  return effected(runtime, steps[step])
}

const { withHttpSpan, withoutHttpSpan } = EffectClient

/** Those between the floor and a call, step by step. */
export const steps = ["effect's client", "… with a schema", "… with a span", "… with a time limit"] as const

export const subjects = {
  undici: async ({ plain }) => promised((await import("../../peers/undici.ts")).make(plain, await login(plain))),
  fetch: async ({ plain }) => promised((await import("../../peers/fetch.ts")).make(plain, await login(plain))),
  ky: async ({ plain }) => promised((await import("../../peers/ky.ts")).make(plain)),
  got: async ({ plain }) => promised((await import("../../peers/got.ts")).make(plain)),
  "axios-auth-refresh": async ({ plain }) => promised((await import("../../peers/axios.ts")).make(plain)),
  "@badgateway/oauth2-client": async ({ plain }) => promised((await import("../../peers/oauth2.ts")).make(plain)),
  "undici over TLS": async ({ plain, tls }) =>
    promised((await import("../../peers/undici.ts")).make(tls, await login(plain))),
  "@azure/core-rest-pipeline": async ({ plain, tls }) =>
    promised((await import("../../peers/azure.ts")).make(tls, () => login(plain))),
  "effect's client": byHand(withoutHttpSpan, "json"),
  "… with a schema": byHand(withoutHttpSpan, "decoded"),
  "… with a span": byHand(withoutHttpSpan, "spanned"),
  "… with a time limit": byHand(withoutHttpSpan, "bounded"),
  "entegre without HTTP span": async ({ plain }) => entegre(withoutHttpSpan, plain),
  "effect by hand": byHand(withHttpSpan, "spanned"),
  entegre: async ({ plain }) => entegre(withHttpSpan, plain),
  "entegre over TLS": async ({ tls }) => entegre(withHttpSpan, tls)
} as const satisfies { readonly [name: string]: Make }

export type SubjectName = keyof typeof subjects
