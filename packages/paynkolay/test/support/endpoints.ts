import { LocalDate, Money } from "@entegre/paynkolay"
import { Redacted } from "effect"
import * as Answers from "./answers.ts"
import { type Endpoint, less } from "./endpoint.ts"
import * as Inputs from "./inputs.ts"
import { cancelSx, sx } from "./keys.ts"

/** The instant at which the table is called: a day later in Istanbul than in UTC. */
export const now = Date.parse("2025-10-29T22:30:00Z")

const marketplace = "400000904"

/** From the table of vectors in the package's tests of `Hash`. */
const hashes = {
  payment: "B7or2Yap2gKmmR9oYbuLMVZfwRyXwWxH/twnC0IdvO0/ACTX8z5cyguippwpz5aMxRkce9SaQ/5Je7d1IGD7ZA==",
  storedCards: "NFfbXOm0gAbPQk4HJ6bwc/YUNxGJuhg4WwokDtMygxIlLOm6JFe+xnqoJV8Iq9OJSXi1yeuIwJsXXWqvnQ3wpg==",
  refund: "dTO8Be/iainb+lobqSj5HY6P3GrNj6SlRiAYhb5I204hrmyyzqQr66JaeNdyKKRVmtleDiOD7MBrNrvWTJpnIg==",
  cancel: "6URp2T8yWFDlXDOznfTH4gXLQtC75O+olYZlyC/rz7v1ss6DyDxVBTieu8oBEnpqSktmTSC1mAdQ6ue+VV12/Q=="
}

const days = {
  from: LocalDate.LocalDate.make("2025-01-01"),
  to: LocalDate.LocalDate.make("2025-01-31"),
  sellerExternalId: "SELLER_001"
}

const { iban, nameSurname } = Inputs.person

const paymentBody = {
  trxCurrency: "TRY",
  trxAmount: 150,
  trxCode: "ORDER_12345",
  callbackUrl: "https://yoursite.example/payment-callback",
  sellerList: [
    { sellerExternalId: "SELLER_001", trxAmount: 100, withholdingTax: 0.8, sellerDiscountAmount: 0 },
    { sellerExternalId: "SELLER_002", trxAmount: 50, commissionRate: 1.3 }
  ],
  shippingCost: 0,
  apiKey: hashes.payment,
  apiSecretKey: sx,
  marketplaceCode: marketplace,
  trxType: "SALES"
}

const done = { success: true, message: "İşlem Başarılı" }
const reversal = (trxType: "REFUND" | "CANCEL") => Answers.enveloped({ ...Answers.refund, trxType })

const lessProfile = {
  field: "data.profileExternalId",
  answer: Answers.enveloped(less(Answers.profile, "profileExternalId"))
}
const lessSeller = {
  field: "data.sellerExternalId",
  answer: Answers.enveloped(less(Answers.seller, "sellerExternalId"))
}
const lessPayment = { field: "data.refCode", answer: Answers.enveloped(less(Answers.createdPayment, "refCode")) }
const lessDone = { field: "success", answer: { message: "İşlem Başarılı" } }

/** Pages 34 to 39. */
export const endpoints: { readonly [operation: string]: Endpoint } = {
  "profiles.create": {
    call: ({ profiles }) => profiles.create(Inputs.profile),
    path: "/paymentprofile",
    body: {
      profileExternalId: "IslemValor1",
      name: "Premium Satıcı Profili",
      mpCommissionRate: 5,
      mpCost: 0.5,
      valorDateCount: 1,
      valorCalculationType: "T",
      active: true,
      apiSecretKey: sx
    },
    answer: Answers.enveloped(Answers.profile),
    gives: { profileExternalId: "IslemValor1", mpCommissionRate: "5", paymentDay: "per" },
    lacking: lessProfile,
    safety: "unsafe"
  },
  "profiles.get": {
    call: ({ profiles }) => profiles.get("IslemValor1"),
    path: "/paymentprofile/get",
    body: { profileExternalId: "IslemValor1" },
    answer: Answers.enveloped(Answers.profile),
    gives: { profileExternalId: "IslemValor1", marketplaceCode: "MP12345" },
    lacking: lessProfile,
    safety: "safe"
  },
  "profiles.update": {
    call: ({ profiles }) => profiles.update({ ...Inputs.profile, valorCalculationType: "W", paymentDay: 1 }),
    path: "/paymentprofile/update",
    body: {
      profileExternalId: "IslemValor1",
      name: "Premium Satıcı Profili",
      mpCommissionRate: 5,
      mpCost: 0.5,
      paymentDay: 1,
      valorDateCount: 1,
      valorCalculationType: "W",
      active: true,
      apiSecretKey: sx
    },
    answer: Answers.enveloped(Answers.profile),
    gives: { profileExternalId: "IslemValor1" },
    lacking: lessProfile,
    safety: "idempotent"
  },
  "profiles.delete": {
    call: ({ profiles }) => profiles.delete("IslemValor1"),
    path: "/paymentprofile/delete",
    body: { profileExternalId: "IslemValor1" },
    answer: Answers.enveloped(null),
    gives: undefined,
    lacking: lessDone,
    safety: "unsafe"
  },
  "profiles.list": {
    call: ({ profiles }) => profiles.list(),
    path: "/paymentprofile/list",
    body: { apiSecretKey: sx, active: null },
    answer: Answers.enveloped([Answers.profile]),
    gives: [{ profileExternalId: "IslemValor1" }],
    lacking: { field: "data[0].profileExternalId", answer: Answers.enveloped([{ name: "Profil" }]) },
    safety: "safe"
  },
  "sellers.create": {
    call: ({ sellers }) => sellers.create(Inputs.person),
    path: "/seller",
    body: { ...Inputs.person, birthDate: "15.05.1985", apiSecretKey: sx },
    answer: Answers.enveloped(Answers.seller),
    gives: { sellerExternalId: "SELLER_001", birthDate: "1985-05-15", sellerType: "Gerçek Kişi", vkn: undefined },
    lacking: lessSeller,
    safety: "unsafe"
  },
  "sellers.get": {
    call: ({ sellers }) => sellers.get("SELLER_001"),
    path: "/seller/get",
    body: { apiSecretKey: sx, sellerExternalId: "SELLER_001" },
    answer: Answers.enveloped(Answers.seller),
    gives: { nameSurname, iban, paymentProfile: { profileExternalId: "PREMIUM_PROFILE" } },
    lacking: lessSeller,
    safety: "safe"
  },
  "sellers.update": {
    call: ({ sellers }) => sellers.update(Inputs.company),
    path: "/seller/update",
    body: { ...Inputs.company, apiSecretKey: sx },
    answer: Answers.enveloped(Answers.sellers[1]),
    gives: { sellerExternalId: "COMPANY_001", vkn: "1234567890" },
    lacking: lessSeller,
    safety: "idempotent"
  },
  "sellers.delete": {
    call: ({ sellers }) => sellers.delete("SELLER_001"),
    path: "/seller/delete",
    body: { sellerExternalId: "SELLER_001" },
    answer: Answers.enveloped(null),
    gives: undefined,
    lacking: lessDone,
    safety: "unsafe"
  },
  "sellers.list": {
    call: ({ sellers }) => sellers.list({ active: true }),
    path: "/seller/sellers",
    body: { apiSecretKey: sx, active: true },
    answer: Answers.enveloped(Answers.sellers),
    gives: [{ sellerExternalId: "SELLER_001" }, { sellerExternalId: "COMPANY_001" }],
    lacking: { field: "data[0].sellerExternalId", answer: Answers.enveloped([{ active: true }]) },
    safety: "safe"
  },
  "sellers.listByProfile": {
    call: ({ sellers }) => sellers.listByProfile("PREMIUM_PROFILE", { active: false }),
    path: "/seller/sellers/byPaymentProfile",
    body: { apiSecretKey: sx, profileExternalId: "PREMIUM_PROFILE", active: false },
    answer: Answers.enveloped(Answers.sellers.slice(0, 1)),
    gives: [{ sellerExternalId: "SELLER_001", tckn: "12345678901" }],
    lacking: { field: "data", answer: less(Answers.enveloped([]), "data") },
    safety: "safe"
  },
  "payments.create": {
    call: ({ payments }) => payments.create(Inputs.payment),
    path: "/payment/create",
    body: {
      ...paymentBody,
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
      isFetchInstallments: false
    },
    answer: Answers.enveloped(Answers.createdPayment),
    gives: { refCode: "REF123456789", trxCode: "ORDER_12345", form: "PGh0bWw+PC9odG1sPg==" },
    lacking: lessPayment,
    safety: "unsafe"
  },
  "payments.createWithMasterpass": {
    call: ({ payments }) => payments.createWithMasterpass(Inputs.masterpassPayment),
    path: "/payment/create/MASTERPASS",
    body: { ...paymentBody, gsm: "5551234567" },
    answer: Answers.enveloped(Answers.createdPayment),
    gives: { refCode: "REF123456789" },
    lacking: lessPayment,
    safety: "unsafe"
  },
  "payments.status": {
    call: ({ payments }) => payments.status({ trxCode: "ORDER_12345" }),
    path: "/payment/status",
    body: { trxCode: "ORDER_12345" },
    answer: Answers.enveloped([Answers.status]),
    gives: [{ trxStatus: "SUCCESS", trxAmount: "150", trxCurrency: "TRY" }],
    lacking: { field: "data[0].trxStatus", answer: Answers.enveloped([less(Answers.status, "trxStatus")]) },
    safety: "safe"
  },
  "payments.storedCards": {
    call: ({ payments }) => payments.storedCards({ mpCustomerKey: Redacted.make("5551234567") }),
    path: "/payment/storedCardList",
    body: { mpCode: marketplace, apiSecretKey: sx, mpCustomerKey: "5551234567", apiKey: hashes.storedCards },
    answer: Answers.enveloped(Answers.storedCards),
    gives: { cardTotalCount: 2, storedCardList: [{ cardToken: "token_abc123", cardMaskedPan: "454671******7894" }] },
    lacking: { field: "data.storedCardList", answer: Answers.enveloped({ cardTotalCount: 0 }) },
    safety: "safe"
  },
  "payments.instalments": {
    call: ({ payments }) =>
      payments.instalments({ cardNumber: Redacted.make("454671"), amount: Money.make("1000.00"), isCardValid: true }),
    path: "/payment/fetchInstallments",
    body: { mpCode: marketplace, apiSecretKey: sx, cardNumber: "454671", amount: 1000, isCardValid: true },
    answer: Answers.enveloped(Answers.instalments),
    gives: {
      cardScope: "WORLD",
      paymentInstallments: [{ installment: 2, trxAmount: "1020", encodedValue: "encoded_value_2" }]
    },
    lacking: {
      field: "data.paymentInstallments[0].installment",
      answer: Answers.enveloped({ paymentInstallments: [{ bankCode: "0046" }] })
    },
    safety: "safe"
  },
  "payments.updateCommission": {
    call: ({ payments }) =>
      payments.updateCommission({
        refCode: "REF123456789",
        sellerList: [{
          sellerExternalId: "SELLER_001",
          trxAmount: Money.make("100.00"),
          commissionRate: Inputs.percent("5.0")
        }]
      }),
    path: "/payment/updateCommission",
    body: {
      refCode: "REF123456789",
      sellerList: [{ sellerExternalId: "SELLER_001", trxAmount: 100, commissionRate: 5 }],
      mpCode: marketplace
    },
    answer: Answers.enveloped([Answers.updatedPayment]),
    gives: [{ mpCode: "MP12345", sellerTransactionList: [{ mpCommissionRate: "5" }] }],
    lacking: { field: "data", answer: less(Answers.enveloped([]), "data") },
    safety: "idempotent"
  },
  "payments.completeExternal": {
    call: ({ payments }) => payments.completeExternal("UkVGRVJFTkNFX0NPREU="),
    path: "/payment/completePaymentExternal",
    body: { referenceCode: "UkVGRVJFTkNFX0NPREU=", apiSecretKey: sx },
    answer: Answers.completedPayment,
    gives: { responseCode: "2", commissionRate: "1.3000", trxAmount: "1999.00" },
    lacking: { field: "trxCode", answer: less(Answers.completedPayment, "trxCode") },
    safety: "unsafe"
  },
  "payments.refund": {
    call: ({ payments }) =>
      payments.refund({
        refCode: "IKSIRPF456012",
        totalTrxAmount: Money.make("2000.00"),
        trxCurrency: "TRY",
        sellerList: [{ sellerExternalId: "SELLER_001", trxAmount: Money.make("2000.00") }]
      }),
    path: "/payment/refund",
    body: {
      refCode: "IKSIRPF456012",
      totalTrxAmount: 2000,
      trxCurrency: "TRY",
      sellerList: [{ sellerExternalId: "SELLER_001", trxAmount: 2000 }],
      apiKey: hashes.refund,
      apiSecretKey: cancelSx,
      mpCode: marketplace,
      trxType: "refund",
      trxDate: "2025-10-30"
    },
    answer: reversal("REFUND"),
    gives: { trxStatus: "APPROVED", trxType: "REFUND", trxReferenceCode: "REFUND123456" },
    lacking: { field: "data.trxStatus", answer: Answers.enveloped({ trxType: "REFUND" }) },
    safety: "unsafe"
  },
  "payments.cancel": {
    call: ({ payments }) =>
      payments.cancel({ refCode: "IKSIRPF456012", totalTrxAmount: Money.make("2000.00"), trxCurrency: "TRY" }),
    path: "/payment/cancel",
    body: {
      refCode: "IKSIRPF456012",
      totalTrxAmount: 2000,
      trxCurrency: "TRY",
      sellerList: [],
      apiKey: hashes.cancel,
      apiSecretKey: cancelSx,
      mpCode: marketplace,
      trxType: "cancel",
      trxDate: "2025-10-30"
    },
    answer: reversal("CANCEL"),
    gives: { trxStatus: "APPROVED", trxType: "CANCEL" },
    lacking: { field: "data.trxStatus", answer: Answers.enveloped({ trxType: "CANCEL" }) },
    safety: "unsafe"
  },
  "deliveries.update": {
    call: ({ deliveries }) =>
      deliveries.update([{
        refCode: "REF123456789",
        sellerExternalId: "SELLER_001",
        deliveryDate: LocalDate.LocalDate.make("2025-01-20")
      }]),
    path: "/transaction/update-delivery",
    body: {
      apiSecretKey: sx,
      sellerTransactionList: [{
        refCode: "REF123456789",
        sellerExternalId: "SELLER_001",
        deliveryDate: "20.01.2025"
      }]
    },
    answer: done,
    gives: undefined,
    lacking: lessDone,
    safety: "unsafe"
  },
  "reports.transaction": {
    call: ({ reports }) => reports.transaction({ refCode: "REF123456789" }),
    path: "/transaction/report",
    body: { refCode: "REF123456789", apiSecretKey: sx },
    answer: Answers.transactionReport,
    gives: { data: [{ mpOrderCode: "ORDER_12345", trxCurrency: "TRY", pfCommissionAmount: "3.75" }] },
    lacking: { field: "data", answer: less(Answers.transactionReport, "data") },
    safety: "safe"
  },
  "reports.seller": {
    call: ({ reports }) => reports.seller({ ...days, trxType: "SALES", trxStatus: "SUCCESS" }),
    path: "/transaction/seller/report",
    body: { ...days, trxType: "SALES", trxStatus: "SUCCESS", apiSecretKey: sx, marketplaceCode: marketplace },
    answer: Answers.sellerReport,
    gives: { countSuccessTransaction: 45, totalSellerAmount: "11562.5", data: [{ mpCost: "0.5" }] },
    lacking: { field: "data", answer: less(Answers.sellerReport, "data") },
    safety: "safe"
  },
  "reports.sellerPayments": {
    call: ({ reports }) => reports.sellerPayments(days),
    path: "/transaction/seller/payment-report",
    body: { ...days, apiSecretKey: sx, marketplaceCode: marketplace },
    answer: Answers.sellerPaymentReport,
    gives: { data: [{ trxAmount: "5000", transferDate: "2025-01-20" }] },
    lacking: { field: "data", answer: less(Answers.sellerPaymentReport, "data") },
    safety: "safe"
  },
  "reports.sellerDebts": {
    call: ({ reports }) =>
      reports.sellerDebts({
        from: LocalDate.LocalDateTime.make("2025-01-01T00:00"),
        to: LocalDate.LocalDateTime.make("2025-01-31T23:59"),
        sellerExternalId: "SELLER_001"
      }),
    path: "/transaction/seller/debt-report",
    body: {
      from: "2025-01-01T00:00",
      to: "2025-01-31T23:59",
      sellerExternalId: "SELLER_001",
      apiSecretKey: sx,
      marketplaceCode: marketplace
    },
    answer: Answers.debtReport,
    gives: { data: [{ debtAmount: "150", debtStatus: true }] },
    lacking: { field: "data[0].debtAmount", answer: Answers.enveloped([{ trxCurrency: "TRY" }]) },
    safety: "safe"
  },
  "penalties.create": {
    call: ({ penalties }) => penalties.create(Inputs.penalty),
    path: "/penalty",
    body: {
      sellerExternalId: "SELLER_001",
      amount: "2000.00",
      description: "Geç teslimat",
      debtDate: "2025-01-20",
      apiSecretKey: sx
    },
    answer: done,
    gives: undefined,
    lacking: lessDone,
    safety: "unsafe"
  }
}
