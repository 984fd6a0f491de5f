/**
 * How one request and its answer can fail, whatever the transport.
 *
 * The line that matters runs between a request that was surely not sent, which may simply be tried again, and one that
 * was sent and not answered, whose outcome nobody knows.
 */
import * as Schema from "effect/Schema"

/**
 * The request surely did not reach the provider: nobody listens at the address, the name is unknown, there is no TLS
 * connection, or the request can not be put on the wire. Trying again can not act twice.
 *
 * What to do: try again later; for `tls` and `invalidRequest`, correct the address, the certificate or the request
 * first.
 */
export class NotSent extends Schema.TaggedError<NotSent>("@entegre/core/NotSent")("NotSent", {
  /**
   * Why:
   *
   * - `connectionRefused`: no connection to the address, refused or timed out;
   * - `unknownHost`: no such name, or no name server;
   * - `tls`: the certificate does not verify, or the handshake failed;
   * - `foreignOrigin`: the request is for another origin than the provider's base address;
   * - `invalidRequest`: no transport would send it, as with a line break in a header.
   */
  problem: Schema.Literals(["connectionRefused", "unknownHost", "tls", "foreignOrigin", "invalidRequest"])
}) {
  get isRetryable(): boolean {
    return this.problem === "connectionRefused" || this.problem === "unknownHost"
  }
  override get message(): string {
    return `the request was not sent: ${words[this.problem]}`
  }
}

const words = {
  connectionRefused: "no connection to the provider",
  unknownHost: "the provider's name does not resolve",
  tls: "the provider's certificate does not verify, or the TLS handshake failed",
  foreignOrigin: "it is for another origin than the provider's base address",
  invalidRequest: "it can not be put on the wire"
}

/**
 * The request was sent and no whole answer came back. Whether the provider acted is not known.
 *
 * What to do: try again: only calls that may be repeated fail with this, and they were tried again already.
 */
export class Unanswered extends Schema.TaggedError<Unanswered>("@entegre/core/Unanswered")("Unanswered", {
  /** Whether time ran out or the connection was lost. */
  problem: Schema.Literals(["timedOut", "connectionLost"]),
  /** The time that was allowed, when it ran out. */
  timeout: Schema.optional(Schema.DurationFromMillis)
}) {
  get isRetryable(): boolean {
    return true
  }
  override get message(): string {
    return this.problem === "timedOut" ? "no answer in the time allowed" : "the connection was lost before the answer"
  }
}

/**
 * A whole answer came, and it is not what the provider documents: not JSON, not the documented shape, or too large.
 *
 * What to do: look at what stands between you and the provider; if the provider changed its answers, update the
 * package.
 */
export class UnreadableAnswer extends Schema.TaggedError<UnreadableAnswer>("@entegre/core/UnreadableAnswer")(
  "UnreadableAnswer",
  {
    /** The HTTP status of the answer. */
    status: Schema.Int,
    /** What is wrong with it: names of fields and types, never values. */
    problem: Schema.String
  }
) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return `the answer (status ${this.status}) can not be read: ${this.problem}`
  }
}

/**
 * The provider answered with a redirect. It was not followed, because the request carries secrets.
 *
 * What to do: correct the base address.
 */
export class Redirected extends Schema.TaggedError<Redirected>("@entegre/core/Redirected")("Redirected", {
  /** The HTTP status of the answer. */
  status: Schema.Int
}) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return `the provider redirected (status ${this.status}); redirects are not followed with a secret`
  }
}

/**
 * Everything that an exchange can fail with.
 */
export type ExchangeError = NotSent | Unanswered | UnreadableAnswer | Redirected

/**
 * The reasons of a failed exchange. A provider's error has them among its own.
 */
export const reasons = [NotSent, Unanswered, UnreadableAnswer, Redirected] as const
