import { assert, describe, it } from "@effect/vitest"
import { Amount, ApexSchema, TokenSchema, Webhook } from "@entegre/apex"
import { DateTime, Duration, Option, Redacted, Schema } from "effect"
import { afterAll, beforeAll } from "vitest"
import * as Sample from "./support/samples.ts"

const readNode = Schema.decodeUnknownSync(ApexSchema.Node)
const readWebhook = Schema.decodeUnknownSync(Webhook.Configured)
const readMarkets = Schema.decodeUnknownSync(TokenSchema.MarketsInput)
const writeMarkets = Schema.encodeUnknownSync(TokenSchema.MarketsInput)
const readToken = Schema.decodeUnknownSync(TokenSchema.Token)

describe.each([
  ["UTC", 0],
  ["Europe/Istanbul", -180],
  ["America/New_York", 300],
  ["Asia/Kathmandu", -345]
])("on a host in %s", (zone, offset) => {
  const before = process.env.TZ
  beforeAll(() => {
    process.env.TZ = zone
  })
  afterAll(() => {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  })

  it("the host's zone is really another one", () => {
    assert.strictEqual(new Date("2025-12-24T00:00:00Z").getTimezoneOffset(), offset)
  })

  it.each([
    ["2025-01-03T10:00:00Z", "2025-01-03T10:00:00.000Z"],
    ["2025-12-11T14:00:26.023564Z", "2025-12-11T14:00:26.023Z"],
    ["2025-12-24T02:16:10.419696+03:00", "2025-12-23T23:16:10.419Z"],
    ["2025-12-24T02:16:10.4-05:30", "2025-12-24T07:46:10.400Z"],
    ["2025-07-01T00:00:00+00:00", "2025-07-01T00:00:00.000Z"]
  ])("%s is the same moment", (text, expected) => {
    assert.strictEqual(DateTime.formatIso(readNode({ ...Sample.node, created_at: text }).createdAt), expected)
  })

  it.each([
    "2025-12-24T02:16:10",
    "2025-12-24 02:16:10",
    "2025-12-24",
    "2025-02-30T10:00:00Z",
    "2025-12-24T25:00:00Z",
    "2025-12-24T02:16:10+25:00",
    "tomorrow",
    "",
    1766525770
  ])("%s is no moment", (text) => {
    assert.throws(() => readNode({ ...Sample.node, created_at: text }), /created_?at/i)
  })
})

describe("an enumeration", () => {
  it.each([
    [1, "Apex"],
    [2, "Account"],
    [3, "SubAccount"],
    ["SubAccount", "SubAccount"],
    ["ACCOUNT", "Account"],
    [9, 9],
    [
      "Fund",
      "Fund"
    ]
  ])("of nodes that comes as %j is %j", (written, expected) => {
    assert.strictEqual(readNode({ ...Sample.node, type: written }).type, expected)
  })

  it.each([["GET", "GET"], ["post", "POST"], [1, "GET"], [2, "POST"], [3, 3], ["PUT", "PUT"]])(
    "of methods that comes as %j is %j",
    (written, expected) => {
      assert.deepStrictEqual(
        readWebhook({ host: "h", path: "/", method: written }).method,
        Option.some(expected)
      )
    }
  )
})

describe("a webhook as Apex has it", () => {
  it("has its secrets redacted", () => {
    const { authentication, timeout } = readWebhook(Sample.market.webhook)
    assert.deepStrictEqual(timeout, Option.some(Duration.seconds(30)))
    const basic = Option.getOrThrow(authentication)
    if (basic._tag !== "Basic") return assert.fail(basic._tag)
    assert.strictEqual(basic.username, "user2")
    assert.strictEqual(Redacted.value(basic.password), "pass2")
    assert.notInclude(JSON.stringify(authentication), "pass2")
  })

  it.each([{ type: 3, secret: "canary" }, { type: "Basic" }, { type: 1 }, {}])(
    "is read with an authentication that the pages do not show: %j",
    (authentication) => {
      const read = readWebhook({ ...Sample.market.webhook, authentication })
      assert.deepStrictEqual(read.authentication, Option.some({ _tag: "Unknown" as const }))
    }
  )

  it("is read without what may be missing", () => {
    assert.deepStrictEqual(readWebhook({ host: "h", path: "/", authentication: null }), {
      host: "h",
      path: "/",
      method: Option.none(),
      authentication: Option.none(),
      timeout: Option.none()
    })
  })
})

describe("a token", () => {
  it("is read whole", () => {
    const token = readToken({ ...Sample.token, ...dated, meta: Sample.newToken.meta })
    assert.deepStrictEqual(token.contract, Option.some(Sample.newToken.contract))
    assert.deepStrictEqual(token.integration, Option.some(Sample.integration))
    assert.deepStrictEqual(Option.map(token.meta, ({ images }) => images.length), Option.some(1))
    assert.deepStrictEqual(Option.map(token.currencyToken, ({ decimals }) => decimals), Option.some(18))
    assert.isTrue(Option.isSome(token.createdAt))
  })

  it("is read with no more than what it needs", () => {
    const token = readToken(Sample.externalToken)
    assert.strictEqual(String(token.value), String(Amount.make("0.00044000000000000007")))
    assert.isTrue(Option.isNone(token.integration) && Option.isNone(token.updatedAt))
  })

  it("is read with lists that are null where they are empty", () => {
    const token = readToken({
      ...Sample.token,
      integration: { ...Sample.newToken.integration, args: null },
      meta: { images: null }
    })
    assert.deepStrictEqual(token.meta, Option.some({ images: [], documents: [] }))
    assert.deepStrictEqual(Option.map(token.integration, ({ args }) => args), Option.some([]))
  })
})

const dated = { created_at: "2025-12-24T02:16:10.419696+03:00", updated_at: "2025-12-24T02:16:10Z" }

describe("markets of a token", () => {
  const { market } = Sample.ids
  it.each([
    ["all" as const, { is_all_market: true, market_ids: [] }],
    [[market] as const, { is_all_market: false, market_ids: [market] }]
  ])("%j are written and read", (markets, written) => {
    assert.deepStrictEqual(writeMarkets({ markets }), written)
    assert.deepStrictEqual(readMarkets(written), { markets })
  })

  it("are not none", () => {
    assert.throws(() => writeMarkets({ markets: [] }))
  })
})
