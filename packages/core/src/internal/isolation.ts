/**
 * The settings under which a request with a secret leaves.
 */
import * as Context from "effect/Context"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as UrlParams from "effect/http/UrlParams"

/**
 * The context in which a request with a secret leaves, so that no secret shows and none is carried off:
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
): (context: Context.Context<never>) => Context.Context<never> => {
  // What the application has set hardly ever differs between two requests.
  let namesBefore: ReadonlyArray<string | RegExp> | undefined
  let names: ReadonlyArray<string | RegExp> = []
  let initBefore: RequestInit | undefined
  let init: RequestInit = { redirect: "manual" }
  return (context) => {
    const namesNow = Context.get(context, Headers.CurrentRedactedNames)
    if (namesNow !== namesBefore) {
      namesBefore = namesNow
      names = [...namesNow, ...secretHeaders]
    }
    const initNow = Context.getOrUndefined(context, FetchHttpClient.RequestInit)
    if (initNow !== initBefore) {
      initBefore = initNow
      init = { ...initNow, redirect: "manual" }
    }
    // One by one, because contexts that are merged are copied.
    const withInit = Context.add(context, FetchHttpClient.RequestInit, init)
    const untraced = Context.add(withInit, HttpClient.TracerDisabledWhen, always)
    const withNames = Context.add(untraced, Headers.CurrentRedactedNames, names)
    return Context.add(withNames, UrlParams.CurrentRedactedNames, everyName)
  }
}

const always = () => true
const everyName = [/^/]
