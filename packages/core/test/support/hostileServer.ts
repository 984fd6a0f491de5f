/**
 * A provider that means harm, in a process of its own: bodies without end, headers without measure, bombs. Prints its
 * address.
 */
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"

const mebibyte = 1024 * 1024
const chunk = Buffer.alloc(mebibyte, "x")

/** Writes a gibibyte, as fast as it is taken, for as long as somebody listens. */
const flood = (response: Http.ServerResponse, written = 0) => {
  if (written === 1024 || response.destroyed) response.end()
  else if (response.write(chunk)) setImmediate(() => flood(response, written + 1))
  else response.once("drain", () => flood(response, written + 1))
}

/** A gibibyte of blanks: 16 members, as gzip allows. */
const gzipped = () => {
  const member = gzipSync(Buffer.alloc(64 * mebibyte, " "), { level: 1 })
  return Buffer.concat(Array.from({ length: 16 }, () => member))
}

const bombs = {
  gzip: gzipped(),
  br: brotliCompressSync(Buffer.alloc(256 * mebibyte, " "), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })
}

const answers: { readonly [path: string]: (response: Http.ServerResponse) => void } = {
  "/good": (response) => response.end("{}"),
  "/declared": (response) => {
    response.writeHead(200, { "content-length": 1024 * mebibyte })
    flood(response)
  },
  "/chunked": (response) => flood(response),
  "/refusal": (response) => {
    response.writeHead(500)
    flood(response)
  },
  "/redirect": (response) => {
    response.writeHead(302, { location: "/good" })
    flood(response)
  },
  "/gzip": (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bombs.gzip),
  "/brotli": (response) => response.writeHead(200, { "content-encoding": "br" }).end(bombs.br),
  "/header": (response) => response.writeHead(200, { "x-large": "x".repeat(mebibyte) }).end("{}"),
  "/headers": (response) => {
    for (let index = 0; index < 16_384; index++) response.setHeader(`x-${index}`, "x".repeat(64))
    response.end("{}")
  },
  "/drip": (response) => {
    const dripping = setInterval(() => response.write("x"), 1_000)
    response.on("close", () => clearInterval(dripping))
  }
}

const server = Http.createServer((request, response) => {
  response.on("error", () => {})
  answers[request.url ?? ""]?.(response)
})

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo
  console.log(`http://127.0.0.1:${port}`)
})
