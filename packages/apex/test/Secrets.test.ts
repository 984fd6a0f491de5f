import { assert, describe, it } from "@effect/vitest"
import { Apex, type ApexError, type Service, Webhook } from "@entegre/apex"
import { TokenCache } from "@entegre/core"
import { Cause, Context, Effect, Exit, Fiber, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import { baseUrl, credentials, mockClient, type Sent, tokens } from "./support/apex.ts"
import { ids, market } from "./support/samples.ts"

const password = Webhook.basic("user", Redacted.make("canary pass word"))
const token = Webhook.token(Redacted.make("canary-hook"))

/** Everything by which a value may end up in a log. */
const renderings = (value: unknown): string =>
  [String(value), inspect(value, { depth: 20, showHidden: true }), JSON.stringify(value)].join("\n")

/** A provider that repeats whatever it is sent. */
const parrot = (status: number) => ({ body, headers }: Sent): Response =>
  Response.json({
    error: {
      code: `CODE_${headers.authorization}`,
      message: `${JSON.stringify(headers)} ${JSON.stringify(body)}`,
      details: { body, headers, list: [body, [[[[body]]]]], text: JSON.stringify(body) }
    }
  }, { status })

type Answer = (sent: Sent) => Response

const grants = ({ path }: Sent): Response | undefined =>
  path === "/auth/authenticate" ? Response.json(tokens(1)) : undefined

const answers: ReadonlyArray<readonly [string, Answer]> = [
  ["a login that is refused", parrot(401)],
  [
    "a login that is refused as documented",
    ({ body, headers }) =>
      Response.json({ error: { code: "INVALID_API_KEY", message: JSON.stringify([body, headers]) } }, {
        status: 401
      })
  ],
  ["a login that is answered with garbage", () => new Response("<canary-api-key", { status: 200 })],
  [
    "a login that is answered with a token that is none",
    () => Response.json({ ...tokens(1), access_token: "canary token" })
  ],
  ["a call that is refused", (sent) => grants(sent) ?? parrot(400)(sent)],
  ["a call that is refused without end", (sent) => grants(sent) ?? parrot(401)(sent)],
  ["a call that is too much", (sent) => grants(sent) ?? parrot(429)(sent)],
  ["a call that is answered with garbage", (sent) => grants(sent) ?? Response.json(sent)],
  [
    "a call that is answered with less than it should",
    (sent) => grants(sent) ?? Response.json({ ...market, id: undefined, webhook: sent })
  ]
]

const calls: ReadonlyArray<readonly [string, (apex: Service) => Effect.Effect<unknown, ApexError>]> = [
  [
    "creates a webhook with Basic",
    ({ markets }) =>
      markets.create({
        nodeId: ids.node,
        domain: "a.example",
        webhook: { host: "h", path: "/", authentication: password }
      })
  ],
  [
    "updates a webhook with a token",
    ({ markets }) => markets.update(ids.market, { webhook: { authentication: token } })
  ],
  [
    "creates a distributor",
    ({ distributors }) => distributors.create(ids.node, { meta: { host: "h", path: "/", authentication: token } })
  ],
  ["is checked before it is sent", ({ markets }) =>
    markets.update(ids.market, {
      webhook: { host: "", authentication: Webhook.basic("canary:user", Redacted.make("canary\npass")) }
    })]
]

describe("no secret is to be seen", () => {
  for (const loginBy of ["body", "headers"] as const) {
    for (const [title, answer] of answers) {
      it.effect.each(calls)(`after ${title}, by ${loginBy}, in a call that %s`, ([, call]) =>
        Effect.gen(function*() {
          const { client } = mockClient(answer)
          const context = yield* Layer.build(
            Apex.layer({ baseUrl, credentials, loginBy }).pipe(
              Layer.provideMerge(TokenCache.layer),
              Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
            )
          )
          const cache = Context.get(context, TokenCache)
          const apex = Context.get(context, Apex)
          const fiber = yield* Effect.forkChild(Effect.exit(call(apex)))
          yield* TestClock.adjust("3 minutes")
          const exit = yield* Fiber.join(fiber)
          if (Exit.isSuccess(exit)) return assert.fail("the call is to fail")
          assert.notMatch(renderings(exit), /canary/)
          assert.notMatch(Cause.pretty(exit.cause), /canary/)
          assert.notMatch(renderings(yield* cache.status), /canary/)
        }))
    }
  }
})
