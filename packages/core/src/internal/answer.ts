/**
 * An answer that knows what it answers, and shows neither that nor its text.
 */
import * as Headers from "effect/http/Headers"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Inspectable from "effect/Inspectable"
import * as Record from "effect/Record"
import type { Answer } from "../Exchange.ts"
import * as Sensitive from "../Sensitive.ts"
import * as Confidence from "./confidence.ts"
import * as Scrub from "./scrub.ts"

export class Received extends Inspectable.Class implements Answer {
  readonly status: number
  readonly headers: Headers.Headers
  readonly text: string
  readonly requestedAt: number
  readonly receivedAt: number
  readonly #request: HttpClientRequest.HttpClientRequest
  readonly #confidence: Confidence.Confidence

  constructor(answer: Answer, request: HttpClientRequest.HttpClientRequest, confidence: Confidence.Confidence) {
    super()
    this.status = answer.status
    this.headers = answer.headers
    this.text = answer.text
    this.requestedAt = answer.requestedAt
    this.receivedAt = answer.receivedAt
    this.#request = request
    this.#confidence = confidence
  }

  toJSON(): unknown {
    const { headers } = Sensitive.combine(Sensitive.everywhere, this.#confidence.sensitive)
    const told = this.#confidence.textsOf(this.#request)
    return {
      _id: "Answer",
      status: this.status,
      headers: Record.map(
        Headers.redact(this.headers, headers),
        (value) => typeof value === "string" ? Scrub.text(value, told) : value
      ),
      length: this.text.length,
      requestedAt: this.requestedAt,
      receivedAt: this.receivedAt
    }
  }

  /** What the provider was told in confidence; nothing of an answer that no exchange brought. */
  static textsOf(answer: Answer): ReadonlyArray<string> {
    return answer instanceof Received ? answer.#confidence.textsOf(answer.#request) : []
  }

  static confidenceOf(answer: Answer): Confidence.Confidence {
    return answer instanceof Received ? answer.#confidence : nobody
  }
}

const nobody = Confidence.make(Sensitive.none)
