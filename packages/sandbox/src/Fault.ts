/**
 * Faults that a provider of the sandbox can be told to have.
 *
 * A fault waits for the requests it is meant for, spoils as many of them as it
 * was told to, and is gone. Faults are data: the same value goes through the
 * service (`sandbox.dukkango.faults.inject`) and, as JSON, through the control
 * address.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * A duration that may be written in JSON as milliseconds (`1500`) or in words
 * (`"2 seconds"`).
 */
export const DurationFromInput = Schema.Union([Schema.DurationFromMillis, Schema.DurationFromString])

/**
 * How many requests a fault spoils: a count, or `"unlimited"` for "until it is
 * cleared".
 */
export const Times = Schema.Union([Schema.Int.check(Schema.isGreaterThan(0)), Schema.Literal("unlimited")])

/**
 * What every kind of fault has in common.
 *
 * - `on`: `"auth"` (the token endpoint), `"calls"` (everything else), `"all"`,
 *   or the name of one operation. Default `"all"`.
 * - `times`: how many matching requests are spoiled. Default 1.
 * - `delay`: how long the provider sits on the request first. Default none.
 * - `acts`: whether the provider does what it was asked before the fault
 *   strikes. The default depends on the kind.
 */
const common = (acts: boolean) => ({
  on: Schema.NonEmptyString.pipe(Schema.withDecodingDefaultKey(Effect.succeed("all"))),
  times: Times.pipe(Schema.withDecodingDefaultKey(Effect.succeed(1))),
  delay: DurationFromInput.pipe(Schema.withDecodingDefaultKey(Effect.succeed(0))),
  acts: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(acts)))
})

const HttpStatusCode = Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 }))

const HeaderFields = Schema.Record(Schema.String, Schema.String)

/**
 * A fault, tagged by its kind. Build one with the functions of this module.
 */
export const Fault = Schema.TaggedUnion({
  Status: {
    ...common(false),
    status: HttpStatusCode,
    retryAfter: Schema.optionalKey(DurationFromInput),
    headers: Schema.optionalKey(HeaderFields),
    body: Schema.optionalKey(Schema.String)
  },
  Latency: common(true),
  Reset: common(false),
  Hang: common(false),
  Truncated: common(true),
  Garbage: common(true),
  Html: common(true),
  Empty: common(true),
  WrongShape: common(true),
  Redirect: { ...common(false), status: HttpStatusCode, location: Schema.NonEmptyString },
  Huge: { ...common(true), bytes: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_073_741_824 })) },
  Drip: {
    ...common(true),
    interval: DurationFromInput,
    chunkBytes: Schema.Int.check(Schema.isGreaterThan(0))
  }
})

/**
 * A fault, tagged by its kind.
 */
export type Fault = typeof Fault.Type

/**
 * A fault whose target is known to exist, so that a misspelt operation does not
 * compile.
 */
export type FaultOn<On extends string> = Fault & { readonly on: On }

/**
 * The requests a fault is meant for, beside single operations.
 */
export const Target = Schema.Literals(["auth", "calls", "all"])

/**
 * The requests a fault is meant for, beside single operations.
 */
export type Target = typeof Target.Type

/**
 * What can be said about any fault.
 */
export interface Options<On extends string = "all"> {
  /**
   * Which requests are spoiled: `"auth"`, `"calls"`, `"all"` or one operation.
   *
   * @default "all"
   */
  readonly on?: On | undefined
  /**
   * How many matching requests are spoiled.
   *
   * @default 1
   */
  readonly times?: number | "unlimited" | undefined
  /**
   * How long the provider sits on the request before anything happens.
   *
   * @default 0
   */
  readonly delay?: Duration.Input | undefined
  /**
   * Whether the provider does what it was asked before the fault strikes.
   * A reset, a hang, a status and a redirect strike first by default; a spoiled
   * body belongs to an answer that was meant.
   */
  readonly acts?: boolean | undefined
}

const settle = (options: Options<string> | undefined, acts: boolean) => ({
  on: options?.on ?? "all",
  times: options?.times ?? 1,
  delay: Duration.fromInputUnsafe(options?.delay ?? 0),
  acts: options?.acts ?? acts
})

const aimed = <On extends string>(options: Options<On> | undefined, fault: Fault): FaultOn<On | "all"> => ({
  ...fault,
  on: options?.on ?? "all"
})

/**
 * Answers with a status instead of doing what was asked.
 *
 * - `retryAfter`: sent as a `Retry-After` header in whole seconds, rounded up.
 *   Default: no such header.
 * - `headers`: additional headers, `Retry-After` in its date form for instance.
 * - `body`: default is the provider's own error envelope for that status.
 *
 * **Example** (Three answers of 503 on API calls)
 *
 * ```ts check
 * import { Fault, Sandbox } from "@entegre/sandbox"
 * import { Effect } from "effect"
 *
 * export const outage = Effect.gen(function*() {
 *   const { dukkango } = yield* Sandbox
 *   yield* dukkango.faults.inject(Fault.status(503, { on: "calls", times: 3, retryAfter: "2 seconds" }))
 * })
 * ```
 */
export const status = <On extends string = "all">(
  status: number,
  options?: Options<On> & {
    readonly retryAfter?: Duration.Input | undefined
    readonly headers?: Readonly<Record<string, string>> | undefined
    readonly body?: string | undefined
  }
): FaultOn<On | "all"> =>
  aimed(
    options,
    Fault.cases.Status.make({
      ...settle(options, false),
      status,
      ...(options?.retryAfter !== undefined && { retryAfter: Duration.fromInputUnsafe(options.retryAfter) }),
      ...(options?.headers !== undefined && { headers: options.headers }),
      ...(options?.body !== undefined && { body: options.body })
    })
  )

/**
 * Answers properly, but only after `delay`.
 */
export const latency = <On extends string = "all">(
  delay: Duration.Input,
  options?: Omit<Options<On>, "delay" | "acts">
): FaultOn<On | "all"> => aimed(options, Fault.cases.Latency.make(settle({ ...options, delay }, true)))

/**
 * Resets the connection before doing what was asked.
 */
export const reset = <On extends string = "all">(options?: Options<On>): FaultOn<On | "all"> =>
  aimed(options, Fault.cases.Reset.make(settle(options, false)))

/**
 * Does what was asked and then resets the connection: the caller cannot know
 * that it was done.
 */
export const lostReply = <On extends string = "all">(options?: Omit<Options<On>, "acts">): FaultOn<On | "all"> =>
  reset({ ...options, acts: true })

/**
 * Never answers. The connection stays open until the caller closes it.
 */
export const hang = <On extends string = "all">(options?: Options<On>): FaultOn<On | "all"> =>
  aimed(options, Fault.cases.Hang.make(settle(options, false)))

/**
 * Announces the whole body, sends half of it and cuts the connection.
 */
export const truncated = <On extends string = "all">(options?: Options<On>): FaultOn<On | "all"> =>
  aimed(options, Fault.cases.Truncated.make(settle(options, true)))

/**
 * Keeps status and content type, but the body is bytes that are no JSON and no
 * UTF-8.
 */
export const garbage = <On extends string = "all">(options?: Options<On>): FaultOn<On | "all"> =>
  aimed(options, Fault.cases.Garbage.make(settle(options, true)))

/**
 * Keeps the status and answers with a web page, as a proxy's maintenance page
 * does.
 */
export const html = <On extends string = "all">(options?: Options<On>): FaultOn<On | "all"> =>
  aimed(options, Fault.cases.Html.make(settle(options, true)))

/**
 * Keeps the status and answers with no body at all.
 */
export const empty = <On extends string = "all">(options?: Options<On>): FaultOn<On | "all"> =>
  aimed(options, Fault.cases.Empty.make(settle(options, true)))

/**
 * Keeps the status and answers with JSON of a shape that the provider never
 * sends.
 */
export const wrongShape = <On extends string = "all">(options?: Options<On>): FaultOn<On | "all"> =>
  aimed(options, Fault.cases.WrongShape.make(settle(options, true)))

/**
 * Answers with a redirect to `location`.
 *
 * - `status`: default 307, the one that makes a client repeat method and body.
 */
export const redirect = <On extends string = "all">(
  location: string,
  options?: Options<On> & { readonly status?: number | undefined }
): FaultOn<On | "all"> =>
  aimed(
    options,
    Fault.cases.Redirect.make({
      ...settle(options, false),
      status: options?.status ?? 307,
      location
    })
  )

/**
 * Keeps status and content type, with a body of that many bytes (at most
 * 1 GiB).
 */
export const huge = <On extends string = "all">(bytes: number, options?: Options<On>): FaultOn<On | "all"> =>
  aimed(options, Fault.cases.Huge.make({ ...settle(options, true), bytes }))

/**
 * Answers properly, `chunkBytes` at a time with `interval` between two chunks.
 *
 * - `interval`: default 1 second.
 * - `chunkBytes`: default 1.
 */
export const drip = <On extends string = "all">(
  options?: Options<On> & {
    readonly interval?: Duration.Input | undefined
    readonly chunkBytes?: number | undefined
  }
): FaultOn<On | "all"> =>
  aimed(
    options,
    Fault.cases.Drip.make({
      ...settle(options, true),
      interval: Duration.fromInputUnsafe(options?.interval ?? "1 second"),
      chunkBytes: options?.chunkBytes ?? 1
    })
  )
