/**
 * Dükkango's part of the sandbox: a Dükkango that runs on your machine, does
 * what its public pages say, and does it badly when told to.
 */
import type * as Effect from "effect/Effect"
import type { Counters } from "./Counters.ts"
import type {
  DukkangoAccount,
  DukkangoAccountInput,
  DukkangoAcknowledgement,
  DukkangoCredentials,
  DukkangoFood,
  DukkangoOperation,
  DukkangoOrder,
  DukkangoOrderInput,
  DukkangoRestaurant,
  DukkangoSettings,
  DukkangoSettingsPatch
} from "./DukkangoModel.ts"
import type { Fault, FaultOn, Target } from "./Fault.ts"
import type { RequestEntry } from "./RequestLog.ts"

/**
 * What a sandboxed Dükkango starts with.
 */
export interface Options extends DukkangoSettingsPatch {
  /**
   * The keys of the default account.
   *
   * @default `sandbox-app-secret-key` and `sandbox-rest-secret-key`
   */
  readonly credentials?: DukkangoCredentials | undefined
  /**
   * The branches of the default account.
   *
   * @default the two branches of the provider's authentication page
   */
  readonly restaurants?: ReadonlyArray<DukkangoRestaurant> | undefined
  /**
   * The menu.
   *
   * @default two dishes in the first branch
   */
  readonly foods?: ReadonlyArray<DukkangoFood> | undefined
  /**
   * Orders that are there from the start.
   *
   * @default none
   */
  readonly orders?: ReadonlyArray<DukkangoOrderInput> | undefined
}

/**
 * The faults of one provider. Faults are taken in the order in which they came;
 * a request is spoiled by the first one that is meant for it.
 */
export interface Faults<Operation extends string> {
  readonly inject: (fault: FaultOn<Operation | Target>) => Effect.Effect<void>
  readonly clear: Effect.Effect<void>
  /** The faults that are still to come, with the times they have left. */
  readonly pending: Effect.Effect<ReadonlyArray<Fault>>
}

/**
 * The service of a sandboxed Dükkango.
 */
export interface DukkangoSandbox {
  /** The address that a client is configured with. */
  readonly baseUrl: string
  /** The keys of the default account. */
  readonly credentials: DukkangoCredentials
  readonly counters: Effect.Effect<Counters>
  readonly resetCounters: Effect.Effect<void>
  /** The last thousand requests, oldest first, in the order in which they were dealt with. */
  readonly requests: Effect.Effect<ReadonlyArray<RequestEntry>>
  readonly settings: {
    readonly get: Effect.Effect<DukkangoSettings>
    /** Changes some settings and gives them all. A time zone that does not exist is a defect. */
    readonly update: (patch: DukkangoSettingsPatch) => Effect.Effect<DukkangoSettings>
  }
  readonly faults: Faults<DukkangoOperation>
  /** Ends every token that was ever given out, for all accounts. */
  readonly revokeTokens: Effect.Effect<void>
  /** Opens a further account. Keys that exist already are given to the new branches as well. */
  readonly registerAccount: (options: DukkangoAccountInput) => Effect.Effect<DukkangoAccount>
  /**
   * Changes the keys of an account (default: the default account). Its tokens
   * and branches stay; `credentials` keeps naming the original keys.
   */
  readonly changeCredentials: (to: DukkangoCredentials, from?: DukkangoCredentials) => Effect.Effect<void>
  readonly orders: {
    /** A customer orders. What is not said is filled in; the branch is the first one. */
    readonly place: (order?: DukkangoOrderInput) => Effect.Effect<DukkangoOrder>
    /** Puts an order into a status, as a customer or a courier does. */
    readonly advance: (paymentKey: string, statusId: number) => Effect.Effect<void>
    readonly list: Effect.Effect<ReadonlyArray<DukkangoOrder>>
    /** The last ten thousand acknowledgements, oldest first. */
    readonly acknowledgements: Effect.Effect<ReadonlyArray<DukkangoAcknowledgement>>
  }
  readonly restaurants: {
    readonly list: Effect.Effect<ReadonlyArray<DukkangoRestaurant>>
  }
  readonly foods: {
    /** The menu, with what is on sale. */
    readonly list: Effect.Effect<ReadonlyArray<DukkangoFood & { readonly active: boolean }>>
  }
}
