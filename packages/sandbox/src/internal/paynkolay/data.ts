import type { PaynkolayProfile, PaynkolaySeller } from "../../PaynkolayModel.ts"

const opened = "2026-01-05T08:30:00.000Z"

/** Made up: a payment profile to begin with. */
export const profileOf = (marketplaceCode: string): PaynkolayProfile => ({
  profileExternalId: "PROFILE1",
  marketplaceCode,
  name: "Haftalık ödeme",
  mpCommissionRate: 10,
  mpCost: 0,
  paymentDay: 4,
  valorDateCount: 7,
  valorCalculationType: "W",
  active: true,
  createDate: opened,
  updateDate: opened
})

/** The seller of the authentication page's example. The person is made up; the numbers have right check digits. */
export const sellerOf = (marketplaceCode: string): PaynkolaySeller => ({
  sellerExternalId: "SELLER123",
  marketplaceCode,
  nameSurname: "Ayşe Çağlar",
  sellerType: 1,
  tckn: "10000000146",
  vkn: null,
  birthDate: "1985-05-15",
  taxOffice: "Kadıköy",
  contactPerson: "Ayşe Çağlar",
  email: "ayse@example.com",
  phoneNumber: "5551234567",
  city: "34",
  address: "Örnek Sokak 1, Kadıköy",
  iban: "TR330006100519786457841326",
  accountHolder: "Ayşe Çağlar",
  active: true,
  mpPaymentProfileExternalId: "PROFILE1",
  createDate: opened,
  updateDate: opened
})
