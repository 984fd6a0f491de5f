/**
 * A token store in Redis, for a backend of more than one process.
 *
 * ```ts
 * import { RedisTokenStore } from "@entegre/core/redis"
 *
 * const Main = Providers.pipe(
 *   Layer.provideMerge(SharedTokenCache.layer),
 *   Layer.provide(RedisTokenStore.layerConfig({
 *     redis: NodeRedis.layer({ ...RedisTokenStore.clientOptions, url })
 *   })),
 *   Layer.provide(NodeHttpClient.layerUndici)
 * )
 * ```
 *
 * Each operation is one script and one round trip, by the server's clock. What Redis holds is encrypted and its names are
 * marks, so nobody reads a token, an account or a credential there, in its logs or on the wire. Redis 6 or later, or what
 * speaks as it does.
 *
 * Redis in trouble is not an outage. The layer is built whether the server is there or not; while it is away operations
 * fail within `timeout`, and the cache goes on as each issuer's rotation allows. What it refuses for good, such as a wrong
 * password, fails the layer instead.
 */
import * as Config from "effect/Config"
import * as Aead from "effect/crypto/Aead"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redis from "effect/persistence/Redis"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Credentials from "./Credentials.ts"
import * as Connection from "./internal/redis/connection.ts"
import * as KeyRing from "./internal/redis/keyRing.ts"
import * as Names from "./internal/redis/names.ts"
import * as Records from "./internal/redis/records.ts"
import * as Checked from "./internal/redis/settings.ts"
import * as Store from "./internal/redis/store.ts"
import * as Scripts from "./internal/redis/tokenScripts.ts"
import { InvalidOptions } from "./InvalidOptions.ts"
import { type Service, TokenStore } from "./TokenStore.ts"

/**
 * A key under which records are encrypted.
 */
export interface EncryptionKey {
  /** What the key is called in Redis: 1 to 32 letters, digits, `-` or `_`. A new key has a new id. */
  readonly id: string
  /** 32 random bytes in base64: `openssl rand -base64 32`. */
  readonly key: Redacted.Redacted<string>
}

/**
 * What has a default.
 */
export interface Settings {
  /**
   * What the names of all keys in Redis begin with: letters, digits, `.`, `:`, `-` or `_`. Default: `entegre`.
   */
  readonly prefix?: string | undefined
  /** How long one operation may take, connecting included. Default: 1 second. */
  readonly timeout?: Duration.Input | undefined
  /**
   * For how long an account is remembered that nobody uses any more, from the last login or renewal on; or until its tokens
   * end, if that is longer. Default: 30 days.
   */
  readonly retention?: Duration.Input | undefined
}

/**
 * How a store finds its Redis.
 */
export interface RedisOptions<E, R> {
  /**
   * The layer of a Redis client, such as `NodeRedis.layer`. The store builds it for itself, when it is needed and again when
   * the connection broke; other parts of the application have clients of their own. Use {@link clientOptions}.
   */
  readonly redis: Layer.Layer<Redis.Redis, E, R>
}

/**
 * What a store is made from.
 */
export interface Options<E, R> extends RedisOptions<E, R>, Settings {
  /**
   * The keys under which records are encrypted: with the first, records are written; with all, they are read. `"none"`
   * leaves tokens readable for everybody who can read Redis.
   */
  readonly encryption: ReadonlyArray<EncryptionKey> | "none"
  /**
   * A secret that all processes have, by which accounts get their names in Redis: at least 32 random bytes in base64
   * (`openssl rand -base64 32`). It stays the same when encryption keys change; another one is another store.
   */
  readonly nameKey: Redacted.Redacted<string>
}

/**
 * Options for a `redis` client (`NodeRedis.layer`) with which the store notices trouble soon: it neither queues commands
 * while it is not connected, nor connects again by itself, because the store does.
 *
 * - `disableOfflineQueue`: a command that can not be sent fails at once.
 * - `pingInterval`: 0.5 seconds; `socket.socketTimeout`: 2 seconds. A server that does not answer any more is noticed also
 *   while nobody asks it anything, and so is a subscription that hears nothing.
 * - `socket.connectTimeout`: 1 second.
 * - `socket.reconnectStrategy`: none.
 *
 * ```ts
 * NodeRedis.layer({ ...RedisTokenStore.clientOptions, url: "rediss://cache.internal:6380" })
 * ```
 */
export const clientOptions = {
  disableOfflineQueue: true,
  pingInterval: 500,
  // Another object each time it is read: a client writes its server's address into it.
  get socket() {
    return { connectTimeout: 1000, socketTimeout: 2000, reconnectStrategy: false as const }
  }
} as const

/**
 * Makes a token store for as long as the scope lives. Most applications use {@link layer} or {@link layerConfig}.
 *
 * Fails with `InvalidOptions`, which names the option, if an option can not be used or the server refuses the user name or
 * the password; and with what the layer of Redis fails with, but for the `RedisError` of a server that is away.
 */
export const make = <E, R>(
  options: Options<E, R>
): Effect.Effect<Service, Exclude<E, Redis.RedisError> | InvalidOptions, R | Scope.Scope> =>
  makeLabelled(options, Checked.labels)

/**
 * A token store layer with options. Writing it twice makes two connections to one store.
 *
 * Fails as {@link make} does.
 *
 * ```ts
 * RedisTokenStore.layer({
 *   redis: NodeRedis.layer({ ...RedisTokenStore.clientOptions, url }),
 *   encryption: [{ id: "2026-11", key: Redacted.make("…") }],
 *   nameKey: Redacted.make("…")
 * })
 * ```
 */
export const layer = <E, R>(
  options: Options<E, R>
): Layer.Layer<TokenStore, Exclude<E, Redis.RedisError> | InvalidOptions, R> => Layer.effect(TokenStore, make(options))

/**
 * A token store layer whose keys come from the configuration. Fails with a `ConfigError`, which names the variable, and as
 * {@link make} does.
 *
 * - `ENTEGRE_STORE_KEYS`: the encryption keys, `id:key,id:key`. The first is for writing, all are for reading.
 * - `ENTEGRE_STORE_NAME_KEY`: the naming key.
 *
 * Each key is 32 random bytes in base64, as `openssl rand -base64 32` makes them.
 *
 * ```ts
 * RedisTokenStore.layerConfig({ redis: NodeRedis.layer({ ...RedisTokenStore.clientOptions, url }) })
 * ```
 */
export const layerConfig = <E, R>(
  options: RedisOptions<E, R> & Settings
): Layer.Layer<TokenStore, Config.ConfigError | Exclude<E, Redis.RedisError> | InvalidOptions, R> =>
  Layer.effect(
    TokenStore,
    Effect.flatMap(keysFromConfig, ({ encryption, nameKey }) =>
      makeLabelled({ ...options, encryption: Checked.parseKeys(encryption), nameKey }, variables))
  )

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

const variables: Checked.Labels = { encryption: "ENTEGRE_STORE_KEYS", nameKey: "ENTEGRE_STORE_NAME_KEY" }

const keysFromConfig = Config.all({
  encryption: Credentials.secret(variables.encryption),
  nameKey: Credentials.secret(variables.nameKey)
})

const cryptography = Layer.mergeAll(Aead.layerWebCrypto, Mac.layerWebCrypto).pipe(
  Layer.provideMerge(SecureRandom.layerWebCrypto)
)

const makeLabelled = Effect.fnUntraced(function*<E, R>(
  options: Options<E, R>,
  labels: Checked.Labels
): Effect.fn.Return<Service, Exclude<E, Redis.RedisError> | InvalidOptions, R | Scope.Scope> {
  const settings = yield* Checked.make(options)
  const keys = yield* Checked.encryptionKeys(labels.encryption, options.encryption)
  const nameBytes = yield* Checked.nameKey(labels.nameKey, options.nameKey)
  const { names, namesMark, ring } = yield* Effect.gen(function*() {
    const names = Names.make(yield* Mac.Mac, yield* Mac.key(Mac.hmacSha256, nameBytes))
    return {
      names,
      namesMark: yield* names.mark("names", ""),
      ring: keys === undefined ? KeyRing.plain : yield* KeyRing.make(keys)
    }
  }).pipe(Effect.provideContext(yield* Layer.build(cryptography)), Effect.orDie)

  const strangers = new InvalidOptions({
    option: labels.nameKey,
    problem: "is not the one with which others use this prefix: give all processes the same, or another prefix"
  })
  const connection = yield* Connection.make({
    redis: options.redis,
    timeout: settings.timeout,
    greet: (client) =>
      Effect.flatMap(
        client.eval(Scripts.greet)(`${settings.prefix}:names`, namesMark, settings.retention),
        (answer) =>
          answer === "Welcome"
            ? Effect.void
            : Effect.fail<Connection.Trouble<InvalidOptions>>({
              _tag: "Misconfigured",
              problem: strangers.message,
              error: strangers
            })
      ),
    invalid: (problem) => new InvalidOptions({ option: "redis", problem: `can not be used: ${problem}` })
  })
  yield* connection.connect.pipe(
    Effect.catch((trouble) => trouble._tag === "Misconfigured" ? Effect.fail(trouble.error) : Effect.void)
  )
  return Store.make(connection, names, Records.make(ring), settings)
})
