import { createHash } from 'node:crypto'
import type { ProgramConfig, SandboxConfig } from './desired.ts'

/** Returns 16 hex digits for what a container is created from. The order of arrays matters, that of keys does not. */
export const configHash = (config: ProgramConfig | SandboxConfig): string =>
  createHash('sha256')
    .update(canonical(deciding(config)))
    .digest('hex')
    .slice(0, 16)

/** Returns what differs, without values: `env SIGNUP changed`, `image changed`. */
export const changes = <T extends ProgramConfig | SandboxConfig>(before: T, after: T): string[] => {
  const moved = placeChange(before, after)
  if (moved !== undefined) return [moved]
  const [old, now] = [entriesOf(deciding(before)), entriesOf(deciding(after))]
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => canonical(old.get(key)) !== canonical(now.get(key)))
    .flatMap((key) =>
      key === 'env' ? envChanges(old.get(key), now.get(key)) : [`${words.get(key) ?? key} changed`],
    )
    .filter((line, index, lines) => lines.indexOf(line) === index)
}

// ---

/** The id of an image decides; a name may stand for another image tomorrow, and one image may have several names. */
const deciding = (config: ProgramConfig | SandboxConfig): object => {
  if (!('image' in config)) return config
  const { image: _, noProxy: __, ...rest } = config
  return rest
}

/** Nearly everything differs between a container and a process. */
const placeChange = (
  before: ProgramConfig | SandboxConfig,
  after: ProgramConfig | SandboxConfig,
): string | undefined => {
  const [was, is] = [before, after].map((config) => 'local' in config && config.local !== undefined)
  if (was === is) return undefined
  return is ? 'runs as a process of this machine now' : 'runs in its container again'
}

const words: ReadonlyMap<string, string> = new Map([
  ['imageId', 'image'],
  ['local', 'local command'],
  ['memoryMiB', 'memory limit'],
  ['cpus', 'CPU limit'],
  ['publish', 'published ports'],
  ['pidsLimit', 'process limit'],
  ['shmSizeMiB', 'size of /dev/shm'],
  ['capAdd', 'capabilities'],
  ['capDrop', 'capabilities'],
  ['securityOpt', 'security options'],
  ['extraHosts', 'extra hosts'],
  ['sysctls', 'kernel parameters'],
  ['ulimits', 'resource limits'],
])

const envChanges = (before: unknown, after: unknown): string[] => {
  const [old, now] = [entriesOf(before), entriesOf(after)]
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key) => {
    if (!old.has(key)) return [`env ${key} added`]
    if (!now.has(key)) return [`env ${key} removed`]
    return old.get(key) === now.get(key) ? [] : [`env ${key} changed`]
  })
}

/** Keys without a value count as absent, as they do in JSON. */
const entriesOf = (value: unknown): Map<string, unknown> =>
  new Map(Object.entries(value ?? {}).filter(([, inner]) => inner !== undefined))

const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = [...entriesOf(value)].sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
}
