import type { DukkangoFood, DukkangoRestaurant } from "../../DukkangoModel.ts"

export const statusTexts: Readonly<Record<number, string>> = {
  1: "Sipariş Geldi",
  2: "Hazırlanıyor",
  16: "Restoran Kuryeye Verildi",
  5: "Teslim Edildi",
  6: "İptal Edildi"
}

export const variables = {
  paymentMethod: [
    { key: "CASH", name: "Nakit" },
    { key: "CREDIT_CARD", name: "Kredi Kartı" },
    { key: "DEBIT_CARD", name: "Banka Kartı" }
  ],
  shippingMethod: [
    { key: "delivery", name: "Teslimat" },
    { key: "pickup", name: "Gel Al" }
  ]
}

export const cancelReasons = [
  { id: 1, reason: "Ürün tükendi" },
  { id: 2, reason: "Adres bulunamıyor" },
  { id: 3, reason: "Yoğunluk nedeniyle" },
  { id: 4, reason: "Müşteri iptal etti" },
  { id: 5, reason: "Teknik sorun" },
  { id: 6, reason: "Çok uzak teslimat adresi" },
  { id: 7, reason: "Ödeme problemi" },
  { id: 8, reason: "Diğer" }
]

/** The two branches of the provider's authentication page. */
export const restaurants: ReadonlyArray<DukkangoRestaurant> = [
  { id: "8f2b9ce2-04de-4712-842d-a39f64596fdf", name: "Akat Şube", open: true },
  { id: "0ca1d2b1-a199-4960-8617-83a659d890c8", name: "Halaskargazi Şube", open: true }
]

/** A short menu for a branch. The shape is documented, the dishes are made up. */
export const menuOf = (restaurantId: string): ReadonlyArray<DukkangoFood> => [
  {
    food_id: 1,
    name: "Adana Kebap",
    category: { id: 1, name: "Kebaplar", sort: 0 },
    desc: "Közlenmiş domates ve biber ile",
    image: "",
    restaurant_id: restaurantId,
    sort: 0,
    price: 675,
    add_substract: [
      {
        ilave_basligi: "Sos Seçimi",
        secim_turu: "coklu",
        ekleme_cikarma: "ekleme",
        zorunlu_turu: "opsiyonel",
        ilave_opsiyonlari: [{ name: "Acı Sos", price: 0 }, { name: "Sarımsaklı Yoğurt", price: 25 }]
      }
    ]
  },
  {
    food_id: 2,
    name: "Ayran",
    category: { id: 2, name: "İçecekler", sort: 1 },
    desc: "",
    image: "",
    restaurant_id: restaurantId,
    sort: 1,
    price: 67.5,
    add_substract: []
  }
]
