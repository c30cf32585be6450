/** Whether a text is an IPv4 subnet without bits after its prefix, such as `10.7.0.0/16`. */
export const isSubnet = (text: string): boolean => readSubnet(text) !== undefined

/** Whether a subnet is the same as one of others, or in one. */
export const isWithin = (text: string, others: readonly string[]): boolean => {
  const inner = readSubnet(text)
  return (
    inner !== undefined &&
    others.some((other) => {
      const outer = readSubnet(other)
      if (outer === undefined) return false
      return inner.first >= outer.first && inner.last <= outer.last
    })
  )
}

// ---

/** First and last address as numbers. */
const readSubnet = (
  text: string,
): { readonly first: number; readonly last: number } | undefined => {
  const numbers = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)
  if (numbers === null) return undefined
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = numbers.slice(1).map(Number)
  if (Math.max(a, b, c, d) > 255 || prefix < 1 || prefix > 32) return undefined
  const first = ((a * 256 + b) * 256 + c) * 256 + d
  const size = 2 ** (32 - prefix)
  return first % size === 0 ? { first, last: first + size - 1 } : undefined
}
