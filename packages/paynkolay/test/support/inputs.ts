import * as LocalDate from "@entegre/paynkolay/LocalDate"
import * as Money from "@entegre/paynkolay/Money"
import type * as Payment from "@entegre/paynkolay/PaynkolaySchemaPayment"
import type * as Profile from "@entegre/paynkolay/PaynkolaySchemaProfile"
import type * as Report from "@entegre/paynkolay/PaynkolaySchemaReport"
import type * as Reversal from "@entegre/paynkolay/PaynkolaySchemaReversal"
import type * as Seller from "@entegre/paynkolay/PaynkolaySchemaSeller"
import { BigDecimal, Redacted } from "effect"

/** A secret of a customer. */
export const secret = (text: string) => Redacted.make(text)
/** A rate in percent. */
export const percent = (text: string) => BigDecimal.fromStringUnsafe(text)

export const profile: Profile.CreateProfile = {
  profileExternalId: "IslemValor1",
  name: "Premium Satıcı Profili",
  mpCommissionRate: percent("5"),
  mpCost: Money.make("0.50"),
  valorDateCount: 1,
  valorCalculationType: "T",
  active: true
}

export const person = {
  sellerExternalId: "SELLER_001",
  nameSurname: "Ahmet Yılmaz",
  sellerType: 1,
  tckn: "10000000146",
  birthDate: "1985-05-15",
  taxOffice: "Kadıköy",
  contactPerson: "Ahmet Yılmaz",
  email: "ahmet@example.com",
  phoneNumber: "5551234567",
  city: "34",
  address: "Atatürk Cad. No:123 Kadıköy",
  iban: "TR330006100519786457841326",
  accountHolder: "Ahmet Yılmaz",
  active: true,
  mpPaymentProfileExternalId: "PREMIUM_PROFILE"
} as const satisfies Seller.CreateSeller

export const company = {
  sellerExternalId: "COMPANY_001",
  nameSurname: "Örnek Teknoloji A.Ş.",
  sellerType: 3,
  vkn: "1234567890",
  iban: "TR330006100519786457841326",
  mpPaymentProfileExternalId: "PREMIUM_PROFILE"
} as const satisfies Seller.CreateSeller

export const newCard = {
  cardHolder: secret("AHMET YILMAZ"),
  cardNumber: secret("4546711234567894"),
  cvv: secret("123"),
  expiryMonth: secret("12"),
  expiryYear: secret("2026"),
  isThreeD: true,
  registerCard: false
}

const sale = {
  trxCurrency: "TRY",
  trxAmount: Money.make("150.00"),
  trxCode: "ORDER_12345",
  callbackUrl: "https://yoursite.example/payment-callback",
  sellerList: [
    {
      sellerExternalId: "SELLER_001",
      trxAmount: Money.make("100.00"),
      withholdingTax: Money.make("0.80"),
      sellerDiscountAmount: Money.make("0.00")
    },
    { sellerExternalId: "SELLER_002", trxAmount: Money.make("50.00"), commissionRate: percent("1.3000") }
  ],
  shippingCost: Money.make("0.00")
} as const

export const payment: Payment.CreatePayment = {
  ...sale,
  bankCard: newCard,
  installment: 2,
  isFetchInstallments: false
}

export const masterpassPayment: Payment.CreateMasterpassPayment = { ...sale, gsm: "5551234567" }

export const refund: Reversal.Refund = {
  refCode: "REF123456789",
  totalTrxAmount: Money.make("150.00"),
  trxCurrency: "TRY",
  sellerList: [{
    sellerExternalId: "SELLER_001",
    trxAmount: Money.make("150.00"),
    refundedCommissionAmount: Money.make("7.50"),
    withholdingTax: Money.make("1.20")
  }]
}

export const penalty: Report.Penalty = {
  sellerExternalId: "SELLER_001",
  amount: Money.make("2000"),
  description: "Geç teslimat",
  debtDate: LocalDate.LocalDate.make("2025-01-20")
}
