/**
 * What went wrong with Redis, in words that carry no secret: of what a server or a client says, only codes and names are
 * passed on.
 */
import * as Redis from "effect/persistence/Redis"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"

/** What went wrong. */
export interface Problem {
  readonly text: string
  /** The server refuses who we are: nothing but another configuration helps. */
  readonly refused: boolean
  /** The connection is of no use any more, or leads to a server that can not serve us. */
  readonly broken: boolean
}

export const isRedisError = Schema.is(Redis.RedisError)

/** What a server says of a user name, a password or a permission. */
const refusals: { readonly [code: string]: string | undefined } = {
  NOAUTH: "the server wants a password",
  NOPERM: "the server does not permit the user what the store needs",
  WRONGPASS: "the server refuses the user name or the password"
}

/** What a server says that another server, or this one a little later, would not say. */
const elsewhere: ReadonlySet<string> = new Set(["CLUSTERDOWN", "LOADING", "MASTERDOWN", "READONLY"])

export const ofError = ({ cause }: Redis.RedisError): Problem => {
  const code = replyCode(cause)
  if (code === undefined) return { text: `the connection failed (${describe(cause)})`, refused: false, broken: true }
  const refusal = refusals[code]
  return refusal === undefined
    ? { text: `the server answered ${code}`, refused: false, broken: elsewhere.has(code) }
    : { text: `${refusal} (${code})`, refused: true, broken: false }
}

/** The first word of a server's error, which is its code; a client's own errors do not begin with one. */
const replyCode = (cause: unknown): string | undefined => {
  const message = Predicate.hasProperty(cause, "message") ? cause.message : cause
  if (typeof message !== "string") return undefined
  // What a server without a password, or before version 6, says of one.
  if (/^ERR .*\bAUTH\b/.test(message)) return "WRONGPASS"
  return /^-?([A-Z][A-Z0-9]+)(?: |$)/.exec(message)?.[1]
}

/** A name or a code of something that was thrown. */
export const describe = (cause: unknown): string => {
  for (const name of [property(cause, "code"), constructorName(cause), property(cause, "name")]) {
    if (name !== undefined && name !== "Error" && /^\w{1,64}$/.test(name)) return name
  }
  return "no reason given"
}

const property = (value: unknown, name: string): string | undefined =>
  Predicate.hasProperty(value, name) && typeof value[name] === "string" ? value[name] : undefined

const constructorName = (value: unknown): string | undefined =>
  Predicate.isObjectKeyword(value) ? property(value.constructor, "name") : undefined
