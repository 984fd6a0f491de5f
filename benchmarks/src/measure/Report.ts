/**
 * Says what a case is doing, while it does it.
 */
export type Report = (doing: string) => void
