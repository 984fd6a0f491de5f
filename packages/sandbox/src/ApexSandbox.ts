/**
 * Apex's part of the sandbox: a brokerage that runs on your machine, keeps its
 * rate limit, and fires the webhooks that its markets and distributors have.
 */
import type * as Effect from "effect/Effect"
import type { ApexCredentials, ApexOperation, ApexSettings, ApexSettingsPatch, ApexWebhookChange } from "./ApexModel.ts"
import type { Counters } from "./Counters.ts"
import type { Faults } from "./DukkangoSandbox.ts"
import type { NotFound } from "./NotFound.ts"
import type { OutgoingEntry } from "./OutgoingLog.ts"
import type { RequestEntry } from "./RequestLog.ts"

/**
 * What a sandboxed Apex starts with.
 */
export interface Options extends ApexSettingsPatch {
  /**
   * The keys of the default account.
   *
   * @default `sandbox-apex-api-key` and `sandbox-apex-secret-key`
   */
  readonly credentials?: ApexCredentials | undefined
}

/**
 * The service of a sandboxed Apex. It keeps the last ten thousand of each kind
 * of thing that its accounts created.
 */
export interface ApexSandbox {
  /** The address that a client is configured with. */
  readonly baseUrl: string
  /** The keys of the default account. */
  readonly credentials: ApexCredentials
  readonly counters: Effect.Effect<Counters>
  readonly resetCounters: Effect.Effect<void>
  /** The last thousand requests, oldest first, in the order in which they were dealt with. */
  readonly requests: Effect.Effect<ReadonlyArray<RequestEntry>>
  readonly settings: {
    readonly get: Effect.Effect<ApexSettings>
    /** Changes some settings and gives them all. One that makes no sense is a defect. */
    readonly update: (patch: ApexSettingsPatch) => Effect.Effect<ApexSettings>
  }
  readonly faults: Faults<ApexOperation>
  /** Ends every token that was ever given out, of both kinds and for all accounts. */
  readonly revokeTokens: Effect.Effect<void>
  /** Ends every access token; refresh tokens live on. */
  readonly revokeAccessTokens: Effect.Effect<void>
  /** Opens a further account. It sees what it created itself, and nothing else. */
  readonly registerAccount: (credentials: ApexCredentials) => Effect.Effect<void>
  /**
   * Changes the keys of an account (default: the default account). Its tokens
   * and what it created stay; `credentials` keeps naming the original keys.
   */
  readonly changeCredentials: (to: ApexCredentials, from?: ApexCredentials) => Effect.Effect<void>
  readonly webhooks: {
    /** The last thousand webhooks, oldest first, in the order in which they were answered. */
    readonly sent: Effect.Effect<ReadonlyArray<OutgoingEntry>>
    /** Waits for the oldest webhook that was not taken yet. */
    readonly take: Effect.Effect<OutgoingEntry>
    /**
     * Fires the webhook of a market, or of a distributor, and gives what became
     * of each copy: a duplicate (`copies`, or an earlier `id` among `fields`),
     * one that is late (`delay`), or a forged one (`authentication`). Fails with
     * `NotFound` where there is no such market or distributor, or it has no
     * webhook.
     */
    readonly fire: (
      id: string,
      change?: ApexWebhookChange
    ) => Effect.Effect<ReadonlyArray<OutgoingEntry>, NotFound>
  }
}
