/**
 * Times subjects against each other, round by round.
 *
 * A machine is never as calm as one would like, and it changes while one measures. So no subject is measured on its own:
 * in each round every subject has a turn of about the same length, and a ratio is one of two turns of the same round.
 */
import { collectYoung } from "./memory.ts"
import type { Report } from "./Report.ts"
import * as Spread from "./Spread.ts"
import * as Stopwatch from "./stopwatch.ts"

/**
 * Something to be timed.
 */
export interface Subject {
  /** Its name in the figures. */
  readonly name: string
  /**
   * Does what is timed as often as it is told, which is a multiple of `granularity`. Answers with what it took if that is to be
   * known elsewhere, as by another process.
   */
  readonly run: (operations: number) => Promise<Stopwatch.Time | void>
}

/**
 * How subjects are timed.
 */
export interface Options {
  /** How many rounds count. */
  readonly rounds: number
  /** How much of a processor a turn of one subject takes, in milliseconds. */
  readonly turn: number
  /** How many operations a subject can do at the least. Default: 1. */
  readonly granularity?: number | undefined
  /** How many operations of each subject count for nothing, while it is compiled. Default: those of two turns. */
  readonly warmUp?: number | undefined
  /** Told before each round. */
  readonly report: Report
}

type Row = ReadonlyMap<string, Stopwatch.Time>

/**
 * The times of all turns, in nanoseconds an operation.
 */
export class Rounds {
  readonly #rows: ReadonlyArray<Row>

  constructor(rows: ReadonlyArray<Row>) {
    this.#rows = rows
  }

  /** These rounds, and others of the same subjects. */
  and(others: Rounds): Rounds {
    return new Rounds([...this.#rows, ...others.#rows])
  }

  /** What an operation of a subject takes of the processors, or on the wall, in nanoseconds. */
  of(name: string, clock: keyof Stopwatch.Time = "cpu"): Spread.Spread {
    return Spread.of(this.#rows.map((row) => time(row, name, clock)))
  }

  /** How many times as much as one of another subject, in the same round. */
  over(name: string, other: string, clock: keyof Stopwatch.Time = "cpu"): Spread.Spread {
    return Spread.of(this.#rows.map((row) => time(row, name, clock) / time(row, other, clock)))
  }
}

const time = (row: Row, name: string, clock: keyof Stopwatch.Time): number => {
  const taken = row.get(name)
  if (taken === undefined) throw new Error(`${name} was not measured`)
  return taken[clock]
}

const run = async (subject: Subject, operations: number): Promise<Stopwatch.Time> => {
  const elapsed = Stopwatch.start()
  return await subject.run(operations) ?? elapsed()
}

/**
 * Makes a subject warm, and says how many operations take as long as a turn.
 */
const calibrate = async (subject: Subject, turn: number, granularity: number, warmUp: number): Promise<number> => {
  let operations = granularity
  for (let done = 0;;) {
    const { cpu: taken } = await run(subject, operations)
    done += operations
    const fitting = Math.max(1, Math.round(operations * turn / taken / granularity)) * granularity
    if (taken >= turn / 2 && done >= warmUp) return fitting
    operations = Math.min(fitting, operations * 10)
  }
}

const shuffled = <A>(all: ReadonlyArray<A>): ReadonlyArray<A> =>
  all.map((one) => ({ one, at: Math.random() })).toSorted((a, b) => a.at - b.at).map(({ one }) => one)

/**
 * Times subjects against each other.
 */
export const measure = async (
  subjects: ReadonlyArray<Subject>,
  { granularity = 1, report, rounds, turn, warmUp = 0 }: Options
): Promise<Rounds> => {
  const operations = new Map<Subject, number>()
  for (const subject of subjects) {
    report(`warming up ${subject.name}`)
    await calibrate(subject, turn, granularity, warmUp)
  }
  // Once more, when all are warm.
  for (const subject of subjects) operations.set(subject, await calibrate(subject, turn, granularity, 0))
  const rows: Array<Row> = []
  for (let round = 0; round < rounds; round++) {
    report(`round ${round + 1} of ${rounds}`)
    const row = new Map<string, Stopwatch.Time>()
    // What comes again and again on a machine must not meet the same subject each time.
    for (const subject of shuffled(subjects)) {
      const count = operations.get(subject) ?? granularity
      collectYoung()
      const { cpu, wall } = await run(subject, count)
      row.set(subject.name, { cpu: cpu * 1e6 / count, wall: wall * 1e6 / count })
    }
    rows.push(row)
  }
  return new Rounds(rows)
}
