import * as Duration from "effect/Duration"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { DukkangoOrder, DukkangoRestaurant } from "../../DukkangoModel.ts"
import type { Answer, SandboxRequest } from "../exchange.ts"
import * as Answers from "./answers.ts"
import { cancelReasons, statusTexts, variables } from "./data.ts"
import * as State from "./state.ts"

/** A call that has been let in. */
interface Call {
  readonly account: State.Account
  readonly now: number
  /** The last path segment where the route has a parameter there. */
  readonly id: string
  readonly request: SandboxRequest
}

/** What the provider does: an answer, and the state it leaves behind. */
export type Step = (state: State.State, call: Call) => readonly [Answer, State.State]

const LoginBody = Schema.fromJsonString(Schema.Struct({
  app_secret_key: Schema.NonEmptyString,
  rest_secret_key: Schema.NonEmptyString
}))

export const credentialsIn = (request: SandboxRequest) =>
  Option.map(Schema.decodeOption(LoginBody)(request.body), (body) => ({
    appSecretKey: Redacted.make(body.app_secret_key),
    restSecretKey: Redacted.make(body.rest_secret_key)
  }))

export const login = (
  state: State.State,
  request: SandboxRequest,
  now: number,
  token: string
): readonly [Answer, State.State] => {
  const credentials = credentialsIn(request)
  if (Option.isNone(credentials)) {
    return [Answers.missingCredentials(state.settings.missingCredentialsStatus), state]
  }
  const account = State.findAccount(state, credentials.value)
  if (account === undefined || !state.settings.credentialsAccepted) return [Answers.invalidCredentials, state]
  const expiresAt = now + Duration.toMillis(state.settings.tokenLifetime)
  return [
    Answers.ok({ access_token: token, expiration_date: State.writeDate(state.settings, expiresAt) }),
    State.issueToken(state, account, token, now)
  ]
}

/** Lets an operation answer an account once per cooldown. */
export const withCooldown = (operation: string, step: Step): Step => (state, call) => {
  const key = `${call.account.number} ${operation}`
  const last = HashMap.get(state.answered, key)
  if (Option.isSome(last) && call.now < last.value + Duration.toMillis(state.settings.cooldown)) {
    return [Answers.coolingDown, state]
  }
  const [answer, next] = step(state, call)
  return [answer, { ...next, answered: HashMap.set(next.answered, key, call.now) }]
}

export const listRestaurants: Step = (state, call) => [
  Answers.ok(
    state.restaurants
      .filter(({ id }) => call.account.restaurants.includes(id))
      .map(({ id, name }) => ({ id, name }))
  ),
  state
]

const onRestaurant =
  (f: (state: State.State, restaurant: DukkangoRestaurant) => readonly [Answer, State.State]): Step =>
  (
    state,
    call
  ) => {
    const restaurant = state.restaurants.find(({ id }) => id === call.id)
    return restaurant === undefined || !call.account.restaurants.includes(restaurant.id)
      ? [Answers.restaurantNotFound, state]
      : f(state, restaurant)
  }

export const restaurantStatus = onRestaurant((state, { open }) => [Answers.ok(open ? "Open" : "Closed"), state])

export const setRestaurantOpen = (open: boolean) =>
  onRestaurant((state, { id }) => [
    Answers.ok("OK"),
    { ...state, restaurants: state.restaurants.map((other) => other.id === id ? { ...other, open } : other) }
  ])

export const listFoods: Step = (state, call) => [
  Answers.ok(state.foods.filter((food) => call.account.restaurants.includes(food.restaurant_id))),
  state
]

export const setFoodActive = (active: boolean): Step => (state, call) => {
  const food = state.foods.find((food) =>
    `${food.food_id}` === call.id && call.account.restaurants.includes(food.restaurant_id)
  )
  if (food === undefined) return [Answers.foodNotFound, state]
  const others = state.inactiveFoods.filter((id) => id !== food.food_id)
  return [Answers.ok("OK"), { ...state, inactiveFoods: active ? others : [...others, food.food_id] }]
}

export const currentOrders: Step = (state, call) => {
  const wanted = call.request.query.get("status_id")
  const orders = Array.from(HashMap.values(state.orders))
    .filter(({ acknowledged, order }) =>
      acknowledged !== order.status_id &&
      state.settings.currentStatuses.includes(order.status_id) &&
      call.account.restaurants.includes(order.restaurant_id) &&
      (wanted === null || wanted === `${order.status_id}`)
    )
    .map(({ order }) => order)
    .toSorted((left, right) => left.id - right.id)
  return [Answers.ok(orders), state]
}

const onOrder =
  (f: (state: State.State, order: DukkangoOrder, call: Call) => readonly [Answer, State.State]): Step =>
  (state, call) => {
    const order = HashMap.get(state.orders, call.id)
    return Option.isNone(order) || !call.account.restaurants.includes(order.value.order.restaurant_id)
      ? [Answers.orderNotFound, state]
      : f(state, order.value.order, call)
  }

const rememberedAcknowledgements = 10_000

export const acknowledge = onOrder((state, order, { now }) => [
  Answers.ok("OK"),
  {
    ...state,
    orders: HashMap.set(state.orders, order.payment_key, { order, acknowledged: order.status_id }),
    acknowledgements: [
      ...state.acknowledgements.slice(1 - rememberedAcknowledgements),
      { paymentKey: order.payment_key, statusId: order.status_id, at: now }
    ]
  }
])

/** Puts an order into a status; it is shown again until that status is acknowledged. */
export const setOrderStatus = (state: State.State, paymentKey: string, statusId: number): State.State => ({
  ...state,
  orders: HashMap.modify(state.orders, paymentKey, ({ acknowledged, order }) => ({
    order: { ...order, status_id: statusId, status_text: statusTexts[statusId] ?? "" },
    acknowledged
  }))
})

const moveTo = (statusId: number, refusal: (order: DukkangoOrder, request: SandboxRequest) => Answer | undefined) =>
  onOrder((state, order, { request }) => {
    const refused = refusal(order, request)
    if (refused !== undefined) return [refused, state]
    return order.status_id === 5 || order.status_id === 6
      ? [Answers.wrongStep(`order is already closed`), state]
      : [Answers.ok("OK"), setOrderStatus(state, order.payment_key, statusId)]
  })

const PreparingTime = Schema.fromJsonString(Schema.Struct({ preparing_time: Schema.Int }))

export const accept = moveTo(
  2,
  (_order, { body }) =>
    Option.isNone(Schema.decodeOption(PreparingTime)(body)) ? Answers.missingField("preparing_time") : undefined
)

export const handOver = moveTo(
  16,
  (order) => order.courier_type === "restaurant" ? undefined : Answers.wrongStep("courier_type must be restaurant")
)

export const complete = moveTo(5, () => undefined)

const CancelReason = Schema.fromJsonString(Schema.Struct({
  reason_id: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: cancelReasons.length }))
}))

export const cancel = moveTo(
  6,
  (_order, { body }) =>
    Option.isNone(Schema.decodeOption(CancelReason)(body)) ? Answers.missingField("reason_id") : undefined
)

export const listVariables: Step = (state) => [Answers.ok(variables), state]

export const listCancelReasons: Step = (state) => [Answers.ok(cancelReasons), state]
