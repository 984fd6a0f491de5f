/**
 * Writes down what happens.
 */
import type { Fact, Happening } from "../History.ts"
import type { Simulation } from "../Simulation.ts"

export class Recorder {
  readonly facts: Array<Fact> = []
  readonly #simulation: Simulation

  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  record(happening: Happening): void {
    const { now, start, steps } = this.#simulation
    this.facts.push({ ...happening, step: steps, at: now - start })
  }
}
