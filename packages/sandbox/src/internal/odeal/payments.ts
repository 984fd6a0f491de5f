import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { OdealCallback, OdealPayment, OdealPaymentStatus } from "../../OdealModel.ts"
import type { Answer, SandboxRequest } from "../exchange.ts"
import * as Answers from "./answers.ts"
import type { State } from "./state.ts"

/** What happened, or is going to happen, to a payment. */
export interface Change {
  readonly at: number
  readonly status: OdealPaymentStatus
  readonly reason: string | null
  readonly uniqueKey: string
}

/** A payment. Amounts are in kuruş; the first change is there from the start. */
export interface Payment {
  readonly id: number
  readonly account: number
  readonly externalId: string | null
  readonly amount: number
  readonly refunded: number
  readonly returnUrl: string | null
  readonly uniqueKey: string
  readonly codes: { readonly authCode: string; readonly bankProvisionNumber: string; readonly provisionCode: string }
  readonly changes: readonly [Change, ...ReadonlyArray<Change>]
}

/** A call that has been let in. */
interface Call {
  readonly account: number
  readonly now: number
  readonly request: SandboxRequest
  /** A number that no other payment has. */
  readonly chance: string
}

/** What a call comes to: an answer, and the change that a callback has to report. */
export interface Result {
  readonly answer: Answer
  readonly reported?: { readonly payment: Payment; readonly change: Change }
}

/** What the provider does: a result, and the state it leaves behind. */
export type Step = (state: State, call: Call) => readonly [Result, State]

const remembered = 10_000

const firstId = 456_789

export const lastChange = ({ changes }: Payment, now: number): Change =>
  changes.findLast(({ at }) => at <= now) ?? changes[0]

const money = (kurus: number) => `${Math.floor(kurus / 100)}.${`${kurus % 100}`.padStart(2, "0")}`

export const shown = (payment: Payment, now: number): OdealPayment => {
  const { reason, status, uniqueKey } = lastChange(payment, now)
  return {
    id: payment.id,
    externalId: payment.externalId,
    amount: money(payment.amount),
    refunded: money(payment.refunded),
    returnUrl: payment.returnUrl,
    status,
    reason,
    uniqueKey
  }
}

/** The body of a callback that reports a change. */
export const callbackOf = (payment: Payment, change: Omit<Change, "at">): OdealCallback => ({
  externalId: payment.externalId,
  id: payment.id,
  payment_status: change.status,
  reason: change.reason,
  ...(change.status === "COMPLETED" && payment.codes),
  uniqueKey: change.uniqueKey
})

/** The reason of the page's sample. */
const failureReason = "Yetersiz bakiye"

const changeOf = (
  state: State,
  { changes, uniqueKey }: Payment,
  at: number,
  status: OdealPaymentStatus,
  reason: string | null = status === "FAILED" ? failureReason : null
): Change => ({
  at,
  status,
  reason,
  uniqueKey: state.settings.keepsUniqueKey ? uniqueKey : `${uniqueKey}_${changes.length + 1}`
})

/** Changes a payment from now on; what was still to come does not happen. */
export const change = (
  state: State,
  payment: Payment,
  now: number,
  status: OdealPaymentStatus,
  reason?: string
): readonly [Required<Result>["reported"], State] => {
  const [first, ...later] = payment.changes
  const happened = { ...payment, changes: [first, ...later.filter(({ at }) => at <= now)] as const }
  const next = changeOf(state, happened, now, status, reason)
  const changed: Payment = { ...happened, changes: [...happened.changes, next] }
  return [
    { payment: changed, change: next },
    { ...state, payments: state.payments.map((other) => other.id === payment.id ? changed : other) }
  ]
}

const AmountText = /^\d{1,10}(\.\d{1,2})?$/

/** An amount in kuruş. The page shows a decimal with two digits, and not whether it is a number or a string. */
const kurusOf = (amount: unknown): number | undefined =>
  (typeof amount === "number" || typeof amount === "string") && AmountText.test(`${amount}`) && Number(amount) > 0
    ? Math.round(Number(amount) * 100)
    : undefined

const BodyFields = Schema.fromJsonString(Schema.JsonObject)

const fieldsIn = ({ body }: SandboxRequest): Schema.JsonObject =>
  Option.getOrElse(Schema.decodeOption(BodyFields)(body), () => ({}))

const textOf = (value: unknown): string | null => typeof value === "string" && value !== "" ? value : null

const escape = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)

/** A page that a browser can be given. It leads to where the customer goes after a payment. */
const threeDForm = (id: number, next: string | null) =>
  `<form method="get" action="${escape(next ?? "about:blank")}">` +
  `<input type="hidden" name="id" value="${id}"><button>Ödemeyi onayla</button></form>`

const digits = (chance: string, from: number) =>
  `${Number.parseInt(chance.slice(from, from + 8), 16) % 1_000_000}`.padStart(6, "0")

export const start: Step = (state, { account, chance, now, request }) => {
  const refuse = (answer: (settings: State["settings"]) => Answer): readonly [Result, State] => [
    { answer: answer(state.settings) },
    state
  ]
  const fields = fieldsIn(request)
  const amount = kurusOf(fields["amount"])
  const returnUrl = textOf(fields["returnUrl"])
  const externalId = textOf(fields["externalId"])
  if (fields["amount"] === undefined) return refuse(Answers.missingField("amount"))
  if (amount === undefined) return refuse(Answers.invalidField("amount"))
  if (returnUrl !== null && !URL.canParse(returnUrl)) return refuse(Answers.invalidField("returnUrl"))
  const isRepeated = externalId !== null &&
    state.payments.some((payment) => payment.account === account && payment.externalId === externalId)
  if (isRepeated) return refuse(Answers.duplicate)

  const uniqueKey = `PAY_${chance.slice(0, 12).toUpperCase()}`
  const opened: Payment = {
    id: (state.payments.at(-1)?.id ?? firstId - 1) + 1,
    account,
    externalId,
    amount,
    refunded: 0,
    returnUrl,
    uniqueKey,
    codes: {
      authCode: digits(chance, 0),
      bankProvisionNumber: digits(chance, 8),
      provisionCode: `PROV-${digits(chance, 16)}`
    },
    changes: [{ at: now, status: "PENDING", reason: null, uniqueKey }]
  }
  const { confirmAfter, paymentOutcome } = state.settings
  const outcome = changeOf(state, opened, now + Duration.toMillis(confirmAfter), paymentOutcome)
  const payment: Payment = paymentOutcome === "PENDING"
    ? opened
    : { ...opened, changes: [...opened.changes, outcome] }
  return [
    {
      answer: Answers.ok({
        threeDFormHtml: threeDForm(payment.id, textOf(fields["successRedirectUrl"])),
        id: payment.id
      }),
      ...(payment !== opened && { reported: { payment, change: outcome } })
    },
    { ...state, payments: [...state.payments.slice(1 - remembered), payment] }
  ]
}

/** Does something with the account's payment of that `id` or `externalId`. */
const onPayment = (
  named: (call: Call) => { readonly id: string | null; readonly externalId: string | null },
  f: (state: State, payment: Payment, call: Call) => readonly [Result, State]
): Step =>
(state, call) => {
  const { externalId, id } = named(call)
  const payment = state.payments.find((payment) =>
    payment.account === call.account &&
    (`${payment.id}` === id || (payment.externalId !== null && payment.externalId === externalId))
  )
  return payment === undefined ? [{ answer: Answers.paymentNotFound(state.settings) }, state] : f(state, payment, call)
}

const inBody = ({ request }: Call) => {
  const { externalId, id } = fieldsIn(request)
  return { externalId: textOf(externalId), id: typeof id === "number" ? `${id}` : textOf(id) }
}

export const status: Step = onPayment(
  ({ request: { query } }) => ({ externalId: query.get("externalId"), id: query.get("id") }),
  (state, payment, { now }) => [{ answer: Answers.ok(callbackOf(payment, lastChange(payment, now))) }, state]
)

const changeTo = (
  state: State,
  payment: Payment,
  now: number,
  status: OdealPaymentStatus
): readonly [Result, State] => {
  const [reported, next] = change(state, payment, now, status)
  return [{ answer: Answers.ok(callbackOf(reported.payment, reported.change)), reported }, next]
}

export const cancel: Step = onPayment(
  inBody,
  (state, payment, { now }) =>
    ["PENDING", "COMPLETED"].includes(lastChange(payment, now).status)
      ? changeTo(state, payment, now, "CANCELLED")
      : [{ answer: Answers.wrongState(state.settings) }, state]
)

export const refund: Step = onPayment(inBody, (state, payment, { now, request }) => {
  if (!["COMPLETED", "PARTIAL REFUND"].includes(lastChange(payment, now).status)) {
    return [{ answer: Answers.wrongState(state.settings) }, state]
  }
  const asked = fieldsIn(request)["amount"]
  const amount = asked === undefined ? payment.amount - payment.refunded : kurusOf(asked)
  if (amount === undefined) return [{ answer: Answers.invalidField("amount")(state.settings) }, state]
  const refunded = payment.refunded + amount
  if (refunded > payment.amount) return [{ answer: Answers.amountTooHigh(state.settings) }, state]
  return changeTo(
    state,
    { ...payment, refunded },
    now,
    refunded === payment.amount ? "REFUND" : "PARTIAL REFUND"
  )
})
