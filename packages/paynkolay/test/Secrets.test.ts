import { assert, describe, it } from "@effect/vitest"
import { Callback } from "@entegre/paynkolay"
import { Cause, Effect, Exit, Predicate, Schedule } from "effect"
import { inspect } from "node:util"
import { endpoints } from "./support/endpoints.ts"
import * as Inputs from "./support/inputs.ts"
import { apiSecretKey, cancelSx, merchantSecret, merchantSecretKey, sx } from "./support/keys.ts"
import { failureOf } from "./support/stack.ts"
import { open } from "./support/wire.ts"

/** Every secret, and every person's data that stands in a request of the table or in an answer to one. */
const fixed = [
  "canary-password",
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
    Exit.isExit(value) && Exit.isFailure(value) ? Cause.pretty(value.cause) : ""
  ].join("\n")

/** Everything in JSON that is a text, in one. */
const textsIn = (value: unknown): ReadonlyArray<string> =>
  typeof value === "string"
    ? [value]
    : Array.isArray(value)
    ? value.flatMap(textsIn)
    : Predicate.isObject(value)
    ? Object.values(value).flatMap(textsIn)
    : []

const assertSilent = (seen: string) => {
  for (const canary of fixed) assert.notInclude(seen, canary)
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
          const exit = yield* Effect.exit(endpoint.call(paynkolay))
          assert.isTrue(Exit.isFailure(exit))
          assertSilent(renderings(exit))
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
          assertSilent(renderings(yield* Effect.exit(endpoint.call(paynkolay))))
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

  it.effect("in what a call gives: sellers, forms and stored cards print as redacted", () =>
    Effect.gen(function*() {
      for (const name of Object.keys(endpoints)) {
        const endpoint = endpoints[name] ?? assert.fail(name)
        const { paynkolay } = yield* open(() => Response.json(endpoint.answer))
        assertSilent(renderings(yield* endpoint.call(paynkolay)))
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
      const exit = yield* Effect.exit(Callback.receive(`${body}`, { apiSecretKey, merchantSecretKey }))
      assert.isTrue(Exit.isFailure(exit))
      assertSilent(renderings(exit))
    }))
})
