/** Returns a size for people, in decimal units as `docker images` prints them: `237 MB`. */
export const sizeOf = (bytes: number): string => {
  const [unit, name] = units.find(([least]) => bytes >= least) ?? [1, 'B']
  const value = bytes / unit
  return `${value < 10 && unit > 1 ? value.toFixed(1) : Math.round(value)} ${name}`
}

// ---

const units = [
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
] as const
