/**
 * What the sandbox says when it is told to do something with a thing that it
 * does not have.
 */
import * as Schema from "effect/Schema"

/**
 * There is no such payment or market in the sandbox, or it has no address or
 * webhook to send anything to.
 */
export class NotFound extends Schema.TaggedError<NotFound>("@entegre/sandbox/NotFound")(
  "NotFound",
  { what: Schema.Literals(["payment", "address", "market", "webhook"]), id: Schema.String },
  { httpApiStatus: 404 }
) {
  override get message() {
    return `there is no ${this.what} ${this.id}`
  }
}
