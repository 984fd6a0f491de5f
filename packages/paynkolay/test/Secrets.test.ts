import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core"
import { Callback, Paynkolay } from "@entegre/paynkolay"
import { Fault } from "@entegre/sandbox"
import {
  Cause,
  Effect,
  Exit,
  Fiber,
  Layer,
  Logger,
  Predicate,
  PubSub,
  Redacted,
  References,
  Schedule,
  Tracer
} from "effect"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import { endpoints } from "./support/endpoints.ts"
import * as Inputs from "./support/inputs.ts"
import { apiSecretKey, cancelApiSecretKey, cancelSx, merchantSecret, merchantSecretKey, sx } from "./support/keys.ts"
import { failureOf, provider, socketless } from "./support/stack.ts"
import { open } from "./support/wire.ts"

const password = "canary-password-4711"
const username = "canary.user@example.com"

/** Every secret, and every person's data that stands in a request of the table or in an answer to one. */
const fixed = [
  password,
  username,
  sx,
  merchantSecret,
  cancelSx,
  ..."Ahmet Yılmaz AHMET YILMAZ".split(" "),
  "10000000146",
  "12345678901",
  "1234567890",
  "TR330006100519786457841326",
  "5551234567",
  "ahmet@example.com",
  "1985-05-15",
  "15.05.1985",
  "Atatürk",
  "4546711234567894",
  "token_abc123",
  "tran_xyz789",
  "PGh0bWw+PC9odG1sPg=="
]

/** Everything by which a value may end up in a log. */
const renderings = (value: unknown): string =>
  [
    String(value),
    inspect(value, { depth: 20, showHidden: true }),
    JSON.stringify(value, (_, member: unknown) => typeof member === "bigint" ? String(member) : member),
    Cause.isCause(value) ? Cause.pretty(value) : ""
  ].join("\n")

/** Runs an effect and gives everything of it that could be seen from outside, but for its result. */
const seenOf = Effect.fnUntraced(function*<A, E, R>(effect: Effect.Effect<A, E, R>) {
  const seen: Array<string> = []
  const spans: Array<Tracer.NativeSpan> = []
  const logger = Logger.layer([
    Logger.make(({ cause, message }) => seen.push(renderings(message), renderings(cause))),
    Logger.map(Logger.formatJson, (line) => seen.push(line)),
    Logger.map(Logger.formatLogFmt, (line) => seen.push(line))
  ])
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const exit = yield* Effect.exit(effect).pipe(
    Effect.tap((exit) => Effect.logError("outcome", Exit.isFailure(exit) ? exit.cause : "succeeded")),
    Effect.withTracer(tracer),
    Effect.provide(Layer.merge(logger, Layer.succeed(References.MinimumLogLevel, "All")))
  )
  if (Exit.isFailure(exit)) seen.push(renderings(exit.cause), ...Cause.prettyErrors(exit.cause).map(renderings))
  for (const { attributes, events, name, status } of spans) {
    seen.push(renderings([name, [...attributes], events]))
    if (status._tag === "Ended" && Exit.isFailure(status.exit)) seen.push(renderings(status.exit.cause))
  }
  return { exit, seen: seen.join("\n"), spans: spans.length }
})

/** Everything in JSON that is a text, in one. */
const textsIn = (value: unknown): ReadonlyArray<string> =>
  typeof value === "string"
    ? [value]
    : Array.isArray(value)
    ? value.flatMap(textsIn)
    : Predicate.isObject(value)
    ? Object.values(value).flatMap(textsIn)
    : []

const assertSilent = (seen: string, canaries: ReadonlyArray<string>) => {
  for (const canary of canaries) assert.notInclude(seen, canary)
}

describe("no secret and no person's data is to be seen", () => {
  const statuses = [200, 400, 401, 403, 422, 500] as const
  const all = statuses.flatMap((status) => Object.keys(endpoints).map((operation) => [status, operation] as const))
  it.effect.each(all)(
    "when the provider answers HTTP %i to %s, with the whole request in its words",
    ([status, name]) =>
      Effect.gen(function*() {
        const endpoint = endpoints[name] ?? assert.fail(name)
        // Each text alone, so that none is cut off, and all in one.
        const echoes = [...textsIn(endpoint.body).map((text) => `"${text}"`), textsIn(endpoint.body).join(" ")]
        for (const responseMessage of echoes) {
          const answer = { success: false, responseCode: "1234", responseMessage, message: responseMessage, data: null }
          const { paynkolay } = yield* open(() => Response.json(answer, { status }), { retry: Schedule.recurs(0) })
          const { exit, seen, spans } = yield* seenOf(Effect.withSpan(endpoint.call(paynkolay), "caller"))
          assert.isTrue(Exit.isFailure(exit))
          assert.isAbove(spans, 1)
          assertSilent(seen, fixed)
        }
      })
  )

  it.effect.each(Object.entries(endpoints))(
    "when the answer to %s can not be read, or is read",
    ([, endpoint]) =>
      Effect.gen(function*() {
        const bodies = [
          JSON.stringify(endpoint.answer),
          JSON.stringify(endpoint.lacking.answer),
          `<html>${JSON.stringify(endpoint.answer)}</html>`,
          JSON.stringify({ success: true, data: textsIn(endpoint.answer) }),
          JSON.stringify({ success: true, data: [textsIn(endpoint.answer)] })
        ]
        for (const body of bodies) {
          const { paynkolay } = yield* open(() => new Response(body), { retry: Schedule.recurs(0) })
          const { seen } = yield* seenOf(Effect.withSpan(endpoint.call(paynkolay), "caller"))
          assertSilent(seen, fixed)
        }
      })
  )

  it.effect("however the provider capitalises it", () =>
    Effect.gen(function*() {
      const person = { ...Inputs.person, nameSurname: "Işıl İpek", accountHolder: "Işıl İpek", address: "Inci Sokak" }
      const names = ["Işıl İpek", "Inci"]
      for (
        const name of names.flatMap((
          name
        ) => [name, name.toLocaleUpperCase("tr"), name.toUpperCase(), name.toLocaleLowerCase("tr")])
      ) {
        const { paynkolay } = yield* open(() => Response.json({ success: false, message: `Kayıt: ${name} hatalı` }))
        const { message } = yield* failureOf(paynkolay.sellers.create(person))
        assert.match(message, /: Kayıt: [… ]+ hatalı$/)
      }
    }))

  it.effect("of somebody whom the request does not name, as far as it can be told", () =>
    Effect.gen(function*() {
      const told = [
        "TR47 0001 0025 2512 3456 7890 01",
        "5454 5454 5454 5454",
        "454545******5454",
        "12345678950",
        "+90 532 123 45 67",
        "0532-123-45-67",
        "(532) 123 45 67",
        "mehmet@example.com",
        "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJ4In0.AAAA"
      ]
      for (const number of told) {
        const { paynkolay } = yield* open(() =>
          Response.json({ success: false, responseCode: "1", responseMessage: `Kayıt: ${number} hatalı` })
        )
        const { reason } = yield* failureOf(paynkolay.sellers.get("SELLER_001"))
        if (reason._tag !== "Refused") return assert.fail(reason.message)
        assert.match(reason.providerMessage ?? "", /^Kayıt: [….]+ hatalı$/, number)
      }
    }))

  it.effect("while codes and amounts stay, which a handler needs", () =>
    Effect.gen(function*() {
      const responseMessage = "Güncellenemeyen işlemler: IKSIRPF456012, REF123456789 (2026-01-15 14:30:00, 1500.00 TRY)"
      const { paynkolay } = yield* open(() => Response.json({ success: false, responseCode: "400", responseMessage }))
      const { reason } = yield* failureOf(endpoints["deliveries.update"]?.call(paynkolay) ?? Effect.void)
      if (reason._tag !== "Refused") return assert.fail(reason.message)
      assert.strictEqual(reason.providerMessage, responseMessage)
    }))

  it.effect("in what has no end", () =>
    Effect.gen(function*() {
      for (const text of ["ş ".repeat(10_000), "a".repeat(5_000_000), `${"ş".repeat(1_995)} ${sx}`]) {
        const { paynkolay } = yield* open(() => Response.json({ success: false, message: text }))
        const { message } = yield* failureOf(paynkolay.profiles.get("IslemValor1"))
        assert.isBelow(message.length, 300)
        assert.notInclude(message, sx.slice(0, 3))
      }
    }))
})

const echo = JSON.stringify({
  success: false,
  responseCode: `code ${sx}`,
  responseMessage: `no user ${username} with ${password} and ${"ab".repeat(32)}, but ${merchantSecret}`
})

const loginFaults = [
  Fault.status(400, { on: "auth", body: echo, times: "unlimited" }),
  Fault.status(401, { on: "auth", body: echo, times: "unlimited" }),
  Fault.status(200, { on: "auth", body: echo, times: "unlimited" }),
  Fault.status(500, { on: "auth", body: echo, times: "unlimited" }),
  Fault.wrongShape({ on: "auth", times: "unlimited" }),
  Fault.truncated({ on: "auth", times: "unlimited" }),
  Fault.hang({ on: "auth", times: "unlimited" }),
  Fault.redirect("/elsewhere", { on: "auth", times: "unlimited" })
]

const callFaults = [
  Fault.status(401, { on: "calls", times: "unlimited" }),
  Fault.status(400, { on: "calls", times: "unlimited" }),
  Fault.garbage({ on: "calls", times: "unlimited" }),
  Fault.wrongShape({ on: "calls", times: "unlimited" }),
  Fault.reset({ on: "calls", times: "unlimited" }),
  Fault.hang({ on: "calls", times: "unlimited" }),
  Fault.redirect("/elsewhere", { on: "calls", times: "unlimited" })
]

const stack = socketless({
  settings: { timeout: "50 millis", retry: Schedule.recurs(0) },
  sandbox: {
    credentials: {
      username,
      password: Redacted.make(password),
      merchantNo: "400000904",
      apiSecretKey,
      merchantSecretKey,
      cancelApiSecretKey
    }
  }
})

const titleOf = (fault: Fault.Fault) =>
  `${"status" in fault ? `${fault._tag} ${fault.status}` : fault._tag} on ${fault.on}`

describe("no secret and no person's data is to be seen, nor a token", () => {
  /** What is to be seen of the cache, and every token that the provider has seen. */
  const cached = Effect.fnUntraced(function*(events: PubSub.Subscription<unknown>) {
    const { requests } = yield* provider
    const { status } = yield* TokenCache
    const tokens = (yield* requests).flatMap(({ headers }) =>
      Redacted.value(headers)["authorization"]?.replace("Bearer ", "") ?? []
    )
    return {
      canaries: [...fixed, ...new Set(tokens)],
      seen: renderings(yield* PubSub.takeUpTo(events, 1_000)) + renderings(yield* status)
    }
  })

  const createSeller = Paynkolay.use(({ sellers }) => Effect.asVoid(sellers.create(Inputs.person)))

  it.effect.each(loginFaults.map((fault) => [titleOf(fault), fault] as const))(
    "with the fault %s",
    ([, fault]) =>
      Effect.gen(function*() {
        const events = yield* (yield* TokenCache).subscribe
        yield* (yield* provider).faults.inject(fault)
        const running = yield* Effect.forkChild(seenOf(Effect.withSpan(createSeller, "caller")))
        yield* TestClock.adjust("3 minutes")
        const { exit, seen } = yield* Fiber.join(running)
        assert.isTrue(Exit.isFailure(exit))
        const cache = yield* cached(events)
        assertSilent(seen + cache.seen, cache.canaries)
      }).pipe(Effect.provide(stack))
  )

  // Hashes are made by real promises, which the test's clock does not wait for.
  it.live.each(callFaults.map((fault) => [titleOf(fault), fault] as const))(
    "with the fault %s",
    ([, fault]) =>
      Effect.gen(function*() {
        const events = yield* (yield* TokenCache).subscribe
        yield* (yield* provider).faults.inject(fault)
        const { payments } = yield* Paynkolay
        const calls = [
          createSeller,
          Effect.asVoid(payments.create(Inputs.payment)),
          Effect.asVoid(payments.storedCards({ mpCustomerKey: Redacted.make("5551234567") }))
        ]
        let seen = ""
        for (const call of calls) {
          const result = yield* seenOf(Effect.withSpan(call, "caller"))
          assert.isTrue(Exit.isFailure(result.exit))
          seen += result.seen
        }
        const cache = yield* cached(events)
        assertSilent(seen + cache.seen, cache.canaries)
      }).pipe(Effect.provide(stack))
  )

  it.effect("in what a call gives: sellers, forms and stored cards print as redacted", () =>
    Effect.gen(function*() {
      for (const name of Object.keys(endpoints)) {
        const endpoint = endpoints[name] ?? assert.fail(name)
        const { paynkolay } = yield* open(() => Response.json(endpoint.answer))
        assertSilent(renderings(yield* endpoint.call(paynkolay)), fixed)
      }
    }))

  it.effect("in a callback that is refused", () =>
    Effect.gen(function*() {
      const body = new URLSearchParams({
        hash: "x",
        trxCode: "Ahmet Yılmaz",
        cardType: sx,
        authCode: "4546711234567894"
      })
      const { seen } = yield* seenOf(Callback.receive(`${body}`, { apiSecretKey, merchantSecretKey }))
      assertSilent(seen, fixed)
    }))
})
