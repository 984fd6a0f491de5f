/**
 * Where a provider lives.
 *
 * A base address is the one place that a provider's secrets may be sent to, so it is checked when it is made, not when it
 * is used: `https`, or `http` on the loopback interface for tests. Requests are then held to its origin.
 */
import * as Brand from "effect/Brand"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * A provider's base address, without a slash at the end: `https://api.example.com/v1`.
 */
export type BaseUrl = string & Brand.Brand<"@entegre/core/BaseUrl">

const trusted = Brand.nominal<BaseUrl>()

/**
 * Checks a base address: absolute, `https` (or `http` on 127.0.0.0/8, `::1` and `localhost`), with no credentials, query
 * or fragment in it. Fails with what is wrong, in words that do not repeat the address.
 *
 * ```ts
 * BaseUrl.make("https://api.example.com/") // Result.succeed("https://api.example.com")
 * BaseUrl.make("http://api.example.com") // Result.fail("http is allowed on loopback only")
 * ```
 */
export const make = (text: string): Result.Result<BaseUrl, string> => {
  const url = parse(text)
  if (url === undefined) return Result.fail("is not an absolute URL")
  if (url.protocol !== "https:" && url.protocol !== "http:") return Result.fail("is not an https URL")
  if (url.protocol === "http:" && !isLoopback(url.hostname)) return Result.fail("http is allowed on loopback only")
  if (url.username !== "" || url.password !== "") return Result.fail("has credentials in it")
  if (text.includes("?")) return Result.fail("has a query in it")
  if (text.includes("#")) return Result.fail("has a fragment in it")
  return Result.succeed(trusted(url.href.replace(/\/+$/, "")))
}

const parse = (text: string): URL | undefined => URL.canParse(text) ? new URL(text) : undefined

// `URL` has brought every spelling of an IPv4 address to four decimal numbers and every IPv6 address to its shortest.
const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname)

/**
 * The schema of a base address that is written as a string.
 */
export const schema = Schema.String.pipe(
  Schema.decodeTo(
    Schema.String.pipe(Schema.fromBrand("@entegre/core/BaseUrl", trusted)),
    SchemaTransformation.transformEffect<string, string>({
      decode: (text, options) =>
        Effect.fromResult(
          Result.mapError(make(text), (message) => new SchemaIssue.InvalidValue({ message }, text, options))
        ),
      encode: Effect.succeed
    })
  )
)

/**
 * Reads a base address from the configuration.
 *
 * ```ts
 * const baseUrl = BaseUrl.config("DUKKANGO_BASE_URL")
 * ```
 */
export const config = (name: string): Config.Config<BaseUrl> => Config.schema(schema, name)

/**
 * Aims a request at a base address.
 *
 * A path is appended to the base address. An absolute URL is left as it is if it has the same origin, as the link to a
 * next page has. Fails with `foreignOrigin` for any other absolute URL, and with `invalidRequest` for a path that climbs
 * (`..`), because an identifier that came from outside must not choose the endpoint.
 */
export const resolve = (
  baseUrl: BaseUrl
): (request: HttpClientRequest.HttpClientRequest) => Result.Result<
  HttpClientRequest.HttpClientRequest,
  "foreignOrigin" | "invalidRequest"
> => {
  const { origin } = new URL(baseUrl)
  return (request) => {
    if (climbs.test(request.url)) return Result.fail("invalidRequest")
    // What follows the base address and begins with a slash can not change its origin.
    if (!absolute.test(request.url)) return Result.succeed(HttpClientRequest.prependUrl(request, baseUrl))
    return parse(request.url)?.origin === origin ? Result.succeed(request) : Result.fail("foreignOrigin")
  }
}

const absolute = /^\s*[a-z][a-z0-9+.-]*:/i
const climbs = /^(?:[^?#]*[/\\])?(?:\.|%2e){1,2}(?:[/\\?#]|$)/i
