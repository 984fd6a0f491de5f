export * as Chance from "./Chance.ts"
export * as Simulation from "./Simulation.ts"
