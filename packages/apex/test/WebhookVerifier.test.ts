import { assert, describe, it } from "@effect/vitest"
import { Webhook, WebhookVerifier } from "@entegre/apex"
import { Effect, Layer, Redacted, Result, Schema } from "effect"
import { type Headers as EffectHeaders, HttpRouter, HttpServer } from "effect/http"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"

const basic = Webhook.basic("entegre", Redacted.make("çanary:päss"))
const token = Webhook.token(Redacted.make("canary-token"))

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64")
const right = `Basic ${base64("entegre:çanary:päss")}`

const verdict = (
  headers: EffectHeaders.Input,
  expected: ReadonlyArray<Webhook.Authentication>,
  tokenCarrier?: WebhookVerifier.TokenCarrier
): string =>
  Result.match(WebhookVerifier.verify(headers, { expected, tokenCarrier }), {
    onFailure: ({ problem }) => problem,
    onSuccess: () => "accepted"
  })

/** What a header takes; few letters, so that some are alike. */
const printable = Schema.String.check(Schema.isPattern(/^[ab~]{1,4}$/))

describe("a request that shows Basic", () => {
  it.each([
    ["the right user name and password", right, "accepted"],
    ["them after a scheme in another case", right.replace("Basic", "bASIC"), "accepted"],
    ["them after many blanks", right.replace(" ", "   "), "accepted"],
    ["another password", `Basic ${base64("entegre:çanary:pass")}`, "wrong"],
    ["a password that begins like the right one", `Basic ${base64("entegre:çanary")}`, "wrong"],
    ["a password that goes on after the right one", `Basic ${base64("entegre:çanary:päss!")}`, "wrong"],
    ["the right one twice", `Basic ${base64("entegre:çanary:pässentegre:çanary:päss")}`, "wrong"],
    ["another user name", `Basic ${base64("Entegre:çanary:päss")}`, "wrong"],
    ["a user name alone", `Basic ${base64("entegre")}`, "wrong"],
    ["the right ones in the clear", "Basic entegre:çanary:päss", "missing"],
    ["nothing after the scheme", "Basic", "missing"],
    ["another scheme", `Bearer ${base64("entegre:çanary:päss")}`, "missing"],
    ["nothing", "", "missing"]
  ])("%s", (_, authorization, expected) => {
    assert.strictEqual(verdict({ authorization }, [basic]), expected)
  })
})

describe("a request that shows a token", () => {
  it.each([
    ["the right one", "Bearer canary-token", "accepted"],
    ["the right one after a scheme in another case", "bearer canary-token", "accepted"],
    ["another one", "Bearer canary-toke", "wrong"],
    ["one more letter", "Bearer canary-tokens", "wrong"],
    ["the right one without a scheme", "canary-token", "missing"],
    ["a user name and a password", right, "missing"]
  ])("%s", (_, authorization, expected) => {
    assert.strictEqual(verdict({ authorization }, [token]), expected)
  })

  it.each([
    [{ header: "X-Apex-Token" }, { "x-apex-token": "canary-token" }, "accepted"],
    [{ header: "X-Apex-Token" }, { "x-apex-token": "Bearer canary-token" }, "wrong"],
    [{ header: "X-Apex-Token" }, { authorization: "Bearer canary-token" }, "missing"],
    [{ header: "Authorization", scheme: "Token" }, { authorization: "Token canary-token" }, "accepted"],
    [{ header: "Authorization", scheme: "Token" }, { authorization: "Bearer canary-token" }, "missing"],
    [{ header: "Authorization" }, { authorization: "canary-token" }, "accepted"]
  ])("where it is said to be: %j, %j", (carrier, headers, expected) => {
    assert.strictEqual(verdict(headers, [token], carrier), expected)
  })
})

describe("a verifier", () => {
  it("takes the headers of fetch, of node:http and of Effect", () => {
    assert.strictEqual(verdict(new Headers({ Authorization: right }), [basic]), "accepted")
    assert.strictEqual(
      verdict({ authorization: right, "set-cookie": ["a", "b"], host: undefined }, [basic]),
      "accepted"
    )
    assert.strictEqual(verdict([["Authorization", right]], [basic]), "accepted")
  })

  it("takes any of what is expected, while it is changed", () => {
    const other = Webhook.token(Redacted.make("canary-next"))
    for (const authorization of [right, "Bearer canary-token", "Bearer canary-next"]) {
      assert.strictEqual(verdict({ authorization }, [basic, token, other]), "accepted")
    }
    assert.strictEqual(verdict({ authorization: "Bearer canary" }, [basic, token, other]), "wrong")
  })

  it("takes nothing if nothing is expected", () => {
    assert.strictEqual(verdict({ authorization: right }, []), "missing")
    assert.strictEqual(verdict({}, []), "missing")
  })

  it("takes no empty secret", () => {
    const empty = Webhook.token(Redacted.make(""))
    assert.strictEqual(verdict({ authorization: "Bearer " }, [empty]), "missing")
    assert.strictEqual(verdict({}, [empty]), "missing")
    assert.strictEqual(verdict({ "x-token": "" }, [empty], { header: "x-token" }), "missing")
  })

  it("says nothing of what was expected or shown", () => {
    const result = WebhookVerifier.verify({ authorization: "Bearer canary-shown" }, { expected: [token] })
    assert.notInclude(JSON.stringify(result), "canary")
  })

  it.prop("accepts what it is shown if and only if it is what is expected", {
    expected: printable,
    shown: printable
  }, ({ expected, shown }) => {
    const carrier = { header: "x-token" }
    const verifies = (shown: string) =>
      verdict({ "x-token": shown }, [Webhook.token(Redacted.make(expected))], carrier) === "accepted"
    assert.isTrue(verifies(expected))
    assert.strictEqual(verifies(shown), expected === shown)
  })
})

describe("security middleware", () => {
  const Api = HttpApi.make("api").add(
    HttpApiGroup.make("webhooks").add(
      HttpApiEndpoint.post("apex", "/apex", { payload: Schema.Unknown, success: Schema.String }).middleware(
        WebhookVerifier.WebhookSecurity
      )
    )
  )

  const post = Effect.fnUntraced(function*(
    options: WebhookVerifier.VerifyOptions | Effect.Effect<WebhookVerifier.VerifyOptions>,
    headers: { readonly [name: string]: string }
  ) {
    const handlers = HttpApiBuilder.group(
      Api,
      "webhooks",
      (handlers) => handlers.handle("apex", () => Effect.succeed("thanks"))
    )
    const { dispose, handler } = HttpRouter.toWebHandler(
      HttpApiBuilder.layer(Api).pipe(
        Layer.provide(handlers),
        Layer.provide(WebhookVerifier.WebhookSecurity.layer(options)),
        Layer.provide(HttpServer.layerServices)
      ),
      { disableLogger: true }
    )
    yield* Effect.addFinalizer(() => Effect.promise(dispose))
    const request = new Request("http://localhost/apex", {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json", ...headers }
    })
    const response = yield* Effect.promise(() => handler(request))
    return [response.status, yield* Effect.promise(() => response.text())] as const
  })

  it.effect.each(
    [
      ["Basic", basic, { authorization: right }, 200],
      ["a token", token, { authorization: "Bearer canary-token" }, 200],
      ["a wrong token", token, { authorization: "Bearer canary" }, 401],
      ["Basic where a token is expected", token, { authorization: right }, 401],
      ["nothing", basic, {}, 401]
    ] as const
  )("answers to %s", ([, expected, headers, status]) =>
    Effect.gen(function*() {
      const [answered, body] = yield* post({ expected: [expected] }, headers)
      assert.strictEqual(answered, status)
      if (status === 200) assert.include(body, "thanks")
      else assert.include(body, "WebhookRefused")
      assert.notInclude(body, "canary")
    }))

  it.effect("looks where it is told to", () =>
    Effect.gen(function*() {
      const options = { expected: [token], tokenCarrier: { header: "x-apex-token" } }
      assert.strictEqual((yield* post(options, { "x-apex-token": "canary-token" }))[0], 200)
      assert.strictEqual((yield* post(options, { authorization: "Bearer canary-token" }))[0], 401)
    }))

  it.effect("asks for what it expects at every request", () =>
    Effect.gen(function*() {
      let asked = 0
      const options = Effect.sync(() => ({ expected: ++asked > 0 ? [token] : [] }))
      assert.strictEqual((yield* post(options, { authorization: "Bearer canary-token" }))[0], 200)
      assert.strictEqual(asked, 1)
    }))

  it("stands in the description of the API", () => {
    const { components, paths } = OpenApi.fromApi(Api)
    assert.deepStrictEqual(Object.keys(components.securitySchemes).toSorted(), ["basic", "token"])
    assert.property(paths["/apex"]?.post?.responses, "401")
  })
})
