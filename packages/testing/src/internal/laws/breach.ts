/** What the checks of the laws have in common. */
import type { Fact } from "../../History.ts"

/** A fact of one kind. */
export type Of<Tag extends Fact["_tag"]> = Extract<Fact, { readonly _tag: Tag }>

/** What a law finds. */
export interface Breach {
  readonly what: string
  readonly fact: Fact
}

/** The facts of one kind. */
export const all = <Tag extends Fact["_tag"]>(facts: ReadonlyArray<Fact>, tag: Tag): ReadonlyArray<Of<Tag>> =>
  facts.filter((fact): fact is Of<Tag> => fact._tag === tag)
