/** Keys in the order of S3's lists: by their UTF-8 bytes. */
export interface SortedKeys {
  add(key: string): void
  remove(key: string): void
  /** Returns the keys that are not before `from`. */
  from(from: string): IterableIterator<string>
  readonly size: number
}

/** Returns an empty set of keys. */
export const createSortedKeys = (): SortedKeys => {
  const keys: string[] = []
  /** Returns the index of the first key that is not before this one. */
  const indexFrom = (key: string): number => {
    let low = 0
    let high = keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareKeys(keys[middle] as string, key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    add(key) {
      const at = indexFrom(key)
      if (keys[at] !== key) keys.splice(at, 0, key)
    },
    remove(key) {
      const at = indexFrom(key)
      if (keys[at] === key) keys.splice(at, 1)
    },
    *from(from) {
      for (let at = indexFrom(from); at < keys.length; at++) yield keys[at] as string
    },
    get size() {
      return keys.length
    },
  }
}

/** JavaScript compares UTF-16 code units, which sorts surrogates before U+E000; UTF-8 sorts them last. */
export const compareKeys = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at)
    const y = b.charCodeAt(at)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

// ---

const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)
