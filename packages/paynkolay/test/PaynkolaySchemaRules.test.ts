import { assert, describe, it } from "@effect/vitest"
import * as Money from "@entegre/paynkolay/Money"
import * as Payment from "@entegre/paynkolay/PaynkolaySchemaPayment"
import * as Profile from "@entegre/paynkolay/PaynkolaySchemaProfile"
import * as Report from "@entegre/paynkolay/PaynkolaySchemaReport"
import * as Reversal from "@entegre/paynkolay/PaynkolaySchemaReversal"
import * as Seller from "@entegre/paynkolay/PaynkolaySchemaSeller"
import { Effect, Schema, SchemaIssue } from "effect"
import { company, newCard, payment, percent, person, profile, refund, secret } from "./support/inputs.ts"

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** The fields that a schema does not accept, and why. */
const problems = <A, I>(schema: Schema.Codec<A, I>, value: unknown) =>
  Schema.encodeUnknownEffect(schema)(value, { errors: "all" }).pipe(
    Effect.asVoid,
    Effect.flip,
    Effect.map((error) =>
      format(error.issue).issues.map(({ message, path = [] }) => `${path.map(String).join(".")}: ${message}`)
    )
  )

const changed = (change: object) => ({ ...payment, ...change })
const withCard = (change: object) => changed({ bankCard: { ...newCard, ...change } })
const withShare = (change: object) =>
  changed({ sellerList: [{ sellerExternalId: "S", trxAmount: Money.make("1.00"), ...change }] })

describe("before anything is sent, it is found that", () => {
  it.effect.each<readonly [string, Schema.Codec<unknown, unknown>, unknown, ReadonlyArray<string>]>([
    ["a code has the separator of hashes in it", Payment.CreatePayment, changed({ trxCode: "A|B" }), [
      "trxCode: Expected a code without \"|\", which separates the fields of a hash"
    ]],
    ["nothing is paid", Payment.CreatePayment, changed({ trxAmount: Money.make("0.00") }), [
      "trxAmount: Expected an amount greater than 0.00"
    ]],
    ["an amount has three decimals", Payment.CreatePayment, changed({ trxAmount: percent("1.005") }), [
      "trxAmount: Expected an amount from 0.00 to 9999999999999.99 with at most two decimals"
    ]],
    ["a currency is none of the three", Payment.CreatePayment, changed({ trxCurrency: "GBP" }), [
      "trxCurrency: Expected \"TRY\" | \"USD\" | \"EUR\""
    ]],
    ["there is no seller", Payment.CreatePayment, changed({ sellerList: [] }), ["sellerList.0: Missing key"]],
    ["there is no whole instalment", Payment.CreatePayment, changed({ installment: 0 }), [
      "installment: Expected a value greater than or equal to 1"
    ]],
    ["the callback has no address", Payment.CreatePayment, changed({ callbackUrl: "/callback" }), [
      "callbackUrl: Expected an absolute address"
    ]],
    [
      "a card number has a wrong checksum",
      Payment.CreatePayment,
      withCard({ cardNumber: secret("4546711234567895") }),
      [
        "bankCard.cardNumber: Expected a card number: 12 to 19 digits, whose checksum matches"
      ]
    ],
    ["a month is the thirteenth", Payment.CreatePayment, withCard({ expiryMonth: secret("13") }), [
      "bankCard.expiryMonth: Expected a month as two digits, 01 to 12"
    ]],
    ["a year has two digits", Payment.CreatePayment, withCard({ expiryYear: secret("26") }), [
      "bankCard.expiryYear: Expected a year as four digits"
    ]],
    ["card data is not redacted", Payment.CreatePayment, withCard({ cvv: "123" }), ["bankCard.cvv: Expected Redacted"]],
    ["a card is there in part", Payment.CreatePayment, withCard({ cvv: undefined, cardHolder: undefined }), [
      "bankCard.cardHolder: Expected with the other data of the card",
      "bankCard.cvv: Expected with the other data of the card"
    ]],
    [
      "there is neither a new nor a stored card",
      Payment.CreatePayment,
      changed({ bankCard: { isThreeD: true, registerCard: false } }),
      ["customerCardInfo: Expected the cardToken or cardTranId of a stored card, because bankCard has no card data"]
    ],
    ["a card to be stored is nobody's", Payment.CreatePayment, withCard({ registerCard: true }), [
      "customerCardInfo.mpCustomerKey: Expected, because the card is to be stored"
    ]],
    [
      "a card is to be stored without 3D Secure",
      Payment.CreatePayment,
      {
        ...withCard({ registerCard: true, isThreeD: false }),
        customerCardInfo: { mpCustomerKey: secret("5551234567") }
      },
      ["bankCard.registerCard: Expected false without 3D Secure"]
    ],
    ["an instalment was not chosen", Payment.CreatePayment, changed({ isFetchInstallments: true }), [
      "encodedValue: Expected that of the chosen instalment, because isFetchInstallments is true"
    ]],
    [
      "a commission is a rate and an amount",
      Payment.CreatePayment,
      withShare({ commissionRate: percent("5"), commissionAmount: Money.make("5.00") }),
      ["sellerList.0.commissionAmount: Expected none, because there is a commissionRate"]
    ],
    ["a commission is more than all", Payment.CreatePayment, withShare({ commissionRate: percent("100.0001") }), [
      "sellerList.0.commissionRate: Expected a rate in percent from 0 to 100 with at most four decimals"
    ]],
    [
      "Masterpass would be asked for a number with its zero",
      Payment.CreateMasterpassPayment,
      changed({ gsm: "05551234567" }),
      ["gsm: Expected a mobile number: 10 digits that start with 5"]
    ],
    ["no payment is asked for", Payment.StatusBody, {}, ["refCode: Expected, or else a trxCode"]],
    ["a weekly profile has no day", Profile.CreateProfile, { ...profile, valorCalculationType: "W" }, [
      "paymentDay: Expected a day from 1 to 7, because the profile is weekly or monthly"
    ]],
    ["a profile is paid on the eighth day of the week", Profile.CreateProfile, { ...profile, paymentDay: 8 }, [
      "paymentDay: Expected 1 | 2 | 3 | 4 | 5 | 6 | 7"
    ]],
    ["an identity number has a wrong checksum", Seller.CreateSeller, { ...person, tckn: "12345678901" }, [
      "tckn: Expected a Turkish identity number (TCKN): 11 digits, whose checksums match"
    ]],
    ["a tax number has a wrong checksum", Seller.CreateSeller, { ...company, vkn: "1234567891" }, [
      "vkn: Expected a Turkish tax number (VKN): 10 digits, whose checksum matches"
    ]],
    ["a company has no tax number", Seller.CreateSeller, { ...company, vkn: undefined, tckn: "10000000146" }, [
      "vkn: Expected string"
    ]],
    ["an IBAN has blanks", Seller.CreateSeller, { ...person, iban: "TR33 0006 1005 1978 6457 8413 26" }, [
      "iban: Expected a Turkish IBAN: TR and 24 digits, whose check digits match"
    ]],
    ["a birthday is on 30 February", Seller.CreateSeller, { ...person, birthDate: "1985-02-30" }, [
      "birthDate: Expected a date of the calendar as yyyy-MM-dd"
    ]],
    ["a city is no plate code", Seller.CreateSeller, { ...person, city: "82" }, [
      "city: Expected a plate code: two digits from 01 to 81"
    ]],
    ["an account is somebody else's", Seller.CreateSeller, { ...person, accountHolder: "Mehmet Kaya" }, [
      "accountHolder: Expected the same as nameSurname"
    ]],
    ["nothing is refunded", Reversal.Refund, { ...refund, totalTrxAmount: Money.make("0.00") }, [
      "totalTrxAmount: Expected an amount greater than 0.00"
    ]],
    ["a report ends before it begins", Report.SellerQuery, {
      from: "2025-02-01",
      to: "2025-01-31",
      sellerExternalId: "S"
    }, ["to: Expected no earlier than from"]],
    ["a report on debts has days for minutes", Report.DebtQuery, {
      from: "2025-01-01",
      to: "2025-01-31T23:59",
      sellerExternalId: "S"
    }, ["from: Expected a date and time as yyyy-MM-ddTHH:mm"]]
  ])("%s", ([, schema, value, expected]) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* problems(schema, value), expected)
    }))
})
