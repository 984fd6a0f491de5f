import * as Schema from "effect/Schema"
import { type PaynkolayProfile, ValorCalculationType } from "../../PaynkolayModel.ts"
import * as Answers from "./answers.ts"
import * as Dates from "./dates.ts"
import * as State from "./state.ts"
import { type Call, isWanted, maybeActive, maybeNumber, maybeText, reading } from "./step.ts"

const ProfileBody = Schema.Struct({
  profileExternalId: Schema.NonEmptyString,
  name: maybeText,
  mpCommissionRate: Schema.Finite,
  mpCost: maybeNumber,
  paymentDay: Schema.optional(Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 7 })))),
  valorDateCount: Schema.Int,
  valorCalculationType: ValorCalculationType,
  active: Schema.optional(Schema.NullOr(Schema.Boolean))
})

const Named = Schema.Struct({ profileExternalId: Schema.NonEmptyString })

/** The page's samples have `"per"` where requests have a number: the Turkish day, cut to three letters. */
const days = ["pzt", "sal", "çar", "per", "cum", "cmt", "paz"]

export const shown = ({ paymentDay, valorCalculationType: _, ...profile }: PaynkolayProfile) => ({
  ...profile,
  paymentDay: paymentDay === null ? null : days[paymentDay - 1]
})

const find = (marketplace: State.Marketplace, id: string) =>
  marketplace.profiles.find(({ profileExternalId }) => profileExternalId === id)

const unknown = ({ settings }: Call) => Answers.invalid(settings, "Ödeme profili bulunamadı")

const profileOf = (body: typeof ProfileBody.Type, call: Call, createDate: string): PaynkolayProfile => ({
  profileExternalId: body.profileExternalId,
  marketplaceCode: call.account.marketplaceCode,
  name: body.name ?? null,
  mpCommissionRate: body.mpCommissionRate,
  mpCost: body.mpCost ?? null,
  paymentDay: body.paymentDay ?? null,
  valorDateCount: body.valorDateCount,
  valorCalculationType: body.valorCalculationType,
  active: body.active ?? true,
  createDate,
  updateDate: Dates.instant(call.now)
})

const lacksDay = ({ paymentDay, valorCalculationType }: typeof ProfileBody.Type) =>
  (valorCalculationType === "W" || valorCalculationType === "M") && typeof paymentDay !== "number"

export const create = reading(ProfileBody, (marketplace, body, call) => {
  if (lacksDay(body)) return [Answers.missingField(call.settings, "paymentDay"), marketplace]
  if (find(marketplace, body.profileExternalId) !== undefined) {
    return [Answers.invalid(call.settings, "Ödeme profili zaten mevcut"), marketplace]
  }
  const profile = profileOf(body, call, Dates.instant(call.now))
  return [Answers.ok(shown(profile)), { ...marketplace, profiles: State.remember(marketplace.profiles, profile) }]
})

export const get = reading(Named, (marketplace, { profileExternalId }, call) => {
  const profile = find(marketplace, profileExternalId)
  return [profile === undefined ? unknown(call) : Answers.ok(shown(profile)), marketplace]
})

export const update = reading(ProfileBody, (marketplace, body, call) => {
  if (lacksDay(body)) return [Answers.missingField(call.settings, "paymentDay"), marketplace]
  const former = find(marketplace, body.profileExternalId)
  if (former === undefined) return [unknown(call), marketplace]
  const profile = profileOf(body, call, former.createDate)
  return [
    Answers.ok(shown(profile)),
    { ...marketplace, profiles: marketplace.profiles.map((other) => other === former ? profile : other) }
  ]
})

export const remove = reading(Named, (marketplace, { profileExternalId }, call) => {
  const profile = find(marketplace, profileExternalId)
  if (profile === undefined) return [unknown(call), marketplace]
  const isInUse = marketplace.sellers.some((seller) =>
    seller.active && seller.mpPaymentProfileExternalId === profileExternalId
  )
  return isInUse
    ? [Answers.invalid(call.settings, "Ödeme profilini kullanan aktif satıcılar var"), marketplace]
    : [Answers.ok(null), { ...marketplace, profiles: marketplace.profiles.filter((other) => other !== profile) }]
})

export const list = reading(Schema.Struct({ active: maybeActive }), (marketplace, { active }) => [
  Answers.ok(marketplace.profiles.filter(isWanted(active)).map(shown)),
  marketplace
])
