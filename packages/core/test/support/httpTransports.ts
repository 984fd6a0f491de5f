import { NodeHttpClient } from "@effect/platform-node"
import { FetchHttpClient } from "effect/http"

/** The transports that applications on Node choose from. */
export const transports = [
  ["FetchHttpClient", FetchHttpClient.layer],
  ["NodeHttpClient.layerUndici", NodeHttpClient.layerUndici],
  ["NodeHttpClient.layerNodeHttp", NodeHttpClient.layerNodeHttp]
] as const
