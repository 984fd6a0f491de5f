/**
 * Paynkolay's part of the sandbox: a marketplace that runs on your machine,
 * keeps profiles, sellers and payments, checks hashes as its public pages say,
 * and calls back with signed results.
 */
import type * as Effect from "effect/Effect"
import type { Counters } from "./Counters.ts"
import type { Faults } from "./DukkangoSandbox.ts"
import type { NotFound } from "./NotFound.ts"
import type { OutgoingEntry } from "./OutgoingLog.ts"
import type {
  PaynkolayCallbackChange,
  PaynkolayCredentials,
  PaynkolayOperation,
  PaynkolayPayment,
  PaynkolayProfile,
  PaynkolaySeller,
  PaynkolaySettings,
  PaynkolaySettingsPatch
} from "./PaynkolayModel.ts"
import type { RequestEntry } from "./RequestLog.ts"

/**
 * What a sandboxed Paynkolay starts with.
 */
export interface Options extends PaynkolaySettingsPatch {
  /**
   * What the default marketplace was given.
   *
   * @default made-up ones, with the user name and the merchant number of the
   * provider's authentication page
   */
  readonly credentials?: PaynkolayCredentials | undefined
  /**
   * The payment profiles of the default marketplace.
   *
   * @default one, `PROFILE1`
   */
  readonly profiles?: ReadonlyArray<PaynkolayProfile> | undefined
  /**
   * The sellers of the default marketplace.
   *
   * @default one, `SELLER123`, as in the example of the authentication page
   */
  readonly sellers?: ReadonlyArray<PaynkolaySeller> | undefined
}

/**
 * The service of a sandboxed Paynkolay. Its lists are those of all
 * marketplaces, oldest first.
 */
export interface PaynkolaySandbox {
  /** The address that a client is configured with. */
  readonly baseUrl: string
  /** What the default marketplace was given. */
  readonly credentials: PaynkolayCredentials
  readonly counters: Effect.Effect<Counters>
  readonly resetCounters: Effect.Effect<void>
  /** The last thousand requests, oldest first, in the order in which they were dealt with. */
  readonly requests: Effect.Effect<ReadonlyArray<RequestEntry>>
  readonly settings: {
    readonly get: Effect.Effect<PaynkolaySettings>
    /** Changes some settings and gives them all. A bank's code that is none is a defect. */
    readonly update: (patch: PaynkolaySettingsPatch) => Effect.Effect<PaynkolaySettings>
  }
  readonly faults: Faults<PaynkolayOperation>
  /** Ends every token that was ever given out, for all marketplaces. */
  readonly revokeTokens: Effect.Effect<void>
  /** Opens a further marketplace, with nothing in it. It sees its own profiles, sellers and payments only. */
  readonly registerAccount: (credentials: PaynkolayCredentials) => Effect.Effect<void>
  /**
   * Changes login and keys of a marketplace (default: the default one), which
   * is found by its login. Its tokens and its code stay; `credentials` keeps
   * naming the original ones.
   */
  readonly changeCredentials: (to: PaynkolayCredentials, from?: PaynkolayCredentials) => Effect.Effect<void>
  readonly profiles: {
    readonly list: Effect.Effect<ReadonlyArray<PaynkolayProfile>>
  }
  readonly sellers: {
    readonly list: Effect.Effect<ReadonlyArray<PaynkolaySeller>>
  }
  readonly payments: {
    /** The last ten thousand payments of each marketplace. */
    readonly list: Effect.Effect<ReadonlyArray<PaynkolayPayment>>
  }
  readonly callbacks: {
    /** The last thousand callbacks, oldest first, in the order in which they were answered. */
    readonly sent: Effect.Effect<ReadonlyArray<OutgoingEntry>>
    /** Waits for the oldest callback that was not taken yet. */
    readonly take: Effect.Effect<OutgoingEntry>
    /**
     * Sends a callback about a payment, and gives what became of each copy: a
     * duplicate (`copies`, or sent again), one that is late (`delay`), forged
     * or tampered with (`fields`). Those of several payments may be sent in any
     * order.
     *
     * `payment` is a `refCode` or `trxCode`; of several payments with one
     * `trxCode` it is the latest. Fails with `NotFound` where there is none.
     */
    readonly send: (
      payment: string,
      change?: PaynkolayCallbackChange
    ) => Effect.Effect<ReadonlyArray<OutgoingEntry>, NotFound>
  }
}
