export type TokenEvent = { readonly _tag: "Todo" }
