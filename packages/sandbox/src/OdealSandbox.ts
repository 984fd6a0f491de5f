/**
 * Ödeal's part of the sandbox: a virtual POS that runs on your machine, keeps
 * one pair of tokens for each account as the real one does, and calls back.
 */
import type * as Effect from "effect/Effect"
import type { Counters } from "./Counters.ts"
import type { Faults } from "./DukkangoSandbox.ts"
import type { NotFound } from "./NotFound.ts"
import type {
  OdealCallbackChange,
  OdealCredentials,
  OdealOperation,
  OdealPayment,
  OdealPaymentStatus,
  OdealSettings,
  OdealSettingsPatch
} from "./OdealModel.ts"
import type { OutgoingEntry } from "./OutgoingLog.ts"
import type { RequestEntry } from "./RequestLog.ts"

/**
 * What a sandboxed Ödeal starts with.
 */
export interface Options extends OdealSettingsPatch {
  /**
   * The keys of the default account.
   *
   * @default `sandbox-odeal-api-key` and `sandbox-odeal-secret-key`
   */
  readonly credentials?: OdealCredentials | undefined
}

/**
 * The service of a sandboxed Ödeal.
 */
export interface OdealSandbox {
  /** The address that a client is configured with. */
  readonly baseUrl: string
  /** The keys of the default account. */
  readonly credentials: OdealCredentials
  readonly counters: Effect.Effect<Counters>
  readonly resetCounters: Effect.Effect<void>
  /** The last thousand requests, oldest first, in the order in which they were dealt with. */
  readonly requests: Effect.Effect<ReadonlyArray<RequestEntry>>
  readonly settings: {
    readonly get: Effect.Effect<OdealSettings>
    /** Changes some settings and gives them all. A path that is none is a defect. */
    readonly update: (patch: OdealSettingsPatch) => Effect.Effect<OdealSettings>
  }
  readonly faults: Faults<OdealOperation>
  /** Ends every token that was ever given out, of both kinds and for all accounts. */
  readonly revokeTokens: Effect.Effect<void>
  /** Ends every access token; refresh tokens live on. */
  readonly revokeAccessTokens: Effect.Effect<void>
  /** Opens a further account. It sees its own payments only. */
  readonly registerAccount: (credentials: OdealCredentials) => Effect.Effect<void>
  /**
   * Changes the keys of an account (default: the default account). Its tokens
   * and payments stay; `credentials` keeps naming the original keys.
   */
  readonly changeCredentials: (to: OdealCredentials, from?: OdealCredentials) => Effect.Effect<void>
  readonly payments: {
    /** The last ten thousand payments, oldest first. */
    readonly list: Effect.Effect<ReadonlyArray<OdealPayment>>
    /** Puts a payment into a status, as a bank or Ödeal's own staff does. The callback follows as after any change. */
    readonly advance: (
      id: number,
      status: OdealPaymentStatus,
      reason?: string
    ) => Effect.Effect<OdealPayment, NotFound>
  }
  readonly callbacks: {
    /** The last thousand callbacks, oldest first, in the order in which they were answered. */
    readonly sent: Effect.Effect<ReadonlyArray<OutgoingEntry>>
    /** Waits for the oldest callback that was not taken yet. */
    readonly take: Effect.Effect<OutgoingEntry>
    /**
     * Sends a callback about a payment, and gives what became of each copy: a
     * duplicate (`copies`, or sent again), one that is late (`delay`) or out of
     * order (`status`), or a forged one (`fields`). The payment itself stays as
     * it is. Fails with `NotFound` where there is no such payment, or no address
     * to send it to.
     */
    readonly send: (
      paymentId: number,
      change?: OdealCallbackChange
    ) => Effect.Effect<ReadonlyArray<OutgoingEntry>, NotFound>
  }
}
