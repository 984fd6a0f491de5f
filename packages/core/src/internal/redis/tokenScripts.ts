/**
 * What the server does for a token store, each operation in one script.
 *
 * Everything about a key is one hash. `fence` is the newest fencing number; `owner`, `leased` (until when) and `unfinished`
 * are those of the newest lease and stand there until it is written, released or superseded, however long that takes.
 * `generation`, `format`, `due`, `tokens` and `lockout` are the record, of which `tokens` and `lockout` are sealed.
 * `writer` is the owner of the lease under which it was written.
 *
 * Each operation may be run twice: a client that lost the connection can not know whether it was.
 */
import * as Redis from "effect/persistence/Redis"

/** A number above this one is a mistake: no clock in microseconds comes near it before the year 2255. */
export const largestNumber = 9e15

/** A lease that runs for longer, in milliseconds, is a mistake. */
const longestLease = 86_400_000

const prelude = `
local key = KEYS[1]
local time = redis.call('TIME')
local seconds, micros = tonumber(time[1]), tonumber(time[2])
local now = seconds * 1000 + math.floor(micros / 1000)

local function number(text)
  local value = tonumber(text)
  if value and value >= 0 and value <= ${largestNumber} then return value end
  return 0
end

local function print(value) return string.format('%.0f', value) end

local function keep(millis)
  if redis.call('PTTL', key) < millis then redis.call('PEXPIRE', key, print(millis)) end
end

local names = { 'fence', 'owner', 'leased', 'unfinished', 'generation', 'format', 'due', 'tokens', 'lockout', 'writer' }

local function load()
  local values = redis.call('HMGET', key, unpack(names))
  local entry = {}
  for i, name in ipairs(names) do entry[name] = values[i] or '' end
  return entry
end

local function leasedFor(entry)
  local millis = number(entry.leased) - now
  return millis <= ${longestLease} and math.max(0, millis) or 0
end

local function isNewest(entry, owner, fence)
  return number(entry.fence) == fence and entry.owner == owner
end

local function isLost(entry, fence)
  return number(entry.fence) < fence
end

local function endLease() redis.call('HDEL', key, 'owner', 'leased', 'unfinished') end

local function answer(tag, entry)
  local generation = entry.generation ~= '' and print(number(entry.generation)) or ''
  return {
    tag, print(now), print(number(entry.fence)), print(leasedFor(entry)), entry.unfinished,
    generation, entry.format, print(number(entry.due)), entry.tokens, entry.lockout
  }
end
`

/** What the scripts answer: a tag, then what stands under the key. */
type Answer = ReadonlyArray<unknown>

const script = <Params extends ReadonlyArray<string | number>>(lua: string) =>
  Redis.script((key: string, ...params: Params) => [key, ...params], { lua: `${prelude}${lua}`, numberOfKeys: 1 })

export const read = script<[]>(`return answer('Read', load())`).withReturnType<Answer>()

/**
 * A record in a format that the asker can not read is somebody's as long as it is not due: no lease is given for it.
 * `unfinished` stands in the hash so that the same owner, asking again, gets the same answer.
 */
export const acquire = script<
  [owner: string, millis: number, known: number, retention: number, ...formats: ReadonlyArray<string>]
>(`
local owner, millis, known, retention = ARGV[1], tonumber(ARGV[2]), number(ARGV[3]), tonumber(ARGV[4])
local kind = redis.call('TYPE', key).ok
if kind ~= 'hash' and kind ~= 'none' then redis.call('DEL', key) end
local entry = load()
if entry.format ~= '' and number(entry.due) > now then
  local readable = false
  for i = 5, #ARGV do readable = readable or ARGV[i] == entry.format end
  if not readable then return answer('Unreadable', entry) end
end
if entry.owner ~= owner then
  if entry.owner ~= '' and leasedFor(entry) > 0 then return answer('Held', entry) end
  local clock = seconds * 1000000 + micros
  local fence = math.max(number(entry.fence), number(entry.generation), known, clock) + 1
  entry.fence = print(fence <= ${largestNumber} and fence or clock)
  entry.unfinished = entry.owner ~= '' and '1' or '0'
end
redis.call('HSET', key, 'fence', entry.fence, 'owner', owner, 'leased', print(now + millis), 'unfinished', entry.unfinished)
keep(retention)
return answer('Acquired', entry)
`).withReturnType<Answer>()

/**
 * Takes back a lease whose asker does not wait any more: nobody has done anything under it. Sent as it is, behind the
 * request for the lease and without waiting for anything.
 */
export const abandon = `${prelude}
local entry = load()
if entry.owner ~= ARGV[1] then return 0 end
if entry.unfinished == '1' then redis.call('HSET', key, 'leased', '0') else endLease() end
return 1
`

/** A lease that the server lost, and that nobody has superseded, stands again. */
export const extend = script<[owner: string, fence: number, millis: number, retention: number]>(`
local owner, fence, millis, retention = ARGV[1], number(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local entry = load()
if not isNewest(entry, owner, fence) then
  if not isLost(entry, fence) then return answer('Superseded', entry) end
  redis.call('HSET', key, 'fence', print(fence), 'owner', owner, 'unfinished', '0')
end
redis.call('HSET', key, 'leased', print(now + millis))
keep(retention)
return answer('Extended', entry)
`).withReturnType<Answer>()

/**
 * The same goes for a write, unless it is older than what somebody wrote after the lease had been lost. What was forgotten
 * does not come back with a record of its generation.
 */
export const write = script<
  [
    owner: string,
    fence: number,
    retention: number,
    keptUntil: number,
    channel: string,
    name: string,
    generation: number,
    format: string,
    due: number,
    tokens: string,
    lockout: string
  ]
>(`
local owner, fence, retention, keptUntil = ARGV[1], number(ARGV[2]), tonumber(ARGV[3]), number(ARGV[4])
local entry = load()
if number(entry.fence) == fence and entry.owner == '' and entry.writer == owner then return answer('Written', entry) end
local isOlder = number(ARGV[7]) < number(entry.generation)
if not isNewest(entry, owner, fence) and (isOlder or not isLost(entry, fence)) then return answer('Fenced', entry) end
local isForgotten = entry.tokens == '' and number(ARGV[7]) == number(entry.generation)
local tokens, lockout = isForgotten and '' or ARGV[10], ARGV[11]
redis.call('HDEL', key, 'format', 'due', 'tokens', 'lockout')
redis.call('HSET', key, 'fence', print(fence), 'writer', owner, 'generation', ARGV[7])
if tokens ~= '' or lockout ~= '' then redis.call('HSET', key, 'format', ARGV[8], 'due', ARGV[9]) end
if tokens ~= '' then redis.call('HSET', key, 'tokens', tokens) end
if lockout ~= '' then redis.call('HSET', key, 'lockout', lockout) end
endLease()
keep(math.max(retention, keptUntil - now))
redis.call('PUBLISH', ARGV[5], ARGV[6] .. ':' .. ARGV[7] .. ':written')
return answer('Written', entry)
`).withReturnType<Answer>()

export const release = script<[owner: string, fence: number]>(`
local entry = load()
if isNewest(entry, ARGV[1], number(ARGV[2])) then endLease() end
return answer('Released', entry)
`).withReturnType<Answer>()

export const forget = script<[upTo: number, channel: string, name: string]>(`
local entry = load()
if entry.tokens == '' or number(entry.generation) > number(ARGV[1]) then return answer('Forgotten', entry) end
redis.call('HDEL', key, 'tokens')
if entry.lockout == '' then redis.call('HDEL', key, 'format', 'due') end
redis.call('PUBLISH', ARGV[2], ARGV[3] .. ':' .. print(number(entry.generation)) .. ':forgotten')
return answer('Forgotten', entry)
`).withReturnType<Answer>()

/** Whether those who share the prefix have the same naming key: the first to come leaves a mark of theirs. */
export const greet = Redis.script((key: string, mark: string, retention: number) => [key, mark, retention], {
  lua: `
local mark = redis.call('GET', KEYS[1])
if mark and mark ~= ARGV[1] then return 'Stranger' end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 'Welcome'
`,
  numberOfKeys: 1
}).withReturnType<unknown>()
