/**
 * The token store that several processes share, over Redis.
 */
export * as RedisTokenStore from "./RedisTokenStore.ts"
