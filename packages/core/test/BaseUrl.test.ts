import { assert, describe, it } from "@effect/vitest"
import * as BaseUrl from "@entegre/core/BaseUrl"
import { ConfigProvider, Effect, Result, Schema } from "effect"

describe("a base address", () => {
  it.each([
    ["https://api.example.com", "https://api.example.com"],
    ["https://api.example.com/", "https://api.example.com"],
    ["https://api.example.com/v1//", "https://api.example.com/v1"],
    ["HTTPS://API.Example.com:443/V1", "https://api.example.com/V1"],
    ["https://şirket.example", "https://xn--irket-idb.example"],
    ["http://localhost:8080", "http://localhost:8080"],
    ["http://127.0.0.1:8080/api", "http://127.0.0.1:8080/api"],
    ["http://127.1", "http://127.0.0.1"],
    ["http://127.255.255.254", "http://127.255.255.254"],
    ["http://[::1]:8080", "http://[::1]:8080"],
    ["http://[0:0:0:0:0:0:0:1]", "http://[::1]"]
  ])("%s is %s", (text, expected) => {
    assert.strictEqual(Result.getOrThrow(BaseUrl.make(text)), expected)
  })

  it.each([
    ["", "is not an absolute URL"],
    ["api.example.com", "is not an absolute URL"],
    ["/v1", "is not an absolute URL"],
    ["https://", "is not an absolute URL"],
    ["https://api.example.com:port", "is not an absolute URL"],
    ["ftp://api.example.com", "is not an https URL"],
    ["file:///etc/passwd", "is not an https URL"],
    ["http://api.example.com", "http is allowed on loopback only"],
    ["http://localhost.example.com", "http is allowed on loopback only"],
    ["http://127.0.0.1.example.com", "http is allowed on loopback only"],
    ["http://128.0.0.1", "http is allowed on loopback only"],
    ["http://0.0.0.0", "http is allowed on loopback only"],
    ["http://[::2]", "http is allowed on loopback only"],
    ["http://127.0.0.1@api.example.com", "http is allowed on loopback only"],
    ["https://user:secret@api.example.com", "has credentials in it"],
    ["https://user@api.example.com", "has credentials in it"],
    ["https://api.example.com?key=secret", "has a query in it"],
    ["https://api.example.com/v1?", "has a query in it"],
    ["https://api.example.com#top", "has a fragment in it"]
  ])("%s %s", (text, problem) => {
    assert.deepStrictEqual(BaseUrl.make(text), Result.fail(problem))
  })
})

describe("a base address in the configuration", () => {
  const read = (env: Record<string, string>) =>
    Effect.provide(BaseUrl.config("ACME_BASE_URL"), ConfigProvider.layer(ConfigProvider.fromEnvRecord(env)))

  it.effect("is checked when it is read", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* read({ ACME_BASE_URL: "https://api.example.com/" }), "https://api.example.com")
      const error = yield* Effect.flip(read({ ACME_BASE_URL: "http://user:canary@api.example.com" }))
      assert.include(error.message, "ACME_BASE_URL")
      assert.include(error.message, "http is allowed on loopback only")
      assert.notInclude(String(error), "canary")
    }))

  it("is written as it is", () => {
    const baseUrl = Schema.decodeSync(BaseUrl.schema)("https://api.example.com/")
    assert.strictEqual(Schema.encodeSync(BaseUrl.schema)(baseUrl), "https://api.example.com")
  })
})
