/**
 * Providers over one token cache, through everything that can happen to a token.
 *
 * Without credentials in the environment it plays against the sandbox, by a script, and counts. With them
 * (`DUKKANGO_APP_SECRET_KEY`, `DUKKANGO_REST_SECRET_KEY`) the same program reads from the real provider for some seconds.
 *
 * `--json` prints nothing but the closing figures, as one line.
 */
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Apex } from "@entegre/apex"
import { TokenCache } from "@entegre/core"
import { Dukkango } from "@entegre/dukkango"
import { Odeal } from "@entegre/odeal"
import { Paynkolay } from "@entegre/paynkolay"
import { Sandbox } from "@entegre/sandbox"
import { Config, Data, Effect, Layer, Option, PubSub, Stream, SubscriptionRef } from "effect"
import * as ApexDemo from "./apex.ts"
import * as DukkangoDemo from "./dukkango.ts"
import * as OdealDemo from "./odeal.ts"
import * as PaynkolayDemo from "./paynkolay.ts"
import * as Report from "./report.ts"
import * as Script from "./script.ts"
import type { Subject } from "./Subject.ts"
import * as Traffic from "./traffic.ts"

class Unexpected extends Data.TaggedError("Unexpected")<{ readonly message: string }> {}

// More than a backend would poll, and ask, so that there is something to see in some seconds.
const cooldown = "1 second"
const requestLimit = 100_000

// The edge: providers over one cache over one transport.
const Providers = Layer.mergeAll(
  Dukkango.layerConfig({ cooldown }),
  Apex.layerConfig({ requestLimit }),
  Odeal.layerConfig(),
  Paynkolay.layerConfig()
)

const Main = Providers.pipe(
  Layer.provideMerge(TokenCache.layer),
  Layer.provide(NodeHttpClient.layerUndici)
)

const tokenLifetime = Script.shortLife

const Stage = Sandbox.layerWith({
  dukkango: { tokenLifetime, cooldown },
  apex: { tokenLifetime, rateLimit: requestLimit },
  odeal: { tokenLifetime },
  paynkolay: { tokenLifetime }
})

/** Prints what happens to tokens, and counts the token sets of each provider. */
const watch = Effect.fnUntraced(function*(printer: Report.Printer) {
  const events = yield* (yield* TokenCache).subscribe
  const issued = yield* SubscriptionRef.make<ReadonlyMap<string, number>>(new Map())
  yield* PubSub.take(events).pipe(
    Effect.tap((event) => {
      const line = Report.words(event)
      return line === undefined ? Effect.void : printer.line(event.provider, line.text, line.colour)
    }),
    Effect.tap(({ _tag, provider }) =>
      _tag === "Issued"
        ? SubscriptionRef.update(issued, (counts) => new Map(counts).set(provider, (counts.get(provider) ?? 0) + 1))
        : Effect.void
    ),
    Effect.forever,
    Effect.forkScoped
  )
  return (provider: string) => (total: number) =>
    SubscriptionRef.changes(issued).pipe(
      Stream.filter((counts) => (counts.get(provider) ?? 0) >= total),
      Stream.runHead,
      Effect.asVoid
    )
})

/** The first act: the script, while calls go on. None of them may fail. */
const firstAct = Effect.fnUntraced(function*(
  subject: Subject,
  issued: (total: number) => Effect.Effect<void>,
  printer: Report.Printer
) {
  const traffic = yield* Traffic.make(subject.reads)
  const script = Script.steps({
    stage: subject.stage,
    renewedBy: subject.renewedBy,
    burst: traffic.burst(50),
    issued
  })
  yield* Effect.scoped(Effect.gen(function*() {
    for (const [index, { run, title }] of script.entries()) {
      yield* printer.line(subject.name, title, "cyan")
      yield* run
      if (index === 0) yield* traffic.flow
    }
  }))
  const { calls, failures, slowestMs } = yield* traffic.result
  for (const { message } of failures) yield* printer.line(subject.name, message, "red")
  const counters = yield* subject.stage.counters
  const figures: Report.Figures = {
    calls,
    failed: failures.length,
    logins: counters.logins,
    renewals: counters.renewals,
    recovered: counters.refused + counters.failed,
    slowestMs
  }
  const cost = Script.costOf(script)
  const problems = [
    ...(figures.failed === 0 ? [] : [`${subject.name}: ${figures.failed} calls failed`]),
    ...(figures.logins === cost.logins && figures.renewals === cost.renewals ? [] : [
      `${subject.name}: ${figures.logins} logins and ${figures.renewals} renewals, and the script costs ${cost.logins} and `
      + `${cost.renewals}`
    ])
  ]
  return { name: subject.name, figures, problems }
})

/** The second act: a call that must not be repeated gets no answer. */
const secondAct = Effect.fnUntraced(function*(subject: Subject, printer: Report.Printer) {
  const failure = yield* subject.unanswered
  const expected = failure?.reason._tag === "OutcomeUnknown"
  yield* printer.line(subject.name, failure?.message ?? "the call was answered", expected ? "green" : "red")
  return expected ? [] : [`a call without an answer came back as ${failure?.reason._tag ?? "answered"}`]
})

const play = Effect.fnUntraced(function*(printer: Report.Printer) {
  const issued = yield* watch(printer)
  const subjects: ReadonlyArray<Subject> = [
    yield* DukkangoDemo.subject,
    yield* ApexDemo.subject,
    yield* OdealDemo.subject,
    yield* PaynkolayDemo.subject
  ]

  yield* printer.title("First act: calls go on, whatever happens to the tokens")
  const { acts } = yield* Effect.all({
    acts: Effect.forEach(subjects, (subject) => firstAct(subject, issued(subject.name), printer), {
      concurrency: "unbounded"
    }),
    orders: Effect.scoped(DukkangoDemo.kitchen(6, (line) => printer.line(DukkangoDemo.provider, line)))
  }, { concurrency: "unbounded" })

  yield* printer.title("Second act: a call that must not be repeated gets no answer")
  const outcomes = yield* Effect.forEach(subjects, (subject) => secondAct(subject, printer))

  const providers = Object.fromEntries(acts.map(({ figures, name }) => [name, figures]))
  yield* printer.summary(total(providers))
  return [...acts.flatMap(({ problems }) => problems), ...outcomes.flat()]
})

/** The real provider: reads only, for some seconds. */
const visit = Effect.fnUntraced(function*(printer: Report.Printer) {
  yield* watch(printer)
  yield* printer.title("Reading from the provider for ten seconds")
  const traffic = yield* Traffic.make([(yield* Dukkango).restaurants.list])
  yield* Effect.scoped(Effect.andThen(traffic.flow, Effect.sleep("10 seconds")))
  const { calls, failures, slowestMs } = yield* traffic.result
  for (const { message } of failures.slice(0, 5)) yield* printer.line(DukkangoDemo.provider, message, "red")
  const failed = failures.length
  const { generation } = yield* (yield* Dukkango).tokens.status
  const figures = { calls, failed, logins: generation ?? 0, renewals: 0, recovered: 0, slowestMs }
  yield* printer.summary(total({ [DukkangoDemo.provider]: figures }))
  return failed === 0 ? [] : [`${failed} calls failed`]
})

const total = (providers: Report.Summary["providers"]): Report.Summary => ({
  calls: Object.values(providers).reduce((sum, { calls }) => sum + calls, 0),
  failed: Object.values(providers).reduce((sum, { failed }) => sum + failed, 0),
  providers
})

const program = Effect.gen(function*() {
  const printer = process.argv.includes("--json") ? Report.json : yield* Report.human
  const real = yield* Config.option(Config.Redacted("DUKKANGO_APP_SECRET_KEY"))
  const problems = yield* Option.isSome(real)
    ? visit(printer).pipe(Effect.scoped, Effect.provide(Main))
    : play(printer).pipe(Effect.scoped, Effect.provide(Main.pipe(Layer.provideMerge(Stage))))
  if (problems.length > 0) return yield* new Unexpected({ message: problems.join("; ") })
})

NodeRuntime.runMain(program)
