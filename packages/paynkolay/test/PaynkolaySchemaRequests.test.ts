import { assert, describe, it } from "@effect/vitest"
import * as LocalDate from "@entegre/paynkolay/LocalDate"
import * as Money from "@entegre/paynkolay/Money"
import * as Card from "@entegre/paynkolay/PaynkolaySchemaCard"
import * as Payment from "@entegre/paynkolay/PaynkolaySchemaPayment"
import * as Profile from "@entegre/paynkolay/PaynkolaySchemaProfile"
import * as Report from "@entegre/paynkolay/PaynkolaySchemaReport"
import * as Reversal from "@entegre/paynkolay/PaynkolaySchemaReversal"
import * as Seller from "@entegre/paynkolay/PaynkolaySchemaSeller"
import { Schema, Struct } from "effect"
import { company, payment, person, profile, refund, secret } from "./support/inputs.ts"
import { apiSecretKey, cancelApiSecretKey, cancelSx, sx } from "./support/keys.ts"

/** What goes over the wire. */
const sent = <A, I>(schema: Schema.Codec<A, I>, value: NoInfer<A>): unknown =>
  JSON.parse(JSON.stringify(Schema.encodeSync(schema)(value)))

const credentials = { apiKey: secret("hash"), apiSecretKey, marketplaceCode: "MP12345", trxType: "SALES" } as const

describe("the body of", () => {
  it("/paymentprofile", () => {
    assert.deepStrictEqual(sent(Profile.CreateProfileBody, { ...profile, apiSecretKey }), {
      profileExternalId: "IslemValor1",
      apiSecretKey: sx,
      name: "Premium Satıcı Profili",
      mpCommissionRate: 5,
      mpCost: 0.5,
      valorDateCount: 1,
      valorCalculationType: "T",
      active: true
    })
  })

  it("/paymentprofile/get, delete and list", () => {
    assert.deepStrictEqual(sent(Profile.ProfileIdBody, { profileExternalId: "A" }), { profileExternalId: "A" })
    assert.deepStrictEqual(sent(Profile.ListProfilesBody, { apiSecretKey, active: null }), {
      apiSecretKey: sx,
      active: null
    })
  })

  it("/seller, for a person and a company", () => {
    assert.deepStrictEqual(sent(Seller.CreateSellerBody, { ...person, apiSecretKey }), {
      ...person,
      birthDate: "15.05.1985",
      apiSecretKey: sx
    })
    assert.deepStrictEqual(sent(Seller.CreateSellerBody, { ...company, apiSecretKey }), {
      ...company,
      apiSecretKey: sx
    })
  })

  it("/seller/get, delete, sellers and sellers/byPaymentProfile", () => {
    assert.deepStrictEqual(sent(Seller.GetSellerBody, { apiSecretKey, sellerExternalId: "S" }), {
      apiSecretKey: sx,
      sellerExternalId: "S"
    })
    assert.deepStrictEqual(sent(Seller.DeleteSellerBody, { sellerExternalId: "S" }), { sellerExternalId: "S" })
    assert.deepStrictEqual(sent(Seller.ListSellersBody, { apiSecretKey, active: true }), {
      apiSecretKey: sx,
      active: true
    })
    assert.deepStrictEqual(
      sent(Seller.ListSellersByProfileBody, { apiSecretKey, profileExternalId: "P", active: null }),
      { apiSecretKey: sx, profileExternalId: "P", active: null }
    )
  })

  it("/payment/create", () => {
    assert.deepStrictEqual(sent(Payment.CreatePaymentBody, { ...payment, ...credentials }), {
      apiKey: "hash",
      apiSecretKey: sx,
      bankCard: {
        cardHolder: "AHMET YILMAZ",
        cardNumber: "4546711234567894",
        cvv: "123",
        expiryMonth: "12",
        expiryYear: "2026",
        isThreeD: true,
        registerCard: false
      },
      installment: 2,
      isFetchInstallments: false,
      trxCurrency: "TRY",
      trxAmount: 150,
      trxCode: "ORDER_12345",
      trxType: "SALES",
      callbackUrl: "https://yoursite.example/payment-callback",
      sellerList: [
        { sellerExternalId: "SELLER_001", trxAmount: 100, withholdingTax: 0.8, sellerDiscountAmount: 0 },
        { sellerExternalId: "SELLER_002", trxAmount: 50, commissionRate: 1.3 }
      ],
      shippingCost: 0,
      marketplaceCode: "MP12345"
    })
  })

  it("/payment/create with a stored card has no card data", () => {
    const byStoredCard: Payment.CreatePayment = {
      ...payment,
      bankCard: { isThreeD: true, registerCard: false },
      customerCardInfo: { mpCustomerKey: secret("5551234567"), cardTranId: secret("tran_xyz789") }
    }
    assert.containSubset(sent(Payment.CreatePaymentBody, { ...byStoredCard, ...credentials }), {
      bankCard: { isThreeD: true, registerCard: false },
      customerCardInfo: { mpCustomerKey: "5551234567", cardTranId: "tran_xyz789" }
    })
  })

  it("/payment/create/MASTERPASS has a mobile number and no card", () => {
    const rest = Struct.omit(payment, ["bankCard", "installment", "isFetchInstallments"])
    const body = sent(Payment.CreateMasterpassPaymentBody, { ...rest, ...credentials, gsm: "5551234567" })
    assert.containSubset(body, { gsm: "5551234567", trxAmount: 150, apiKey: "hash", trxType: "SALES" })
    assert.notProperty(body, "bankCard")
    assert.notProperty(body, "installment")
  })

  it("/payment/status", () => {
    assert.deepStrictEqual(sent(Payment.StatusBody, { refCode: "REF123456789" }), { refCode: "REF123456789" })
    assert.deepStrictEqual(sent(Payment.StatusBody, { trxCode: "ORDER_12345" }), { trxCode: "ORDER_12345" })
  })

  it("/payment/completePaymentExternal has the reference code as it came", () => {
    const referenceCode = "qv6UkBD2m1Ora+tS6UHTW36hm0s4+0RG1pU="
    assert.deepStrictEqual(sent(Payment.CompletePaymentBody, { referenceCode, apiSecretKey }), {
      referenceCode,
      apiSecretKey: sx
    })
  })

  it("/payment/storedCardList", () => {
    const body = { mpCode: "MP12345", apiSecretKey, mpCustomerKey: secret("5551234567"), apiKey: secret("hash") }
    assert.deepStrictEqual(sent(Card.StoredCardListBody, body), {
      mpCode: "MP12345",
      apiSecretKey: sx,
      mpCustomerKey: "5551234567",
      apiKey: "hash"
    })
  })

  it("/payment/fetchInstallments", () => {
    const query = { cardNumber: secret("45467112"), amount: Money.make("1000.00"), isCardValid: false }
    assert.deepStrictEqual(sent(Card.FetchInstalmentsBody, { ...query, mpCode: "MP12345", apiSecretKey }), {
      mpCode: "MP12345",
      apiSecretKey: sx,
      cardNumber: "45467112",
      amount: 1000,
      isCardValid: false
    })
  })

  it("/payment/updateCommission", () => {
    const update: Reversal.UpdateCommission = {
      refCode: "REF123456789",
      trxCode: "ORDER_12345",
      sellerList: [{
        sellerExternalId: "SELLER_001",
        commissionAmount: Money.make("5.00"),
        trxAmount: Money.make("100.00"),
        withholdingTax: Money.make("0.80")
      }]
    }
    assert.deepStrictEqual(sent(Reversal.UpdateCommissionBody, { ...update, mpCode: "MP12345" }), {
      mpCode: "MP12345",
      refCode: "REF123456789",
      trxCode: "ORDER_12345",
      sellerList: [{ sellerExternalId: "SELLER_001", commissionAmount: 5, trxAmount: 100, withholdingTax: 0.8 }]
    })
  })

  const reversing = {
    apiKey: secret("hash"),
    apiSecretKey: cancelApiSecretKey,
    mpCode: "MP12345",
    trxDate: LocalDate.LocalDate.make("2025-01-20")
  }

  it("/payment/refund", () => {
    assert.deepStrictEqual(sent(Reversal.RefundBody, { ...refund, ...reversing, trxType: "refund" }), {
      apiKey: "hash",
      apiSecretKey: cancelSx,
      mpCode: "MP12345",
      refCode: "REF123456789",
      trxType: "refund",
      trxDate: "2025-01-20",
      totalTrxAmount: 150,
      trxCurrency: "TRY",
      sellerList: [
        { sellerExternalId: "SELLER_001", trxAmount: 150, refundedCommissionAmount: 7.5, withholdingTax: 1.2 }
      ]
    })
  })

  it("/payment/cancel has an empty list of sellers", () => {
    const cancel: Reversal.Cancel = { refCode: "REF1", totalTrxAmount: Money.make("150.00"), trxCurrency: "TRY" }
    assert.deepStrictEqual(sent(Reversal.CancelBody, { ...cancel, ...reversing, trxType: "cancel", sellerList: [] }), {
      apiKey: "hash",
      apiSecretKey: cancelSx,
      mpCode: "MP12345",
      refCode: "REF1",
      trxType: "cancel",
      trxDate: "2025-01-20",
      totalTrxAmount: 150,
      trxCurrency: "TRY",
      sellerList: []
    })
  })

  it("/payment/refund takes no payment key, and /payment/create no cancel key", () => {
    // At run time both are text: it is the types that keep them apart.
    // @ts-expect-error the payment key does not refund
    const refunding = sent(Reversal.RefundBody, { ...refund, ...reversing, trxType: "refund", apiSecretKey })
    // @ts-expect-error the cancel key does not pay
    const paying = sent(Payment.CreatePaymentBody, { ...payment, ...credentials, apiSecretKey: cancelApiSecretKey })
    assert.propertyVal(refunding, "apiSecretKey", sx)
    assert.propertyVal(paying, "apiSecretKey", cancelSx)
  })

  it("/transaction/update-delivery", () => {
    const delivery: Reversal.Delivery = { refCode: "REF1", sellerExternalId: "S", deliveryDate: "2025-12-18" }
    assert.deepStrictEqual(sent(Reversal.UpdateDeliveryBody, { apiSecretKey, sellerTransactionList: [delivery] }), {
      apiSecretKey: sx,
      sellerTransactionList: [{ refCode: "REF1", sellerExternalId: "S", deliveryDate: "18.12.2025" }]
    })
  })

  it("the four reports", () => {
    const marketplace = { apiSecretKey, marketplaceCode: "MP12345" }
    const days = { from: "2025-01-01", to: "2025-01-31", sellerExternalId: "SELLER_001" }
    assert.deepStrictEqual(sent(Report.TransactionReportBody, { trxCode: "ORDER_12345", apiSecretKey }), {
      trxCode: "ORDER_12345",
      apiSecretKey: sx
    })
    assert.deepStrictEqual(sent(Report.SellerReportBody, { ...days, ...marketplace, trxType: "SALES" }), {
      ...days,
      apiSecretKey: sx,
      marketplaceCode: "MP12345",
      trxType: "SALES"
    })
    assert.deepStrictEqual(sent(Report.SellerPaymentReportBody, { ...days, ...marketplace }), {
      ...days,
      apiSecretKey: sx,
      marketplaceCode: "MP12345"
    })
    const minutes = { from: "2025-01-01T00:00", to: "2025-01-31T23:59", sellerExternalId: "SELLER_001" }
    assert.deepStrictEqual(sent(Report.DebtReportBody, { ...minutes, ...marketplace }), {
      ...minutes,
      apiSecretKey: sx,
      marketplaceCode: "MP12345"
    })
  })

  it("/penalty has its amount as text", () => {
    const penalty: Report.Penalty = {
      sellerExternalId: "SELLER_001",
      amount: Money.make("2000.00"),
      description: "İade edilmeyen kargo cezası",
      debtDate: "2026-08-03"
    }
    assert.deepStrictEqual(sent(Report.PenaltyBody, { ...penalty, apiSecretKey }), {
      sellerExternalId: "SELLER_001",
      amount: "2000.00",
      description: "İade edilmeyen kargo cezası",
      debtDate: "2026-08-03",
      apiSecretKey: sx
    })
  })
})
