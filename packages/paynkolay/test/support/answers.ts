/** An answer of the provider around its data. */
export const enveloped = (data: unknown) => ({ data, success: true, responseCode: "200", responseMessage: "SUCCESS" })

export const profile = {
  profileExternalId: "IslemValor1",
  marketplaceCode: "MP12345",
  name: "Premium Satıcı Profili",
  mpCommissionRate: 5.00,
  mpCost: 0.50,
  paymentDay: "per",
  valorDateCount: 1,
  active: true,
  createDate: "2025-01-15T10:30:00Z",
  updateDate: "2025-01-15T10:30:00Z"
}

export const seller = {
  sellerExternalId: "SELLER_001",
  active: true,
  nameSurname: "Ahmet Yılmaz",
  sellerType: "Gerçek Kişi",
  tckn: "12345678901",
  birthDate: "1985-05-15",
  vkn: null,
  contactPerson: "Ahmet Yılmaz",
  phoneNumber: "5551234567",
  city: "34",
  address: "Atatürk Cad. No:123 Kadıköy",
  iban: "TR330006100519786457841326",
  accountHolder: "Ahmet Yılmaz",
  paymentProfile: { ...profile, profileExternalId: "PREMIUM_PROFILE" },
  marketplaceCode: "MP12345",
  taxOffice: "Kadıköy",
  createDate: "2025-01-20T14:25:00Z",
  updateDate: "2025-01-20T14:25:00Z",
  email: "ahmet@example.com"
}

export const sellers = [
  {
    sellerExternalId: "SELLER_001",
    active: true,
    nameSurname: "Ahmet Yılmaz",
    sellerType: "Gerçek Kişi",
    tckn: "12345678901",
    birthDate: "1985-05-15",
    paymentProfile: { profileExternalId: "PREMIUM_PROFILE", name: "Premium Satıcı Profili", mpCommissionRate: 5.00 },
    email: "ahmet@example.com"
  },
  {
    sellerExternalId: "COMPANY_001",
    active: true,
    nameSurname: "Örnek Teknoloji A.Ş.",
    sellerType: "Tüzel Kişi",
    vkn: "1234567890",
    paymentProfile: { profileExternalId: "STANDARD_PROFILE", name: "Standart Profil", mpCommissionRate: 7.00 },
    email: "info@example.com"
  }
]

export const createdPayment = { refCode: "REF123456789", trxCode: "ORDER_12345", form: "PGh0bWw+PC9odG1sPg==" }

export const status = {
  trxStatus: "SUCCESS",
  trxCode: "ORDER_12345",
  refCode: "REF123456789",
  trxType: "SALES",
  trxAmount: 150.00,
  trxCurrency: "TRY"
}

export const completedPayment = {
  success: true,
  message: null,
  responseCode: "2",
  responseMessage: "İşlem Başarılı",
  trxCode: "ORDER_12345",
  referenceCode: "IKSIRPF123456",
  authCode: "S35971",
  timestamp: "2026-07-27 16:43:47+0300",
  currencyCode: "949",
  hash: "made-up",
  commissionRate: "1.3000",
  commissionAmount: "25.9900",
  installment: "1",
  trxAmount: "1999.00",
  authAmount: "1999.00",
  bankMessage: "Onaylandı",
  issuerBankCode: "111",
  installmentFeeRate: "0.00",
  installmentFeeAmount: "0.00",
  cardType: "CreditCard",
  paymentSystem: "V"
}

export const storedCards = {
  cardTotalCount: 2,
  storedCardList: [{
    cardToken: "token_abc123",
    cardTranId: "tran_xyz789",
    cardMaskedPan: "454671******7894",
    cardIssuer: "Akbank",
    cardType: "Credit",
    cardBrand: "VISA",
    cardAlias: "İş Kartım"
  }]
}

export const instalments = {
  cardScope: "WORLD",
  paymentInstallments: [{
    installment: 2,
    installmentAmount: 510.00,
    cardTrxType: "CREDIT",
    bankCode: "0046",
    commissionAmount: 20.00,
    commissionRate: 2.00,
    trxAmount: 1020.00,
    currencyCode: "TRY",
    currencyNumber: "949",
    program: "WORLD",
    cardBankNo: "0046",
    plusInstallment: 0,
    encodedValue: "encoded_value_2"
  }]
}

const sellerTransaction = {
  sellerName: "Ahmet Yılmaz",
  trxAmount: 100.00,
  trxCurrency: "TRY",
  trxStatus: "SUCCESS",
  pfCommissionRate: 2.50,
  pfCommissionAmount: 2.50,
  mpCommissionRate: 5.00,
  mpCommissionAmount: 5.00,
  mpCost: 0.50,
  trxType: "SALES",
  withholdingTax: 0.80,
  trxCode: "REF123456789",
  refCode: "REF123456789"
}

export const updatedPayment = {
  mpCode: "MP12345",
  refCode: "REF123456789",
  trxCode: "ORDER_12345",
  trxCurrency: "TRY",
  trxAmount: 100.00,
  trxStatus: "SUCCESS",
  sellerTransactionList: [sellerTransaction]
}

export const refund = {
  trxStatus: "APPROVED",
  mpReferenceCode: "MPREF987654",
  trxType: "REFUND",
  trxReferenceCode: "REFUND123456"
}

export const transactionReport = {
  ...enveloped([{
    mpCode: "MP12345",
    mpOrderCode: "ORDER_12345",
    trxType: "SALES",
    trxDatetime: "2025-01-20T14:30:15.204156Z",
    trxCode: "REF123456789",
    trxCurrency: "949",
    trxAmount: 150.00,
    trxStatus: "SUCCESS",
    pfCommissionRate: 2.50,
    pfCommissionAmount: 3.75,
    sellerTransactionList: [sellerTransaction]
  }]),
  reportTime: "2025-01-20T15:00:00"
}

export const sellerReport = {
  ...enveloped([sellerTransaction]),
  countSuccessTransaction: 45,
  countFailedTransaction: 3,
  countSuccessSalesTransaction: 40,
  countSuccessRefundTransaction: 4,
  countSuccessCancelTransaction: 1,
  totalAuthAmount: 12500.00,
  totalPfCommissionAmount: 312.50,
  totalMpCommissionAmount: 625.00,
  totalSellerAmount: 11562.50,
  reportTime: "2025-01-20T16:30:00"
}

export const sellerPaymentReport = {
  ...enveloped([{
    sellerName: "Ahmet Yılmaz",
    sellerExternalId: "SELLER_001",
    trxAmount: 5000.00,
    description: "Haftalık Hakediş Ödemesi - Hafta 3",
    currency: "TRY",
    transferDate: "2025-01-20",
    eftOutDate: "2025-01-20"
  }]),
  reportTime: "2025-01-20T17:00:00"
}

export const debtReport = {
  ...enveloped([{
    sellerName: "Ahmet Yılmaz",
    debtAmount: 150.00,
    trxCurrency: "TRY",
    debtCreateDate: "2025-01-15T14:30:00",
    debtUpdateDate: "2025-01-20T10:00:00",
    debtStatus: true
  }]),
  reportTime: "2025-01-20T18:00:00"
}
