import { expect, test } from 'vitest'
import { type EngineMeaning, says } from './engine-words.ts'
import { ApiFailure } from './errors.ts'

const id = '450c14136e4e'.padEnd(64, '0')

test.each<[EngineMeaning, 'Docker' | 'Podman', string]>([
  ['subnet taken', 'Docker', 'Pool overlaps with other one on this address space'],
  [
    'subnet taken',
    'Docker',
    'invalid pool request: Pool overlaps with other one on this address space',
  ],
  [
    'subnet taken',
    'Podman',
    'subnet 10.221.162.0/26 is already used on the host or by another config',
  ],
  ['attached', 'Docker', 'endpoint with name api already exists in network lane_1'],
  [
    'attached',
    'Podman',
    `container ${id} is already connected to network lane_1: network is already connected`,
  ],
  ['detached', 'Docker', `container ${id} is not connected to network lane_1`],
  [
    'detached',
    'Podman',
    `container ${id} is not connected to network lane_1: network is not connected`,
  ],
  [
    'not frozen',
    'Docker',
    `Cannot pause container ${id}: OCI runtime pause failed: unable to freeze: unknown`,
  ],
  [
    'network in use',
    'Docker',
    'error while removing network: network lane_1 id 5f has active endpoints',
  ],
  [
    'network in use',
    'Podman',
    '"lane_1" has associated containers with it. Use -f to forcibly delete containers and pods: network is being used',
  ],
  [
    'network missing',
    'Podman',
    `cleaning up container ${id}: removing container ${id} network: failed to convert net opts: unable to find network with name or ID lane_1: network not found`,
  ],
  ['no image name', 'Docker', 'invalid reference format: repository name must be lowercase'],
  [
    'no image name',
    'Podman',
    'normalizing image: normalizing name for compat API: parsing reference "Not An Image:latest": invalid reference format',
  ],
  ['removal in progress', 'Docker', `removal of container ${id} is already in progress`],
  [
    'has dependents',
    'Podman',
    `container ${id} has dependent containers which must be removed before it: ${id}: container already exists`,
  ],
  ['already so', 'Docker', `Cannot kill container: ${id}: Container ${id} is not running`],
  [
    'already so',
    'Podman',
    `can only kill running containers. ${id} is in state exited: container state improper`,
  ],
])('says recognizes "%s" in the words of %s: %s', (meaning, _, text) => {
  expect(says(meaning, new ApiFailure(500, text))).toBe(true)
})

test('says recognizes nothing in another refusal', () => {
  const other = new ApiFailure(500, `container ${id}: no space left on device`)
  const meanings = ['subnet taken', 'attached', 'detached', 'network in use', 'already so'] as const
  for (const meaning of meanings) expect(says(meaning, other)).toBe(false)
})
