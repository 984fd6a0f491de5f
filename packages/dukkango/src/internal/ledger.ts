/**
 * What a feed remembers of the orders that it was shown.
 *
 * An order in one of its statuses is one entry. Entries that the provider has not shown for some polls are forgotten, so
 * there are never more than it shows.
 */
import type { Order, OrderKey } from "../DukkangoSchema.ts"

export interface Entry {
  order: Order
  /** How often the order has been handed over in this status. */
  attempt: number
  /**
   * - `inHand`: handed over, and nothing has come back yet.
   * - `handedBack`: to be handed over again, but not before `notBefore`.
   * - `handled`: taken care of. If the provider goes on showing it, it was not told.
   * - `givenUp`: not to be handed over again.
   */
  state: "inHand" | "handedBack" | "handled" | "givenUp"
  notBefore: number
  /** During which poll the provider was told, if it was: that poll may still show the order. */
  acknowledgedDuring: number | undefined
  /** How many polls in a row have not shown it. */
  missed: number
}

/** After so many polls without it an entry is forgotten: one poll that shows nothing must not make all orders new. */
const forgottenAfter = 3

export class Ledger {
  readonly #entries = new Map<string, Entry>()
  /** The status in which each order was last shown. */
  readonly #newest = new Map<OrderKey, number>()
  #unreadable: ReadonlySet<string> = new Set()
  /** The number of the poll that is under way, or was last. */
  poll = 0

  get size(): number {
    return this.#entries.size
  }

  begin(): void {
    this.poll++
  }

  /** Takes in what a poll has shown; answers what is to be handed over, and what is to be acknowledged again. */
  shown(orders: ReadonlyArray<Order>, now: number): {
    readonly handOver: ReadonlyArray<Entry>
    readonly acknowledge: ReadonlyArray<Entry>
  } {
    for (const entry of this.#entries.values()) entry.missed++
    const handOver: Array<Entry> = []
    const acknowledge: Array<Entry> = []
    for (const order of orders) {
      this.#newest.set(order.key, order.statusId)
      const name = nameOf(order)
      const entry = this.#entries.get(name)
      if (entry === undefined) {
        const fresh: Entry = {
          order,
          attempt: 1,
          state: "inHand",
          notBefore: now,
          acknowledgedDuring: undefined,
          missed: 0
        }
        this.#entries.set(name, fresh)
        handOver.push(fresh)
        continue
      }
      entry.missed = 0
      if (entry.state === "handedBack" && entry.notBefore <= now) {
        entry.order = order
        entry.attempt++
        entry.state = "inHand"
        handOver.push(entry)
      } else if (entry.state === "handled" && entry.acknowledgedDuring !== this.poll) {
        acknowledge.push(entry)
      }
    }
    this.#forget()
    return { handOver, acknowledge }
  }

  /** Takes back what was to be handed over: it is handed over at the next poll that shows it. */
  withdraw(entry: Entry): void {
    entry.state = "handedBack"
    entry.notBefore = Number.NEGATIVE_INFINITY
    entry.attempt--
  }

  /** Takes in what could not be read; answers what was not among it at the last poll. */
  news(unreadable: ReadonlyArray<string>): ReadonlySet<string> {
    const before = this.#unreadable
    this.#unreadable = new Set(unreadable)
    return new Set(unreadable.filter((name) => !before.has(name)))
  }

  /** Whether the order was not shown in another status since. */
  isNewest({ order }: Entry): boolean {
    return (this.#newest.get(order.key) ?? order.statusId) === order.statusId
  }

  #forget(): void {
    const known = new Set<OrderKey>()
    for (const [name, entry] of this.#entries) {
      if (entry.missed >= forgottenAfter && entry.state !== "inHand") this.#entries.delete(name)
      else known.add(entry.order.key)
    }
    for (const key of this.#newest.keys()) if (!known.has(key)) this.#newest.delete(key)
  }
}

const nameOf = ({ key, statusId }: Order): string => `${key} ${statusId}`
