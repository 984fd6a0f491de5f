import { assert, describe, it } from "@effect/vitest"
import { Sandbox } from "@entegre/sandbox"
import { Effect, Struct } from "effect"
import { ask, dataOf, inside, keys, ok, pay, refused } from "./paynkolaySupport.ts"
import { transports } from "./support.ts"

const profile = {
  profileExternalId: "MONTHLY",
  name: "Aylık",
  mpCommissionRate: 12.5,
  mpCost: 1.25,
  paymentDay: 4,
  valorDateCount: 10,
  valorCalculationType: "M"
}

const company = {
  sellerExternalId: "SELLER456",
  nameSurname: "Çarşı Ticaret A.Ş.",
  sellerType: 3,
  vkn: "1234567890",
  birthDate: "15.05.1985",
  phoneNumber: "5551234567",
  city: "34",
  iban: "TR330006100519786457841326",
  accountHolder: "Çarşı Ticaret A.Ş.",
  mpPaymentProfileExternalId: "PROFILE1"
}

describe.each(transports)("Paynkolay's payment profiles %s", (_, transport) => {
  it.live("are created, read, changed and listed, with a word for the day and without the kind of days", () =>
    Effect.gen(function*() {
      const { sx: apiSecretKey } = yield* keys
      const created = yield* ask("/paymentprofile", { ...profile, apiSecretKey })
      assert.nestedPropertyVal(created, "body.data.paymentDay", "per")
      assert.nestedPropertyVal(created, "body.data.active", true)
      assert.notNestedProperty(created, "body.data.valorCalculationType")
      assert.match(JSON.stringify(inside(created, "body", "data", "createDate")), /^"[-\d]{10}T[:.\d]{12}Z"$/)
      assert.deepStrictEqual(yield* ask("/paymentprofile/get", { profileExternalId: "MONTHLY" }), created)
      const update = {
        ...Struct.omit(profile, ["name"]),
        apiSecretKey,
        active: false,
        valorCalculationType: "T",
        paymentDay: null
      }
      const updated = yield* dataOf("/paymentprofile/update", update)
      assert.deepInclude(updated, { name: null, active: false, paymentDay: null, mpCommissionRate: 12.5 })
      const ids = (active: boolean | null) =>
        Effect.map(
          dataOf("/paymentprofile/list", { apiSecretKey, active }),
          (list) => Array.isArray(list) ? list.map((shown: unknown) => inside(shown, "profileExternalId")) : []
        )
      assert.deepStrictEqual(yield* ids(true), ["PROFILE1"])
      assert.deepStrictEqual(yield* ids(false), ["MONTHLY"])
      assert.deepStrictEqual(yield* ids(null), ["PROFILE1", "MONTHLY"])
    }).pipe(Effect.provide(transport)))

  it.live("are refused where they exist already, do not exist, or name no day for a weekly or monthly payment", () =>
    Effect.gen(function*() {
      const { sx: apiSecretKey } = yield* keys
      const body = { ...profile, apiSecretKey }
      for (
        const [path, sent, message] of [
          ["/paymentprofile", { ...body, profileExternalId: "PROFILE1" }, "Ödeme profili zaten mevcut"],
          ["/paymentprofile", { ...body, paymentDay: undefined }, "paymentDay alanı hatalı"],
          ["/paymentprofile", { ...body, paymentDay: 8 }, "paymentDay alanı hatalı"],
          ["/paymentprofile", { ...body, valorCalculationType: "Y" }, "valorCalculationType alanı hatalı"],
          ["/paymentprofile", profile, "apiSecretKey alanı hatalı"],
          ["/paymentprofile/update", body, "Ödeme profili bulunamadı"],
          ["/paymentprofile/get", { profileExternalId: "MONTHLY" }, "Ödeme profili bulunamadı"],
          ["/paymentprofile/delete", { profileExternalId: "MONTHLY" }, "Ödeme profili bulunamadı"]
        ] as const
      ) {
        assert.deepStrictEqual(yield* ask(path, sent), refused(message), `${path} ${message}`)
      }
    }).pipe(Effect.provide(transport)))

  it.live("are not deleted while an active seller has them", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const remove = ask("/paymentprofile/delete", { profileExternalId: "PROFILE1" })
      assert.deepStrictEqual(yield* remove, refused("Ödeme profilini kullanan aktif satıcılar var"))
      assert.deepStrictEqual(yield* ask("/seller/delete", { sellerExternalId: "SELLER123" }), ok(null))
      assert.deepStrictEqual(yield* remove, ok(null))
      assert.deepStrictEqual(yield* paynkolay.profiles.list, [])
      assert.deepStrictEqual(yield* paynkolay.sellers.list, [])
    }).pipe(Effect.provide(transport)))
})

describe.each(transports)("Paynkolay's sellers %s", (_, transport) => {
  it.live("are shown with a text for their type, another form of the date, and the whole payment profile", () =>
    Effect.gen(function*() {
      const { sx: apiSecretKey } = yield* keys
      const created = yield* ask("/seller", { ...company, apiSecretKey })
      const seller = yield* dataOf("/seller/get", company)
      assert.deepInclude(seller, {
        sellerExternalId: "SELLER456",
        sellerType: "Tüzel Kişi",
        birthDate: "1985-05-15",
        tckn: null,
        vkn: "1234567890",
        active: true,
        marketplaceCode: "400000904"
      })
      assert.deepInclude(inside(seller, "paymentProfile"), { profileExternalId: "PROFILE1", paymentDay: "per" })
      assert.notProperty(seller, "mpPaymentProfileExternalId")
      assert.deepStrictEqual(created, ok(seller))
      assert.deepInclude(yield* dataOf("/seller/get", { sellerExternalId: "SELLER123" }), {
        sellerType: "Gerçek Kişi",
        tckn: "10000000146"
      })
    }).pipe(Effect.provide(transport)))

  it.live("are listed in short, all or by activity or by payment profile", () =>
    Effect.gen(function*() {
      const { sx: apiSecretKey } = yield* keys
      yield* dataOf("/seller", { ...company, apiSecretKey, active: false })
      const short = (sellerExternalId: string, nameSurname: string, sellerType: string, active: boolean) => ({
        sellerExternalId,
        nameSurname,
        sellerType,
        active,
        paymentProfile: { profileExternalId: "PROFILE1", mpCommissionRate: 10 }
      })
      const person = short("SELLER123", "Ayşe Çağlar", "Gerçek Kişi", true)
      const inactive = short("SELLER456", "Çarşı Ticaret A.Ş.", "Tüzel Kişi", false)
      for (const [active, expected] of [[true, [person]], [false, [inactive]], [null, [person, inactive]]] as const) {
        assert.deepStrictEqual(yield* ask("/seller/sellers", { apiSecretKey, active }), ok(expected))
        const query = { apiSecretKey, active, profileExternalId: "PROFILE1" }
        assert.deepStrictEqual(yield* ask("/seller/sellers/byPaymentProfile", query), ok(expected))
      }
      assert.deepStrictEqual(
        yield* ask("/seller/sellers/byPaymentProfile", { apiSecretKey, active: null, profileExternalId: "NONE" }),
        {
          status: 400,
          body: {
            success: false,
            status: "REJECTED",
            responseCode: "400",
            responseMessage: "Ödeme profili bulunamadı"
          }
        }
      )
    }).pipe(Effect.provide(transport)))

  it.live("are refused where a field does not fit", () =>
    Effect.gen(function*() {
      const { sx: apiSecretKey } = yield* keys
      const body = { ...company, apiSecretKey }
      for (
        const [change, message] of [
          [{ sellerExternalId: "SELLER123" }, "Satıcı zaten mevcut"],
          [{ sellerType: 4 }, "sellerType alanı hatalı"],
          [{ sellerType: 1 }, "tckn alanı hatalı"],
          [{ vkn: undefined }, "vkn alanı hatalı"],
          [{ vkn: "123" }, "vkn alanı hatalı"],
          [{ birthDate: "1985-05-15" }, "birthDate alanı hatalı"],
          [{ birthDate: "31.02.1985" }, "birthDate alanı hatalı"],
          [{ iban: "DE89370400440532013000" }, "iban alanı hatalı"],
          [{ accountHolder: "Ayşe Çağlar" }, "accountHolder alanı hatalı"],
          [{ mpPaymentProfileExternalId: "NONE" }, "mpPaymentProfileExternalId alanı hatalı"]
        ] as const
      ) {
        assert.deepStrictEqual(yield* ask("/seller", { ...body, ...change }), refused(message), message)
      }
    }).pipe(Effect.provide(transport)))

  it.live("are changed but for what they are, and deleted unless a payment waits", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const { sx: apiSecretKey } = yield* keys
      const body = { ...company, apiSecretKey }
      assert.deepStrictEqual(yield* ask("/seller/update", body), refused("Satıcı bulunamadı"))
      yield* dataOf("/seller", body)
      assert.deepInclude(yield* dataOf("/seller/update", { ...body, email: "iletisim@example.com" }), {
        email: "iletisim@example.com"
      })
      for (const change of [{ vkn: "1234567891" }, { sellerType: 2, tckn: "10000000146" }]) {
        assert.deepStrictEqual(
          yield* ask("/seller/update", { ...body, ...change }),
          refused("sellerType, tckn ve vkn değiştirilemez")
        )
      }
      yield* paynkolay.settings.update({ autoComplete: false })
      yield* pay({ sellerList: [{ sellerExternalId: "SELLER456", trxAmount: 150 }] })
      assert.deepStrictEqual(yield* ask("/seller/delete", company), refused("Satıcının bekleyen ödemeleri var"))
      assert.deepStrictEqual(yield* ask("/seller/delete", { sellerExternalId: "SELLER123" }), ok(null))
      assert.deepStrictEqual((yield* paynkolay.sellers.list).map(({ sellerExternalId }) => sellerExternalId), [
        "SELLER456"
      ])
    }).pipe(Effect.provide(transport)))
})
