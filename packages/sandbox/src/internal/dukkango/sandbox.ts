import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import {
  defaultSettings,
  type DukkangoAccountInput,
  type DukkangoCredentials,
  type DukkangoOrder,
  type DukkangoOrderInput,
  DukkangoSettings,
  type DukkangoSettingsPatch
} from "../../DukkangoModel.ts"
import type { DukkangoSandbox, Options } from "../../DukkangoSandbox.ts"
import * as Identifiers from "../identifiers.ts"
import * as Provider from "../provider.ts"
import * as Service from "../service.ts"
import * as Behaviour from "./behaviour.ts"
import * as Data from "./data.ts"
import * as State from "./state.ts"
import * as Steps from "./steps.ts"

/** The first segment of every path of this provider. */
const prefix = "/dukkango"

const defaultCredentials: DukkangoCredentials = {
  appSecretKey: Redacted.make("sandbox-app-secret-key"),
  restSecretKey: Redacted.make("sandbox-rest-secret-key")
}

const patchSettings = (settings: DukkangoSettings, patch: DukkangoSettingsPatch): DukkangoSettings =>
  DukkangoSettings.make({
    tokenLifetime: Duration.fromInputUnsafe(patch.tokenLifetime ?? settings.tokenLifetime),
    expiryZone: patch.expiryZone ?? settings.expiryZone,
    clockSkew: Duration.fromInputUnsafe(patch.clockSkew ?? settings.clockSkew),
    cooldown: Duration.fromInputUnsafe(patch.cooldown ?? settings.cooldown),
    latency: Duration.fromInputUnsafe(patch.latency ?? settings.latency),
    singleActiveToken: patch.singleActiveToken ?? settings.singleActiveToken,
    credentialsAccepted: patch.credentialsAccepted ?? settings.credentialsAccepted,
    missingCredentialsStatus: patch.missingCredentialsStatus ?? settings.missingCredentialsStatus,
    currentStatuses: patch.currentStatuses ?? settings.currentStatuses
  })

const initialState = (options: Options): State.State => {
  const restaurants = options.restaurants ?? Data.restaurants
  return {
    settings: patchSettings(defaultSettings, options),
    accounts: [{
      number: 1,
      credentials: options.credentials ?? defaultCredentials,
      restaurants: restaurants.map(({ id }) => id)
    }],
    tokens: HashMap.empty(),
    answered: HashMap.empty(),
    restaurants,
    foods: options.foods ?? restaurants.slice(0, 1).flatMap(({ id }) => Data.menuOf(id)),
    inactiveFoods: [],
    orders: HashMap.empty(),
    acknowledgements: [],
    nextOrderId: 1031
  }
}

const fillOrder = (state: State.State, input: DukkangoOrderInput, paymentKey: string, now: number): DukkangoOrder => {
  const restaurant = state.restaurants.find(({ id }) => id === input.restaurant_id) ?? state.restaurants[0]
  const statusId = input.status_id ?? 1
  return {
    id: state.nextOrderId,
    status_id: statusId,
    status_text: Data.statusTexts[statusId] ?? "",
    shipping_method: "delivery",
    payment_key: paymentKey,
    payment_method: "Kredi Kartı",
    note: "",
    total: 1417.5,
    date: State.writeDate(state.settings, now),
    restaurant_id: restaurant?.id ?? "",
    restaurant_name: restaurant?.name ?? "",
    courier_type: "restaurant",
    discount: "157.5",
    courier_fee: 0,
    scheduled_date: "",
    order_tip: 0,
    customer: { name: "Ayşe Yılmaz", phone: "05335587642" },
    address: { address: "Örnek Sokak", description: "", apartment: "Deneme Apartmanı", floor: "2", door_number: "5" },
    foods: [{ food_id: 1, name: "Adana Kebap", quantity: 2, price: 675, note: "" }],
    ...input
  }
}

const placeOrder = (
  state: State.State,
  input: DukkangoOrderInput,
  paymentKey: string,
  now: number
): readonly [DukkangoOrder, State.State] => {
  const order = fillOrder(state, input, paymentKey, now)
  return [order, {
    ...state,
    orders: HashMap.set(state.orders, order.payment_key, { order, acknowledged: undefined }),
    nextOrderId: Math.max(state.nextOrderId, order.id + 1)
  }]
}

const openAccount = (state: State.State, options: DukkangoAccountInput, branchId: string): State.State => {
  const number = state.accounts.length + 1
  const branches = options.restaurants ?? [{ id: branchId, name: `Şube ${number}` }]
  const known = new Set(state.restaurants.map(({ id }) => id))
  return {
    ...state,
    accounts: [
      ...state.accounts,
      {
        number,
        credentials: { appSecretKey: options.appSecretKey, restSecretKey: options.restSecretKey },
        restaurants: branches.map(({ id }) => id)
      }
    ],
    restaurants: [
      ...state.restaurants,
      ...branches.filter(({ id }) => !known.has(id)).map(({ id, name }) => ({ id, name, open: true }))
    ]
  }
}

/** A Dükkango: what carries requests to it, and its service for an address. */
export const make = Effect.fnUntraced(function*(options: Options, origin: string) {
  const ref = yield* Ref.make(initialState(options))
  const provider = yield* Provider.make(Behaviour.make(ref))

  const place = Effect.fnUntraced(function*(input: DukkangoOrderInput = {}) {
    const paymentKey = yield* Identifiers.uuid
    const now = yield* Clock.currentTimeMillis
    return yield* Ref.modify(ref, (state) => placeOrder(state, input, paymentKey, now))
  })
  yield* Effect.forEach(options.orders ?? [], place, { discard: true })

  const credentials = options.credentials ?? defaultCredentials

  const service: DukkangoSandbox = {
    baseUrl: `${origin}${prefix}${Behaviour.basePath}`,
    ...Service.common(provider, ref, patchSettings),
    credentials,
    revokeTokens: Ref.update(ref, (state) => ({ ...state, tokens: HashMap.empty() })),
    registerAccount: Effect.fnUntraced(function*(options) {
      const branchId = yield* Identifiers.uuid
      const state = yield* Ref.updateAndGet(ref, (state) => openAccount(state, options, branchId))
      const account = State.findAccount(state, options)
      return {
        credentials: { appSecretKey: options.appSecretKey, restSecretKey: options.restSecretKey },
        restaurants: state.restaurants.filter(({ id }) => account?.restaurants.includes(id))
      }
    }),
    changeCredentials: Service.changeCredentials(ref, State.findAccount, credentials),
    orders: {
      place,
      advance: (paymentKey, statusId) => Ref.update(ref, (state) => Steps.setOrderStatus(state, paymentKey, statusId)),
      list: Effect.map(
        Ref.get(ref),
        ({ orders }) => Array.from(HashMap.values(orders), ({ order }) => order).toSorted((a, b) => a.id - b.id)
      ),
      acknowledgements: Effect.map(Ref.get(ref), ({ acknowledgements }) => acknowledgements)
    },
    restaurants: { list: Effect.map(Ref.get(ref), ({ restaurants }) => restaurants) },
    foods: {
      list: Effect.map(
        Ref.get(ref),
        ({ foods, inactiveFoods }) => foods.map((food) => ({ ...food, active: !inactiveFoods.includes(food.food_id) }))
      )
    }
  }

  return { prefix, provider, service }
})
