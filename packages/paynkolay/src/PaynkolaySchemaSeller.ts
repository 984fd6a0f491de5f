/**
 * Sellers: who sells on the marketplace and where their money goes. `POST /seller…`.
 *
 * Source: page 35 of the provider's documentation.
 */
import * as Schema from "effect/Schema"
import { Gsm, Iban, PlateCode, Tckn, Vkn } from "./Identifiers.ts"
import { maybe, Personal, Text } from "./internal/fields.ts"
import { InstantFromString, LocalDate, LocalDateFromDotted } from "./LocalDate.ts"
import { Data, Done } from "./PaynkolaySchema.ts"
import { Profile } from "./PaynkolaySchemaProfile.ts"
import { ApiSecretKey } from "./Secrets.ts"

const fields = {
  /** The marketplace's own identifier of the seller. */
  sellerExternalId: Text,
  /** First name and surname, or the name of the company. */
  nameSurname: Text,
  /** The date of birth; `dd.MM.yyyy` on the wire. */
  birthDate: Schema.optional(LocalDateFromDotted.schema),
  /** The name of the tax office. */
  taxOffice: Schema.optional(Text),
  /** Whom to talk to. */
  contactPerson: Schema.optional(Text),
  /** An e-mail address. */
  email: Schema.optional(Text),
  /** A mobile number, 10 digits from the 5 on. */
  phoneNumber: Schema.optional(Gsm.schema),
  /** The plate code of the province: `"34"`. */
  city: Schema.optional(PlateCode.schema),
  /** The postal address. */
  address: Schema.optional(Text),
  /** The account to which the seller's money goes. */
  iban: Iban.schema,
  /** Whose account it is; must be the same as `nameSurname`. */
  accountHolder: Schema.optional(Text),
  /** Whether the seller can sell. The provider's default: true. */
  active: Schema.optional(Schema.Boolean),
  /** The payment profile of the seller, by the marketplace's own identifier. */
  mpPaymentProfileExternalId: Text
}

/** A person who sells. */
const individual = { ...fields, sellerType: Schema.Literal(1), tckn: Tckn.schema }
/** A person who trades as a company. */
const soleProprietor = { ...fields, sellerType: Schema.Literal(2), tckn: Tckn.schema }
/** A company. */
const company = { ...fields, sellerType: Schema.Literal(3), vkn: Vkn.schema }

const isOwnAccount = Schema.makeFilter<{
  readonly nameSurname: string
  readonly accountHolder?: string | undefined
}>(({ accountHolder, nameSurname }) =>
  accountHolder === undefined || accountHolder === nameSurname
    ? undefined
    : { path: ["accountHolder"], issue: "Expected the same as nameSurname" }
)

/**
 * What to create a seller with, and to update one: an update takes all parameters, also those that stay, and can not
 * change `sellerType`, `tckn` and `vkn`.
 *
 * `sellerType` 1 is a person and 2 a sole proprietor, both with a `tckn`; 3 is a company with a `vkn`.
 */
export const CreateSeller = Schema.Union([
  Schema.Struct(individual).check(isOwnAccount),
  Schema.Struct(soleProprietor).check(isOwnAccount),
  Schema.Struct(company).check(isOwnAccount)
])

/**
 * What to create a seller with, and to update one.
 */
export type CreateSeller = typeof CreateSeller.Type

/**
 * The body of `/seller` and `/seller/update`.
 */
export const CreateSellerBody = Schema.Union([
  Schema.Struct({ ...individual, apiSecretKey: ApiSecretKey }).check(isOwnAccount),
  Schema.Struct({ ...soleProprietor, apiSecretKey: ApiSecretKey }).check(isOwnAccount),
  Schema.Struct({ ...company, apiSecretKey: ApiSecretKey }).check(isOwnAccount)
])

/**
 * The body of `/seller/get`. The authentication page's example leaves the key out, the page on sellers has it.
 */
export const GetSellerBody = Schema.Struct({ apiSecretKey: ApiSecretKey, sellerExternalId: Text })

/**
 * The body of `/seller/delete`, which is all of it. A deleted seller does not come back, and one with pending payments is
 * not deleted; `active: false` is the gentler way.
 */
export const DeleteSellerBody = Schema.Struct({
  /** The marketplace's own identifier of the seller. */
  sellerExternalId: Text
})

/**
 * The body of `/seller/sellers`: active sellers, inactive ones, or with `null` all.
 */
export const ListSellersBody = Schema.Struct({ apiSecretKey: ApiSecretKey, active: Schema.NullOr(Schema.Boolean) })

/**
 * The body of `/seller/sellers/byPaymentProfile`. A profile that does not exist is refused with HTTP 400 and `status:
 * "REJECTED"`.
 */
export const ListSellersByProfileBody = Schema.Struct({
  apiSecretKey: ApiSecretKey,
  /** The payment profile, by the marketplace's own identifier. */
  profileExternalId: Text,
  /** Active sellers, inactive ones, or with `null` all. */
  active: Schema.NullOr(Schema.Boolean)
})

/**
 * A seller as answers have it. Lists leave out most of it, down to the payment profile's identifier and commission. What is
 * about a person is `Redacted`, so that a seller can be logged.
 */
export const Seller = Schema.Struct({
  /** The marketplace's own identifier of the seller. */
  sellerExternalId: Schema.String,
  /** Whether the seller can sell. */
  active: maybe(Schema.Boolean),
  /** First name and surname, or the name of the company. */
  nameSurname: maybe(Personal),
  /** A text to show, not the number of requests: `"Gerçek Kişi"` for a person, `"Tüzel Kişi"` for a company. */
  sellerType: maybe(Schema.Union([Schema.String, Schema.Int])),
  /** The identity number of a person. */
  tckn: maybe(Personal),
  /** The tax number of a company. */
  vkn: maybe(Personal),
  /** The date of birth: `1985-05-15` in the page's samples, though requests have dots. */
  birthDate: maybe(Schema.RedactedFromValue(Schema.Union([LocalDate, LocalDateFromDotted]))),
  /** The name of the tax office. */
  taxOffice: maybe(Schema.String),
  /** Whom to talk to. */
  contactPerson: maybe(Personal),
  /** An e-mail address. */
  email: maybe(Personal),
  /** A mobile number. */
  phoneNumber: maybe(Personal),
  /** The plate code of the province. */
  city: maybe(Schema.String),
  /** The postal address. */
  address: maybe(Personal),
  /** The account to which the seller's money goes. */
  iban: maybe(Personal),
  /** Whose account it is. */
  accountHolder: maybe(Personal),
  /** The payment profile of the seller. */
  paymentProfile: maybe(Profile),
  /** The marketplace's code at Paynkolay. */
  marketplaceCode: maybe(Schema.String),
  /** When the seller was created. */
  createDate: maybe(InstantFromString),
  /** When the seller was last changed. */
  updateDate: maybe(InstantFromString)
})

/**
 * A seller as answers have it.
 */
export type Seller = typeof Seller.Type

/**
 * The answer of `/seller`, `/seller/get` and `/seller/update`.
 */
export const SellerAnswer = Data(Seller)

/**
 * The answer of `/seller/sellers` and `/seller/sellers/byPaymentProfile`.
 */
export const SellersAnswer = Data(Schema.Array(Seller))

/**
 * The answer of `/seller/delete`.
 */
export const DeletedAnswer = Done
