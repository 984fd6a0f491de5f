#!/usr/bin/env node
/**
 * The sandbox as a program: `entegre-sandbox [--port 4100] [--token-lifetime "24 hours"]`.
 *
 * What it prints can be read by a person and sourced by a shell.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import * as CliCommand from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import { type ProviderOptions, Sandbox } from "./Sandbox.ts"

const port = Flag.Int("port").pipe(
  Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 }))),
  Flag.withDescription("Port on 127.0.0.1; 0 takes a free one"),
  Flag.withDefault(4100)
)

const tokenLifetime = Flag.String("token-lifetime").pipe(
  Flag.withSchema(Schema.DurationFromString),
  Flag.withDescription("How long tokens live, for example \"30 seconds\"; default: as the provider documents"),
  Flag.optional
)

/** A value as a shell reads it: one of Paynkolay's keys has a `|` in it. */
const quoted = (value: string) => /^[\w.:/-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`

const providers = [
  ["Apex", "apex"],
  ["Dükkango", "dukkango"],
  ["Ödeal", "odeal"],
  ["Paynkolay", "paynkolay"]
] as const

const announce = Effect.gen(function*() {
  const sandbox = yield* Sandbox
  yield* Console.log([
    `# Entegre sandbox on ${sandbox.origin}`,
    ...providers.flatMap(([name, key]) => [
      `# ${name}: ${sandbox[key].baseUrl}`,
      `#   control address: ${sandbox.origin}/_sandbox/${key}`
    ]),
    ...Object.entries(Redacted.value(sandbox.environment)).map(([name, value]) => `export ${name}=${quoted(value)}`),
    "# Stop with Ctrl-C."
  ].join("\n"))
})

/** Settings that every provider has. */
const everywhere = (settings: { readonly tokenLifetime: Duration.Duration | undefined }): ProviderOptions => ({
  apex: settings,
  dukkango: settings,
  odeal: settings,
  paynkolay: settings
})

const command = CliCommand.make("entegre-sandbox", { port, tokenLifetime }, ({ port, tokenLifetime }) =>
  Layer.launch(
    Layer.effectDiscard(announce).pipe(
      Layer.provide(Sandbox.layerWith({ port, ...everywhere({ tokenLifetime: Option.getOrUndefined(tokenLifetime) }) }))
    )
  ).pipe(
    Effect.catchTag("ServeError", (cause) =>
      Effect.fail(new CliError.UserError({ cause, userMessage: `Port ${port} of 127.0.0.1 cannot be listened on.` })))
  )).pipe(CliCommand.withDescription("The providers of Entegre on your machine, with faults on demand"))

const Manifest = Schema.fromJsonString(Schema.Struct({ version: Schema.String }))

const version = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const manifest = yield* fs.readFileString(yield* path.fromFileUrl(new URL("../package.json", import.meta.url)))
  return (yield* Schema.decodeEffect(Manifest)(manifest)).version
})

const main = Effect.flatMap(version, (version) => CliCommand.run(command, { version }))

main.pipe(
  // @effect-diagnostics-next-line strictEffectProvide:off - this is the entry point
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({
    // To be told to stop is how this program ends.
    teardown: (exit, onExit) =>
      Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause) ? onExit(0) : Runtime.defaultTeardown(exit, onExit)
  })
)
