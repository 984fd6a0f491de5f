/**
 * Deterministic simulation of the token life: every interleaving from a seed, and the laws that none may break.
 *
 * `CheckIssuer` puts one's own issuer under the laws, `Simulate` any implementation of the token life, `Simulation` any
 * effect under a seed.
 */
export * as Candidate from "./Candidate.ts"
export * as Chance from "./Chance.ts"
export * as CheckIssuer from "./CheckIssuer.ts"
export * as Damage from "./Damage.ts"
export type * as Dialogue from "./Dialogue.ts"
export * as History from "./History.ts"
export * as Laws from "./Laws.ts"
export * as ModelIssuer from "./ModelIssuer.ts"
export * as ModelStore from "./ModelStore.ts"
export * as Simulate from "./Simulate.ts"
export * as Simulation from "./Simulation.ts"
export * as TokenStoreLaws from "./TokenStoreLaws.ts"
export * as Trace from "./Trace.ts"
export * as Wire from "./Wire.ts"
export * as Workload from "./Workload.ts"
