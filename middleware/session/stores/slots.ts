/**
 * What comes and goes thousands of times a second. A Set that lives long grows
 * and shrinks by copies, which V8 makes in its old heap: garbage that lies there
 * for long.
 */
export class Slots<T extends object> {
  readonly #items: (T | undefined)[] = [];
  readonly #free: number[] = [];

  /** How many items there are. */
  get size(): number {
    return this.#items.length - this.#free.length;
  }

  /** Returns the item's slot. */
  add(item: T): number {
    const slot = this.#free.pop() ?? this.#items.length;
    this.#items[slot] = item;
    return slot;
  }

  /** Takes the item out of its slot, if it is still there. */
  remove(slot: number, item: T): void {
    if (this.#items[slot] !== item) return;
    this.#items[slot] = undefined;
    this.#free.push(slot);
  }

  /** In no order. */
  *entries(): Iterable<[slot: number, item: T]> {
    for (const [slot, item] of this.#items.entries()) {
      if (item !== undefined) yield [slot, item];
    }
  }
}
