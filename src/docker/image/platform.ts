/** Returns whether two names mean the same platform: `linux/arm64` is `linux/arm64/v8`, `linux/x86_64` is `linux/amd64`. */
export const isSamePlatform = (one: string, other: string): boolean => normal(one) === normal(other)

/** Parts of a platform; `variant` is empty where an architecture has one only. */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant: string
}

/** Splits `linux/arm/v7` with the words that engines use for architectures. */
export const platformOf = (text: string): Platform => {
  const [os = '', arch = '', variant = ''] = text.toLowerCase().split('/')
  const [architecture = arch, implied = ''] = aliases.get(arch) ?? []
  const full = variant || implied
  return { os, architecture, variant: defaults.get(architecture) === full ? '' : full }
}

// ---

const normal = (text: string): string => {
  const { os, architecture, variant } = platformOf(text)
  return `${os}/${architecture}/${variant}`
}

const aliases: ReadonlyMap<string, readonly string[]> = new Map([
  ['x86_64', ['amd64']],
  ['x86-64', ['amd64']],
  ['aarch64', ['arm64']],
  ['i386', ['386']],
  ['armhf', ['arm', 'v7']],
  ['armel', ['arm', 'v6']],
])

/** Variants that a name without one means. */
const defaults: ReadonlyMap<string, string> = new Map([
  ['arm64', 'v8'],
  ['arm', 'v7'],
  ['amd64', 'v1'],
])
