/**
 * What came of it, and whether it is as it should be.
 */
import type { Options } from "./Options.ts"
import * as Report from "./Report.ts"

/** One place among the workers, and what those who had it told. */
interface Row {
  readonly name: string
  readonly kills: number
  readonly pauses: number
  readonly reports: ReadonlyArray<Report.Report>
}

export interface Summary {
  readonly seconds: number
  readonly rows: ReadonlyArray<Row>
  /** Token sets that the provider handed out, by its own count. */
  readonly renewals: number
  /** Requests to the token endpoint while another one was under way, by its own count. */
  readonly overlaps: number
  /** How many workers did not stop when they were asked to. */
  readonly dangling: number
  /** How often Redis was away. */
  readonly redisAbsences: number
  /** How many commands Redis was sent. */
  readonly commands: number
  /** How many credentials and tokens were seen among them, in any spelling. */
  readonly secretsSeen: number
}

/** Half the life of a token: no renewal begins earlier. */
const leastBetweenRenewals = 1.5

const sum = (reports: ReadonlyArray<Report.Report>): Report.Report =>
  reports.reduce((all, one) => ({
    calls: all.calls + one.calls,
    failed: all.failed + one.failed,
    withoutStore: all.withoutStore + one.withoutStore,
    frozen: all.frozen + one.frozen,
    issued: all.issued + one.issued,
    adopted: all.adopted + one.adopted,
    backwards: all.backwards + one.backwards,
    reasons: Object.fromEntries(
      [...new Set([...Object.keys(all.reasons), ...Object.keys(one.reasons)])].map((reason) => [
        reason,
        (all.reasons[reason] ?? 0) + (one.reasons[reason] ?? 0)
      ])
    )
  }), Report.none)

const totals = ({ rows }: Summary) => ({
  ...sum(rows.flatMap(({ reports }) => reports)),
  kills: rows.reduce((all, { kills }) => all + kills, 0),
  pauses: rows.reduce((all, { pauses }) => all + pauses, 0)
})

/** What is not as it should be. */
export const problems = (summary: Summary, { redis }: Options): ReadonlyArray<string> => {
  const { backwards, calls, failed, kills, pauses, reasons, withoutStore } = totals(summary)
  // The first token, one for each interval, and one for whatever broke a renewal off.
  const most = 1 + Math.ceil(summary.seconds / leastBetweenRenewals) + kills + pauses + summary.redisAbsences
  return [
    ...(calls > 0 ? [] : ["nobody called"]),
    ...(failed === 0 ? [] : [`${failed} calls failed: ${JSON.stringify(reasons)}`]),
    ...(withoutStore === 0 || redis !== "steady" ? [] : [`${withoutStore} calls found no store`]),
    ...(summary.renewals <= most ? [] : [`${summary.renewals} renewals, not ${most} at most`]),
    ...(summary.overlaps <= pauses ? [] : [`${summary.overlaps} overlapping renewals and ${pauses} pauses`]),
    ...(summary.dangling === 0 ? [] : [`${summary.dangling} processes did not stop`]),
    ...(backwards === 0 ? [] : [`${backwards} times an older token was handed out after a newer one`]),
    ...(summary.commands > 0 ? [] : ["nothing was heard of Redis"]),
    ...(summary.secretsSeen === 0 ? [] : [`${summary.secretsSeen} secrets reached Redis`])
  ]
}

/** One line of JSON. */
export const json = (summary: Summary): string => {
  const { calls, failed, kills, pauses, withoutStore } = totals(summary)
  return JSON.stringify({
    processes: summary.rows.length,
    calls,
    failed,
    renewals: summary.renewals,
    overlappingRenewals: summary.overlaps,
    kills,
    pauses,
    withoutStore,
    redisAbsences: summary.redisAbsences,
    redisCommands: summary.commands,
    secretsSeen: summary.secretsSeen
  })
}

const columns = ["calls", "failed", "issued", "adopted", "kills", "pauses"] as const

/** A line for each place, and one for all. */
export const table = (summary: Summary): string => {
  const lines = [
    ...summary.rows.map((row) => ({ name: row.name, ...sum(row.reports), kills: row.kills, pauses: row.pauses })),
    { name: "all", ...totals(summary) }
  ]
  const line = (name: string, cells: ReadonlyArray<unknown>) =>
    name.padEnd(12) + cells.map((cell) => String(cell).padStart(10)).join("")
  return [
    "",
    line("", columns),
    ...lines.map((row) => line(row.name, columns.map((column) => row[column]))),
    "",
    `The provider handed out ${summary.renewals} token sets in ${summary.seconds} seconds, ${summary.overlaps} of them while`
    + " it was asked for another.",
    `Redis was sent ${summary.commands} commands; credentials and tokens among them: ${summary.secretsSeen}.`
  ].join("\n")
}
