/**
 * Secrets that are mounted as files, as Docker and Kubernetes do it, and replaced while the application runs.
 */
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { TokenCache } from "@entegre/core"
import { Dukkango } from "@entegre/dukkango"
import { Sandbox } from "@entegre/sandbox"
import { ConfigProvider, Effect, Layer, PubSub, Redacted } from "effect"
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import { afterEach, assert, beforeEach, it } from "vitest"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secrets-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Mounts a secret as Kubernetes does: files that are links into a folder that is swapped as a whole. */
const mount = (version: string, secret: { readonly [name: string]: string }) => {
  mkdirSync(join(folder, `..${version}`))
  for (const [name, value] of Object.entries(secret)) writeFileSync(join(folder, `..${version}`, name), `${value}\n`)
  symlinkSync(`..${version}`, join(folder, "..data_tmp"))
  renameSync(join(folder, "..data_tmp"), join(folder, "..data"))
  for (const name of Object.keys(secret)) {
    symlinkSync(join("..data", name), join(folder, `${name}.tmp`))
    renameSync(join(folder, `${name}.tmp`), join(folder, name))
  }
}

const keys = (version: string) => ({
  DUKKANGO_APP_SECRET_KEY: `app-${version}`,
  DUKKANGO_REST_SECRET_KEY: `rest-${version}`
})
const credentials = (version: string) => ({
  appSecretKey: Redacted.make(`app-${version}`),
  restSecretKey: Redacted.make(`rest-${version}`)
})

/** An application whose secrets are in the folder, and whose provider is in the sandbox. */
const main = () => {
  const files = ConfigProvider.layer(ConfigProvider.fromDir({ rootPath: folder })).pipe(
    Layer.provide([NodeFileSystem.layer, NodePath.layer])
  )
  return Layer.unwrap(
    Effect.map(Sandbox, ({ dukkango: { baseUrl } }) => Layer.provide(Dukkango.layerConfig({ baseUrl }), files))
  ).pipe(
    Layer.provideMerge(TokenCache.layerWith({ credentialsInterval: "50 millis" })),
    Layer.provideMerge(Sandbox.layerHttpClientWith({ dukkango: { credentials: credentials("1") } }))
  )
}

const list = Dukkango.use(({ restaurants }) => restaurants.list)

it("are read when the layer is built, and a missing one is named", async () => {
  mount("1", keys("1"))
  await Effect.runPromise(Effect.provide(list, main()))
  rmSync(join(folder, "DUKKANGO_REST_SECRET_KEY"))
  const error = await Effect.runPromise(Effect.flip(Effect.provide(list, main())))
  assert.include(inspect(error), "DUKKANGO_REST_SECRET_KEY")
})

it("are used at the next login after they were replaced, without a restart and without a refused login", async () => {
  mount("1", keys("1"))
  const program = Effect.gen(function*() {
    yield* list
    const { dukkango } = yield* Sandbox
    mount("2", keys("2"))
    yield* dukkango.changeCredentials(credentials("2"))
    yield* dukkango.revokeTokens
    yield* list
    return yield* dukkango.counters
  })
  const counters = await Effect.runPromise(Effect.provide(program, main()))
  assert.deepInclude(counters, { logins: 2, loginsRefused: 0 })
})

it("end a lockout by themselves when the right ones are mounted", async () => {
  mount("1", keys("wrong"))
  const program = Effect.gen(function*() {
    const { dukkango } = yield* Sandbox
    const events = yield* (yield* TokenCache).subscribe
    const { reason } = yield* Effect.flip(list)
    assert.strictEqual(reason._tag, "CredentialsRefused")
    mount("2", keys("1"))
    const untilEnded = Effect.repeat(PubSub.take(events), { until: ({ _tag }) => _tag === "LockoutEnded" })
    yield* Effect.timeout(untilEnded, "10 seconds")
    yield* list
    return yield* dukkango.counters
  }).pipe(Effect.scoped)
  const counters = await Effect.runPromise(Effect.provide(program, main()))
  assert.deepInclude(counters, { logins: 1, loginsRefused: 1 })
})
