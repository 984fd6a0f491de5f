/**
 * What must be found nowhere: every secret and every person's data that the tours of the providers carry, each unlike
 * anything else, and every way in which a text may be written.
 */
import { inspect } from "node:util"

/** What everybody is told about a canary that was found: never the canary itself would be told outside of a test. */
export interface Finding {
  readonly canary: string
  readonly spelling: string
  /** What stands around it. */
  readonly around: string
}

/** The letters of JSON, of URLs and of Base64 that are written in another way stand in the secrets too. */
const awkward = (name: string) => `cnry-${name} "q"\\b/ü+&=?`

export const dukkango = {
  appSecretKey: awkward("dk-app"),
  restSecretKey: awkward("dk-rest"),
  name: "Kanarya Sarıgagalı",
  phone: "05321119871",
  street: "Kanaryagil Çıkmazı"
}

export const apex = {
  apiKey: "cnry-ax-key-4711",
  secretKey: "cnry-ax-secret-4712",
  webhookPassword: awkward("ax-hook-password"),
  webhookToken: "cnry-ax-hook-token"
}

export const odeal = {
  apiKey: awkward("od-key"),
  secretKey: awkward("od-secret"),
  cardNumber: "5571135571135575",
  cardHolder: "Ötücü Kanaryaoğlu"
}

export const paynkolay = {
  username: "cnry.user@kanarya.example",
  password: awkward("pk-password"),
  apiSecretKey: "cnry-pk|sx|0815",
  merchantSecretKey: "cnry-pk-merchant-0816",
  cancelApiSecretKey: "cnry-pk|iptal|0817",
  nameSurname: "Işık Kanaryacı",
  tckn: "10000000146",
  birthDate: "1979-03-21",
  contactPerson: "Çağla Muhabbetkuşu",
  email: "cnry.seller@kanarya.example",
  phoneNumber: "5551239871",
  address: "Kuşkonmaz Sokağı",
  iban: "TR330006100519786457841326",
  cardNumber: "4546711234567894",
  cardHolder: "KANARYA KARTSAHIBI",
  cardAlias: "Kanaryamın kartı",
  customerKey: "cnry-customer-0818"
}

/** The bytes of keys: they are 32 at least. */
export const redis = {
  encryptionKey: "cnry-that-encrypts-what-is-kept!",
  nameKey: "cnry-that-names-what-is-kept-0819"
}

/** What is leaked on purpose, by way of each channel. */
export const leaked = {
  stdout: awkward("leaked-to-stdout"),
  stderr: awkward("leaked-to-stderr"),
  log: awkward("leaked-to-the-log"),
  spans: awkward("leaked-to-a-span"),
  metrics: awkward("leaked-to-a-metric"),
  errors: awkward("leaked-to-an-error"),
  values: awkward("leaked-to-a-value"),
  events: awkward("leaked-to-an-event"),
  files: awkward("leaked-to-a-file"),
  redis: awkward("leaked-to-redis")
}

/** The canaries that are known before anything is sent. Tokens, hashes and pages are known when they were. */
export const fixed: ReadonlyArray<string> = [dukkango, apex, odeal, paynkolay, redis, leaked].flatMap((secrets) =>
  Object.values(secrets)
)

/** Shorter texts are found everywhere. */
const shortest = 7

/** Bytes in Base64, without what depends on what stands before and after them. */
const base64 = (text: string): ReadonlyArray<string> =>
  [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
    const whole = bytes.length - bytes.length % 3
    return bytes.subarray(0, whole).toString("base64").slice(before === 0 ? 0 : 4)
  })

const json = (text: string): string => JSON.stringify(text).slice(1, -1)

/** The ways in which a text may have been written. */
export const spellings = (canary: string): ReadonlyMap<string, string> => {
  const written = new Map<string, string>()
  const add = (spelling: string, text: string) => {
    if (text.length >= shortest && !written.has(text)) written.set(text, spelling)
  }
  add("raw", canary)
  add("inspect", inspect(canary).slice(1, -1))
  add("JSON", json(canary))
  add("JSON in JSON", json(json(canary)))
  add("URL", encodeURIComponent(canary))
  add("form", new URLSearchParams([["", canary]]).toString().slice(1))
  add("hex", Buffer.from(canary).toString("hex"))
  for (const text of base64(canary)) {
    add("base64", text)
    add("base64url", text.replaceAll("+", "-").replaceAll("/", "_"))
  }
  return written
}

/** Makes a search for canaries: every place at which any spelling of any of them stands. */
export const search = (canaries: Iterable<string>): (text: string) => ReadonlyArray<Finding> => {
  // By their first letters: however many canaries there are, a text is gone through once.
  const byBeginning = new Map<string, Array<{ readonly canary: string; readonly spelling: string; text: string }>>()
  for (const canary of canaries) {
    for (const [text, spelling] of spellings(canary)) {
      const beginning = text.slice(0, shortest)
      byBeginning.set(beginning, [...byBeginning.get(beginning) ?? [], { canary, spelling, text }])
    }
  }
  return (texts) => {
    const findings: Array<Finding> = []
    for (const text of new Set(texts.split("\n"))) {
      for (let at = 0; at <= text.length - shortest; at++) {
        for (const { canary, spelling, text: written } of byBeginning.get(text.slice(at, at + shortest)) ?? []) {
          if (!text.startsWith(written, at)) continue
          findings.push({ canary, spelling, around: text.slice(Math.max(0, at - 80), at + written.length + 40) })
        }
      }
    }
    return findings
  }
}
