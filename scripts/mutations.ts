/**
 * Spoils the token cache one line at a time, and requires that the simulation or core's tests notice each time.
 *
 * Works in a temporary copy. `pnpm mutations` tries all of them, `pnpm mutations lease` those with the word in their name.
 * Ends with 1 if one goes unnoticed, or can not be made any more because the line has changed.
 */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { root, withTemporaryDirectory } from "./packages.ts"

interface Mutation {
  readonly name: string
  /** Below `packages/core/src`. */
  readonly file: string
  /** What stands there, once. */
  readonly from: string
  readonly to: string
  /** How to simulate, if the fault shows in rare circumstances only. */
  readonly simulate?: ReadonlyArray<string>
}

const attempt = "internal/attempt.ts"
const permit = "internal/permit.ts"
const record = "internal/record.ts"
const renewal = "internal/renewal.ts"
const siblings = "internal/siblings.ts"
const slot = "internal/slot.ts"
const state = "internal/state.ts"

const mutations: ReadonlyArray<Mutation> = [
  {
    name: "a caller may be interrupted between taking the slot and forking the renewal",
    file: slot,
    from: "return Effect.uninterruptibleMask((restore) =>",
    to: "return ((f: (restore: Restore) => Effect.Effect<Token, TokenError>) => f((effect) => effect))((restore) =>"
  },
  {
    name: "a renewal may be interrupted before its first step",
    file: renewal,
    from: "{ startImmediately: true, uninterruptible: true }",
    to: "{ uninterruptible: false }"
  },
  {
    name: "a renewal runs in the fiber of the caller that began it",
    file: renewal,
    from: "const forked = Effect.forkIn(",
    to: "const forked = ((effect: Effect.Effect<void>, ..._: ReadonlyArray<unknown>) => Effect.forkChild(effect))("
  },
  {
    name: "a rejection drops whatever is there, not the generation that it names",
    file: state,
    from: "state.tokens !== undefined && state.tokens.generation <= generation",
    to: "state.tokens !== undefined"
  },
  {
    name: "a token is handed out after its end",
    file: state,
    from: "tokens.generation > rejected && now < tokens.expiresAt ? ready",
    to: "tokens.generation > rejected ? ready"
  },
  {
    name: "a token is handed out after its rejection",
    file: state,
    from: "...(holds(state, generation) ? { freshUntil: Number.NEGATIVE_INFINITY, ready: undefined } : undefined)",
    to: ""
  },
  {
    name: "a token is not written to the store",
    file: attempt,
    from: "if (permit.lease === undefined) return { _tag: \"Issued\", tokens, saved: false }",
    to: "if (permit.record === undefined) return { _tag: \"Issued\", tokens, saved: true }"
  },
  {
    name: "a token is shown before it is in the store",
    file: attempt,
    from: "const asked = env.clock.currentTimeMillisUnsafe()\n  const written = yield* Effect.result(bounded(",
    to: "const asked = env.clock.currentTimeMillisUnsafe()\n  const written = yield* later(env, bounded("
  },
  {
    name: "a request to the issuer has no timeout",
    file: attempt,
    from: "    duration: timeout,",
    to: "    duration: \"10 hours\","
  },
  {
    name: "an operation of the store has no timeout",
    file: "internal/environment.ts",
    from: "duration: env.settings.storeTimeout,",
    to: "duration: \"10 hours\","
  },
  {
    name: "the lease is not looked at before a request",
    file: attempt,
    from: "subject.isCurrent() && Permit.outlasts(env, subject, permit)",
    to: "subject.isCurrent()"
  },
  {
    name: "the lease is not looked at again before a second request",
    file: attempt,
    from: "if (permit.lease !== undefined) permit.leasedUntil = Number.NEGATIVE_INFINITY",
    to: "",
    simulate: ["--seeds", "10000", "--policy", "rotating", "--processes", "3"]
  },
  {
    name: "a renewal asks although its slot was taken over",
    file: renewal,
    from: "cell.read().inFlight === inFlight && cell.now() < inFlight.deadline",
    to: "true"
  },
  {
    name: "a refresh of unknown outcome is tried again",
    file: attempt,
    from: "if (issuer.rotation === \"reusable\") {",
    to: "if (issuer.timeout > 0) {"
  },
  {
    name: "a refresh that the provider answered with trouble counts as not spent",
    file: attempt,
    from: "reason._tag === \"NotSent\" || (reason._tag === \"IssuerRefused\" && reason.status === 429)",
    to: "reason._tag === \"NotSent\" || reason._tag === \"IssuerRefused\""
  },
  {
    name: "a doubtful refresh token is sent",
    file: attempt,
    from: "if (tokens.generation <= subject.doubtful()) return undefined",
    to: ""
  },
  {
    name: "an unfinished lease raises no doubt",
    file: permit,
    from: "(acquisition.unfinished || stored < have)",
    to: "stored < have"
  },
  {
    name: "a store that knows less raises no doubt",
    file: permit,
    from: "(acquisition.unfinished || stored < have)",
    to: "acquisition.unfinished"
  },
  {
    name: "a doubt does not reach the other caches",
    file: permit,
    from: "permit.struck && permit.record?.tokens?.refreshToken !== undefined",
    to: "permit.generation < 0 && permit.record?.tokens?.refreshToken !== undefined"
  },
  {
    name: "a token set that another cache forgot is refreshed",
    file: attempt,
    from: "const tokens = stored ? localTokens(permit.record, permit.offset) : subject.have",
    to: "const tokens = stored ? localTokens(permit.record, permit.offset) ?? subject.have : subject.have"
  },
  {
    name: "a write that came too late does not raise a doubt",
    file: attempt,
    from: "if (subject.issuer.rotation === \"singleActive\") subject.doubt(record?.generation ?? 0)",
    to: "",
    simulate: ["--seeds", "10000", "--policy", "singleActive", "--processes", "3"]
  },
  {
    name: "a write that came too late does not tell that its refresh token is spent",
    file: attempt,
    from:
      "if (refreshed !== undefined && subject.issuer.rotation !== \"reusable\") subject.doubt(refreshed.generation)",
    to: "",
    simulate: ["--seeds", "10000", "--policy", "rotating", "--processes", "1"]
  },
  {
    name: "a cache logs in although another one has a token",
    file: attempt,
    from: "if (sibling !== undefined) return { _tag: \"Adopted\", tokens: sibling }\n  const lockout",
    to: "const lockout"
  },
  {
    name: "a lease is not released",
    file: permit,
    from: ": bounded(env, \"release\", env.store.release(lease))",
    to: ": Effect.void"
  },
  {
    name: "a token set that is only in memory is written over a newer record",
    file: siblings,
    from: "if (stored !== undefined && stored.generation >= tokens.generation) {",
    to: "if (stored !== undefined && stored.generation < 0) {"
  },
  {
    name: "a token set that is only in memory stays there",
    file: slot,
    from: "if (!state.saved && state.tokens !== undefined) {",
    to: "if (!state.saved && state.tokens !== undefined && now < 0) {"
  },
  {
    name: "the end of an adopted token is reckoned from when the answer was read",
    file: record,
    from: "shift(record.tokens, -offset.most)",
    to: "shift(record.tokens, -offset.least)"
  },
  {
    name: "a lockout does not keep callers of the same cache from a login",
    file: state,
    from: "if (lockout !== undefined && now < lockout.probeAt) return lockoutReason(lockout, now)",
    to: ""
  },
  {
    name: "a lockout of another cache does not count",
    file: attempt,
    from: "binds(subject, lockout)) {",
    to: "binds(subject, lockout) && permit.generation < 0) {"
  },
  {
    name: "each cache tries changed credentials",
    file: attempt,
    from: "credentialsChangedAfter === undefined || attempts > credentialsChangedAfter",
    to: "credentialsChangedAfter === undefined"
  },
  {
    name: "changed credentials are not seen",
    file: renewal,
    from: "else if (!Equal.equals(credentials, refused)) return cell.endLockout()",
    to: ""
  },
  {
    name: "probes do not become rarer",
    file: attempt,
    from: "const attempts = (permit.record?.lockout?.attempts ?? 0) + 1",
    to: "const attempts = 1"
  },
  {
    name: "a permit of the turnstile is not given back",
    file: renewal,
    from: "turnstile.release(1)",
    to: "Effect.void"
  },
  {
    name: "whoever leaves goes on being counted",
    file: slot,
    from: "Effect.ensuring(Effect.sync(() => inFlight.waiting--)),",
    to: "Effect.tap(() => Effect.sync(() => inFlight.waiting--)),"
  },
  {
    name: "tokens that are refused at once cost no wait",
    file: "internal/pace.ts",
    from: "notBefore: useless <= borne ? 0 : now",
    to: "notBefore: useless >= 0 ? 0 : now"
  },
  {
    name: "a call is sent a third time",
    file: "AuthenticatedClient.ts",
    from: "if (!mayReplay(request, safety, answer)) return rejected(token, answer)",
    to:
      "if (!mayReplay(request, safety, answer)) return rejected(token, answer)\n            if (safety === \"safe\") return Effect.flatMap(tokens.reject(token), () => sendResolved(request, \"idempotent\", timeout))"
  }
]

/** What a mutation may call, and the code as it is does not have. */
const helper = `
const later = <A, E>(env: Environment, effect: Effect.Effect<A, E>) =>
  Effect.as(
    Effect.forkIn(Effect.delay(effect, "1 second"), env.scope, { uninterruptible: true }),
    Result.succeed({ _tag: "Written" })
  )
`

const wanted = process.argv.slice(2).join(" ")
const chosen = mutations.filter(({ name }) => name.includes(wanted))

await withTemporaryDirectory(async (directory) => {
  const copy = (...names: ReadonlyArray<string>) => {
    for (const name of names) {
      const filter = (file: string) => !/node_modules|dist|\.tsbuildinfo/.test(path.relative(root, file))
      fs.cpSync(path.join(root, name), path.join(directory, name), { recursive: true, filter })
    }
  }
  copy(
    "packages/core",
    "packages/testing",
    "scripts",
    "package.json",
    "tsconfig.base.json",
    "vitest.config.ts",
    "vitest.setup.ts"
  )
  fs.mkdirSync(path.join(directory, "node_modules/@entegre"), { recursive: true })
  for (const name of fs.readdirSync(path.join(root, "node_modules"))) {
    if (name !== "@entegre") {
      fs.symlinkSync(path.join(root, "node_modules", name), path.join(directory, "node_modules", name))
    }
  }
  for (const name of ["core", "testing"]) {
    fs.symlinkSync(path.join(directory, "packages", name), path.join(directory, "node_modules/@entegre", name))
  }
  fs.symlinkSync(path.join(root, "packages/core/node_modules"), path.join(directory, "packages/core/node_modules"))

  const passes = (command: string, ...args: ReadonlyArray<string>): boolean =>
    spawnSync(command, args, { cwd: directory, stdio: "ignore", timeout: 300_000 }).status === 0

  const simulated = (options: ReadonlyArray<string> = ["--seeds", "2000"]) =>
    passes("node", "scripts/simulate.ts", "--json", ...options)
  const tested = () =>
    passes(
      path.join(root, "node_modules/.bin/vitest"),
      "run",
      "--bail=1",
      ...["TokenCache", "Siblings", "Lockout", "Lessons", "AuthenticatedClient"].map((name) =>
        `packages/core/test/${name}.test.ts`
      )
    )

  /** How a mutation was noticed. */
  const notice = ({ file, from, simulate, to }: Mutation): string | undefined => {
    const target = path.join(directory, "packages/core/src", file)
    const text = fs.readFileSync(target, "utf8")
    if (text.split(from).length !== 2) return undefined
    fs.writeFileSync(target, text.replace(from, () => to) + (to.includes("later(") ? helper : ""))
    try {
      return !simulated(simulate) ? "simulation" : tested() ? undefined : "tests"
    } finally {
      fs.writeFileSync(target, text)
    }
  }

  if (!simulated() || !tested()) throw new Error("something fails before anything was spoilt")
  let unnoticed = 0
  for (const mutation of chosen) {
    const start = performance.now()
    const by = notice(mutation)
    if (by === undefined) unnoticed++
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(`${(by ?? "UNNOTICED").padEnd(10)} ${seconds.padStart(6)} s  ${mutation.name}`)
  }
  console.log(`${chosen.length - unnoticed} of ${chosen.length} mutations were noticed`)
  process.exitCode = unnoticed > 0 || chosen.length === 0 ? 1 : 0
})
