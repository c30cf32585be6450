import { MesocosmError } from 'mesocosm'
import { isImagePattern } from './image-pattern.ts'
import { defaultPolicy, type Policy } from './policy.ts'
import { isSubnet } from './subnet.ts'

/**
 * Completes a policy with the defaults.
 *
 * @throws {MesocosmError} `ARGUMENT_INVALID` with all faults, one per line: patterns, roots that hold the system or the
 * engine, root as user, limits that are not positive.
 */
export const definePolicy = (given: Partial<Policy> = {}): Policy => {
  const policy = { ...defaultPolicy, ...given }
  const wrong = typeFaults(policy)
  const details =
    wrong.length > 0
      ? wrong
      : [...imageFaults(policy), ...bindFaults(policy), ...limitFaults(policy)]
  if (details.length > 0)
    throw new MesocosmError({
      code: 'ARGUMENT_INVALID',
      message: 'the policy of the guard has faults',
      remedy: 'correct the lines above',
      facts: { faults: details },
      details,
    })
  return policy
}

// ---

const isText = (value: unknown): value is string => typeof value === 'string'
const isTextList = (value: unknown) => Array.isArray(value) && value.every(isText)
const isNumber = (value: unknown) => typeof value === 'number'

/** What each key must be, for policies that come from a file. */
const types: Readonly<
  Record<keyof Policy, readonly [holds: (value: unknown) => boolean, what: string]>
> = {
  images: [isTextList, 'an array of strings'],
  bindRoots: [
    (value) =>
      Array.isArray(value) &&
      value.every((root) => isText(root?.path) && /^r[ow]$/.test(String(root.access))),
    'an array of { path, access }, access ro or rw',
  ],
  user: [(value) => value === undefined || isText(value), 'a string'],
  memoryMiB: [isNumber, 'a number'],
  cpus: [isNumber, 'a number'],
  pidsLimit: [isNumber, 'a number'],
  hostPorts: [
    (value) =>
      value === 'none' ||
      (Array.isArray(value) && value.length === 2 && value.every(Number.isInteger)),
    'none, or first and last port',
  ],
  subnets: [isTextList, 'an array of strings'],
  hostGateway: [(value) => typeof value === 'boolean', 'true or false'],
  archiveMiB: [isNumber, 'a number'],
}

const typeFaults = (policy: Policy): readonly string[] => [
  ...Object.keys(policy)
    .filter((key) => !Object.hasOwn(types, key))
    .map((key) => `${key}: unknown key; use ${Object.keys(types).join(', ')}`),
  ...Object.entries(types)
    .filter(([key, [holds]]) => !holds(policy[key as keyof Policy]))
    .map(([key, [, what]]) => `${key}: must be ${what}`),
]

/** Who may mount one of these, or a directory above, has the host or the engine. */
const forbidden = ['/boot', '/dev', '/etc', '/proc', '/run', '/sys', '/var/lib', '/var/run']

const imageFaults = ({ images }: Policy): readonly string[] =>
  images
    .filter((pattern) => !isImagePattern(pattern))
    .map(
      (pattern) =>
        `images: ${JSON.stringify(pattern)} is not a pattern such as postgres:16, acme/* or *`,
    )

const bindFaults = ({ bindRoots, user }: Policy): readonly string[] => {
  const faults = bindRoots.flatMap(({ path }) => {
    if (!/^(?:\/[^/:]+)+$/.test(path) || /\/\.{1,2}(?:\/|$)/.test(path))
      return [`bindRoots: ${path} is not an absolute path in its shortest form`]
    const hit = forbidden.find(
      (bad) => path === bad || path.startsWith(`${bad}/`) || bad.startsWith(`${path}/`),
    )
    return hit === undefined ? [] : [`bindRoots: ${path} contains, or is in, ${hit}`]
  })
  if (user !== undefined && !/^[1-9]\d{0,9}:[1-9]\d{0,9}$/.test(user))
    faults.push(`user: ${user} is not uid:gid with numbers other than 0`)
  if (user === undefined && bindRoots.some(({ access }) => access === 'rw'))
    faults.push('user: is missing; a root with access rw needs it')
  return faults
}

const limitFaults = (policy: Policy): readonly string[] => {
  const faults = (['memoryMiB', 'pidsLimit', 'archiveMiB'] as const)
    .filter((key) => !Number.isSafeInteger(policy[key]) || policy[key] < 1 || policy[key] > 2 ** 30)
    .map((key) => `${key}: must be an integer from 1 to 2^30`)
  if (!(policy.cpus >= 0.01 && policy.cpus <= 4096)) faults.push('cpus: must be from 0.01 to 4096')
  const ports = policy.hostPorts
  if (ports !== 'none' && !(ports[0] >= 1 && ports[0] <= ports[1] && ports[1] <= 65535))
    faults.push('hostPorts: must be none, or first and last from 1 to 65535')
  for (const subnet of policy.subnets)
    if (!isSubnet(subnet))
      faults.push(`subnets: ${subnet} is not an IPv4 subnet such as 10.7.0.0/16`)
  return faults
}
