/**
 * What a whole call to a provider costs: beside Node's fastest client by hand, beside the same Effect client by hand, and
 * beside the libraries that one would use instead.
 *
 * Every subject makes the same call for the same order over 32 connections, with a token, and has it as JSON in the end.
 * Those made with Effect also read it by a schema.
 */
import { Odeal } from "@entegre/odeal"
import { Effect, Layer, ManagedRuntime } from "effect"
import type { Case } from "../measure/Case.ts"
import { measure, type Subject } from "../measure/Rounds.ts"
import * as Spread from "../measure/Spread.ts"
import * as Axios from "../peers/axios.ts"
import * as Azure from "../peers/azure.ts"
import * as EffectClient from "../peers/effect.ts"
import * as Entegre from "../peers/entegre.ts"
import * as Fetch from "../peers/fetch.ts"
import * as Got from "../peers/got.ts"
import * as Ky from "../peers/ky.ts"
import * as OAuth2 from "../peers/oauth2.ts"
import { connections, login, type Peer } from "../peers/Peer.ts"
import * as Undici from "../peers/undici.ts"
import { Server } from "../server/Server.ts"

type Spreads = { readonly [name: string]: Spread.Spread }

const promised = (name: string, { call }: Peer): Subject => ({
  name,
  run: async (operations) => {
    const caller = async () => {
      for (let done = 0; done < operations / connections; done++) await call()
    }
    await Promise.all(Array.from({ length: connections }, caller))
  }
})

const effected = <R, E>(
  name: string,
  runtime: ManagedRuntime.ManagedRuntime<R, unknown>,
  call: Effect.Effect<unknown, E, R>
): Subject => ({
  name,
  run: (operations) => {
    const caller = Effect.gen(function*() {
      for (let done = 0; done < operations / connections; done++) yield* call
    })
    return runtime.runPromise(
      Effect.all(Array.from({ length: connections }, () => caller), { concurrency: "unbounded", discard: true })
    )
  }
})

/** The names of the subjects, which are those in the figures. */
const floor = "undici"
const floorTls = "undici over TLS"
const azure = "@azure/core-rest-pipeline"
const entegre = "entegre"
const entegreWithoutHttpSpan = "entegre without HTTP span"
const entegreTls = "entegre over TLS"
const sameClient = "effect by hand"
const steps = {
  client: "effect's client",
  schema: "… with a schema",
  span: "… with a span",
  limit: "… with a time limit"
}

const promises = async (server: Server): Promise<ReadonlyArray<readonly [string, Peer]>> => {
  const { plain, tls } = server
  const token = await login(plain)
  return [
    [floor, Undici.make(plain, token)],
    ["fetch", Fetch.make(plain, token)],
    ["ky", Ky.make(plain)],
    ["got", Got.make(plain)],
    ["axios-auth-refresh", Axios.make(plain)],
    ["@badgateway/oauth2-client", OAuth2.make(plain)],
    [floorTls, Undici.make(tls, token)],
    [azure, Azure.make(tls, () => login(plain))]
  ]
}

const runtimeOf = <A>(layer: Layer.Layer<A>, server: string) =>
  ManagedRuntime.make(
    Layer.provideMerge(Layer.fresh(Entegre.layer(server)), Layer.merge(layer, EffectClient.transport))
  )

export const run: Case<"call"> = async ({ quick, report }) => {
  const server = await Server.start()
  const bare = await promises(server)
  // One call of each, one after the other: who refreshes its token does so once.
  for (const [, { call }] of bare) await call()

  const untraced = runtimeOf(EffectClient.withoutHttpSpan, server.plain)
  const traced = runtimeOf(EffectClient.withHttpSpan, server.plain)
  const encrypted = runtimeOf(EffectClient.withHttpSpan, server.tls)
  const byHand = EffectClient.make(server.plain, await login(server.plain))
  const step = await untraced.runPromise(byHand)
  const byHandTraced = await traced.runPromise(byHand)
  const getOrder = Odeal.use((odeal) => odeal.call(Entegre.getOrder()))

  const rounds = await measure(
    [
      ...bare.map(([name, peer]) => promised(name, peer)),
      effected(steps.client, untraced, step.json),
      effected(steps.schema, untraced, step.decoded),
      effected(steps.span, untraced, step.spanned),
      effected(steps.limit, untraced, step.bounded),
      effected(entegreWithoutHttpSpan, untraced, getOrder),
      effected(sameClient, traced, byHandTraced.spanned),
      effected(entegre, traced, getOrder),
      effected(entegreTls, encrypted, getOrder)
    ],
    { rounds: quick ? 12 : 40, turn: quick ? 50 : 150, warmUp: 8_000, granularity: connections, report }
  )
  for (const runtime of [untraced, traced, encrypted]) await runtime.dispose()
  for (const [, { close }] of bare) await close()
  await server.stop()

  const others = bare.map(([name]) => name).filter((name) => name !== floor && name !== floorTls)
  const spreads = (names: ReadonlyArray<string>, spread: (name: string) => Spread.Spread): Spreads =>
    Object.fromEntries(names.map((name) => [name, spread(name)]))
  const all = [
    ...bare.map(([name]) => name),
    ...Object.values(steps),
    entegreWithoutHttpSpan,
    sameClient,
    entegre,
    entegreTls
  ]
  return {
    overSameClient: rounds.over(entegre, sameClient),
    overSameClientWithoutHttpSpan: rounds.over(entegreWithoutHttpSpan, steps.span),
    overFloor: rounds.over(entegreWithoutHttpSpan, floor),
    overFloorWithHttpSpan: rounds.over(entegre, floor),
    peersOverFloor: spreads(others, (name) => rounds.over(name, name === azure ? floorTls : floor)),
    overPeers: spreads(others, (name) => rounds.over(name === azure ? entegreTls : entegre, name)),
    overPeersByWall: spreads(others, (name) => rounds.over(name === azure ? entegreTls : entegre, name, "wall")),
    stepsOverFloor: spreads(
      [...Object.values(steps), entegreWithoutHttpSpan, sameClient, entegre],
      (name) => rounds.over(name, floor)
    ),
    micros: spreads(all, (name) => Spread.scale(rounds.of(name), 1 / 1000)),
    microsByWall: spreads(all, (name) => Spread.scale(rounds.of(name, "wall"), 1 / 1000))
  }
}
