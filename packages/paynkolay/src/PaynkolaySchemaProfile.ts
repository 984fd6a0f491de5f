/**
 * Payment profiles: the commission and the payment day of the sellers that have them. `POST /paymentprofile…`.
 *
 * Source: page 34 of the provider's documentation.
 */
import * as Schema from "effect/Schema"
import { Amount, Decimal, maybe, Rate, Text } from "./internal/fields.ts"
import { InstantFromString } from "./LocalDate.ts"
import { Data, Done } from "./PaynkolaySchema.ts"
import { ApiSecretKey } from "./Secrets.ts"

/**
 * When sellers are paid: `W` weekly, `H` half-monthly, `M` monthly, `T` some days after the transaction, `D` some days
 * after the delivery was reported.
 */
export const ValorCalculationType = Schema.Literals(["W", "H", "M", "T", "D"])

const fields = {
  /** The marketplace's own identifier of the profile. */
  profileExternalId: Text,
  /** A name to show. */
  name: Schema.optional(Text),
  /** The marketplace's commission in percent. */
  mpCommissionRate: Rate,
  /** The marketplace's fee for each transaction, in TRY. */
  mpCost: Schema.optional(Amount),
  /** The day on which sellers are paid, Monday is 1; weekly and monthly profiles need it. */
  paymentDay: Schema.optional(Schema.Literals([1, 2, 3, 4, 5, 6, 7])),
  /** How many days to wait. */
  valorDateCount: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  /** How the days are counted. */
  valorCalculationType: ValorCalculationType,
  /** Whether the profile can be used. The provider's default: true. */
  active: Schema.optional(Schema.Boolean)
}

const hasPaymentDay = Schema.makeFilter<{
  readonly paymentDay?: number | undefined
  readonly valorCalculationType: typeof ValorCalculationType.Type
}>(({ paymentDay, valorCalculationType }) =>
  paymentDay === undefined && ["W", "M"].includes(valorCalculationType)
    ? { path: ["paymentDay"], issue: "Expected a day from 1 to 7, because the profile is weekly or monthly" }
    : undefined
)

/**
 * What to create a payment profile with, and to update it: an update takes all parameters, also those that stay.
 */
export const CreateProfile = /* @__PURE__ */ Schema.Struct(fields).check(hasPaymentDay)

/**
 * What to create a payment profile with, and to update it.
 */
export type CreateProfile = typeof CreateProfile.Type

/**
 * The body of `/paymentprofile` and `/paymentprofile/update`.
 */
export const CreateProfileBody = Schema.Struct({ ...fields, apiSecretKey: ApiSecretKey }).check(hasPaymentDay)

/**
 * The body of `/paymentprofile/get` and `/paymentprofile/delete`, which is all of it. A profile that active sellers use is
 * not deleted.
 */
export const ProfileIdBody = Schema.Struct({
  /** The marketplace's own identifier of the profile. */
  profileExternalId: Text
})

/**
 * The body of `/paymentprofile/list`: active profiles, inactive ones, or with `null` all.
 */
export const ListProfilesBody = Schema.Struct({ apiSecretKey: ApiSecretKey, active: Schema.NullOr(Schema.Boolean) })

/**
 * A payment profile as answers have it.
 */
export const Profile = Schema.Struct({
  /** The marketplace's own identifier of the profile. */
  profileExternalId: Schema.String,
  /** The marketplace's code at Paynkolay. */
  marketplaceCode: maybe(Schema.String),
  /** A name to show. */
  name: maybe(Schema.String),
  /** The marketplace's commission in percent. */
  mpCommissionRate: maybe(Decimal),
  /** The marketplace's fee for each transaction. */
  mpCost: maybe(Decimal),
  /** A number from 1 to 7, as in requests, or the text that the page's samples have: `"per"`. */
  paymentDay: maybe(Schema.Union([Schema.Int, Schema.String])),
  /** How many days to wait. */
  valorDateCount: maybe(Schema.Int),
  /** How the days are counted; the page's samples leave it out. */
  valorCalculationType: maybe(Schema.String),
  /** Whether the profile can be used. */
  active: maybe(Schema.Boolean),
  /** When it was created. */
  createDate: maybe(InstantFromString),
  /** When it was last changed. */
  updateDate: maybe(InstantFromString)
})

/**
 * A payment profile as answers have it.
 */
export type Profile = typeof Profile.Type

/**
 * The answer of `/paymentprofile`, `/paymentprofile/get` and `/paymentprofile/update`.
 */
export const ProfileAnswer = Data(Profile)

/**
 * The answer of `/paymentprofile/list`.
 */
export const ProfilesAnswer = Data(Schema.Array(Profile))

/**
 * The answer of `/paymentprofile/delete`.
 */
export const DeletedAnswer = Done
