/**
 * The operations of a token store over a Redis connection.
 */
import type * as CryptoError from "effect/crypto/CryptoError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redis from "effect/persistence/Redis"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { TokenKey } from "../../TokenKey.ts"
import { type Acquisition, type Change, type Service, TokenStoreError, type Written } from "../../TokenStore.ts"
import type { Client, Connection } from "./connection.ts"
import type { Names } from "./names.ts"
import * as Quota from "./quota.ts"
import type { Records, Stored } from "./records.ts"
import type { Settings } from "./settings.ts"
import * as Scripts from "./tokenScripts.ts"

/** What stands in Redis under a key, with the server's clock. */
interface Reply extends Stored {
  readonly tag: string
  readonly now: number
  readonly fence: number
  readonly remaining: number
  readonly unfinished: boolean
}

/** How many notices a subscriber may fall behind before it misses the oldest; Redis itself stays the truth. */
const noticeCapacity = 4096

export const make = <E>(
  connection: Connection<E>,
  names: Names,
  records: Records,
  { prefix, retention }: Settings
): Service => {
  const channel = `${prefix}:changes`

  // One slot of a cluster for all that is kept of a key.
  const placeOf = (name: string): string => `${prefix}:{${name}}:tokens`

  const named = <A>(
    operation: string,
    key: TokenKey,
    use: (name: string, place: string) => Effect.Effect<A, TokenStoreError>
  ): Effect.Effect<A, TokenStoreError> =>
    Effect.flatMap(computed(operation, names.of(key)), (name) => use(name, placeOf(name)))

  const ask = (
    operation: string,
    question: (client: Client) => Effect.Effect<ReadonlyArray<unknown>, Redis.RedisError>,
    undo?: (client: Client) => Effect.Effect<unknown, Redis.RedisError>
  ): Effect.Effect<Reply, TokenStoreError> =>
    Effect.flatMap(connection.run(operation, question, undo), (answer) =>
      Effect.mapError(
        Effect.fromOption(decodeReply(answer)),
        () => new TokenStoreError({ operation, problem: "an answer that can not be read" })
      ))

  /** Somebody else, who has another key or another version of this package, still has use for what stands there. */
  const isSomebodyElses = ({ due, format, now }: Reply): boolean =>
    format !== "" && due > now && !records.formats.includes(format)

  const unreadable = (operation: string, { format }: Reply): TokenStoreError =>
    new TokenStoreError({ operation, problem: unreadableProblem(format) })

  return {
    read: (key) =>
      named("read", key, (_, place) =>
        Effect.flatMap(
          ask("read", (client) => client.eval(Scripts.read)(place)),
          (reply) =>
            isSomebodyElses(reply)
              ? Effect.fail(unreadable("read", reply))
              : Effect.map(records.open(place, reply), (record) => ({ record, now: reply.now }))
        )),

    acquire: (key, { known, owner, timeToLive }) =>
      named("acquire", key, (_, place) =>
        Effect.flatMap(
          ask(
            "acquire",
            (client) =>
              client.eval(Scripts.acquire)(place, owner, millis(timeToLive), known, retention, ...records.formats),
            (client) => client.send("EVAL", Scripts.abandon, "1", place, owner)
          ),
          (reply) => {
            const { fence, now, remaining, tag, unfinished } = reply
            if (tag === "Unreadable") return Effect.fail(unreadable("acquire", reply))
            return Effect.map(records.open(place, reply), (record): Acquisition =>
              tag === "Acquired"
                ? { _tag: "Acquired", lease: { key, owner, fence }, record, unfinished, now }
                : { _tag: "Held", remaining, record, now })
          }
        )),

    extend: ({ fence, key, owner }, timeToLive) =>
      named("extend", key, (_, place) =>
        Effect.map(
          ask("extend", (client) => client.eval(Scripts.extend)(place, owner, fence, millis(timeToLive), retention)),
          ({ tag }) => tag === "Extended"
        )),

    write: ({ fence, key, owner }, record) =>
      named("write", key, (name, place) =>
        Effect.gen(function*() {
          const { due, format, generation, keptUntil, lockout, tokens } = yield* computed(
            "write",
            records.seal(place, record)
          )
          const reply = yield* ask("write", (client) =>
            client.eval(Scripts.write)(
              place,
              owner,
              fence,
              retention,
              keptUntil,
              channel,
              name,
              generation,
              format,
              due,
              tokens,
              lockout
            ))
          if (reply.tag === "Written") return { _tag: "Written" } satisfies Written
          const standing = yield* records.open(place, reply)
          return { _tag: "Fenced", record: standing, now: reply.now } satisfies Written
        })),

    release: ({ fence, key, owner }) =>
      named(
        "release",
        key,
        (_, place) => Effect.asVoid(ask("release", (client) => client.eval(Scripts.release)(place, owner, fence)))
      ),

    forget: (key, upTo) =>
      named(
        "forget",
        key,
        (name, place) =>
          Effect.asVoid(ask("forget", (client) =>
            // To the server, a larger number is a mistake, and forgets nothing.
            client.eval(Scripts.forget)(place, Math.min(upTo, Scripts.largestNumber), channel, name)))
      ),

    changes: Stream.callback<Change, TokenStoreError>(
      (queue) =>
        connection.whileConnected(
          "changes",
          (client) => client.subscribe(channel),
          (messages) =>
            Effect.forever(Effect.map(Queue.take(messages), ({ message }) => {
              const change = readNotice(names, message)
              if (change !== undefined) Queue.offerUnsafe(queue, change)
            }))
        ),
      { bufferSize: noticeCapacity, strategy: "sliding" }
    ),

    quota: Quota.make(
      connection,
      ({ key, name: what }) =>
        named(
          "quota",
          key,
          (name) =>
            Effect.map(computed("quota", names.mark("allowance", what)), (mark) => `${prefix}:{${name}}:quota:${mark}`)
        )
    ),

    fingerprint: (secret) => computed("fingerprint", names.mark("credentials", Redacted.value(secret)))
  }
}

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

const Int = Schema.FiniteFromString.check(Schema.isInt())

const decodeReply = (answer: unknown): Option.Option<Reply> =>
  Option.map(
    decodeAnswer(answer),
    ([tag, now, fence, remaining, unfinished, generation, format, due, tokens, lockout]) => ({
      tag,
      now,
      fence,
      remaining,
      unfinished: unfinished === "1",
      generation: generation === "" ? undefined : generation,
      format,
      due,
      tokens,
      lockout
    })
  )

const decodeAnswer = Schema.decodeUnknownOption(Schema.Tuple([
  Schema.String,
  Int,
  Int,
  Int,
  Schema.String,
  Schema.Union([Schema.Literal(""), Int]),
  Schema.String,
  Int,
  Schema.String,
  Schema.String
]))

const unreadableProblem = (format: string): string => {
  const [version, id] = format.split(".")
  if (version !== "1") return "the record was written by another version of @entegre/core"
  return id === "plain"
    ? "the record is not encrypted, and this process wants encryption"
    : `the record is encrypted under a key that this process does not have (id ${id})`
}

/** What is worked out here, without Redis. */
const computed = <A>(
  operation: string,
  effect: Effect.Effect<A, CryptoError.CryptoError | Schema.SchemaError>
): Effect.Effect<A, TokenStoreError> =>
  Effect.mapError(effect, () => new TokenStoreError({ operation, problem: "encryption failed" }))

/** Whole milliseconds. */
const millis = (duration: Duration.Duration): number => Math.max(1, Math.ceil(Duration.toMillis(duration)))

const noticePattern = /^([\w-]+):(\d{1,16}):(written|forgotten)$/

/** A notice about a key that this process knows; others are nobody's here. */
const readNotice = (names: Names, message: string): Change | undefined => {
  const [, name, generation, what] = noticePattern.exec(message) ?? []
  const key = name === undefined ? undefined : names.keyOf(name)
  return key === undefined
    ? undefined
    : { key, generation: Number(generation), forgotten: what === "forgotten" }
}
