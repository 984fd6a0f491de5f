import type { DukkangoOperation } from "../../DukkangoModel.ts"
import type { SandboxRequest } from "../exchange.ts"
import * as Steps from "./steps.ts"

interface Route {
  readonly method: "GET" | "PUT"
  readonly path: string
  readonly step: Steps.Step
}

/** The page of the API's addresses; `:id` stands for one path segment. */
const routes: Record<Exclude<DukkangoOperation, "auth.login">, Route> = {
  "restaurants.get": { method: "GET", path: "/restaurants/get", step: Steps.listRestaurants },
  "restaurants.status.get": { method: "GET", path: "/restaurants/status/get/:id", step: Steps.restaurantStatus },
  "restaurants.status.open": {
    method: "PUT",
    path: "/restaurants/status/open/:id",
    step: Steps.setRestaurantOpen(true)
  },
  "restaurants.status.close": {
    method: "PUT",
    path: "/restaurants/status/close/:id",
    step: Steps.setRestaurantOpen(false)
  },
  "foods.get-foods": {
    method: "GET",
    path: "/foods/get-foods",
    step: Steps.withCooldown("foods.get-foods", Steps.listFoods)
  },
  "foods.status-active": { method: "PUT", path: "/foods/status-active/:id", step: Steps.setFoodActive(true) },
  "foods.status-passive": { method: "PUT", path: "/foods/status-passive/:id", step: Steps.setFoodActive(false) },
  "orders.get-current": {
    method: "GET",
    path: "/orders/get-current",
    step: Steps.withCooldown("orders.get-current", Steps.currentOrders)
  },
  "orders.success": { method: "PUT", path: "/orders/success/:id", step: Steps.acknowledge },
  "orders.accept": { method: "PUT", path: "/orders/accept/:id", step: Steps.accept },
  "orders.ontheway": { method: "PUT", path: "/orders/ontheway/:id", step: Steps.handOver },
  "orders.complete": { method: "PUT", path: "/orders/complete/:id", step: Steps.complete },
  "orders.cancel": { method: "PUT", path: "/orders/cancel/:id", step: Steps.cancel },
  "orders.variables": { method: "GET", path: "/orders/variables", step: Steps.listVariables },
  "orders.cancel-reasons": { method: "GET", path: "/orders/cancel-reasons", step: Steps.listCancelReasons }
}

const table = Object.entries(routes).map(([operation, route]) => ({
  ...route,
  operation,
  segments: route.path.split("/")
}))

export interface Match {
  readonly operation: string
  readonly step: Steps.Step
  readonly id: string
}

export const isLogin = (request: SandboxRequest, path: string) => request.method === "POST" && path === "/auth/login"

export const match = (request: SandboxRequest, path: string): Match | undefined => {
  const segments = path.split("/")
  const route = table.find((route) =>
    route.method === request.method &&
    route.segments.length === segments.length &&
    route.segments.every((expected, index) =>
      expected === ":id" ? segments[index] !== "" : expected === segments[index]
    )
  )
  return route === undefined
    ? undefined
    : { operation: route.operation, step: route.step, id: route.path.endsWith("/:id") ? segments.at(-1) ?? "" : "" }
}
