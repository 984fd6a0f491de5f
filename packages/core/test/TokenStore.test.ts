import { describe, it } from "@effect/vitest"
import * as MemoryTokenStore from "@entegre/core/MemoryTokenStore"
import { TestClock } from "effect/testing"
import * as TokenStoreLaws from "../../testing/src/TokenStoreLaws.ts"

describe("the token store in memory", () => {
  TokenStoreLaws.suite(it.effect, MemoryTokenStore.layer, { pass: TestClock.adjust })
})
