/**
 * Starts the workers, and makes their life hard.
 */
import { type RequestLog, Sandbox } from "@entegre/sandbox"
import { Clock, Console, Effect, Exit, Fiber, Option, Random, Redacted, Ref, Schedule, Scope } from "effect"
import * as crypto from "node:crypto"
import type { Options } from "./Options.ts"
import * as RedisServer from "./RedisServer.ts"
import type { Summary } from "./Summary.ts"
import * as Wiretap from "./Wiretap.ts"
import * as WorkerProcess from "./WorkerProcess.ts"

/** How long tokens live. */
const tokenLifetime = 3_000

/** How long a worker's lease outlives its request: the login's timeout, the store's, and five seconds. */
const lease = 8_000

/** How long a worker is frozen: twice its lease. */
const pauseFor = 2 * lease

/** How long Redis is away. */
const absence = "2 seconds"

/** How long a worker may take to stop. */
const goodbye = "10 seconds"

/** A place that a worker has: when one is killed, another one takes it. */
interface Place {
  readonly name: string
  worker: WorkerProcess.Worker
  scope: Scope.Closeable
  readonly former: Array<WorkerProcess.Worker>
  frozen: boolean
  kills: number
  pauses: number
}

/** The tokens of a request: in its header, or in the body of a refresh. */
const secretsIn = ({ body, headers, operation }: RequestLog.RequestEntry): ReadonlyArray<string> => [
  ...(/^Bearer (.+)$/.exec(Redacted.value(headers).authorization ?? "") ?? []).slice(1),
  ...(operation.startsWith("authenticate") ? Redacted.value(body).match(/[\w.-]{16,}/g) ?? [] : [])
]

export const run = Effect.fnUntraced(function*(options: Options) {
  const say = (text: string) =>
    options.json
      ? Effect.void
      : Effect.flatMap(since, (seconds) => Console.log(`${seconds.toFixed(1).padStart(6)} s  ${text}`))
  const began = yield* Clock.currentTimeMillis
  const since = Effect.map(Clock.currentTimeMillis, (now) => (now - began) / 1000)

  const sandbox = yield* Sandbox
  const { odeal } = sandbox
  const redis = yield* RedisServer.make
  if (options.redis !== "late") yield* redis.start
  const wiretap = yield* Wiretap.listen(redis.port)
  const environment = {
    ...Redacted.value(sandbox.environment),
    REDIS_URL: redis.url,
    ENTEGRE_STORE_KEYS: `first:${crypto.randomBytes(32).toString("base64")}`,
    ENTEGRE_STORE_NAME_KEY: crypto.randomBytes(32).toString("base64")
  }

  const whole = yield* Effect.scope
  const occupy = Effect.fnUntraced(function*(name: string) {
    const scope = yield* Scope.fork(whole)
    return { scope, worker: yield* Scope.provide(WorkerProcess.start(name, environment), scope) }
  })
  const places = yield* Effect.forEach(
    Array.from({ length: options.processes }, (_, index) => `worker ${index + 1}`),
    (name) =>
      Effect.map(
        occupy(name),
        (occupied): Place => ({ name, ...occupied, former: [], frozen: false, kills: 0, pauses: 0 })
      ),
    { concurrency: "unbounded" }
  )

  const pick = Effect.gen(function*() {
    const living = places.filter(({ frozen }) => !frozen)
    return living.length === 0 ? undefined : living[yield* Random.nextIntBetween(0, living.length - 1)]
  })

  const kill = Effect.gen(function*() {
    const place = yield* pick
    if (place === undefined) return
    yield* say(`${place.name} is killed, and another one takes its place`)
    place.kills++
    yield* WorkerProcess.signal(place.worker, "SIGKILL")
    yield* Scope.close(place.scope, Exit.void)
    place.former.push(place.worker)
    Object.assign(place, yield* occupy(place.name))
  })

  const pause = Effect.gen(function*() {
    const place = yield* pick
    if (place === undefined) return
    yield* say(`${place.name} is frozen for ${pauseFor / 1000} seconds`)
    place.pauses++
    place.frozen = true
    yield* WorkerProcess.signal(place.worker, "SIGSTOP")
    yield* Effect.sleep(pauseFor).pipe(
      Effect.andThen(WorkerProcess.signal(place.worker, "SIGCONT")),
      Effect.andThen(say(`${place.name} goes on`)),
      Effect.ensuring(Effect.sync(() => {
        place.frozen = false
      })),
      Effect.forkScoped
    )
  })

  const every = <E, R>(seconds: number, effect: Effect.Effect<void, E, R>) =>
    seconds === 0
      ? Effect.void
      : Effect.forkScoped(
        Effect.delay(Effect.repeat(effect, Schedule.spaced(`${seconds} seconds`)), `${seconds} seconds`)
      )

  const trouble = Effect.gen(function*() {
    if (options.redis === "late") {
      yield* Effect.sleep(absence)
      yield* say("Redis comes up")
      return yield* redis.start
    }
    yield* Effect.sleep(`${options.seconds / 2} seconds`)
    if (options.redis === "steady") return
    yield* say("Redis is killed")
    yield* redis.kill
    yield* Effect.sleep(absence)
    yield* say("Redis is back, and empty")
    yield* redis.start
  })

  // The sandbox remembers its last thousand requests.
  const secrets = new Set<string>()
  const collect = Effect.map(odeal.requests, (requests) => {
    for (const request of requests) for (const secret of secretsIn(request)) secrets.add(secret)
  })
  yield* Effect.forkScoped(Effect.repeat(collect, Schedule.spaced("500 millis")))

  yield* Effect.scoped(Effect.gen(function*() {
    yield* every(options.killEvery, kill)
    yield* every(options.pauseEvery, pause)
    const troubled = yield* Effect.forkScoped(trouble)
    yield* Effect.sleep(`${options.seconds} seconds`)
    yield* Fiber.join(troubled)
  }))

  // Asked to stop, each ends by itself: nothing of it dangles.
  yield* say("All are asked to stop")
  const leave = ({ worker }: Place) =>
    WorkerProcess.signal(worker, "SIGCONT").pipe(
      Effect.andThen(WorkerProcess.signal(worker, "SIGTERM")),
      Effect.andThen(Effect.timeoutOption(worker.exit, goodbye))
    )
  const left = yield* Effect.forEach(places, leave, { concurrency: "unbounded" })

  const { logins, overlaps, renewals } = yield* odeal.counters
  const rows = yield* Effect.forEach(places, (place) =>
    Effect.map(
      Effect.forEach([...place.former, place.worker], ({ report }) => Ref.get(report)),
      (reports) => ({ name: place.name, kills: place.kills, pauses: place.pauses, reports })
    ))
  const summary: Summary = {
    seconds: options.seconds,
    rows,
    renewals: logins + renewals,
    overlaps,
    dangling: left.filter(Option.isNone).length,
    redisAbsences: options.redis === "steady" ? 0 : 1,
    commands: yield* wiretap.commands,
    secretsSeen: yield* wiretap.seen([
      Redacted.value(odeal.credentials.apiKey),
      Redacted.value(odeal.credentials.secretKey),
      ...secrets
    ])
  }
  return summary
}, Effect.provide(Sandbox.layerWith({ odeal: { tokenLifetime } })))
