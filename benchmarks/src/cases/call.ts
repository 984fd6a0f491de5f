/**
 * What a whole call to a provider costs: beside Node's fastest client by hand, beside the same Effect client by hand, and
 * beside the libraries that one would use instead.
 *
 * Every subject makes the same call for the same order over 32 connections, with a token, and has it as JSON in the end.
 * Those made with Effect also read it by a schema. Each has a process of its own, as an application has one client: what is
 * compiled for one is not changed by what another does. What is compiled differs from one process to the next all the same,
 * so all of them begin anew.
 */
import type { Case } from "../measure/Case.ts"
import type { Report } from "../measure/Report.ts"
import { measure, type Rounds } from "../measure/Rounds.ts"
import * as Spread from "../measure/Spread.ts"
import { connections } from "../peers/Peer.ts"
import { Server } from "../server/Server.ts"
import * as Caller from "./call/Caller.ts"
import { steps, type SubjectName } from "./call/subjects.ts"

type Spreads = { readonly [name: string]: Spread.Spread }

const peers = [
  "fetch",
  "ky",
  "got",
  "axios-auth-refresh",
  "@badgateway/oauth2-client",
  "@azure/core-rest-pipeline"
] as const satisfies ReadonlyArray<SubjectName>

const isEncrypted = (name: SubjectName): boolean => name === "@azure/core-rest-pipeline"

/** The fastest client by hand, on the same kind of connection. */
const floorOf = (name: SubjectName): SubjectName => isEncrypted(name) ? "undici over TLS" : "undici"

/** A provider's call, on the same kind of connection. */
const callOf = (name: SubjectName): SubjectName => isEncrypted(name) ? "entegre over TLS" : "entegre"

const calls = ["entegre without HTTP span", "effect by hand", "entegre"] as const satisfies ReadonlyArray<SubjectName>

export const run: Case<"call"> = async ({ quick, report }) => {
  const server = await Server.start()
  // The other steps are of interest to readers, and no bound is on them.
  const between = steps.filter((name) => !quick || name === "… with a span")
  const all: ReadonlyArray<SubjectName> = [
    "undici",
    ...peers,
    "undici over TLS",
    ...between,
    ...calls,
    "entegre over TLS"
  ]
  const measureAnew = async (report: Report): Promise<Rounds> => {
    report("starting the callers")
    const callers = await Promise.all(all.map((name) => Caller.start(name, server)))
    const rounds = await measure(callers, {
      rounds: quick ? 11 : 21,
      turn: quick ? 40 : 150,
      warmUp: quick ? 4_000 : 20_000,
      granularity: connections,
      report
    })
    for (const { close } of callers) close()
    return rounds
  }
  const times = quick ? 1 : 3
  let rounds = await measureAnew((doing) => report(`1 of ${times}: ${doing}`))
  for (let time = 2; time <= times; time++) {
    rounds = rounds.and(await measureAnew((doing) => report(`${time} of ${times}: ${doing}`)))
  }
  await server.stop()

  const spreads = (names: ReadonlyArray<SubjectName>, spread: (name: SubjectName) => Spread.Spread): Spreads =>
    Object.fromEntries(names.map((name) => [name, spread(name)]))
  return {
    overSameClient: rounds.over("entegre", "effect by hand"),
    overSameClientWithoutHttpSpan: rounds.over("entegre without HTTP span", "… with a span"),
    overFloor: rounds.over("entegre without HTTP span", "undici"),
    overFloorWithHttpSpan: rounds.over("entegre", "undici"),
    peersOverFloor: spreads(peers, (name) => rounds.over(name, floorOf(name))),
    overPeers: spreads(peers, (name) => rounds.over(callOf(name), name)),
    overPeersByWall: spreads(peers, (name) => rounds.over(callOf(name), name, "wall")),
    stepsOverFloor: spreads([...between, ...calls], (name) => rounds.over(name, "undici")),
    micros: spreads(all, (name) => Spread.scale(rounds.of(name), 1 / 1000)),
    microsByWall: spreads(all, (name) => Spread.scale(rounds.of(name, "wall"), 1 / 1000))
  }
}
