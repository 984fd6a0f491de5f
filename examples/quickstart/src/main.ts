/**
 * Providers over one token cache, through everything that can happen to a token.
 *
 * Without credentials in the environment it plays against the sandbox, by a script, and counts. With them
 * (`DUKKANGO_APP_SECRET_KEY`, `DUKKANGO_REST_SECRET_KEY`) the same program reads from the real provider for some seconds.
 *
 * `--json` prints nothing but the closing figures, as one line.
 */
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { TokenCache } from "@entegre/core"
import { Dukkango } from "@entegre/dukkango"
import { Sandbox } from "@entegre/sandbox"
import { Config, Data, Effect, Layer, Option, PubSub, Stream, SubscriptionRef } from "effect"
import * as Demo from "./dukkango.ts"
import * as Report from "./report.ts"
import * as Script from "./script.ts"
import type { Subject } from "./Subject.ts"
import * as Traffic from "./traffic.ts"

class Unexpected extends Data.TaggedError("Unexpected")<{ readonly message: string }> {}

const cooldown = "1 second"

// The edge: providers over one cache over one transport.
const Main = Dukkango.layerConfig({ cooldown }).pipe(
  Layer.provideMerge(TokenCache.layer),
  Layer.provide(NodeHttpClient.layerUndici)
)

const Stage = Sandbox.layerWith({ dukkango: { tokenLifetime: Script.shortLife, cooldown } })

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
  const script = Script.steps({ stage: subject.stage, burst: traffic.burst(50), issued })
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
  const cost = Script.cost(script)
  const got = figures.logins + figures.renewals
  const problems = [
    ...(figures.failed === 0 ? [] : [`${figures.failed} calls failed`]),
    ...(got === cost ? [] : [`the provider handed out ${got} token sets, and the script costs ${cost}`])
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
  const subjects: ReadonlyArray<Subject> = [yield* Demo.subject]

  yield* printer.title("First act: calls go on, whatever happens to the tokens")
  const { acts } = yield* Effect.all({
    acts: Effect.forEach(subjects, (subject) => firstAct(subject, issued(subject.name), printer), {
      concurrency: "unbounded"
    }),
    orders: Effect.scoped(Demo.kitchen(6, (line) => printer.line(Demo.provider, line)))
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
  for (const { message } of failures.slice(0, 5)) yield* printer.line(Demo.provider, message, "red")
  const failed = failures.length
  const { generation } = yield* (yield* Dukkango).tokens.status
  const figures = { calls, failed, logins: generation ?? 0, renewals: 0, recovered: 0, slowestMs }
  yield* printer.summary(total({ [Demo.provider]: figures }))
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
