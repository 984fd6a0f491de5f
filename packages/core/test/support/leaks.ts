import { assert } from "@effect/vitest"
import { Cause, Effect, Exit, Tracer } from "effect"
import { inspect } from "node:util"

/** Everything by which a value may end up in a log. */
const renderings = (value: unknown): string =>
  [
    String(value),
    inspect(value, { depth: 20, showHidden: true }),
    JSON.stringify(value, (_, member: unknown) => typeof member === "bigint" ? String(member) : member)
  ].join("\n")

/** What exporters take from a span: of its end, only the failure. */
const exported = ({ attributes, events, name, status }: Tracer.NativeSpan) => [
  name,
  [...attributes],
  events,
  status._tag === "Ended" && Exit.isFailure(status.exit) ? Cause.prettyErrors(status.exit.cause) : []
]

const hide = (canaries: ReadonlyArray<string>, what: string, text: string) => {
  for (const canary of canaries) assert.notInclude(text, canary, what)
}

/** How much of a secret is a leak: a part that is this long is in nothing by chance. */
const telling = 8

/** Asserts that no telling part of a secret is to be seen in a value, in whatever way it is printed. */
export const hidden = (secrets: ReadonlyArray<string>, value: unknown): void => {
  const text = renderings(value)
  for (const secret of secrets) {
    for (let from = 0; from + telling <= secret.length; from++) {
      assert.notInclude(text, secret.slice(from, from + telling))
    }
  }
}

/** Runs an effect, and gives back its outcome and the spans that it made. */
export const withSpans = Effect.fnUntraced(function*<A, E, R>(effect: Effect.Effect<A, E, R>) {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  return { exit: yield* Effect.exit(Effect.withTracer(effect, tracer)), spans }
})

/**
 * Runs an effect that is to fail, and asserts that none of the canaries is to be seen in the error, in the printed cause
 * or in a span. Gives back the error.
 */
export const failsWithout = Effect.fnUntraced(
  function*<A, E, R>(canaries: ReadonlyArray<string>, effect: Effect.Effect<A, E, R>) {
    const { exit, spans } = yield* withSpans(Effect.withSpan(effect, "caller"))
    assert.strictEqual(exit._tag, "Failure")
    const cause = yield* Effect.fromOption(Exit.getCause(exit))
    const error = yield* Effect.fromOption(Cause.findErrorOption(cause))
    hide(canaries, "the error", renderings(error))
    hide(canaries, "the cause", renderings(cause))
    hide(canaries, "the printed cause", Cause.pretty(cause))
    for (const span of spans) hide(canaries, "a span", renderings(exported(span)))
    return error
  }
)
