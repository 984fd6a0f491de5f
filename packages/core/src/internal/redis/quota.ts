/**
 * Places of an allowance, in Redis: a sorted set of tickets by the moment at which each is over, and a key that lives for as
 * long as a pause.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redis from "effect/persistence/Redis"
import * as Schema from "effect/Schema"
import type { Allowance, Service } from "../../Quota.ts"
import { TokenStoreError } from "../../TokenStore.ts"
import type { Connection } from "./connection.ts"

const prelude = `
local places, pause = KEYS[1], KEYS[2]
local time = redis.call('TIME')
local exactly = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local now = math.floor(exactly)
redis.call('ZREMRANGEBYSCORE', places, '-inf', string.format('%.0f', now))

local function place(ticket, period)
  redis.call('ZADD', places, string.format('%.0f', math.ceil(exactly + period)), ticket)
end

local function keep()
  local last = redis.call('ZRANGE', places, -1, -1, 'WITHSCORES')[2]
  if last then redis.call('PEXPIREAT', places, string.format('%.0f', tonumber(last))) end
end

local function wait(limit)
  local paused = math.max(0, redis.call('PTTL', pause))
  local taken = redis.call('ZCARD', places)
  if taken < limit then return paused end
  local free = redis.call('ZRANGE', places, taken - limit, taken - limit, 'WITHSCORES')[2]
  return math.max(paused, tonumber(free or now) - now)
end

local function print(value) return string.format('%.0f', value) end
`

const script = <Params extends ReadonlyArray<string | number>>(lua: string) =>
  Redis.script((places: string, pause: string, ...params: Params) => [places, pause, ...params], {
    lua: `${prelude}${lua}`,
    numberOfKeys: 2
  }).withReturnType<unknown>()

const take = script<[ticket: string, limit: number, period: number]>(`
local waiting = redis.call('ZSCORE', places, ARGV[1]) and 0 or wait(tonumber(ARGV[2]))
if waiting == 0 then place(ARGV[1], tonumber(ARGV[3])) keep() end
return print(waiting)
`)

const remaining = script<[limit: number]>(`return print(wait(tonumber(ARGV[1])))`)

const rest = script<[ticket: string, period: number]>(`
place(ARGV[1], tonumber(ARGV[2]))
keep()
return '0'
`)

const extend = script<[ticket: string, period: number]>(`
if not redis.call('ZSCORE', places, ARGV[1]) then return '0' end
place(ARGV[1], tonumber(ARGV[2]))
keep()
return '1'
`)

const giveBack = script<[ticket: string]>(`
redis.call('ZREM', places, ARGV[1])
return '0'
`)

const pause = script<[millis: number]>(`
if redis.call('PTTL', pause) < tonumber(ARGV[1]) then redis.call('SET', pause, '1', 'PX', ARGV[1]) end
return '0'
`)

const decodeNumber = Schema.decodeUnknownOption(Schema.FiniteFromString)

/** Whole milliseconds; a little longer rather than shorter. */
const millis = (duration: Duration.Duration): number =>
  Math.max(1, Math.ceil(Math.min(Duration.toMillis(duration), longest)))

const longest = Duration.toMillis(Duration.days(3650))

/** A quota over a connection. `placesOf` is where the places of an allowance are kept. */
export const make = <E>(
  connection: Connection<E>,
  placesOf: (allowance: Allowance) => Effect.Effect<string, TokenStoreError>
): Service => {
  const ask = <Params extends ReadonlyArray<string | number>>(
    operation: string,
    of: Redis.Script<{ readonly params: [places: string, pause: string, ...params: Params]; readonly result: unknown }>,
    allowance: Allowance,
    ...params: Params
  ): Effect.Effect<number, TokenStoreError> =>
    placesOf(allowance).pipe(
      Effect.flatMap((places) =>
        connection.run(operation, (client) => client.eval(of)(places, `${places}:pause`, ...params))
      ),
      Effect.flatMap((answer) => Effect.fromOption(decodeNumber(answer))),
      Effect.catchTag("NoSuchElementError", () =>
        Effect.fail(new TokenStoreError({ operation, problem: "an answer that can not be read" })))
    )

  return {
    take: (allowance, { limit, period, ticket }) =>
      Effect.map(ask("take", take, allowance, ticket, limit, millis(period)), Duration.millis),
    remaining: (allowance, limit) => Effect.map(ask("remaining", remaining, allowance, limit), Duration.millis),
    rest: (allowance, ticket, period) => Effect.asVoid(ask("rest", rest, allowance, ticket, millis(period))),
    extend: (allowance, ticket, period) =>
      Effect.map(ask("extend", extend, allowance, ticket, millis(period)), (answer) => answer === 1),
    giveBack: (allowance, ticket) => Effect.asVoid(ask("giveBack", giveBack, allowance, ticket)),
    pause: (allowance, duration) => Effect.asVoid(ask("pause", pause, allowance, millis(duration)))
  }
}
