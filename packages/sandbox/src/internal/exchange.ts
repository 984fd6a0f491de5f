import type * as Duration from "effect/Duration"

/** What a provider gets to see of an HTTP request, whatever carried it. */
export interface SandboxRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

export interface Answer extends Head {
  readonly _tag: "Answer"
  readonly body: Uint8Array
  /** Whether it is a refusal by its own words, whatever its status. */
  readonly refused?: boolean
}

/** An answer whose body comes in chunks, with a pause before each but the first. */
export interface Dripped extends Head {
  readonly _tag: "Dripped"
  readonly chunks: ReadonlyArray<Uint8Array>
  readonly interval: Duration.Duration
}

/** An answer that announces its whole body, sends `sent` bytes of it and breaks off. */
export interface Truncated extends Head {
  readonly _tag: "Truncated"
  readonly body: Uint8Array
  readonly sent: number
}

export interface Reset {
  readonly _tag: "Reset"
}

export interface Hang {
  readonly _tag: "Hang"
}

/** What becomes of a request, whatever has to carry it out. */
export type SandboxReply = Answer | Dripped | Truncated | Reset | Hang

const encoder = new TextEncoder()

export const answer = (
  status: number,
  contentType: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {}
): Answer => ({
  _tag: "Answer",
  status,
  headers: { "content-type": contentType, ...headers },
  body: typeof body === "string" ? encoder.encode(body) : body
})

export const json = (status: number, body: unknown): Answer =>
  answer(status, "application/json; charset=utf-8", JSON.stringify(body))

export const reset: Reset = { _tag: "Reset" }

export const hang: Hang = { _tag: "Hang" }

export const truncated = (meant: Answer): Truncated => ({
  _tag: "Truncated",
  status: meant.status,
  headers: meant.headers,
  body: meant.body,
  sent: Math.floor(meant.body.length / 2)
})

export const dripped = (
  meant: Answer,
  chunks: ReadonlyArray<Uint8Array>,
  interval: Duration.Duration
): Dripped => ({ _tag: "Dripped", status: meant.status, headers: meant.headers, chunks, interval })
