import * as Schema from "effect/Schema"
import type { PaynkolaySeller } from "../../PaynkolayModel.ts"
import * as Answers from "./answers.ts"
import * as Dates from "./dates.ts"
import * as Profiles from "./profiles.ts"
import * as State from "./state.ts"
import { type Call, isWanted, maybeActive, maybeText, reading } from "./step.ts"

const digits = (count: number) =>
  Schema.optional(Schema.NullOr(Schema.String.check(Schema.isPattern(new RegExp(`^\\d{${count}}$`)))))

const SellerBody = Schema.Struct({
  sellerExternalId: Schema.NonEmptyString,
  nameSurname: Schema.NonEmptyString,
  sellerType: Schema.Literals([1, 2, 3]),
  tckn: digits(11),
  vkn: digits(10),
  birthDate: maybeText,
  taxOffice: maybeText,
  contactPerson: maybeText,
  email: maybeText,
  phoneNumber: digits(10),
  city: maybeText,
  address: maybeText,
  iban: Schema.String.check(Schema.isPattern(/^TR\d{24}$/)),
  accountHolder: maybeText,
  active: Schema.optional(Schema.NullOr(Schema.Boolean)),
  mpPaymentProfileExternalId: Schema.NonEmptyString
})

const Named = Schema.Struct({ sellerExternalId: Schema.NonEmptyString })

export const find = (marketplace: State.Marketplace, id: string) =>
  marketplace.sellers.find(({ sellerExternalId }) => sellerExternalId === id)

const profileIn = (marketplace: State.Marketplace, id: string) =>
  marketplace.profiles.find(({ profileExternalId }) => profileExternalId === id)

/** The two texts of the page's samples. */
const sellerTypes = { 1: "Gerçek Kişi", 2: "Gerçek Kişi", 3: "Tüzel Kişi" }

const shown = (
  marketplace: State.Marketplace,
  { mpPaymentProfileExternalId, sellerType, ...seller }: PaynkolaySeller
) => {
  const profile = profileIn(marketplace, mpPaymentProfileExternalId)
  return {
    ...seller,
    sellerType: sellerTypes[sellerType],
    paymentProfile: profile === undefined ? null : Profiles.shown(profile)
  }
}

const shownInList = (marketplace: State.Marketplace, seller: PaynkolaySeller) => ({
  sellerExternalId: seller.sellerExternalId,
  nameSurname: seller.nameSurname,
  sellerType: sellerTypes[seller.sellerType],
  active: seller.active,
  paymentProfile: {
    profileExternalId: seller.mpPaymentProfileExternalId,
    mpCommissionRate: profileIn(marketplace, seller.mpPaymentProfileExternalId)?.mpCommissionRate ?? null
  }
})

const unknown = ({ settings }: Call) => Answers.invalid(settings, "Satıcı bulunamadı")

const sellerOf = (body: typeof SellerBody.Type, call: Call, createDate: string): PaynkolaySeller => ({
  sellerExternalId: body.sellerExternalId,
  marketplaceCode: call.account.marketplaceCode,
  nameSurname: body.nameSurname,
  sellerType: body.sellerType,
  tckn: body.tckn ?? null,
  vkn: body.vkn ?? null,
  birthDate: typeof body.birthDate === "string" ? Dates.fromDotted(body.birthDate) ?? null : null,
  taxOffice: body.taxOffice ?? null,
  contactPerson: body.contactPerson ?? null,
  email: body.email ?? null,
  phoneNumber: body.phoneNumber ?? null,
  city: body.city ?? null,
  address: body.address ?? null,
  iban: body.iban,
  accountHolder: body.accountHolder ?? null,
  active: body.active ?? true,
  mpPaymentProfileExternalId: body.mpPaymentProfileExternalId,
  createDate,
  updateDate: Dates.instant(call.now)
})

/** What is wrong with a seller beyond the shape, by the name of the field. */
const wrongField = (marketplace: State.Marketplace, body: typeof SellerBody.Type): string | undefined => {
  const number = body.sellerType === 3 ? "vkn" : "tckn"
  if (typeof body[number] !== "string") return number
  if (typeof body.birthDate === "string" && Dates.fromDotted(body.birthDate) === undefined) return "birthDate"
  if (typeof body.accountHolder === "string" && body.accountHolder !== body.nameSurname) return "accountHolder"
  return profileIn(marketplace, body.mpPaymentProfileExternalId) === undefined
    ? "mpPaymentProfileExternalId"
    : undefined
}

export const create = reading(SellerBody, (marketplace, body, call) => {
  const field = wrongField(marketplace, body)
  if (field !== undefined) return [Answers.missingField(call.settings, field), marketplace]
  if (find(marketplace, body.sellerExternalId) !== undefined) {
    return [Answers.invalid(call.settings, "Satıcı zaten mevcut"), marketplace]
  }
  const seller = sellerOf(body, call, Dates.instant(call.now))
  return [Answers.ok(shown(marketplace, seller)), {
    ...marketplace,
    sellers: State.remember(marketplace.sellers, seller)
  }]
})

export const get = reading(Named, (marketplace, { sellerExternalId }, call) => {
  const seller = find(marketplace, sellerExternalId)
  return [seller === undefined ? unknown(call) : Answers.ok(shown(marketplace, seller)), marketplace]
})

export const update = reading(SellerBody, (marketplace, body, call) => {
  const field = wrongField(marketplace, body)
  if (field !== undefined) return [Answers.missingField(call.settings, field), marketplace]
  const former = find(marketplace, body.sellerExternalId)
  if (former === undefined) return [unknown(call), marketplace]
  const seller = sellerOf(body, call, former.createDate)
  if (seller.sellerType !== former.sellerType || seller.tckn !== former.tckn || seller.vkn !== former.vkn) {
    return [Answers.invalid(call.settings, "sellerType, tckn ve vkn değiştirilemez"), marketplace]
  }
  return [
    Answers.ok(shown(marketplace, seller)),
    { ...marketplace, sellers: marketplace.sellers.map((other) => other === former ? seller : other) }
  ]
})

export const remove = reading(Named, (marketplace, { sellerExternalId }, call) => {
  const seller = find(marketplace, sellerExternalId)
  if (seller === undefined) return [unknown(call), marketplace]
  const isWaiting = marketplace.payments.some(({ sellerList, trxStatus }) =>
    trxStatus === "PENDING" && sellerList.some((share) => share.sellerExternalId === sellerExternalId)
  )
  return isWaiting
    ? [Answers.invalid(call.settings, "Satıcının bekleyen ödemeleri var"), marketplace]
    : [Answers.ok(null), { ...marketplace, sellers: marketplace.sellers.filter((other) => other !== seller) }]
})

export const list = reading(Schema.Struct({ active: maybeActive }), (marketplace, { active }) => [
  Answers.ok(marketplace.sellers.filter(isWanted(active)).map((seller) => shownInList(marketplace, seller))),
  marketplace
])

export const listByProfile = reading(
  Schema.Struct({ profileExternalId: Schema.NonEmptyString, active: maybeActive }),
  (marketplace, { active, profileExternalId }) =>
    profileIn(marketplace, profileExternalId) === undefined
      ? [Answers.rejected("Ödeme profili bulunamadı"), marketplace]
      : [
        Answers.ok(
          marketplace.sellers
            .filter((seller) => seller.mpPaymentProfileExternalId === profileExternalId)
            .filter(isWanted(active))
            .map((seller) => shownInList(marketplace, seller))
        ),
        marketplace
      ]
)
