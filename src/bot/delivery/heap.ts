/** A binary heap: the first by `isBefore` comes out first. */
export interface Heap<T> {
  push(item: T): void;
  peek(): T | undefined;
  pop(): T | undefined;
}

export function createHeap<T>(isBefore: (one: T, other: T) => boolean): Heap<T> {
  const items: T[] = [];

  function rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!swapIfBefore(at, parent)) return;
      at = parent;
    }
  }

  function sink(from: number): void {
    for (let at = from; ; ) {
      const left = 2 * at + 1;
      const first = isBeforeAt(left + 1, left) ? left + 1 : left;
      if (!swapIfBefore(first, at)) return;
      at = first;
    }
  }

  function isBeforeAt(one: number, other: number): boolean {
    const [a, b] = [items[one], items[other]];
    return a !== undefined && b !== undefined && isBefore(a, b);
  }

  function swapIfBefore(one: number, other: number): boolean {
    const [a, b] = [items[one], items[other]];
    if (a === undefined || b === undefined || !isBefore(a, b)) return false;
    items[one] = b;
    items[other] = a;
    return true;
  }

  return {
    push: (item) => {
      items.push(item);
      rise(items.length - 1);
    },
    peek: () => items[0],
    pop: () => {
      const [first] = items;
      const last = items.pop();
      if (items.length > 0 && last !== undefined) {
        items[0] = last;
        sink(0);
      }
      return first;
    },
  };
}
