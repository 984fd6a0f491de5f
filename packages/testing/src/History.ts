/**
 * What happened in a run: at the provider, in the token store, to callers and to processes.
 *
 * The laws look at nothing else. Facts are told by the models and the workload, never by the implementation under test,
 * but for its events.
 */
import type { Rotation } from "@entegre/core/Issuer"
import type { TokenEvent } from "@entegre/core/TokenEvent"

/**
 * A fact without the moment at which it was recorded. `process` is a process's name, `account` the key's, `request`,
 * `caller` and `call` are numbers. Secrets are those of the model and worth nothing.
 */
export type Happening =
  // The provider's token endpoint
  /** A login or a refresh leaves a process. */
  | {
    readonly _tag: "Sent"
    readonly request: number
    readonly process: string
    readonly account: string
    readonly means: "login" | "refresh"
    /** The credentials' secret, or the refresh token. */
    readonly secret: string
    /** The request that spent or replaced the refresh token before, or that is on its way to spend it. */
    readonly supersededBy: number | undefined
  }
  /** The provider handed out a token set. */
  | { readonly _tag: "Granted"; readonly request: number; readonly account: string; readonly access: string }
  /** The provider refused the credentials. */
  | { readonly _tag: "Refused"; readonly request: number; readonly account: string; readonly secret: string }
  /** The provider is done with a request, whether its answer arrives or not. */
  | { readonly _tag: "Answered"; readonly request: number }
  /** The answer reached the process while it waited for it. `access` is there if it was a token set. */
  | {
    readonly _tag: "Received"
    readonly request: number
    readonly process: string
    readonly access: string | undefined
    /** It was a refusal of the credentials. */
    readonly refused: boolean
  }
  /** The process does not wait for the answer any more. */
  | { readonly _tag: "GaveUp"; readonly request: number }
  /** The provider let an access token die before its time. */
  | { readonly _tag: "Revoked"; readonly account: string; readonly access: string }
  // Credentials
  /** The secrets manager hands out another secret from now on. */
  | { readonly _tag: "Provided"; readonly account: string; readonly secret: string }
  /** The application said that the credentials were replaced. */
  | { readonly _tag: "Announced"; readonly process: string; readonly account: string }
  // The token store
  /** A lease was given. */
  | {
    readonly _tag: "Leased"
    readonly process: string
    readonly account: string
    readonly owner: string
    readonly fence: number
  }
  /** A record was written. */
  | {
    readonly _tag: "Written"
    readonly process: string
    readonly account: string
    readonly generation: number
    readonly access: string | undefined
    /** Whether it says that the credentials were refused. */
    readonly lockedOut: boolean
    /** The generation that stood there. */
    readonly over: number | undefined
  }
  /** A token set was dropped because it was compromised. */
  | {
    readonly _tag: "Forgotten"
    readonly process: string
    readonly account: string
    readonly refresh: string | undefined
  }
  /** A write under an older fencing number was refused. */
  | { readonly _tag: "Fenced"; readonly process: string; readonly account: string; readonly access: string | undefined }
  /** An operation of a process failed, or its answer was lost. */
  | { readonly _tag: "StoreFailed"; readonly process: string; readonly operation: string }
  /** The store lost what it had: everything, or its last changes. */
  | {
    readonly _tag: "StoreLost"
    readonly what: "everything" | "last changes"
    readonly accounts: ReadonlyArray<string>
  }
  // Processes
  | { readonly _tag: "Opened"; readonly process: string }
  | { readonly _tag: "Frozen"; readonly process: string }
  | { readonly _tag: "Thawed"; readonly process: string }
  /** Frozen for ever. */
  | { readonly _tag: "Crashed"; readonly process: string }
  | { readonly _tag: "Closing"; readonly process: string }
  | { readonly _tag: "Closed"; readonly process: string }
  /** An event of the token life, `skew` milliseconds ahead of the world's clock. */
  | {
    readonly _tag: "Event"
    readonly process: string
    readonly account: string
    readonly event: TokenEvent
    readonly skew: number
  }
  // Callers
  /** A caller begins to `get`, to `reject` a token, to `discard` or to `forget` one, or to make a call. */
  | {
    readonly _tag: "Began"
    readonly caller: number
    readonly process: string
    readonly account: string
    readonly act: "get" | "reject" | "discard" | "forget" | "call"
    /** The generation that is rejected or discarded. */
    readonly generation: number | undefined
  }
  /** A caller has a token, `expiresAt` on the world's clock. */
  | {
    readonly _tag: "Shown"
    readonly caller: number
    readonly process: string
    readonly account: string
    readonly access: string
    readonly generation: number
    readonly expiresAt: number
  }
  /** A caller is done: with what it wanted, with an error, because it was interrupted, or by a defect. */
  | {
    readonly _tag: "Ended"
    readonly caller: number
    readonly how: "succeeded" | "failed" | "interrupted" | "died"
    /** The reason of an error, or what the defect was. */
    readonly reason: string | undefined
  }
  /** A caller has waited for so long that it will wait for ever, in a process that is neither frozen nor closing. */
  | { readonly _tag: "Hung"; readonly caller: number; readonly process: string }
  /** A caller's call left with a token. */
  | {
    readonly _tag: "Called"
    readonly caller: number
    readonly process: string
    readonly account: string
    readonly access: string
  }
  /** A caller's call was answered: the provider does not take the token. */
  | { readonly _tag: "Unauthorized"; readonly caller: number; readonly account: string; readonly access: string }
  /** After all faults had ended, a process got a token, or did not. */
  | { readonly _tag: "Recovered"; readonly process: string; readonly account: string; readonly succeeded: boolean }
  /** What a process left behind when it had been closed. */
  | {
    readonly _tag: "Left"
    readonly process: string
    readonly fibers: number
    readonly steps: number
    readonly leases: number
  }
  /** The run did not come to an end in any reasonable number of steps. */
  | { readonly _tag: "Astray" }

/**
 * Where happenings are written down.
 */
export interface Chronicle {
  readonly record: (happening: Happening) => void
}

/**
 * A fact: what happened, and when.
 */
export type Fact = Happening & {
  /** How many steps had been run. */
  readonly step: number
  /** Milliseconds since the run began. */
  readonly at: number
}

/**
 * What the provider handed out.
 */
export interface Issued {
  readonly access: string
  readonly refresh: string | undefined
  readonly account: string
  /** When the access token ends by the provider's reckoning, in milliseconds since the run began. */
  readonly expiresAt: number
  /** Whether the provider's clock is as good as the world's, so that its clients can know the end exactly. */
  readonly exact: boolean
}

/**
 * Under which circumstances it happened.
 */
export interface Setting {
  readonly rotation: Rotation
  /** How long a request to the issuer may take, in milliseconds. */
  readonly timeout: number
  /** How long after each refused login in a row the next may be tried, in milliseconds; the last one repeats. */
  readonly probes: ReadonlyArray<number>
  /** Whether the store can be looked into: not if each cache has one of its own. */
  readonly storeSeen: boolean
}

/**
 * Everything that happened in a run.
 */
export interface History {
  /** When it began, in milliseconds since the epoch. */
  readonly start: number
  readonly setting: Setting
  readonly facts: ReadonlyArray<Fact>
  /** The provider's token sets by access token. */
  readonly issued: ReadonlyMap<string, Issued>
}
