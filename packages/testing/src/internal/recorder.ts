/**
 * Writes down what happens.
 */
import type { Fact, Happening } from "../History.ts"
import type { Simulation } from "../Simulation.ts"

export class Recorder {
  readonly facts: Array<Fact> = []
  readonly #simulation: Simulation
  #watchers: Array<(happening: Happening) => boolean> = []

  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  record(happening: Happening): void {
    const { now, start, steps } = this.#simulation
    this.facts.push({ ...happening, step: steps, at: now - start })
    if (this.#watchers.length > 0) this.#watchers = this.#watchers.filter((seen) => !seen(happening))
  }

  /** Calls `f` once, with the first happening from now on that is of this kind. */
  onNext<Tag extends Happening["_tag"]>(
    tag: Tag,
    of: (happening: Extract<Happening, { readonly _tag: Tag }>) => boolean,
    f: () => void
  ): void {
    const isIt = (happening: Happening): happening is Extract<Happening, { readonly _tag: Tag }> =>
      happening._tag === tag
    this.#watchers.push((happening) => {
      if (!isIt(happening) || !of(happening)) return false
      f()
      return true
    })
  }
}
