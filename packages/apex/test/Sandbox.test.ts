import { assert, describe, it, layer } from "@effect/vitest"
import { Amount, Apex, ApexSchema, Webhook, WebhookVerifier } from "@entegre/apex"
import { Fault } from "@entegre/sandbox"
import { BigDecimal, Duration, Effect, Exit, Fiber, Option, Redacted, Result, Schedule, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as Sample from "./support/samples.ts"
import { provider, socketless, sockets } from "./support/sandbox.ts"

const counters = Effect.flatMap(provider, ({ counters }) => counters)
const create = (name: string) => Apex.use(({ nodes }) => nodes.create({ name, type: "Account" }))
const crowd = <A, E, R>(size: number, effect: Effect.Effect<A, E, R>) =>
  Effect.forEach(Array.from({ length: size }), () => effect, { concurrency: "unbounded" })

/** So many requests that nothing waits. */
const unlimited = { sandbox: { rateLimit: 1_000_000 }, settings: { requestLimit: 1_000_000 } }

const tour = Effect.gen(function*() {
  const { distributors, kyc, markets, nodes, tokens } = yield* Apex

  const root = yield* nodes.create({ name: "Root", type: "Apex" })
  for (const name of ["one", "two", "three"]) yield* nodes.create({ parentId: root.id, name, type: "Account" })
  const children = yield* Stream.runCollect(nodes.children(root.id, { perPage: 2 }))
  assert.deepStrictEqual(children.map(({ name }) => name).toSorted(), ["one", "three", "two"])
  const [child] = children
  if (child === undefined) return assert.fail("there is no child")
  assert.deepStrictEqual(child.parentId, Option.some(root.id))
  assert.strictEqual((yield* nodes.update(child.id, { type: "SubAccount" })).type, "SubAccount")
  assert.strictEqual((yield* nodes.get(child.id)).name, child.name)
  yield* nodes.delete(child.id)
  const gone = yield* Effect.flip(nodes.get(child.id))
  assert.strictEqual(gone.reason._tag, "NotFound")

  const market = yield* markets.create({ nodeId: root.id, domain: "a.example", webhook: Sample.webhook })
  assert.deepStrictEqual(Option.map(market.webhook, ({ method }) => method), Option.some(Option.some("GET")))
  const kept = yield* markets.update(market.id, { domain: "b.example" })
  assert.isTrue(Option.isSome(kept.webhook))
  const removed = yield* markets.update(market.id, { webhook: null })
  assert.isTrue(Option.isNone(removed.webhook))
  assert.strictEqual(removed.domain, "b.example")

  const distributor = yield* distributors.create(root.id, { meta: Sample.meta })
  assert.isTrue(Option.isNone((yield* distributors.update(distributor.id, { meta: null })).meta))

  const token = yield* tokens.create(root.id, distributor.id, { ...Sample.createToken, value: Amount.make("0.00044") })
  assert.isTrue(BigDecimal.equals(Amount.withoutNoise(token.value), Amount.make("0.00044")))
  assert.deepStrictEqual(token.externalId, Option.some("ext_token_12345"))
  const [listed] = yield* tokens.setMarkets(token.id, { markets: [market.id] })
  assert.strictEqual(listed?.marketId, market.id)
  const ofMarket = yield* Stream.runCollect(tokens.ofMarket(market.id))
  assert.deepStrictEqual(ofMarket.map(({ id }) => id), [token.id])
  yield* tokens.createFromExternal("ext_token_12345", { markets: "all" })

  const address = yield* kyc.createAddress(market.id, { chainId: 137, name: "kyc", address: "0x1" })
  assert.strictEqual((yield* kyc.updateAddress(address.id, { name: "KYC" })).name, "KYC")
  assert.strictEqual((yield* Stream.runCollect(kyc.addresses(market.id, { chainId: 1 }))).length, 0)
  assert.strictEqual((yield* kyc.addressesPage(market.id, { chainId: 137 })).total, 1)
  const tie = { kycAddressId: address.id, chainId: 137, hash: "0x2", isApproved: false }
  const tied = yield* kyc.createToken(token.id, tie)
  assert.strictEqual((yield* kyc.updateToken(token.id, tied.id, { isApproved: true })).isApproved, true)

  const { cooldownRefusals, failed, logins, refused } = yield* counters
  assert.deepStrictEqual({ cooldownRefusals, failed, logins, refused }, {
    cooldownRefusals: 0,
    failed: 0,
    logins: 1,
    refused: 0
  })
})

describe("every operation does at the sandbox what it says", () => {
  it.effect("without sockets", () => tour.pipe(Effect.provide(socketless(unlimited))))
  it.live("over a socket", () => tour.pipe(Effect.provide(sockets(unlimited))))
  it.live("over a socket, with keys in headers", () =>
    tour.pipe(Effect.provide(sockets({ ...unlimited, settings: { ...unlimited.settings, loginBy: "headers" } }))))
})

describe("the request limit", () => {
  it.effect("of Apex is kept however many ask, its logins included", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(crowd(140, create("one")))
      yield* TestClock.adjust("4 minutes")
      yield* Fiber.join(fiber)
      const { calls, cooldownRefusals, loginsRefused } = yield* counters
      assert.deepStrictEqual({ calls, cooldownRefusals, loginsRefused }, {
        calls: 140,
        cooldownRefusals: 0,
        loginsRefused: 0
      })
    }).pipe(Effect.provide(socketless({ sandbox: { latency: "300 millis" }, settings: { maxWait: "3 minutes" } }))))

  it.effect("that another program has used up is a pause", () =>
    Effect.gen(function*() {
      const { settings } = yield* provider
      yield* create("one")
      yield* settings.update({ rateLimit: 2, retryAfter: true })
      const { reason } = yield* Effect.flip(create("two"))
      assert.deepStrictEqual([reason._tag, "status" in reason && reason.status], ["RateLimited", 429])
      const fiber = yield* Effect.forkChild(create("three"))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.strictEqual((yield* counters).cooldownRefusals, 1)
    }).pipe(Effect.provide(socketless())))
})

describe("tokens", () => {
  it.live("of a cold cache cost one login for 200 callers", () =>
    Effect.gen(function*() {
      yield* crowd(200, create("one"))
      const { calls, logins, overlaps, renewals } = yield* counters
      assert.deepStrictEqual({ calls, logins, overlaps, renewals }, { calls: 200, logins: 1, overlaps: 0, renewals: 0 })
    }).pipe(Effect.provide(sockets(unlimited))))

  it.effect("are refreshed before they end", () =>
    Effect.gen(function*() {
      for (let hour = 0; hour < 6; hour++) {
        yield* create("one")
        yield* TestClock.adjust("1 hour")
      }
      const { logins, refused, renewals } = yield* counters
      assert.deepStrictEqual({ logins, refused }, { logins: 1, refused: 0 })
      assert.isAtLeast(renewals, 5)
    }).pipe(Effect.provide(socketless())))

  it.effect("that were revoked are replaced by a refresh, and no call fails", () =>
    Effect.gen(function*() {
      const { revokeAccessTokens, settings } = yield* provider
      yield* create("one")
      yield* revokeAccessTokens
      yield* settings.update({ latency: "10 millis" })
      const fiber = yield* Effect.forkChild(crowd(10, create("two")))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      const { calls, logins, refused, renewals } = yield* counters
      assert.deepStrictEqual({ calls, logins, refused, renewals }, { calls: 11, logins: 1, refused: 10, renewals: 1 })
    }).pipe(Effect.provide(socketless(unlimited))))

  it.effect("of both kinds that were revoked cost one login, and no call fails", () =>
    Effect.gen(function*() {
      const { revokeTokens } = yield* provider
      yield* create("one")
      yield* revokeTokens
      yield* crowd(10, create("two"))
      const { calls, logins, loginsRefused, renewals } = yield* counters
      assert.deepStrictEqual({ calls, logins, loginsRefused, renewals }, {
        calls: 11,
        logins: 2,
        loginsRefused: 1,
        renewals: 0
      })
    }).pipe(Effect.provide(socketless(unlimited))))

  it.effect("are asked for once with wrong keys, and again within seconds after the keys were corrected", () =>
    Effect.gen(function*() {
      const { settings } = yield* provider
      const errors = yield* crowd(50, Effect.flip(create("one")))
      assert.deepStrictEqual(new Set(errors.map(({ reason }) => reason._tag)), new Set(["CredentialsRefused"]))
      assert.strictEqual((yield* counters).loginsRefused, 1)
      yield* settings.update({ credentialsAccepted: true })
      yield* TestClock.adjust("1 minute")
      yield* create("two")
      assert.strictEqual((yield* counters).logins, 1)
    }).pipe(
      Effect.provide(socketless({ ...unlimited, sandbox: { ...unlimited.sandbox, credentialsAccepted: false } }))
    ))

  it.effect("are good however wrong the provider's clock is", () =>
    Effect.gen(function*() {
      const { settings } = yield* provider
      for (const clockSkew of ["3 hours", "-3 hours"] as const) {
        yield* settings.update({ clockSkew })
        yield* create("one")
        yield* TestClock.adjust("1 hour")
        yield* create("two")
      }
      const { logins, refused } = yield* counters
      assert.deepStrictEqual({ logins, refused }, { logins: 1, refused: 0 })
    }).pipe(Effect.provide(socketless())))
})

describe("an answer that is not as documented", () => {
  const settings = { ...unlimited.settings, timeout: "300 millis", retry: Schedule.recurs(0) } as const
  const rows = [
    ["garbage", Fault.garbage({ on: "calls" }), "UnreadableAnswer", "unreadableAnswer"],
    ["a page of a proxy", Fault.html({ on: "calls" }), "UnreadableAnswer", "unreadableAnswer"],
    ["nothing", Fault.empty({ on: "calls" }), "UnreadableAnswer", "unreadableAnswer"],
    ["half an answer", Fault.truncated({ on: "calls" }), "Unanswered", "connectionLost"],
    ["a reset", Fault.reset({ on: "calls" }), "Unanswered", "connectionLost"],
    ["silence", Fault.hang({ on: "calls" }), "Unanswered", "timedOut"]
  ] as const
  layer(sockets({ ...unlimited, settings }), { excludeTestServices: true })((it) => {
    it.effect.each(rows)(
      "is a typed error, and leaves what was created unknown: %s",
      ([, fault, tag, problem]) =>
        Effect.gen(function*() {
          const { faults } = yield* provider
          const node = yield* create("one")
          yield* faults.inject(fault)
          const read = yield* Effect.flip(Apex.use(({ nodes }) => nodes.get(node.id)))
          assert.deepStrictEqual([read.operation, read.reason._tag], ["nodes.get", tag])
          const before = (yield* counters).operations["nodes.create"]?.received ?? 0
          yield* faults.inject(fault)
          const written = yield* Effect.flip(create("two"))
          if (written.reason._tag !== "OutcomeUnknown") return assert.fail(written.message)
          assert.strictEqual(written.reason.problem, problem)
          assert.strictEqual((yield* counters).operations["nodes.create"]?.received, before + 1)
          yield* create("three")
        })
    )
  })
})

describe("a webhook of the sandbox", () => {
  const authentications: ReadonlyArray<Webhook.Authentication> = [
    Webhook.basic("entegre", Redacted.make("çanary:päss")),
    Webhook.token(Redacted.make("canary-token"))
  ]
  it.effect.each(authentications)("with $_tag is known from a forged one", (authentication) =>
    Effect.gen(function*() {
      const { webhooks } = yield* provider
      const node = yield* create("one")
      const { markets } = yield* Apex
      const market = yield* markets.create({
        nodeId: node.id,
        domain: "a.example",
        webhook: { host: "http://127.0.0.1:9", path: "/apex", method: "POST", authentication }
      })
      const verdicts = Effect.map(webhooks.take, ({ headers }) =>
        Result.isSuccess(WebhookVerifier.verify(Redacted.value(headers), { expected: [authentication] })))
      yield* webhooks.fire(market.id)
      assert.isTrue(yield* verdicts)
      yield* webhooks.fire(market.id, { authentication: { type: 2, token: "forged" } })
      assert.isFalse(yield* verdicts)
      yield* webhooks.fire(market.id, { authentication: null })
      assert.isFalse(yield* verdicts)
    }).pipe(Effect.provide(socketless())))
})

describe("a scope that closes", () => {
  it.live("ends in time while a call hangs and others wait for a place", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.gen(function*() {
        const { faults } = yield* provider
        yield* faults.inject(Fault.hang({ on: "calls" }))
        yield* Effect.forkChild(crowd(5, create("one")))
        yield* Effect.sleep("50 millis")
      }).pipe(
        Effect.provide(sockets({ settings: { requestLimit: 1 } })),
        Effect.timeout(Duration.seconds(5)),
        Effect.exit
      )
      assert.isTrue(Exit.isSuccess(exit))
    }))
})

describe("an identifier", () => {
  it.effect("that nobody has is NotFound", () =>
    Effect.gen(function*() {
      const { markets } = yield* Apex
      const nobody = ApexSchema.MarketId.make("11111111-1111-4111-8111-111111111111")
      const { reason } = yield* Effect.flip(markets.update(nobody, {}))
      assert.strictEqual(reason._tag, "NotFound")
    }).pipe(Effect.provide(socketless())))
})
