/**
 * Puts Dükkango's operations on the wire.
 */
import * as ApiClient from "@entegre/core/ApiClient"
import { InvalidRequest } from "@entegre/core/CallError"
import * as Exchange from "@entegre/core/Exchange"
import * as Quota from "@entegre/core/Quota"
import type { Tokens } from "@entegre/core/Tokens"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { DukkangoError, type Reason } from "../DukkangoError.ts"
import * as DukkangoSchema from "../DukkangoSchema.ts"
import type { AcceptInput, CancelInput, CurrentInput, FoodId, OrderKey, RestaurantId } from "../DukkangoSchema.ts"
import type { Cooldowns, Listing } from "./cooldown.ts"
import * as Failures from "./failures.ts"
import type { Source } from "./feed.ts"
import * as Operations from "./operations.ts"
import { sensitive, tokenHeader } from "./sensitive.ts"
import type { Settings } from "./settings.ts"

/** An identifier that can be put into a path. */
const checked = <A>(field: string, schema: Schema.Schema<A>, expected: string) => {
  const is = Schema.is(schema)
  return (value: A): Effect.Effect<A, InvalidRequest> =>
    is(value) ? Effect.succeed(value) : Effect.fail(new InvalidRequest({ field, problem: `Expected ${expected}` }))
}

const checkOrderKey = checked("key", DukkangoSchema.OrderKey, "a UUID, the order's payment_key")
const checkRestaurantId = checked("id", DukkangoSchema.RestaurantId, "a UUID")
const checkFoodId = checked("id", DukkangoSchema.FoodId, "a whole number")
const checkStatusId = checked("statusId", Schema.Int, "a whole number")

const withAccept = ApiClient.bodyJson(
  DukkangoSchema.AcceptInput.pipe(Schema.encodeKeys({ preparingTime: "preparing_time" }))
)
const withCancel = ApiClient.bodyJson(DukkangoSchema.CancelInput.pipe(Schema.encodeKeys({ reasonId: "reason_id" })))

const get = (path: string) => HttpClientRequest.acceptJson(HttpClientRequest.get(path))
const put = (path: string) => HttpClientRequest.acceptJson(HttpClientRequest.put(path))

/** A repetition would come inside the cooldown, unless nothing was sent. */
const ifNotSent = (retry: Settings["retry"]) =>
  (retry ?? Schedule.exponential("200 millis").pipe(Schedule.jittered, Schedule.upTo({ times: 2 }))).pipe(
    Schedule.setInputType<Reason>(),
    Schedule.while(({ input }) => input._tag === "NotSent")
  )

type Request =
  | HttpClientRequest.HttpClientRequest
  | Effect.Effect<HttpClientRequest.HttpClientRequest, InvalidRequest>

const refuse = ({ name }: ApiClient.Operation<unknown>) => (reason: Reason): DukkangoError =>
  new DukkangoError({ operation: name, reason })

/** Reads every entry of a list; one that is not as documented fails all. */
const readAll = <A>(operation: ApiClient.Operation<Listing>, entry: Schema.ConstraintDecoder<A>) => {
  const decode = Exchange.decodeValue(Schema.Struct({ data: Schema.Array(entry) }))
  return ({ answer, entries }: Listing): Effect.Effect<ReadonlyArray<A>, DukkangoError> =>
    Effect.mapBoth(decode(answer, { data: entries }), {
      onFailure: refuse(operation),
      onSuccess: ({ data }) => data
    })
}

/** The key of an order that can not be read, if at least that can be. */
const keyOf = (entry: unknown): string | undefined => Option.getOrUndefined(decodeKey(entry))?.payment_key

const decodeKey = Schema.decodeUnknownOption(Schema.Struct({ payment_key: DukkangoSchema.OrderKey }))

export const make = Effect.fnUntraced(function*(settings: Settings, tokens: Tokens, cooldowns: Cooldowns) {
  const options: ApiClient.Options<Reason, DukkangoError> = {
    provider: "dukkango",
    tokens,
    baseUrl: settings.baseUrl,
    authorize: (request, token) => HttpClientRequest.setHeader(request, tokenHeader, Redacted.value(token)),
    sensitive,
    timeout: settings.timeout,
    refusal: (answer, body) => Failures.ofCall(answer, body, settings.cooldown),
    error: (operation, reason) => new DukkangoError({ operation, reason }),
    retry: settings.retry
  }
  const api = yield* ApiClient.make(options)
  const cooled = yield* ApiClient.make({ ...options, retry: ifNotSent(settings.retry) })

  const read = <A>(operation: ApiClient.Operation<{ readonly data: A }>, request: Request) =>
    Effect.map(api.run(operation, request), ({ data }) => data)

  const act = (
    operation: ApiClient.Operation<unknown>,
    request: Request
  ) => Effect.asVoid(api.run(operation, request))

  const list = (
    operation: ApiClient.Operation<Listing>,
    request: HttpClientRequest.HttpClientRequest,
    text = "",
    whenCooling = settings.whenCooling
  ): Effect.Effect<Listing, DukkangoError> =>
    cooldowns.ask({
      endpoint: new Quota.Allowance({ key: tokens.key, name: operation.name }),
      text,
      period: settings.cooldown,
      whenCooling,
      maxWait: settings.maxCooldownWait,
      // A call is sent at most twice; what else it takes is to get a token.
      lostAfter: Duration.sum(Duration.times(settings.timeout, 2), Duration.minutes(5)),
      ask: cooled.run(operation, request)
    })

  const order = DukkangoSchema.order(settings.orderZone)
  const decodeOrder = Exchange.decodeValue(order)
  const toOrders = readAll(Operations.currentOrders, order)
  const toFoods = readAll(Operations.listFoods, DukkangoSchema.Food)

  const listOrders = (
    { statusId }: CurrentInput = {},
    whenCooling?: Settings["whenCooling"]
  ): Effect.Effect<Listing, DukkangoError> => {
    const request = get("/orders/get-current")
    if (statusId === undefined) return list(Operations.currentOrders, request, "", whenCooling)
    const filtered = HttpClientRequest.setUrlParam(request, "status_id", `${statusId}`)
    return Effect.andThen(
      Effect.mapError(checkStatusId(statusId), refuse(Operations.currentOrders)),
      list(Operations.currentOrders, filtered, `${statusId}`, whenCooling)
    )
  }

  return {
    client: api.client,
    /** The current orders, each read for itself. */
    eachOrder: (statusId: number | undefined): ReturnType<Source["poll"]> =>
      Effect.flatMap(
        listOrders({ statusId }, "wait"),
        ({ answer, entries }) =>
          Effect.forEach(entries, (entry) =>
            Effect.result(
              Effect.mapError(decodeOrder(answer, entry), ({ problem }) => ({ orderKey: keyOf(entry), problem }))
            ))
      ),
    restaurants: {
      list: read(Operations.listRestaurants, get("/restaurants/get")),
      status: (id: RestaurantId) =>
        read(
          Operations.restaurantStatus,
          Effect.map(checkRestaurantId(id), (id) => get(ApiClient.path`/restaurants/status/get/${id}`))
        ),
      open: (id: RestaurantId) =>
        act(
          Operations.openRestaurant,
          Effect.map(checkRestaurantId(id), (id) => put(ApiClient.path`/restaurants/status/open/${id}`))
        ),
      close: (id: RestaurantId) =>
        act(
          Operations.closeRestaurant,
          Effect.map(checkRestaurantId(id), (id) => put(ApiClient.path`/restaurants/status/close/${id}`))
        )
    },
    foods: {
      list: Effect.flatMap(list(Operations.listFoods, get("/foods/get-foods")), toFoods),
      activate: (id: FoodId) =>
        act(
          Operations.activateFood,
          Effect.map(checkFoodId(id), (id) => put(ApiClient.path`/foods/status-active/${id}`))
        ),
      passivate: (id: FoodId) =>
        act(
          Operations.passivateFood,
          Effect.map(checkFoodId(id), (id) => put(ApiClient.path`/foods/status-passive/${id}`))
        )
    },
    orders: {
      current: (input?: CurrentInput) => Effect.flatMap(listOrders(input), toOrders),
      acknowledge: (key: OrderKey) =>
        act(
          Operations.acknowledgeOrder,
          Effect.map(checkOrderKey(key), (key) => put(ApiClient.path`/orders/success/${key}`))
        ),
      accept: (key: OrderKey, input: AcceptInput) =>
        act(
          Operations.acceptOrder,
          Effect.flatMap(checkOrderKey(key), (key) => withAccept(put(ApiClient.path`/orders/accept/${key}`), input))
        ),
      onTheWay: (key: OrderKey) =>
        act(
          Operations.orderOnTheWay,
          Effect.map(checkOrderKey(key), (key) => put(ApiClient.path`/orders/ontheway/${key}`))
        ),
      complete: (key: OrderKey) =>
        act(
          Operations.completeOrder,
          Effect.map(checkOrderKey(key), (key) => put(ApiClient.path`/orders/complete/${key}`))
        ),
      cancel: (key: OrderKey, input: CancelInput) =>
        act(
          Operations.cancelOrder,
          Effect.flatMap(checkOrderKey(key), (key) => withCancel(put(ApiClient.path`/orders/cancel/${key}`), input))
        ),
      variables: read(Operations.orderVariables, get("/orders/variables")),
      cancelReasons: read(Operations.cancelReasons, get("/orders/cancel-reasons"))
    }
  }
})
