/**
 * A map for where there are thousands of maps, almost all of them with one entry or none: a `Map` takes 200 bytes before there
 * is anything in it.
 */
export class SmallMap<V> {
  #first: string | null = null;
  #value: V | undefined;
  #others: Map<string, V> | null = null;

  get(key: string): V | undefined {
    return key === this.#first ? this.#value : this.#others?.get(key);
  }

  has(key: string): boolean {
    return key === this.#first || (this.#others?.has(key) ?? false);
  }

  set(key: string, value: V): void {
    if (key !== this.#first && (this.#first !== null || this.#others?.has(key))) {
      (this.#others ??= new Map()).set(key, value);
      return;
    }
    this.#first = key;
    this.#value = value;
  }

  delete(key: string): void {
    if (key === this.#first) {
      this.#first = null;
      this.#value = undefined;
    } else if (this.#others?.delete(key) && this.#others.size === 0) {
      this.#others = null;
    }
  }

  /** In no order. What is deleted or set meanwhile is no concern of it. */
  keys(): string[] {
    return [...(this.#first === null ? [] : [this.#first]), ...(this.#others?.keys() ?? [])];
  }
}
