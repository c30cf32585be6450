import { topologyName } from './names.ts'

/** Image of the first topology; the only one that it needs. */
export const starterImage = 'node:24-trixie-slim'

/** Returns the text of a first topology, for a project without a Compose file. */
export const starterTopology = (name: string): string =>
  `import { defineTopology, http } from 'mesocosm'

/** Greets as its environment says. Replace it by a service of yours: \`build: './api'\`, or another image. */
const server = \`
require('node:http').createServer((_, response) => response.end(process.env.GREETING)).listen(80)
process.on('SIGTERM', () => process.exit(0))
\`

export const topology = defineTopology({
  name: '${topologyName(name)}',
  services: {
    web: {
      image: '${starterImage}',
      command: ['node', '-e', server],
      env: { GREETING: 'hello' },
      ports: { http: 80 },
      ready: http('/'),
    },
  },
})
`

/**
 * Returns the text of a first test, for Vitest.
 *
 * @param topology path of the topology from the test: `./topology.ts`.
 * @param options.starter whether that is the one of {@link starterTopology}; default `false`.
 */
export const firstTest = (
  topology: string,
  { starter = false }: { readonly starter?: boolean } = {},
): string => {
  const quoted = `'${topology}'`
  return starter
    ? `import { createTest } from '@mesocosm/vitest'
import { topology } from ${quoted}

const { test, expect } = createTest(topology)

test('the server greets as its environment says', async ({ web }) => {
  const greet = async () => (await fetch(web.http.url)).text()
  expect(await greet()).toBe('hello')
  await web.withEnv({ GREETING: 'ahoy' }, async () => expect(await greet()).toBe('ahoy'))
})
`
    : `import { createTest } from '@mesocosm/vitest'
import { topology } from ${quoted}

const { test } = createTest(topology)

test('all services start', async ({ lane }) => {
  await lane.start()
})
`
}
