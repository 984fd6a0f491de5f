import { describe, it } from "@effect/vitest"
import { TokenStore } from "@entegre/core/TokenStore"
import { TestClock } from "effect/testing"
import * as TokenStoreLaws from "../../testing/src/TokenStoreLaws.ts"

describe("the token store in memory", () => {
  TokenStoreLaws.suite(it.effect, TokenStore.layerMemory, { pass: TestClock.adjust })
})
