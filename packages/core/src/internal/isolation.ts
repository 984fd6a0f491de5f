/**
 * The settings under which a request with a secret leaves.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as UrlParams from "effect/http/UrlParams"

/**
 * Runs an effect so that no secret shows and none is carried off:
 *
 * - `fetch` does not follow redirects, which would take custom headers along to another origin;
 * - the client makes no span and sends no trace headers: its span shows more than it should, and the headers would tell a
 *   third party about the caller's traces;
 * - the secret headers and every query parameter are redacted in whatever else prints the request.
 *
 * What the application has set itself is added to, not replaced.
 */
export const make = (
  secretHeaders: ReadonlyArray<string>
): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> => {
  // One entry is enough: what the application has set hardly ever differs between two requests.
  let names: ReadonlyArray<string | RegExp> | undefined
  let init: RequestInit | undefined
  let settings: Context.Context<never> = Context.empty()
  const settingsFor = (context: Context.Context<never>): Context.Context<never> => {
    const namesNow = Context.get(context, Headers.CurrentRedactedNames)
    const initNow = Context.getOrUndefined(context, FetchHttpClient.RequestInit)
    if (namesNow !== names || initNow !== init) {
      names = namesNow
      init = initNow
      settings = Context.empty().pipe(
        Context.add(FetchHttpClient.RequestInit, { ...initNow, redirect: "manual" }),
        Context.add(HttpClient.TracerDisabledWhen, always),
        Context.add(Headers.CurrentRedactedNames, [...namesNow, ...secretHeaders]),
        Context.add(UrlParams.CurrentRedactedNames, everyName)
      )
    }
    return settings
  }
  return (self) => Effect.updateContext(self, (context) => Context.merge(context, settingsFor(context)))
}

const always = () => true
const everyName = [/^/]
