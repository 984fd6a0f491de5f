/**
 * What is printed: lines as things happen, and a table in the end.
 */
import { TokenEvent } from "@entegre/core"
import { Clock, Console, Effect } from "effect"

/** The closing figures of a provider. Logins and renewals are the provider's own count. */
export interface Figures {
  readonly calls: number
  readonly failed: number
  readonly logins: number
  readonly renewals: number
  /** Calls that succeeded although an attempt at them was refused or spoiled. */
  readonly recovered: number
  readonly slowestMs: number
}

export interface Summary {
  readonly calls: number
  readonly failed: number
  readonly providers: { readonly [name: string]: Figures }
}

type Colour = "dim" | "green" | "yellow" | "red" | "cyan" | "bold"

const codes: Record<Colour, number> = { dim: 2, green: 32, yellow: 33, red: 31, cyan: 36, bold: 1 }

const colours = process.stdout.isTTY && process.env.NO_COLOR === undefined

const paint = (colour: Colour, text: string): string => colours ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text

export interface Printer {
  readonly line: (who: string, text: string, colour?: Colour) => Effect.Effect<void>
  readonly title: (text: string) => Effect.Effect<void>
  readonly summary: (summary: Summary) => Effect.Effect<void>
}

/** Lines with the seconds since the beginning. */
export const human: Effect.Effect<Printer> = Effect.gen(function*() {
  const began = yield* Clock.currentTimeMillis
  return {
    line: (who, text, colour) =>
      Effect.gen(function*() {
        const seconds = ((yield* Clock.currentTimeMillis) - began) / 1000
        const painted = colour === undefined ? text : paint(colour, text)
        yield* Console.log(`${paint("dim", `${seconds.toFixed(2).padStart(6)} s`)}  ${who.padEnd(10)} ${painted}`)
      }),
    title: (text) => Console.log(`\n${paint("bold", text)}\n`),
    summary: (summary) => Console.log(`\n${table(summary)}\n`)
  }
})

/** Nothing but one line of JSON in the end. */
export const json: Printer = {
  line: () => Effect.void,
  title: () => Effect.void,
  summary: (summary) => Console.log(JSON.stringify(summary))
}

const columns = ["calls", "failed", "logins", "renewals", "recovered", "slowestMs"] as const

const headings = ["provider", "calls", "failed", "logins", "renewals", "recovered", "slowest"]

const table = ({ providers }: Summary): string => {
  const rows = Object.entries(providers).map(([name, figures]) => [
    name,
    ...columns.map((column) => column === "slowestMs" ? `${figures[column]} ms` : String(figures[column]))
  ])
  const widths = headings.map((heading, index) =>
    Math.max(heading.length, ...rows.map((row) => row[index]?.length ?? 0))
  )
  const format = (cells: ReadonlyArray<string>): string =>
    cells.map((cell, index) => index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)).join(
      "   "
    )
  return [paint("bold", format(headings)), ...rows.map(format)].join("\n")
}

/** An event of a token's life, in words; nothing for those that say what another one says. */
export const words = TokenEvent.match({
  Asked: () => undefined,
  Issued: ({ cause, duration, generation, means }) => ({
    text: `token ${generation} by ${means} in ${duration} ms (${causes[cause]})`,
    colour: "green" as const
  }),
  NotIssued: () => undefined,
  Failed: ({ message, retryAfter, tokenAlive }) => ({
    text: `${message}; ${tokenAlive ? "callers go on with the present token" : "callers wait"}, next try in ${
      Math.round(retryAfter)
    } ms`,
    colour: "yellow" as const
  }),
  Adopted: ({ generation }) => ({
    text: `token ${generation} taken over from another cache`,
    colour: "green" as const
  }),
  Rejected: ({ generation }) => ({
    text: `token ${generation} was refused by the provider`,
    colour: "yellow" as const
  }),
  Slowed: ({ retryAfter }) => ({
    text: `tokens are refused as soon as they are issued; none is asked for in ${Math.round(retryAfter)} ms`,
    colour: "red" as const
  }),
  LockedOut: () => ({ text: "the credentials were refused", colour: "red" as const }),
  LockoutEnded: () => ({ text: "the credentials are tried again", colour: "green" as const }),
  Forgotten: ({ generation }) => ({ text: `token ${generation} was dropped`, colour: "yellow" as const }),
  ExpiryDoubtful: ({ problem }) => ({ text: problem, colour: "dim" as const }),
  WindowClamped: () => undefined,
  SkewLearnt: ({ millis }) => ({ text: `the provider's clock is off by ${millis} ms`, colour: "dim" as const }),
  StoreUnavailable: ({ problem }) => ({ text: `token store: ${problem}`, colour: "red" as const }),
  StoreRecovered: () => ({ text: "the token store is back", colour: "green" as const })
})

const causes = {
  cold: "there was none",
  window: "the one before nears its end",
  expired: "the one before has ended",
  rejected: "the one before was refused"
}
