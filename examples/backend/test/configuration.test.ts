import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Sandboxed from "../src/sandboxed.ts"
import { Stage } from "./support/backend.ts"

describe("the service does not start, and names the variable,", () => {
  it.live.each<readonly [string, string, { readonly [name: string]: string }]>([
    ["without a key of its own", "API_KEY", { API_KEY: "" }],
    ["without the key of a provider", "ODEAL_SECRET_KEY", { ODEAL_SECRET_KEY: "" }],
    ["with an address of a provider that is not https", "APEX_BASE_URL", { APEX_BASE_URL: "http://apex.example" }],
    ["with an address of its own that is not https", "PUBLIC_URL", { PUBLIC_URL: "http://backend.example" }],
    ["with an address of its own that nobody can reach", "PUBLIC_URL", { HOST: "0.0.0.0" }],
    ["without what Apex is to show", "APEX_WEBHOOK", { APEX_WEBHOOK_TOKEN: "", APEX_WEBHOOK_PASSWORD: "" }],
    ["with a port that is none", "PORT", { PORT: "eighty" }]
  ])("%s", ([, name, settings]) =>
    Effect.gen(function*() {
      const { message } = yield* Effect.flip(Sandboxed.start(settings))
      assert.include(message, name)
    }).pipe(Effect.scoped, Effect.provide(Stage)))
})
