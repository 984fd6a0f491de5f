/**
 * What it takes to spoil the token cache, and to notice it.
 */
import type { Rotation } from "@entegre/core/Issuer"

/** One fault, put into the sources of `@entegre/core`. */
export interface Mutation {
  /** What is wrong then, in words. */
  readonly name: string
  /** Below `packages/core/src`. */
  readonly file: string
  /** What stands there, once. */
  readonly from: string
  readonly to: string
  /** What notices it soonest. Everything else is asked only if this does not. */
  readonly noticedBy: Simulation | Test
}

/** A simulation for one kind of provider and so many processes. */
export interface Simulation {
  readonly policy: Rotation
  readonly processes: number
}

/** A test of core. */
export interface Test {
  /** The file below `packages/core/test`, without its ending. */
  readonly test: string
  /** A part of the test's name. */
  readonly named: string
}
