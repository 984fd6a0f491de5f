/**
 * Webhooks: whether what comes in is from Apex.
 *
 * Apex signs nothing that its pages speak of. What it shows is the authentication that the market or the distributor was
 * configured with: a user name and a password, or a token. They are compared in a time that does not depend on how much of
 * them is right.
 *
 * In which header Apex sends a token is not published. Assumed is `Authorization: Bearer <token>`; {@link TokenCarrier}
 * says otherwise.
 *
 * ```ts
 * // a plain function over headers
 * const result = WebhookVerifier.verify(request.headers, { expected: [Webhook.basic("entegre", password)] })
 *
 * // security middleware of an `HttpApi`
 * HttpApiEndpoint.post("apex", "/apex").middleware(WebhookVerifier.WebhookSecurity)
 * ```
 */
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as Headers from "effect/http/Headers"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as ConstantTime from "./internal/constantTime.ts"
import type { Authentication } from "./Webhook.ts"

// What middleware requires is given to it by the router, with every request.
// @effect-diagnostics leakingRequirements:off

/**
 * A request is not from Apex, or from somebody whose secrets are out of date. Over an `HttpApi` it is answered with status
 * 401.
 *
 * What to do: answer 401, and look whether the webhook's authentication at Apex is what you configured.
 */
export class WebhookRefused extends Schema.TaggedError<WebhookRefused>("@entegre/apex/WebhookRefused")(
  "WebhookRefused",
  {
    /** Whether it shows nothing that could be compared, or the wrong thing. */
    problem: Schema.Literals(["missing", "wrong"])
  },
  { httpApiStatus: 401 }
) {
  override get message(): string {
    return this.problem === "missing" ? "the request shows no credentials" : "the request shows wrong credentials"
  }
}

/**
 * In which header a token is sent, and after which word.
 */
export interface TokenCarrier {
  /** The header's name, in any case. */
  readonly header: string
  /** The word before the token: `Bearer`. Default: none, the header is the token. */
  readonly scheme?: string | undefined
}

/**
 * What a request is held against.
 */
export interface VerifyOptions {
  /**
   * What Apex was configured with. More than one is for the time in which it is changed: any of them will do. None refuses
   * everything.
   */
  readonly expected: ReadonlyArray<Authentication>
  /** Where Apex sends a token. Default: `Authorization: Bearer <token>`, which is an assumption. */
  readonly tokenCarrier?: TokenCarrier | undefined
}

/**
 * Whether a request is from Apex, by its headers: those of Effect, of `fetch`, or of `node:http`.
 *
 * ```ts
 * WebhookVerifier.verify(request.headers, { expected: [Webhook.token(Redacted.make("…"))] })
 * ```
 */
export const verify = (headers: Headers.Input, options: VerifyOptions): Result.Result<void, WebhookRefused> => {
  const { expected, tokenCarrier = bearer } = options
  const read = Headers.fromInput(headers)
  const shown = {
    Basic: Result.getOrUndefined(Base64.decode(afterScheme(read.authorization, "Basic") ?? "")),
    Token: encode(afterScheme(read[tokenCarrier.header.toLowerCase()], tokenCarrier.scheme) ?? "")
  }
  let accepted = 0
  let missing = 1
  for (const authentication of expected) {
    const bytes = shown[authentication._tag] ?? encode("")
    const nothing = Number(bytes.length === 0)
    // No short cut: how long it takes must not tell which of them was right.
    accepted |= Number(ConstantTime.equals(encode(written(authentication)), bytes)) & ~nothing
    missing &= nothing
  }
  if (accepted === 1) return Result.succeed(undefined)
  return Result.fail(new WebhookRefused({ problem: missing === 1 ? "missing" : "wrong" }))
}

/**
 * Security middleware of an `HttpApi`: answers 401 to what is not from Apex. In the API's description it stands as Basic
 * and Bearer.
 *
 * ```ts
 * class Webhooks extends HttpApiGroup.make("webhooks").add(
 *   HttpApiEndpoint.post("apex", "/apex", { payload: Schema.Unknown }).middleware(WebhookVerifier.WebhookSecurity)
 * ) {}
 *
 * const Security = WebhookVerifier.WebhookSecurity.layer({ expected: [Webhook.basic("entegre", password)] })
 * ```
 */
export class WebhookSecurity extends HttpApiMiddleware.Service<WebhookSecurity>()(
  "@entegre/apex/WebhookVerifier/WebhookSecurity",
  {
    error: WebhookRefused,
    security: { basic: HttpApiSecurity.basic, token: HttpApiSecurity.bearer }
  }
) {
  /**
   * The middleware, with what requests are held against, or an effect that obtains it. The effect runs at every request,
   * so that secrets can be replaced while the server runs.
   */
  static readonly layer = <R = never>(
    options: VerifyOptions | Effect.Effect<VerifyOptions, never, R>
  ): Layer.Layer<WebhookSecurity, never, R> =>
    Layer.effect(
      WebhookSecurity,
      Effect.map(Effect.context<R>(), (context) => {
        const asked = Effect.isEffect(options) ? Effect.provideContext(options, context) : Effect.succeed(options)
        const check = Effect.flatMap(asked, (options) =>
          Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) =>
            Effect.fromResult(verify(headers, options))))
        return WebhookSecurity.of({
          basic: (handler) =>
            Effect.andThen(check, handler),
          // Whatever a request shows has been looked at: there is nothing left to try.
          token: (handler) =>
            Effect.andThen(check, handler)
        })
      })
    )
}

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

const bearer: TokenCarrier = { header: "authorization", scheme: "Bearer" }

const encoder = new TextEncoder()

const encode = (text: string): Uint8Array => encoder.encode(text)

const written = (authentication: Authentication): string =>
  authentication._tag === "Basic"
    ? `${authentication.username}:${Redacted.value(authentication.password)}`
    : Redacted.value(authentication.token)

/** What follows the scheme, whose case does not matter; the whole header if there is no scheme. */
const afterScheme = (header: string | undefined, scheme: string | undefined): string | undefined => {
  if (header === undefined || scheme === undefined) return header?.trim()
  const [word = "", ...rest] = header.trim().split(/ +/)
  return word.toLowerCase() === scheme.toLowerCase() && rest.length > 0 ? rest.join(" ") : undefined
}
