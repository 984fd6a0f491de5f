/**
 * An effect that is the `Ref` of its own state, where there are many: `Ref.makeUnsafe` makes two objects for each, of 56
 * bytes.
 */
import * as Effectable from "effect/Effectable"
import { identity } from "effect/Function"
import type * as MutableRef from "effect/MutableRef"
import type * as Ref from "effect/Ref"

export abstract class OwnRef<State, A, E> extends Effectable.Class<A, E>
  implements Ref.Ref<State>, MutableRef.MutableRef<State>
{
  current: State

  constructor(initial: State) {
    super()
    this.current = initial
  }

  get ref(): this {
    return this
  }

  get ["~effect/Ref"](): Ref.Ref<State>["~effect/Ref"] {
    return { _A: identity }
  }

  get ["~effect/MutableRef"](): MutableRef.MutableRef<State>["~effect/MutableRef"] {
    return "~effect/MutableRef"
  }
}
