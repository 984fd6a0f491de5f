/**
 * A token store in memory.
 */
import * as Layer from "effect/Layer"
import * as memoryStore from "./internal/memoryStore.ts"
import { TokenStore } from "./TokenStore.ts"

/**
 * A store in memory, for the caches of one process. `TokenCache.layer` brings one of its own; use this layer where several
 * caches of one process are to share their tokens.
 */
export const layer: Layer.Layer<TokenStore> = /* @__PURE__ */ Layer.effect(TokenStore, memoryStore.make)
