import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Fault from "../Fault.ts"
import * as Exchange from "./exchange.ts"
import type { Operation } from "./provider.ts"

/** The faults that a provider still has to have, oldest first. */
export interface Faults {
  readonly inject: (fault: Fault.Fault) => Effect.Effect<void>
  readonly clear: Effect.Effect<void>
  readonly pending: Effect.Effect<ReadonlyArray<Fault.Fault>>
  readonly take: (operation: Operation) => Effect.Effect<Fault.Fault | undefined>
}

export const make: Effect.Effect<Faults> = Effect.map(
  Ref.make<ReadonlyArray<Fault.Fault>>([]),
  (ref): Faults => ({
    inject: (fault) => Ref.update(ref, (pending) => [...pending, fault]),
    clear: Ref.set(ref, []),
    pending: Ref.get(ref),
    take: (operation) =>
      Ref.modify(ref, (pending) => {
        const fault = pending.find((candidate) => isMeantFor(candidate, operation))
        if (fault === undefined || fault.times === "unlimited") return [fault, pending]
        const left = fault.times - 1
        return [
          fault,
          pending.flatMap((other) => other !== fault ? [other] : left === 0 ? [] : [{ ...fault, times: left }])
        ]
      })
  })
)

const isMeantFor = (fault: Fault.Fault, operation: Operation): boolean =>
  fault.on === "all" || fault.on === operation.target || fault.on === operation.name

/** Whether a caller gets the provider's answer as it was meant. */
export const leavesIntact = (fault: Fault.Fault): boolean =>
  fault.acts && (fault._tag === "Latency" || fault._tag === "Drip")

const garbage = Uint8Array.of(0x00, 0xff, 0xfe, 0x9d, 0x7b, 0xc3, 0x28, 0x22, 0x80, 0x5b, 0xf0, 0x28)

const maintenancePage = `<!DOCTYPE html>
<html lang="tr"><head><title>Bakım</title></head><body><h1>Sistem bakımda</h1></body></html>
`

const hugeChunk = new Uint8Array(65_536).fill(0x78)

const chunksOf = (body: Uint8Array, size: number): ReadonlyArray<Uint8Array> =>
  Array.from({ length: Math.ceil(body.length / size) }, (_, index) => body.subarray(index * size, (index + 1) * size))

/** What is left of the provider's answer once the fault has struck. */
export const strike = (
  fault: Fault.Fault,
  meant: Exchange.Answer,
  envelope: (status: number) => Exchange.Answer
): Exchange.SandboxReply =>
  Fault.Fault.match(fault, {
    Status: (fault) => {
      const own = envelope(fault.status)
      return {
        ...own,
        ...(fault.body !== undefined && { body: new TextEncoder().encode(fault.body) }),
        headers: {
          ...own.headers,
          ...(fault.retryAfter !== undefined &&
            { "retry-after": `${Math.ceil(Duration.toSeconds(fault.retryAfter))}` }),
          ...lowerCaseKeys(fault.headers ?? {})
        }
      }
    },
    Latency: () => meant,
    Reset: () => Exchange.reset,
    Hang: () => Exchange.hang,
    Truncated: () => Exchange.truncated(meant),
    Garbage: () => ({ ...meant, body: garbage }),
    Html: () => Exchange.answer(meant.status, "text/html; charset=utf-8", maintenancePage),
    Empty: () => ({ ...meant, body: new Uint8Array(0) }),
    WrongShape: () => Exchange.json(meant.status, { unexpected: [true] }),
    Redirect: (fault) => Exchange.answer(fault.status, "text/plain", "", { location: fault.location }),
    Huge: (fault) =>
      Exchange.dripped(
        meant,
        [
          ...Array.from({ length: Math.floor(fault.bytes / hugeChunk.length) }, () => hugeChunk),
          hugeChunk.subarray(0, fault.bytes % hugeChunk.length)
        ],
        Duration.zero
      ),
    Drip: (fault) => Exchange.dripped(meant, chunksOf(meant.body, fault.chunkBytes), fault.interval)
  })

const lowerCaseKeys = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
