export type Statement = { readonly _tag: "Todo" }
export interface Timing { readonly requestedAt: number }
